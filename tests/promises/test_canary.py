"""The API password reaches no table, log line, page or exception, whatever the dialer answers."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
import responses
from django.db import connection
from django.test import Client as Browser
from django.utils import timezone

from leads.dialers import breaker, probe, together
from leads.dialers.connect import client_for, seal
from leads.models import Dialer, DialerList, Lead, LeadStatus, PushAttempt
from leads.push.queue import queue
from leads.push.runner import run
from leads.push.settle import settle
from leads.push.undo import ask, undo
from leads.vicidial.errors import DialerError
from tests.factories import make_dialer, make_dialer_list, make_lead, make_user

pytestmark = pytest.mark.django_db

CANARY = "CANARY-pw-123"
CORPUS = [
    json.loads(line)
    for line in (Path(__file__).parent.parent / "vicidial" / "responses.jsonl")
    .read_text()
    .splitlines()
]


def bodies() -> list[tuple[str, int, str]]:
    """Every answer of the corpus, with our password where the server printed one."""
    return [
        (pair["name"], pair["status"], pair["body"].replace(pair["request"]["pass"], CANARY))
        if "printed back" in pair["name"]
        else (pair["name"], pair["status"], pair["body"])
        for pair in CORPUS
    ]


def every_row() -> str:
    """Every row of every table, as PostgreSQL prints it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [row[0] for row in cursor.fetchall()]
        text = []
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            text += [row[0] for row in cursor.fetchall()]
    return "\n".join(text)


@pytest.fixture
def dialer(monkeypatch: pytest.MonkeyPatch) -> Dialer:
    monkeypatch.setattr(together, "FIRST_PAUSE_SECONDS", 0.001)
    made = make_dialer(base_url="http://dialer.test/", password_token=seal(CANARY), connections=1)
    make_dialer_list(made, list_id=101)
    return made


def push_one(dialer: Dialer) -> Lead:
    lead = make_lead(
        status=LeadStatus.APPROVED,
        phone_number="7275551212",
        decided_at=timezone.now(),
    )
    target = DialerList.objects.select_related("dialer").get(dialer=dialer)
    queued = queue(Lead.objects.filter(pk=lead.pk), target, by=None)
    breaker.resume(dialer.pk)
    run(dialer)
    Lead.objects.filter(status=LeadStatus.UNCLEAR).update(settle_at=timezone.now())
    breaker.resume(dialer.pk)
    settle(dialer)
    assert queued.batch is not None
    breaker.resume(dialer.pk)
    ask(queued.batch, by=None)
    undo(queued.batch)
    return lead


def test_the_corpus_prints_the_password_back_at_least_once() -> None:
    assert any(CANARY in body for _, _, body in bodies())


@pytest.mark.parametrize(("name", "status", "body"), bodies(), ids=lambda value: str(value)[:40])
@responses.activate
def test_no_answer_brings_the_password_into_a_table_or_a_log(
    name: str, status: int, body: str, dialer: Dialer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    url = "http://dialer.test/vicidial/non_agent_api.php"
    responses.add(responses.POST, url, body=body, status=status)
    probe.test(dialer)
    push_one(dialer)
    assert len(responses.calls) > 0
    assert PushAttempt.objects.filter(sealed_at__isnull=False).exists()
    assert CANARY not in every_row()
    assert CANARY not in caplog.text
    assert all(CANARY not in (call.request.url or "") for call in responses.calls)


@responses.activate
def test_no_exception_holds_the_password(dialer: Dialer) -> None:
    url = "http://dialer.test/vicidial/non_agent_api.php"
    for error in (ConnectionError(CANARY), OSError(CANARY)):
        responses.replace(responses.POST, url, body=error) if responses.registered() else (
            responses.add(responses.POST, url, body=error)
        )
        client = client_for(dialer)
        with pytest.raises(DialerError) as caught:
            client.call("version")
        seen: BaseException | None = caught.value
        while seen is not None:
            assert CANARY not in f"{seen} {seen!r} {seen.args} {vars(seen)}"
            seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
        assert CANARY not in repr(client)


@responses.activate
def test_no_page_shows_the_password(dialer: Dialer, client: Browser) -> None:
    url = "http://dialer.test/vicidial/non_agent_api.php"
    body = next(body for _, _, body in bodies() if CANARY in body)
    responses.add(responses.POST, url, body=body)
    lead = push_one(dialer)
    client.force_login(make_user("superuser"))
    attempt = PushAttempt.objects.earliest("pk")
    for path in (
        f"/admin/leads/dialer/{dialer.pk}/change/",
        "/admin/leads/dialer/",
        f"/admin/leads/lead/{lead.pk}/change/",
        "/admin/leads/pushattempt/",
        f"/admin/leads/pushattempt/{attempt.pk}/change/",
        f"/admin/leads/pushbatch/{attempt.batch_id}/change/",
        "/admin/",
    ):
        page = client.get(path)
        assert page.status_code == 200, path
        text = page.content.decode()
        assert CANARY not in text, path
        assert dialer.password_token not in text, path


def test_the_password_is_encrypted_at_rest_and_only_opened_with_the_key(
    dialer: Dialer, settings: object
) -> None:
    assert CANARY not in dialer.password_token
    settings.DIALER_PASSWORD_KEY = ["8J2mZzq3v2m3yH6o6mW1m6s2v9y4q0p1r2s3t4u5v6w="]  # type: ignore[attr-defined]
    with pytest.raises(DialerError, match="DIALER_PASSWORD_KEY"):
        client_for(dialer)

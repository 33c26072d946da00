"""Push batches: how far they are, for everybody; the brakes, for admins only."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from kombu.exceptions import OperationalError

from leads import tasks
from leads.dialers import breaker
from leads.models import BatchStatus, Lead, LeadStatus, Outcome, PushBatch
from leads.push.undo import asked
from leads.vicidial.reasons import sentence_for
from tests.factories import make_attempt, make_batch, make_lead, make_user

pytestmark = pytest.mark.django_db
S, B = LeadStatus, BatchStatus
LIST = reverse("admin:leads_pushbatch_changelist")
LEADS = reverse("admin:leads_lead_changelist")
VERBS = ["pause", "resume", "cancel", "undo"]


def page_of(batch: PushBatch) -> str:
    return reverse("admin:leads_pushbatch_change", args=[batch.pk])


def part_of(batch: PushBatch) -> str:
    return reverse("admin:leads_pushbatch_progress", args=[batch.pk])


def do(batch: PushBatch, verb: str) -> str:
    return reverse("admin:leads_pushbatch_verb", args=[batch.pk, verb])


def text_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def batch() -> PushBatch:
    """Running: one lead queued, two pushed, one refused."""
    made = make_batch(selected=4)
    for status in (S.QUEUED, S.PUSHED, S.PUSHED, S.REFUSED):
        make_lead(status, batch=made)
    return made


@pytest.fixture
def admin(client: Client) -> Client:
    client.force_login(make_user("Admin"))
    return client


@pytest.fixture
def undone(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, ...]]:
    calls: list[tuple[int, ...]] = []
    monkeypatch.setattr(tasks.undo_batch, "delay", lambda *given: calls.append(given))
    monkeypatch.setattr(tasks.push_runner, "delay", lambda *given: None)
    return calls


@pytest.mark.parametrize("role", ["Reviewer", "Admin", "Auditor", "superuser"])
def test_everybody_sees_how_far_a_batch_is(role: str, client: Client, batch: PushBatch) -> None:
    client.force_login(make_user(role))
    page = text_of(client, page_of(batch))
    leads = f"{LEADS}?batch__id__exact={batch.pk}"
    for status in ("queued", "pushed", "refused"):
        assert f'href="{leads}&amp;status__exact={status}"' in page
    assert "width: 75%" in page
    assert escape(sentence_for("DNC")) in page


def test_the_list_counts_pushed_refused_and_open(admin: Client, batch: PushBatch) -> None:
    response = admin.get(LIST)
    row = response.context["cl"].result_list[0]
    shown = response.context["cl"].model_admin
    assert (shown.pushed(row), shown.refused(row), shown.still_open(row)) == ("2", "1", "1")
    assert "Running" in response.content.decode()


def test_the_counts_of_the_list_are_one_query(admin: Client, batch: PushBatch) -> None:
    for _ in range(5):
        make_lead(S.PUSHED, batch=make_batch(selected=1))
    with CaptureQueriesContext(connection) as queries:
        admin.get(LIST)
    counting = [query for query in queries.captured_queries if "leads_lead" in query["sql"]]
    assert len([query for query in counting if "GROUP BY" in query["sql"]]) == 1


@pytest.mark.parametrize(
    ("status", "lead", "live"),
    [
        (B.RUNNING, S.QUEUED, True),
        (B.PAUSED, S.QUEUED, True),
        (B.CANCELLED, S.UNCLEAR, True),
        (B.CANCELLED, S.PUSHED, False),
        (B.DONE, S.PUSHED, False),
    ],
)
def test_a_page_asks_again_as_long_as_something_can_change(
    status: BatchStatus, lead: LeadStatus, live: bool, admin: Client
) -> None:
    batch = make_batch(status=status, selected=1)
    make_lead(lead, batch=batch)
    asks = f'hx-get="{part_of(batch)}"'
    assert (asks in text_of(admin, page_of(batch))) is live
    part = text_of(admin, part_of(batch))
    assert (asks in part) is live
    assert "<html" not in part


def test_leads_that_left_the_batch_are_accounted_for(admin: Client, batch: PushBatch) -> None:
    PushBatch.objects.filter(pk=batch.pk).update(selected=10)
    page = text_of(admin, page_of(batch))
    assert "No longer in it" in page
    assert "90 % have their final answer" in page
    assert ">6<" in page


def test_a_paused_dialer_is_said_with_its_reason(admin: Client, batch: PushBatch) -> None:
    breaker.pause(batch.dialer_id, "LOGIN", "The password is wrong. Set it anew.")
    page = text_of(admin, page_of(batch))
    assert "takes no calls now; the leads wait" in page
    assert "The password is wrong. Set it anew." in page


def test_what_an_undo_left_is_said_with_the_reason_and_the_number(admin: Client) -> None:
    now = timezone.now()
    batch = make_batch(status=B.DONE, selected=2, undo_asked_at=now - timedelta(minutes=1))
    for _ in range(2):
        lead = make_lead(S.PUSHED, batch=batch)
        for number in (1, 2):
            make_attempt(
                lead,
                number=number,
                kind="delete",
                sealed_at=now,
                outcome=Outcome.KEPT,
                answer="was called already",
            )
    response = admin.get(page_of(batch))
    assert response.context["kept"] == [("was called already", 2)]
    address = reverse("admin:leads_pushattempt_changelist")
    query = f"?batch__id__exact={batch.pk}&outcome__exact=kept"
    assert f"{address}{query}".replace("&", "&amp;") in response.content.decode()
    assert admin.get(address + query).context["cl"].result_count == 4


POSSIBLE = [
    (B.RUNNING, ["pause", "cancel", "undo"]),
    (B.PAUSED, ["resume", "cancel", "undo"]),
    (B.CANCELLED, ["undo"]),
    (B.DONE, ["undo"]),
]


@pytest.mark.parametrize(("status", "possible"), POSSIBLE)
def test_only_what_is_possible_has_a_button(
    status: BatchStatus, possible: list[str], admin: Client
) -> None:
    batch = make_batch(status=status, selected=1)
    make_lead(S.PUSHED, batch=batch)
    page = text_of(admin, page_of(batch))
    assert [verb for verb in VERBS if do(batch, verb) in page] == possible


def test_a_batch_with_nothing_on_the_dialer_has_nothing_to_undo(
    admin: Client, undone: list[tuple[int, ...]]
) -> None:
    batch = make_batch(status=B.DONE, selected=1)
    make_lead(S.REFUSED, batch=batch)
    assert do(batch, "undo") not in text_of(admin, page_of(batch))
    assert "no longer possible" in admin.post(do(batch, "undo"), follow=True).content.decode()
    assert undone == []


@pytest.mark.parametrize("role", ["Admin", "superuser"])
def test_who_may_push_pauses_resumes_and_cancels(
    role: str, client: Client, batch: PushBatch, undone: object
) -> None:
    user = make_user(role)
    client.force_login(user)
    for verb, status in (("pause", B.PAUSED), ("resume", B.RUNNING), ("cancel", B.CANCELLED)):
        assert client.get(do(batch, verb)).status_code == 200
        response = client.post(do(batch, verb))
        assert response.url == page_of(batch)
        batch.refresh_from_db()
        assert (batch.status, batch.changed_by) == (status, user)
    counts = Lead.objects.filter(status=S.APPROVED).count()
    assert counts == 1
    assert "1 leads are approved again" in text_of(client, page_of(batch))


def test_an_undo_is_kept_with_who_asked_until_a_worker_has_carried_it_out(
    client: Client,
    batch: PushBatch,
    undone: list[tuple[int, ...]],
    django_capture_on_commit_callbacks: Any,
) -> None:
    user = make_user("Admin")
    client.force_login(user)
    queued = Lead.objects.filter(batch=batch, status=S.QUEUED).count()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(do(batch, "undo"))
    assert undone == [(batch.pk,)]
    batch.refresh_from_db()
    assert (batch.undo_asked_by, batch.undone_at, batch.status) == (user, None, B.CANCELLED)
    assert list(asked()) == [batch], "beat finds it if the kick is lost"
    page = text_of(client, page_of(batch))
    assert "Undo runs" in page
    assert f"{queued} leads that were still queued are approved again" in page
    assert do(batch, "undo") not in page, "asked for once is enough"


def test_an_undo_whose_broker_is_down_is_not_lost(
    admin: Client,
    batch: PushBatch,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    def no_broker(*given: Any) -> None:
        raise OperationalError

    monkeypatch.setattr(tasks.undo_batch, "delay", no_broker)
    with django_capture_on_commit_callbacks(execute=True):
        assert admin.post(do(batch, "undo")).status_code == 302
    assert list(asked()) == [batch]


@pytest.mark.parametrize("role", ["Reviewer", "Auditor", None])
@pytest.mark.parametrize("verb", VERBS)
def test_who_may_not_push_has_no_button_and_is_refused(
    verb: str,
    role: str | None,
    client: Client,
    batch: PushBatch,
    undone: list[tuple[int, ...]],
) -> None:
    if verb == "resume":
        PushBatch.objects.filter(pk=batch.pk).update(status=B.PAUSED)
    client.force_login(make_user(role))
    assert client.get(do(batch, verb)).status_code == 403
    assert client.post(do(batch, verb)).status_code == 403
    batch.refresh_from_db()
    assert batch.status == (B.PAUSED if verb == "resume" else B.RUNNING)
    assert undone == []
    if role:
        assert do(batch, verb) not in text_of(client, page_of(batch))


@pytest.mark.parametrize("verb", ["pause", "cancel", "undo"])
def test_looking_at_a_button_changes_nothing(
    verb: str, admin: Client, batch: PushBatch, undone: list[tuple[int, ...]]
) -> None:
    assert 'method="post"' in text_of(admin, do(batch, verb))
    batch.refresh_from_db()
    assert batch.status == B.RUNNING
    assert undone == []


@pytest.mark.parametrize("role", ["Reviewer", "Admin", "Auditor", "superuser"])
def test_nobody_adds_changes_or_deletes_a_batch(
    role: str, client: Client, batch: PushBatch
) -> None:
    client.force_login(make_user(role))
    assert client.post(reverse("admin:leads_pushbatch_add")).status_code == 403
    assert client.post(page_of(batch), {"note": "other"}).status_code == 403
    delete = reverse("admin:leads_pushbatch_delete", args=[batch.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 403
    batch.refresh_from_db()
    assert batch.note == ""


def test_without_a_role_there_is_nothing_to_see(client: Client, batch: PushBatch) -> None:
    client.force_login(make_user(None))
    for address in (LIST, page_of(batch), part_of(batch)):
        assert client.get(address).status_code == 403


def test_an_empty_list_says_how_a_batch_is_made(admin: Client) -> None:
    page = text_of(admin, LIST)
    assert "take the action Queue for push" in page
    assert f'href="{LEADS}?status__exact=approved"' in page

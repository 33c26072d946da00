"""What can be done to a batch's leads that were refused for one reason, and the batch as a file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from leads import tasks
from leads.models import Export, Import, Lead, LeadStatus, PushBatch
from leads.push.again import MENDED_HERE, retry
from leads.push.errors import PushError
from leads.vicidial.reasons import REASONS
from tests.factories import make_attempt, make_batch, make_dnc_list, make_lead, make_user

pytestmark = pytest.mark.django_db
S = LeadStatus
ROLES = ["Reviewer", "Admin", "Auditor", "superuser"]
LIST_OFF, THERE, SHORT = "LIST_NOT_DEFINED", "DUPLICATE_PHONE_LIST", "PHONE_LENGTH"


def page_of(batch: PushBatch) -> str:
    return reverse("admin:leads_pushbatch_change", args=[batch.pk])


def url(batch: PushBatch, name: str, reason: str) -> str:
    return reverse("admin:leads_pushbatch_group", args=[batch.pk, name]) + f"?reason={reason}"


def signed_in(client: Client, role: str | None) -> Client:
    client.force_login(make_user(role))
    return client


@pytest.fixture(autouse=True)
def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks.push_runner, "delay", lambda *given: None)


@pytest.fixture
def batch() -> PushBatch:
    """Three refused since the list was not there, one duplicate there, one short number."""
    made = make_batch(selected=5, status="done")
    for reason in (LIST_OFF, LIST_OFF, LIST_OFF, THERE, SHORT):
        make_lead(S.REFUSED, batch=made, refusal_reason=reason)
    return made


def frozen(client: Client, batch: PushBatch, name: str, reason: str) -> dict[str, Any]:
    """What the page that asks carries."""
    page = client.get(url(batch, name, reason))
    assert page.status_code == 200
    found: dict[str, Any] = page.context["hidden"]
    return found


@pytest.mark.parametrize(
    ("role", "names"),
    [
        ("Admin", {"retry", "reopen", "correct"}),
        ("superuser", {"retry", "reopen", "correct"}),
        ("Reviewer", {"reopen", "correct"}),
        ("Auditor", set()),
    ],
)
def test_each_reason_offers_what_is_sensible_and_allowed(
    role: str, names: set[str], client: Client, batch: PushBatch
) -> None:
    text = signed_in(client, role).get(page_of(batch)).content.decode()
    offered = {
        (name, reason): escape(url(batch, name, reason)) in text
        for name in ("retry", "reopen")
        for reason in (LIST_OFF, THERE, SHORT)
    }
    assert offered[("reopen", SHORT)] is ("reopen" in names)
    assert offered[("retry", LIST_OFF)] is ("retry" in names)
    assert offered[("retry", THERE)] is ("retry" in names)
    assert not offered[("retry", SHORT)], "the dialer would say the same again"
    correct = f"status__exact=refused&amp;refusal_reason__exact={SHORT}"
    assert (correct in text) is ("correct" in names)
    assert f"refusal_reason__exact={LIST_OFF}" not in text


@pytest.mark.parametrize(
    ("role", "name", "status"),
    [
        ("Reviewer", "retry", 403),
        ("Auditor", "retry", 403),
        (None, "retry", 403),
        ("Auditor", "reopen", 403),
        (None, "reopen", 403),
        ("Admin", "other", 404),
    ],
)
def test_who_may_not_is_refused_by_address(
    role: str | None, name: str, status: int, client: Client, batch: PushBatch
) -> None:
    signed_in(client, role)
    address = reverse("admin:leads_pushbatch_group", args=[batch.pk, name])
    assert client.get(address, {"reason": LIST_OFF}).status_code == status
    assert client.post(address, {"reason": LIST_OFF}).status_code == status
    assert Lead.objects.filter(status=S.REFUSED).count() == 5


def test_a_batch_that_is_not_there_is_not_found(client: Client) -> None:
    signed_in(client, "Admin")
    address = reverse("admin:leads_pushbatch_group", args=[999, "retry"])
    assert client.get(address, {"reason": LIST_OFF}).status_code == 404


def test_it_asks_with_the_exact_number_and_changes_nothing(
    client: Client, batch: PushBatch
) -> None:
    text = signed_in(client, "Admin").get(url(batch, "retry", LIST_OFF)).content.decode()
    assert "3 leads were refused for this reason" in text
    assert Lead.objects.filter(status=S.REFUSED).count() == 5


def test_sent_again_they_are_queued_for_the_same_list_in_a_batch_of_their_own(
    client: Client, batch: PushBatch
) -> None:
    signed_in(client, "Admin")
    done = client.post(
        url(batch, "retry", LIST_OFF), frozen(client, batch, "retry", LIST_OFF), follow=True
    )
    made = PushBatch.objects.exclude(pk=batch.pk).get()
    assert (made.dialer_list, made.selected, made.options) == (batch.dialer_list, 3, batch.options)
    assert Lead.objects.filter(batch=made, status=S.QUEUED, refusal_reason="").count() == 3
    assert Lead.objects.filter(batch=batch, status=S.REFUSED).count() == 2
    assert f"3 leads are queued again, in batch {made.pk}." in done.content.decode()


def test_what_changed_meanwhile_is_left_and_counted(client: Client, batch: PushBatch) -> None:
    signed_in(client, "Admin")
    seen = frozen(client, batch, "retry", LIST_OFF)
    lead = Lead.objects.filter(refusal_reason=LIST_OFF).first()
    assert lead
    Lead.objects.filter(pk=lead.pk).update(status=S.STAGED)
    done = client.post(url(batch, "retry", LIST_OFF), seen, follow=True).content.decode()
    assert "2 leads are queued again" in done
    assert "1 was left: it changed meanwhile." in done


def test_what_joined_the_group_meanwhile_is_left(client: Client, batch: PushBatch) -> None:
    signed_in(client, "Admin")
    seen = frozen(client, batch, "retry", LIST_OFF)
    late = make_lead(S.REFUSED, batch=batch, refusal_reason=LIST_OFF)
    later = timezone.now() + timedelta(seconds=1)
    make_attempt(late, opened_at=later, sealed_at=later, outcome="refused", reason=LIST_OFF)
    assert "3 leads are queued again" in (
        client.post(url(batch, "retry", LIST_OFF), seen, follow=True).content.decode()
    )
    late.refresh_from_db()
    assert late.status == S.REFUSED


@pytest.mark.parametrize(
    "bad",
    [
        {},
        {"seen": "yesterday"},
        {"seen": "2026-13-45T00:00Z"},
        {"expected": "-1"},
        {"seen": "2026-01-01T00:00"},
    ],
)
def test_a_post_without_what_the_page_carried_asks_again(
    bad: dict[str, str], client: Client, batch: PushBatch
) -> None:
    signed_in(client, "Admin")
    given = {"reason": LIST_OFF, "expected": "3", **bad}
    assert client.post(url(batch, "retry", LIST_OFF), given).status_code == 200
    assert Lead.objects.filter(status=S.REFUSED).count() == 5


def test_a_lead_that_the_dialer_has_is_sent_again_only_if_a_person_says_so(
    client: Client, batch: PushBatch
) -> None:
    signed_in(client, "Admin")
    seen = frozen(client, batch, "retry", THERE)
    asks = client.post(url(batch, "retry", THERE), seen)
    assert "Say first that this has changed there" in asks.content.decode()
    assert Lead.objects.filter(status=S.REFUSED).count() == 5
    client.post(url(batch, "retry", THERE), {**seen, "consent": "on"})
    assert Lead.objects.filter(status=S.QUEUED).count() == 1


@pytest.mark.parametrize("reason", sorted(MENDED_HERE))
def test_what_the_dialer_would_refuse_again_is_not_sent_again(
    reason: str, client: Client, batch: PushBatch
) -> None:
    page = signed_in(client, "Admin").get(url(batch, "retry", reason), follow=True)
    assert "would say the same again" in page.content.decode()
    with pytest.raises(PushError, match="same again"):
        retry(batch, reason, seen=timezone.now(), expected=1, by=None)


def test_every_reason_of_a_refusal_has_something_to_do() -> None:
    refusals = [code for code, one in REASONS.items() if one.outcome in ("refused", "duplicate")]
    assert set(MENDED_HERE) < set(refusals)


def test_the_engine_wants_the_consent_too(batch: PushBatch) -> None:
    with pytest.raises(PushError, match="holds them back"):
        retry(batch, THERE, seen=timezone.now(), expected=1, by=None)


def test_a_list_that_is_off_is_said_and_nothing_moves(client: Client, batch: PushBatch) -> None:
    signed_in(client, "Admin")
    seen = frozen(client, batch, "retry", LIST_OFF)
    type(batch.dialer_list).objects.update(enabled=False)
    page = client.post(url(batch, "retry", LIST_OFF), seen)
    assert "is switched off" in page.content.decode()
    assert Lead.objects.filter(status=S.REFUSED).count() == 5


def test_who_is_on_a_dnc_list_by_now_is_not_sent_again(client: Client, batch: PushBatch) -> None:
    phone = Lead.objects.filter(refusal_reason=LIST_OFF).values_list("phone_e164", flat=True)[0]
    make_dnc_list(phone)
    signed_in(client, "Admin")
    seen = frozen(client, batch, "retry", LIST_OFF)
    done = client.post(url(batch, "retry", LIST_OFF), seen, follow=True).content.decode()
    assert "1 are on a DNC list by now" in done
    assert Lead.objects.get(phone_e164=phone).status == S.STAGED
    assert Lead.objects.filter(status=S.QUEUED).count() == 2


def approved_by(lead: Lead, user: User) -> None:
    Lead.objects.filter(pk=lead.pk).update(decided_by=user)


def imported_by(lead: Lead, user: User) -> None:
    Import.objects.filter(pk=lead.import_run_id).update(created_by=user)


@pytest.mark.parametrize(
    ("done_by", "says"),
    [
        (approved_by, "1 were approved by you"),
        # What a rule approved, no person has.
        (imported_by, "imported by you and approved by no person"),
    ],
)
def test_with_four_eyes_nobody_sends_again_what_they_have_seen_alone(
    client: Client,
    batch: PushBatch,
    settings: Any,
    done_by: Callable[[Lead, User], None],
    says: str,
) -> None:
    settings.FOUR_EYES = True
    ada = make_user("Admin")
    client.force_login(ada)
    mine = Lead.objects.filter(refusal_reason=LIST_OFF).first()
    assert mine
    done_by(mine, ada)
    seen = frozen(client, batch, "retry", LIST_OFF)
    done = client.post(url(batch, "retry", LIST_OFF), seen, follow=True).content.decode()
    assert says in done
    assert Lead.objects.filter(status=S.QUEUED).count() == 2


@pytest.mark.parametrize("role", ["Reviewer", "Admin", "superuser"])
def test_reopened_they_wait_for_a_reviewer(role: str, client: Client, batch: PushBatch) -> None:
    signed_in(client, role)
    seen = frozen(client, batch, "reopen", THERE)
    done = client.post(url(batch, "reopen", THERE), {**seen, "comment": "look"}, follow=True)
    assert "1 lead waits for a reviewer again." in done.content.decode()
    assert Lead.objects.get(refusal_reason=THERE).status == S.STAGED


def test_a_group_that_is_empty_by_now_is_said(client: Client, batch: PushBatch) -> None:
    page = signed_in(client, "Admin").get(url(batch, "retry", "NOT_INSERTED"), follow=True)
    assert "No lead of this batch is refused for this reason now." in page.content.decode()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_leads_of_a_batch_are_a_file_and_who_took_it_is_written_down(
    kind: str, client: Client, batch: PushBatch
) -> None:
    lead = Lead.objects.filter(refusal_reason=THERE).get()
    now = timezone.now()
    make_attempt(lead, sealed_at=now, outcome="unclear", reason="TIMEOUT")
    make_attempt(
        lead, number=2, sealed_at=now, outcome="duplicate", reason=THERE, answer="=DUPLICATE"
    )
    auditor = make_user("Auditor")
    client.force_login(auditor)
    address = reverse("admin:leads_pushbatch_export", args=[batch.pk, kind])
    assert address in client.get(page_of(batch)).content.decode()
    answer: Any = client.get(address)
    body = b"".join(answer.streaming_content)
    if kind == "csv":
        lines = body.decode("utf-8-sig").splitlines()
        assert len(lines) == 6
        (told,) = [line for line in lines if line.startswith(f"{lead.pk},")]
        assert f"duplicate,{THERE}" in told
        assert "'=DUPLICATE" in told, "no spreadsheet takes it for a formula"
    kept = Export.objects.get()
    assert (kept.by, kept.rows, kept.filters) == (auditor, 5, f"batch={batch.pk}")


@pytest.mark.parametrize(("role", "status"), [("Reviewer", 403), (None, 403)])
def test_without_the_right_there_is_no_file(
    role: str | None, status: int, client: Client, batch: PushBatch
) -> None:
    signed_in(client, role)
    address = reverse("admin:leads_pushbatch_export", args=[batch.pk, "csv"])
    assert client.get(address).status_code == status
    if role:
        assert address not in client.get(page_of(batch)).content.decode()
    assert not Export.objects.exists()


@pytest.mark.parametrize(("pk", "kind"), [(0, "csv"), (None, "pdf")])
def test_a_file_that_is_none_is_not_found(
    pk: int | None, kind: str, client: Client, batch: PushBatch
) -> None:
    signed_in(client, "Auditor")
    address = reverse("admin:leads_pushbatch_export", args=[batch.pk if pk is None else pk, kind])
    assert client.get(address).status_code == 404


def test_before_an_undo_it_is_listed_what_will_and_will_not_be_undone(client: Client) -> None:
    made = make_batch(selected=5)
    for columns in ({}, {"vicidial_status": "SALE"}, {"vicidial_list_id": 999}):
        make_lead(S.PUSHED, batch=made, **columns)
    make_lead(S.QUEUED, batch=made)
    make_lead(S.REFUSED, batch=made)
    page = signed_in(client, "Admin").get(
        reverse("admin:leads_pushbatch_verb", args=[made.pk, "undo"])
    )
    told = {sentence.split(":")[0]: number for number, sentence in page.context["foreseen"]}
    assert told == {
        "Queued": 1,
        "On the dialer and untouched when last seen": 1,
        "Have the status SALE there, so somebody worked on them": 1,
        "In another list of the dialer by now": 1,
        "Refused, so never on the dialer": 1,
    }
    assert "The dialer is asked about each lead just before." in page.content.decode()

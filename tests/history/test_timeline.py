"""What happened to a lead, as a person reads it."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from leads.history.timeline import timeline
from leads.models import Lead, LeadStatus
from leads.push.queue import cancel, queue
from leads.review.correct import correct
from leads.review.decide import approve, not_a_duplicate, reject, reopen
from tests.factories import (
    make_attempt,
    make_batch,
    make_dialer_list,
    make_import,
    make_lead,
    make_user,
)

pytestmark = pytest.mark.django_db
S = LeadStatus


def read(lead: Lead) -> list[tuple[str, str]]:
    """(who, sentence), the latest first."""
    happened = timeline(Lead.objects.get(pk=lead.pk), {"BAD_DATA": "The data is wrong"})
    return [(one.who, one.sentence) for one in happened]


def test_a_lead_begins_with_the_file_it_came_in_with() -> None:
    run = make_import(created_by=make_user("Reviewer", username="rosa"), filename="may.csv")
    lead = make_lead(import_run=run, line=7)
    assert read(lead) == [("rosa", f"Came in with may.csv (import {run.pk}), line 7")]


def test_decisions_name_the_person_the_reason_and_the_comment() -> None:
    rosa, otto = (make_user("Reviewer", username=name) for name in ("rosa", "otto"))
    lead = make_lead()
    reject(Lead.objects.filter(pk=lead.pk), by=rosa, reason="BAD_DATA", comment="no such street")
    reopen(Lead.objects.filter(pk=lead.pk), by=otto)
    approve(Lead.objects.filter(pk=lead.pk), by=otto)
    assert read(lead)[:3] == [
        ("otto", "Approved"),
        ("otto", "Reopened"),
        ("rosa", "Rejected: The data is wrong “no such street”"),
    ]


def test_what_is_no_duplicate_after_all_says_so() -> None:
    lead = make_lead(S.DUPLICATE)
    not_a_duplicate(Lead.objects.filter(pk=lead.pk), by=make_user("Reviewer", username="rosa"))
    assert ("rosa", "Found not to be a duplicate") in read(lead)


def test_a_batch_is_named_and_its_cancelling_is_told() -> None:
    lead, user = make_lead(S.APPROVED), make_user("Admin", username="ada")
    queued = queue(Lead.objects.filter(pk=lead.pk), make_dialer_list(), by=user)
    assert queued.batch
    cancel(queued.batch, by=user)
    told = read(lead)
    assert ("ada", f"Queued in batch {queued.batch.pk}") in told
    assert any(
        who == "ada" and sentence.startswith("Taken out of its batch, approved again")
        for who, sentence in told
    )


def test_a_push_tells_the_dialers_own_numbers() -> None:
    lead = make_lead(S.SENDING)
    Lead.objects.filter(pk=lead.pk).update(
        status=S.PUSHED,
        vicidial_lead_id=4711,
        vicidial_list_id=101,
        vicidial_status="NEW",
        pushed_at=timezone.now(),
    )
    (told, *_) = read(lead)
    assert told[1].startswith("On the dialer: lead_id 4711, list 101, status NEW")


def test_a_change_that_no_page_made_is_marked() -> None:
    lead = make_lead()
    for list_id in (104, 105):
        with connection.cursor() as cursor:
            cursor.execute("UPDATE leads_lead SET list_id = %s WHERE id = %s", [list_id, lead.pk])
    assert ("", "Changed: list_id “104” → “105” (changed outside the portal)") in read(lead)


def test_corrections_tell_the_old_and_the_new_value() -> None:
    lead, user = make_lead(first_name="Anne"), make_user("Reviewer", username="rosa")
    correct(lead, {"first_name": "Anna"}, by=user)
    correct(lead, {"first_name": "Hanna"}, by=user)
    told = [sentence for who, sentence in read(lead) if who == "rosa"]
    assert any("first_name “Anne” → “Anna”" in sentence for sentence in told)
    assert any("first_name “Anna” → “Hanna”" in sentence for sentence in told)


def test_long_values_are_shortened() -> None:
    lead = make_lead()
    correct(lead, {"comments": "x" * 500}, by=None)
    assert max(len(sentence) for _who, sentence in read(lead)) < 300


def test_attempts_are_told_with_their_outcome() -> None:
    lead = make_lead(S.REFUSED)
    make_attempt(lead, sealed_at=timezone.now(), outcome="refused", reason="DNC")
    make_attempt(lead, number=2)
    told = [sentence for _who, sentence in read(lead)]
    assert "Attempt 1, add_lead: Refused (DNC)" in told
    assert "Attempt 2, add_lead: no answer yet" in told


def test_a_long_history_costs_no_more_queries() -> None:
    lead, batch = make_lead(), make_batch()
    costs = []
    for _ in range(2):
        for _ in range(3):
            user = make_user("Reviewer")
            approve(Lead.objects.filter(pk=lead.pk), by=user)
            reopen(Lead.objects.filter(pk=lead.pk), by=user)
            correct(lead, {"city": f"Town {user.pk}"}, by=user)
            make_attempt(lead, batch=batch, sealed_at=timezone.now(), outcome="unclear", user=user)
        with CaptureQueriesContext(connection) as queries:
            read(lead)
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 6

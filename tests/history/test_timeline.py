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
from leads.review.merge import mark
from leads.review.undo import undo
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
        ("otto", "Approved by otto"),
        ("otto", "Reopened by otto"),
        ("rosa", "Rejected by rosa: The data is wrong: “no such street”"),
    ]


def test_what_is_no_duplicate_after_all_says_so() -> None:
    lead = make_lead(S.DUPLICATE)
    not_a_duplicate(Lead.objects.filter(pk=lead.pk), by=make_user("Reviewer", username="rosa"))
    assert ("rosa", "Found not to be a duplicate by rosa") in read(lead)


def test_a_batch_is_named_and_its_cancelling_is_told() -> None:
    lead, user = make_lead(S.APPROVED), make_user("Admin", username="ada")
    queued = queue(Lead.objects.filter(pk=lead.pk), make_dialer_list(), by=user)
    assert queued.batch
    cancel(queued.batch, by=user)
    told = read(lead)
    assert ("ada", f"Queued by ada in batch {queued.batch.pk}") in told
    assert any(
        who == "ada"
        and sentence.startswith("Taken out of its batch by ada, who cancelled it; approved again")
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
    assert costs[0] == costs[1] <= 7


def test_what_was_decided_at_once_says_with_how_many_others_and_from_where() -> None:
    rosa, run = make_user("Reviewer", username="rosa"), make_import(filename="vendor-nov.csv")
    lead, *_rest = [make_lead(import_run=run) for _ in range(4)]
    apart = make_lead()
    approve(Lead.objects.filter(import_run=run), by=rosa)
    assert read(lead)[0][1] == "Approved by rosa, with 3 others from import vendor-nov.csv"
    approve(Lead.objects.filter(pk=apart.pk), by=rosa)
    assert read(apart)[0][1] == "Approved by rosa", "another act"
    reopen(Lead.objects.all(), by=rosa)
    assert read(lead)[0][1] == "Reopened by rosa, with 4 others", "not all from one import"


def test_of_a_great_many_it_says_only_that_there_were_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leads.history.acts.MOST_OTHERS", 2)
    monkeypatch.setattr("leads.history.sentences.MOST_OTHERS", 2)
    rosa, run = make_user("Reviewer", username="rosa"), make_import(filename="may.csv")
    lead, *_rest = [make_lead(import_run=run) for _ in range(5)]
    approve(Lead.objects.all(), by=rosa)
    assert read(lead)[0][1] == "Approved by rosa, with over 2 others from import may.csv"


def test_the_others_of_an_act_are_found_by_the_primary_key() -> None:
    lead = make_lead()
    approve(Lead.objects.all(), by=make_user("Reviewer"))
    with CaptureQueriesContext(connection) as queries:
        read(lead)
    (asked,) = [one["sql"] for one in queries if "bool_and" in one["sql"]]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {asked}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Seq Scan" not in plan


def test_a_merge_and_its_undoing_are_told() -> None:
    rosa = make_user("Reviewer", username="rosa")
    kept, gone = make_lead(), make_lead()
    decision = mark(gone.pk, kept.pk, by=rosa, comment="same street")
    undo(decision, by=rosa)
    assert [sentence for _who, sentence in read(gone)][:2] == [
        "Decision taken back by rosa: it is Staged again",
        f"Marked as a duplicate of lead {kept.pk} by rosa: “same street”",
    ]

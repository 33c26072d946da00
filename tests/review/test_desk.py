"""The desk: every lead that waits is offered once, to one reviewer at a time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from leads.models import DeskClaim, Lead, LeadStatus, Pair
from leads.review import desk
from leads.review.desk import Part, Queue
from tests.factories import make_import, make_lead, make_source, make_user

pytestmark = pytest.mark.django_db
S = LeadStatus


def make_pair(lead: Lead, other: Lead, **columns: object) -> Pair:
    values = {"kind": "person", "score": 0.8, "rule": "phone", **columns}
    return Pair.objects.create(lead=lead, other=other, import_run=lead.import_run, **values)


def test_each_lead_that_waits_is_in_one_queue() -> None:
    clean, warned = make_lead(), make_lead(warnings=["EMAIL_INVALID"])
    invalid, older = make_lead(S.INVALID), make_lead(S.APPROVED)
    held = make_lead(warnings=["EMAIL_INVALID"])
    make_pair(held, older)
    for status in (S.REJECTED, S.PUSHED, S.QUEUED):
        make_lead(status)
    user = make_user("Reviewer")
    found = {queue: desk.take(queue, user) for queue in Queue}
    assert found == {
        Queue.CLEAN: clean,
        Queue.WARNINGS: warned,
        Queue.INVALID: invalid,
        Queue.DUPLICATES: held,
    }
    for queue, lead in found.items():
        assert lead
        assert desk.take(queue, user, after=lead.pk) is None


def test_a_queue_is_worked_through_import_by_import_forth_and_back() -> None:
    early, late = make_import(), make_import()
    last = make_lead(import_run=late)
    first, second = make_lead(import_run=early), make_lead(import_run=early)
    user = make_user("Reviewer")
    order, at = [], 0
    while lead := desk.take(Queue.CLEAN, user, after=at):
        order.append(lead)
        at = lead.pk
    assert order == [first, second, last], "the ids of the leads alone would say otherwise"
    assert desk.take(Queue.CLEAN, user, after=last.pk, back=True) == second
    assert desk.take(Queue.CLEAN, user, after=first.pk, back=True) is None


def test_a_part_is_one_import_or_one_source() -> None:
    source = make_source()
    other, mine = make_lead(), make_lead(lead_source=source)
    user = make_user("Reviewer")
    assert desk.take(Queue.CLEAN, user, Part(source_id=source.pk)) == mine
    assert desk.take(Queue.CLEAN, user, Part(import_id=other.import_run_id)) == other


def test_two_reviewers_are_never_offered_the_same_lead() -> None:
    first, second = make_lead(), make_lead()
    ann, bob = make_user("Reviewer"), make_user("Reviewer")
    assert desk.take(Queue.CLEAN, ann) == first
    assert desk.take(Queue.CLEAN, bob) == second
    assert desk.take(Queue.CLEAN, ann) == first, "her own claim does not hinder her"


def test_a_claim_lapses_and_can_be_given_up() -> None:
    lead = make_lead()
    ann, bob = make_user("Reviewer"), make_user("Reviewer")
    assert desk.claim(lead.pk, ann)
    assert not desk.claim(lead.pk, bob)
    desk.release(lead.pk, ann)
    assert desk.claim(lead.pk, bob)
    DeskClaim.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert desk.claim(lead.pk, ann)


def test_lapsed_claims_are_swept_away() -> None:
    desk.claim(make_lead().pk, make_user("Reviewer"))
    assert desk.forget_lapsed() == 0
    DeskClaim.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert desk.forget_lapsed() == 1


def test_what_waits_is_counted_by_import_the_oldest_first() -> None:
    early, late, done = make_import(), make_import(), make_import()
    for _ in range(2):
        make_lead(import_run=early)
    make_lead(S.INVALID, import_run=late)
    older = make_lead(S.APPROVED, import_run=done)
    make_pair(make_lead(import_run=late), older)
    found = desk.waiting()
    assert [(one.import_id, one.source_id) for one in found] == [
        (early.pk, early.lead_source_id),
        (late.pk, late.lead_source_id),
    ]
    assert found[0].counts == {"clean": 2, "warnings": 0, "invalid": 0, "duplicates": 0}
    assert found[1].counts == {"clean": 0, "warnings": 0, "invalid": 1, "duplicates": 1}
    assert [one.import_id for one in desk.waiting(first=late.pk)] == [late.pk]


def test_an_import_whose_only_waiting_lead_is_approved_and_held_is_listed() -> None:
    older, held = make_lead(S.PUSHED), make_lead(S.APPROVED)
    make_pair(held, older)
    make_pair(make_lead(S.REJECTED), older)
    found = desk.waiting()
    assert [one.import_id for one in found] == [held.import_run_id]
    assert found[0].counts[Queue.DUPLICATES] == 1


def test_what_waits_of_a_source_is_counted_over_all_its_imports() -> None:
    source, other = make_source(name="B"), make_source(name="A")
    older = make_lead(S.PUSHED)
    for _ in range(2):
        run = make_import(source)
        make_lead(import_run=run)
        make_lead(S.INVALID, import_run=run)
        make_pair(make_lead(import_run=run), older)
    make_lead(import_run=make_import(source, status="parsing"))
    make_lead(lead_source=other)
    make_lead()
    found = desk.of_sources([source.pk, other.pk])
    assert [one.source for one in found] == ["A", "B"]
    assert found[0].counts == {"clean": 1, "warnings": 0, "invalid": 0, "duplicates": 0}
    assert found[1].counts == {"clean": 2, "warnings": 0, "invalid": 2, "duplicates": 2}
    assert [one for one in desk.summed(desk.waiting()) if one.source in "AB"] == found


def test_counting_stops_where_it_would_become_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "MOST_COUNTED", 1)
    run = make_import()
    for _ in range(4):
        make_lead(import_run=run)
    assert desk.waiting()[0].counts[Queue.CLEAN] == 2
    assert desk.of_sources([run.lead_source_id])[0].counts[Queue.CLEAN] == 2
    for _ in range(2):
        make_lead(import_run=make_import(run.lead_source))
    assert desk.summed(desk.waiting())[0].counts[Queue.CLEAN] == 2

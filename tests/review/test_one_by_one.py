"""One decision at a time: as it was seen, by whoever has it before them, and back again."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User

from leads import lifecycle
from leads.models import Decision, Lead, LeadStatus, Pair, PairState
from leads.review import desk, one_by_one
from leads.review.errors import DeskError
from leads.review.undo import last_of, undo
from tests.factories import make_lead
from tests.review.test_desk import make_pair

pytestmark = pytest.mark.django_db
S = LeadStatus


def fresh(lead: Lead) -> Lead:
    return Lead.objects.get(pk=lead.pk)


def everything_of(lead: Lead) -> dict[str, Any]:
    return Lead.objects.filter(pk=lead.pk).values().get()


def held() -> tuple[Lead, Lead, Pair]:
    """An older approved lead, a newer one, and the pair that somebody has to decide."""
    older = make_lead(S.APPROVED, first_name="Anne", email="", comments="asked for a call")
    newer = make_lead(first_name="Ann", email="ann@example.com", city="Tampa")
    return older, newer, make_pair(newer, older)


def test_a_lead_is_approved_and_that_is_taken_back(ann: User) -> None:
    lead = make_lead()
    before = everything_of(lead)
    one_by_one.approve(lead.pk, S.STAGED, by=ann)
    assert (fresh(lead).status, fresh(lead).decided_by) == (S.APPROVED, ann)
    decision = last_of(ann)
    assert decision
    assert undo(decision, by=ann) == lead
    assert everything_of(lead) == before
    assert last_of(ann) is None


@pytest.mark.parametrize("status", [S.STAGED, S.INVALID, S.DUPLICATE])
def test_a_rejection_that_is_taken_back_leads_to_where_it_came_from(
    ann: User, status: LeadStatus
) -> None:
    lead = make_lead(status)
    before = everything_of(lead)
    decision = one_by_one.reject(lead.pk, status, by=ann, reason="BAD_DATA")
    assert fresh(lead).status == S.REJECTED
    undo(decision, by=ann)
    assert everything_of(lead) == before


def test_a_warned_lead_is_approved_with_a_comment_only(ann: User) -> None:
    lead = make_lead(warnings=["EMAIL_INVALID"])
    with pytest.raises(DeskError, match="comment"):
        one_by_one.approve(lead.pk, S.STAGED, by=ann, comment=" ")
    assert fresh(lead).status == S.STAGED
    one_by_one.approve(lead.pk, S.STAGED, by=ann, comment="the phone is what counts")
    assert fresh(lead).decision_comment == "the phone is what counts"


def test_a_lead_that_may_be_a_duplicate_is_not_approved_before_that_is_decided(ann: User) -> None:
    older, newer, _ = held()
    with pytest.raises(DeskError, match="may be a duplicate"):
        one_by_one.approve(newer.pk, S.STAGED, by=ann)
    one_by_one.different(newer.pk, S.STAGED, older.pk, by=ann)
    one_by_one.approve(newer.pk, S.STAGED, by=ann)
    assert fresh(newer).status == S.APPROVED


def test_the_second_reviewer_is_told_who_was_first(ann: User, bob: User) -> None:
    lead = make_lead()
    desk.claim(lead.pk, ann)
    with pytest.raises(DeskError, match="ann is looking at lead"):
        one_by_one.approve(lead.pk, S.STAGED, by=bob)
    one_by_one.approve(lead.pk, S.STAGED, by=ann)
    desk.release(lead.pk, ann)
    with pytest.raises(DeskError, match="was made approved by ann meanwhile"):
        one_by_one.reject(lead.pk, S.STAGED, by=bob, reason="BAD_DATA")
    assert fresh(lead).status == S.APPROVED


def test_an_unknown_reason_is_a_sentence(ann: User) -> None:
    with pytest.raises(DeskError, match="no reason for a rejection"):
        one_by_one.reject(make_lead().pk, S.STAGED, by=ann, reason="BECAUSE")


def test_a_lead_that_is_gone_is_a_sentence(ann: User) -> None:
    lead = make_lead()
    number = lead.pk
    lead.delete()
    for act in (
        lambda: one_by_one.approve(number, S.STAGED, by=ann),
        lambda: one_by_one.duplicate(number, S.STAGED, number, number + 1, by=ann),
    ):
        with pytest.raises(DeskError, match="no longer there"):
            act()


def test_a_duplicate_points_to_the_one_that_is_kept_and_back(ann: User) -> None:
    older, newer, pair = held()
    before = everything_of(newer), everything_of(older)
    decision = one_by_one.duplicate(newer.pk, S.STAGED, newer.pk, older.pk, by=ann)
    assert (fresh(newer).status, fresh(newer).duplicate_of) == (S.DUPLICATE, older)
    pair.refresh_from_db()
    assert (pair.state, pair.decided_by) == (PairState.SAME, ann)
    undo(decision, by=ann)
    assert (everything_of(newer), everything_of(older)) == before
    pair.refresh_from_db()
    assert (pair.state, pair.decided_by) == (PairState.OPEN, None)


def test_the_newer_lead_can_be_kept_instead(ann: User) -> None:
    older, newer, _ = held()
    decision = one_by_one.duplicate(newer.pk, S.STAGED, older.pk, newer.pk, by=ann)
    assert (fresh(older).status, fresh(older).duplicate_of) == (S.DUPLICATE, newer)
    undo(decision, by=ann)
    assert fresh(older).status == S.STAGED, "an approval is not given back unseen"


def test_a_merge_takes_fields_over_and_keeps_both_originals(ann: User) -> None:
    older, newer, _ = held()
    raws = fresh(older).raw, fresh(newer).raw
    decision = one_by_one.merged(
        newer.pk, S.STAGED, newer.pk, older.pk, ["email", "city"], by=ann, comment="one family"
    )
    kept, gone = fresh(older), fresh(newer)
    assert (kept.email, kept.city, kept.comments) == (
        "ann@example.com",
        "Tampa",
        "asked for a call",
    )
    assert (kept.status, gone.status, gone.duplicate_why) == (S.STAGED, S.DUPLICATE, "MERGED")
    assert (kept.raw, gone.raw) == raws
    undo(decision, by=ann)
    assert (fresh(older).email, fresh(older).city) == ("", "")
    assert (fresh(newer).status, fresh(newer).duplicate_of) == (S.STAGED, None)


def test_a_merge_cannot_be_taken_back_once_the_kept_lead_is_on_its_way(ann: User) -> None:
    older, newer, _ = held()
    decision = one_by_one.merged(newer.pk, S.STAGED, newer.pk, older.pk, ["email"], by=ann)
    pushed = make_lead(S.PUSHED)
    columns = ["dialer_id", "batch_id"]
    this = Lead.objects.filter(pk=older.pk)
    lifecycle.move(this, S.APPROVED, decided_at=pushed.decided_at)
    lifecycle.move(this, S.QUEUED, **{name: getattr(pushed, name) for name in columns})
    with pytest.raises(DeskError, match="is queued: its data can no longer be changed back"):
        undo(decision, by=ann)
    assert fresh(newer).status == S.DUPLICATE
    decision.refresh_from_db()
    assert decision.undone_at is None, "nothing of it was taken back"


@pytest.mark.parametrize("status", [S.QUEUED, S.SENDING, S.UNCLEAR, S.PUSHED])
def test_a_lead_on_its_way_is_kept_and_never_set_aside(ann: User, status: LeadStatus) -> None:
    older, newer = make_lead(status), make_lead()
    make_pair(newer, older)
    with pytest.raises(DeskError, match="can no longer be set aside"):
        one_by_one.duplicate(newer.pk, S.STAGED, older.pk, newer.pk, by=ann)
    with pytest.raises(DeskError, match="can no longer be changed"):
        one_by_one.merged(newer.pk, S.STAGED, newer.pk, older.pk, ["first_name"], by=ann)
    assert fresh(newer).status == S.STAGED, "the whole merge was taken back"
    one_by_one.duplicate(newer.pk, S.STAGED, newer.pk, older.pk, by=ann)
    assert fresh(newer).duplicate_of == older


def test_open_pairs_of_the_one_that_goes_become_those_of_the_one_that_stays(ann: User) -> None:
    older, newer, _ = held()
    third = make_lead(phone_number=older.phone_number, phone_e164=older.phone_e164)
    make_pair(third, newer, score=0.7)
    one_by_one.duplicate(newer.pk, S.STAGED, newer.pk, older.pk, by=ann)
    moved = Pair.objects.get(lead=third, other=older)
    assert moved.state == PairState.OPEN
    assert not Pair.objects.filter(lead=third, other=newer, state=PairState.OPEN).exists()


def test_duplicates_of_the_one_that_goes_point_to_the_one_that_stays(ann: User) -> None:
    older, newer, _ = held()
    twin = make_lead(S.DUPLICATE, duplicate_of=newer)
    one_by_one.duplicate(newer.pk, S.STAGED, newer.pk, older.pk, by=ann)
    assert fresh(twin).duplicate_of == older


def test_not_the_same_is_decided_once(ann: User, bob: User) -> None:
    older, newer, pair = held()
    decision = one_by_one.different(newer.pk, S.STAGED, older.pk, by=ann)
    desk.release(newer.pk, ann)
    with pytest.raises(DeskError, match="somebody has decided it"):
        one_by_one.different(newer.pk, S.STAGED, older.pk, by=bob)
    undo(decision, by=ann)
    pair.refresh_from_db()
    assert pair.state == PairState.OPEN


def test_a_correction_is_checked_at_once_and_taken_back(ann: User) -> None:
    lead = make_lead(first_name="Anm")
    found = one_by_one.edit(lead.pk, S.STAGED, {"first_name": "Ann"}, by=ann)
    assert (found.lead.first_name, found.lead.status) == ("Ann", S.STAGED)
    undo(Decision.objects.get(), by=ann)
    assert fresh(lead).first_name == "Anm"


def test_a_decision_is_taken_back_once_and_not_over_a_later_one(ann: User, bob: User) -> None:
    lead = make_lead()
    decision = one_by_one.approve(lead.pk, S.STAGED, by=ann)
    desk.release(lead.pk, ann)
    undo(decision, by=ann)
    with pytest.raises(DeskError, match="taken back already"):
        undo(decision, by=ann)
    again = one_by_one.approve(lead.pk, S.STAGED, by=ann)
    lifecycle.move(Lead.objects.filter(pk=lead.pk), S.STAGED)
    with pytest.raises(DeskError, match="by now"):
        undo(again, by=ann)
    assert last_of(bob) is None

"""A decision is taken back exactly, and never over what somebody else has done since."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from leads import lifecycle
from leads.dedup import likely
from leads.models import Decision, Lead, LeadStatus, Pair, PairState
from leads.review import decide, desk, one_by_one
from leads.review.correct import correct
from leads.review.errors import DeskError
from leads.review.undo import last_of, not_as_before, undo
from tests.factories import make_dnc_list, make_lead
from tests.review.test_desk import make_pair

pytestmark = pytest.mark.django_db
S = LeadStatus


def fresh(lead: Lead) -> Lead:
    return Lead.objects.get(pk=lead.pk)


def edit(lead: Lead, by: User, **changes: str) -> Decision:
    one_by_one.edit(lead.pk, fresh(lead).status, changes, by=by)
    desk.release(lead.pk, by)
    decision = last_of(by)
    assert decision
    return decision


def pairs() -> dict[tuple[int, int], str]:
    return {(pair.lead_id, pair.other_id): pair.state for pair in Pair.objects.all()}


def test_a_correction_is_not_taken_back_over_a_later_one(ann: User, bob: User) -> None:
    lead = make_lead(city="Tampa")
    mine = edit(lead, ann, city="Miami")
    edit(lead, bob, city="Orlando")
    with pytest.raises(DeskError, match="was corrected by bob since: city “Orlando”"):
        undo(mine, by=ann)
    assert fresh(lead).city == "Orlando"
    mine.refresh_from_db()
    assert mine.undone_at is None


def test_a_correction_of_another_field_is_kept_when_one_is_taken_back(ann: User, bob: User) -> None:
    lead = make_lead(city="Tampa")
    mine = edit(lead, ann, city="Miami")
    edit(lead, bob, email="ann@example.com")
    undo(mine, by=ann)
    assert (fresh(lead).city, fresh(lead).email) == ("Tampa", "ann@example.com")


def test_a_correction_is_not_taken_back_under_a_later_approval(ann: User, bob: User) -> None:
    lead = make_lead(city="Tampa")
    mine = edit(lead, ann, city="Miami")
    likely.match_again()
    one_by_one.approve(lead.pk, S.STAGED, by=bob)
    with pytest.raises(DeskError, match="was changed by bob since and is approved by now"):
        undo(mine, by=ann)
    assert (fresh(lead).status, fresh(lead).city) == (S.APPROVED, "Miami")


def test_a_decision_is_not_taken_back_over_one_that_led_to_the_same_status(
    ann: User, bob: User
) -> None:
    lead = make_lead()
    mine = one_by_one.reject(lead.pk, S.STAGED, by=ann, reason="BAD_DATA")
    these = Lead.objects.filter(pk=lead.pk)
    decide.reopen(these, by=bob)
    decide.reject(these, by=bob, reason="NO_CONSENT", comment="asked the supplier")
    with pytest.raises(DeskError, match="was changed by bob since and is rejected by now"):
        undo(mine, by=ann)
    assert (fresh(lead).status, fresh(lead).decision_reason) == (S.REJECTED, "NO_CONSENT")


def test_a_rejected_lead_that_lost_its_number_since_is_left(ann: User, bob: User) -> None:
    lead = make_lead()
    mine = one_by_one.reject(lead.pk, S.STAGED, by=ann, reason="BAD_DATA")
    correct(lead, {"phone_number": "12"}, by=bob)
    with pytest.raises(DeskError, match="was changed by bob since"):
        undo(mine, by=ann)
    assert fresh(lead).status == S.REJECTED


def test_a_correction_gives_back_the_country_of_the_number_as_well(ann: User) -> None:
    lead = make_lead()
    before = (fresh(lead).phone_code, fresh(lead).phone_number, fresh(lead).phone_e164)
    mine = edit(lead, ann, phone_number="+44 20 7946 0018")
    assert fresh(lead).phone_e164 == "+442079460018"
    undo(mine, by=ann)
    lead = fresh(lead)
    assert (lead.phone_code, lead.phone_number, lead.phone_e164) == before


def test_not_the_same_is_not_taken_back_over_somebody_elses_word(ann: User, bob: User) -> None:
    newer = make_lead()
    pair = make_pair(newer, make_lead(S.APPROVED, pk=newer.pk - 1))
    mine = one_by_one.different(newer.pk, S.STAGED, pair.other_id, by=ann)
    Pair.objects.filter(pk=pair.pk).update(decided_by=bob)
    with pytest.raises(DeskError, match="decided that meanwhile"):
        undo(mine, by=ann)
    assert pairs() == {(pair.lead_id, pair.other_id): PairState.DIFFERENT}


def merged(ann: User) -> tuple[Lead, Lead, Decision]:
    """An older approved lead that took an e-mail address, the newer one, and the decision."""
    older = make_lead(S.APPROVED, first_name="Anne", email="")
    newer = make_lead(first_name="Ann", email="ann@example.com")
    make_pair(newer, older)
    decision = one_by_one.merged(newer.pk, S.STAGED, newer.pk, older.pk, ["email"], by=ann)
    assert fresh(older).status == S.STAGED
    return older, newer, decision


def test_a_kept_lead_that_was_approved_is_approved_again(ann: User) -> None:
    older, newer, decision = merged(ann)
    approval = fresh(older).decided_at
    undo(decision, by=ann)
    assert (fresh(older).status, fresh(older).email) == (S.APPROVED, "")
    assert fresh(older).decided_at == approval
    assert fresh(newer).status == S.STAGED
    assert not_as_before(decision) == []


def test_two_leads_with_one_number_are_both_as_they_were(ann: User) -> None:
    older, newer = make_lead(S.APPROVED), make_lead(email="ann@example.com")
    columns = {"phone_number": older.phone_number, "phone_e164": older.phone_e164}
    Lead.objects.filter(pk=newer.pk).update(**columns)
    make_pair(newer, older)
    decision = one_by_one.merged(newer.pk, S.STAGED, newer.pk, older.pk, ["email"], by=ann)
    undo(decision, by=ann)
    assert (fresh(older).status, fresh(newer).status) == (S.APPROVED, S.STAGED)


def test_a_kept_lead_on_a_dnc_list_by_now_waits_and_that_is_said(ann: User) -> None:
    older, _, decision = merged(ann)
    make_dnc_list(older.phone_e164)
    undo(decision, by=ann)
    assert fresh(older).status == S.STAGED
    assert not_as_before(decision) == [(older, S.APPROVED)]


def test_a_merge_is_not_taken_back_under_an_approval_of_the_kept_lead(ann: User, bob: User) -> None:
    older, newer, decision = merged(ann)
    likely.match_again()
    one_by_one.approve(older.pk, S.STAGED, by=bob)
    with pytest.raises(DeskError, match=f"Lead {older.pk} was changed by bob since"):
        undo(decision, by=ann)
    assert (fresh(older).status, fresh(newer).status) == (S.APPROVED, S.DUPLICATE)


def test_a_merge_is_not_taken_back_over_a_correction_of_what_it_wrote(ann: User, bob: User) -> None:
    older, _, decision = merged(ann)
    correct(older, {"email": "right@example.com"}, by=bob)
    with pytest.raises(DeskError, match=r"was corrected by bob since: email “right@example\.com”"):
        undo(decision, by=ann)
    assert fresh(older).email == "right@example.com"


def test_a_duplicate_that_is_taken_back_leaves_no_trace(ann: User) -> None:
    person = {"last_name": "Sample", "date_of_birth": "1980-03-04"}
    kept = make_lead(S.APPROVED, first_name="Ann", **person)
    gone = make_lead(first_name="Anne", email="anne@example.com")
    third = make_lead(first_name="Ann", **person)
    own = make_lead(S.DUPLICATE, duplicate_of=gone)
    make_pair(gone, kept)
    make_pair(third, gone)
    before = pairs()
    decision = one_by_one.duplicate(gone.pk, S.STAGED, gone.pk, kept.pk, by=ann)
    assert pairs()[third.pk, kept.pk] == PairState.OPEN
    assert fresh(own).duplicate_of == kept
    undo(decision, by=ann)
    assert pairs() == before
    assert fresh(own).duplicate_of == gone


def test_what_was_there_or_decided_since_is_not_taken_back_with_it(ann: User, bob: User) -> None:
    kept, gone = make_lead(S.APPROVED), make_lead()
    third, fourth = make_lead(), make_lead()
    own = make_lead(S.DUPLICATE, duplicate_of=gone)
    make_pair(gone, kept)
    known = make_pair(third, kept)
    make_pair(third, gone)
    make_pair(fourth, gone)
    decision = one_by_one.duplicate(gone.pk, S.STAGED, gone.pk, kept.pk, by=ann)
    Pair.objects.filter(lead=fourth, other=gone).update(decided_by=bob)
    decide.not_a_duplicate(Lead.objects.filter(pk=own.pk), by=bob)
    undo(decision, by=ann)
    known.refresh_from_db()
    assert known.state == PairState.OPEN
    assert pairs()[third.pk, gone.pk] == PairState.OPEN
    assert pairs()[fourth.pk, gone.pk] == PairState.PASSED
    assert fresh(own).duplicate_of is None


def test_a_pair_that_the_match_found_stays(ann: User) -> None:
    kept, gone, third = make_lead(S.APPROVED), make_lead(), make_lead()
    make_pair(gone, kept)
    make_pair(third, gone)
    decision = one_by_one.duplicate(gone.pk, S.STAGED, gone.pk, kept.pk, by=ann)
    make_pair(third, kept, rule="same e-mail")
    undo(decision, by=ann)
    assert pairs()[third.pk, kept.pk] == PairState.OPEN


def test_a_decision_from_before_this_is_taken_back_by_its_status(ann: User) -> None:
    lead = make_lead()
    decision = one_by_one.approve(lead.pk, S.STAGED, by=ann)
    del decision.before["after"]
    decision.save()
    undo(decision, by=ann)
    assert fresh(lead).status == S.STAGED
    again = one_by_one.approve(lead.pk, S.STAGED, by=ann)
    lifecycle.move(Lead.objects.filter(pk=lead.pk), S.STAGED)
    with pytest.raises(DeskError, match="staged by now"):
        undo(again, by=ann)

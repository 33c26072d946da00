"""What a kept lead takes from the one that goes, and what becomes of the pairs of that one."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from leads.models import Lead, LeadStatus, Pair, PairState
from leads.review import one_by_one
from leads.review.errors import DeskError
from leads.review.undo import undo
from tests.factories import make_dnc_list, make_lead
from tests.review.test_desk import make_pair

pytestmark = pytest.mark.django_db
S = LeadStatus
PHONE = {"phone_code": "1", "phone_number": "7275550123", "phone_e164": "+17275550123"}


def fresh(lead: Lead) -> Lead:
    return Lead.objects.get(pk=lead.pk)


def held(**columns: str) -> tuple[Lead, Lead]:
    """An older approved lead, and a newer one with these columns that may be the same."""
    older, newer = make_lead(S.APPROVED, email="ann@example.com"), make_lead(**columns)
    make_pair(newer, older)
    return older, newer


def test_the_phone_of_the_one_that_goes_can_be_taken_and_given_back(ann: User) -> None:
    older, newer = held(**PHONE)
    before = Lead.objects.filter(pk=older.pk).values().get()
    decision = one_by_one.merged(newer.pk, S.STAGED, newer.pk, older.pk, ["phone_number"], by=ann)
    kept, gone = fresh(older), fresh(newer)
    assert (kept.status, kept.phone_number, kept.phone_e164) == (
        S.STAGED,
        "7275550123",
        "+17275550123",
    )
    assert (gone.status, gone.duplicate_of) == (S.DUPLICATE, older)
    undo(decision, by=ann)
    after = Lead.objects.filter(pk=older.pk).values().get()
    assert {name: after[name] for name in before if name != "findings"} == {
        name: before[name] for name in before if name != "findings"
    }
    assert (fresh(newer).status, fresh(newer).phone_e164) == (S.STAGED, "+17275550123")


def test_a_phone_from_abroad_comes_with_its_country(ann: User) -> None:
    abroad = {"phone_code": "44", "phone_number": "2079460018", "phone_e164": "+442079460018"}
    older, newer = held(**abroad)
    one_by_one.merged(newer.pk, S.STAGED, newer.pk, older.pk, ["phone_number"], by=ann)
    assert (fresh(older).phone_code, fresh(older).phone_e164) == ("44", "+442079460018")


def test_a_phone_that_a_third_lead_has_is_not_taken(ann: User) -> None:
    third = make_lead(S.APPROVED, **PHONE)
    older, newer = held(**PHONE)
    with pytest.raises(DeskError, match=f"would be a duplicate of lead {third.pk}"):
        one_by_one.merged(newer.pk, S.STAGED, newer.pk, older.pk, ["phone_number"], by=ann)
    assert (fresh(older).status, fresh(newer).status) == (S.APPROVED, S.STAGED)
    assert fresh(older).phone_e164 == older.phone_e164


def test_a_phone_that_cannot_be_dialled_is_not_taken(ann: User) -> None:
    older, newer = held(phone_number="201555000", phone_e164="+1201555000")
    with pytest.raises(DeskError, match=f"lead {older.pk} would be invalid: .*Choose others"):
        one_by_one.merged(newer.pk, S.STAGED, newer.pk, older.pk, ["phone_number"], by=ann)
    assert fresh(older).status == S.APPROVED


def test_a_phone_that_is_taken_is_held_against_the_dnc_lists(ann: User) -> None:
    make_dnc_list(PHONE["phone_e164"])
    older, newer = held(**PHONE)
    one_by_one.merged(newer.pk, S.STAGED, newer.pk, older.pk, ["phone_number"], by=ann)
    assert fresh(older).dnc_number == 17275550123


def test_a_blank_that_was_chosen_is_taken_and_given_back(ann: User) -> None:
    older, newer = held(email="", city="Tampa")
    decision = one_by_one.merged(newer.pk, S.STAGED, newer.pk, older.pk, ["email"], by=ann)
    assert (fresh(older).email, fresh(older).city) == ("", "")
    undo(decision, by=ann)
    assert fresh(older).email == "ann@example.com"


def test_a_pair_that_is_handed_on_says_what_the_kept_lead_itself_has_in_common(ann: User) -> None:
    person = {"last_name": "Sample", "date_of_birth": "1980-03-04"}
    kept = make_lead(S.APPROVED, email="a@example.com", **person)
    gone = make_lead(email="b@example.com")
    third = make_lead(email="b@example.com", **person)
    stranger = make_lead(email="b@example.com", first_name="Zoe", last_name="Else")
    make_pair(gone, kept)
    the_same = [{"field": "email", "says": "the same", "weight": 3.0}]
    for one in (third, stranger):
        make_pair(one, gone, score=0.8, reasons=the_same)
    one_by_one.duplicate(gone.pk, S.STAGED, gone.pk, kept.pk, by=ann)
    made = Pair.objects.get(lead=third, other=kept)
    says = {one["field"]: one["says"] for one in made.reasons}
    assert (made.state, made.rule) == (PairState.OPEN, "like a duplicate of it")
    assert (says["email"] == "the same", says["date_of_birth"]) == (False, "born on the same day")
    assert not Pair.objects.filter(lead=stranger, other=kept).exists(), "it is worth nothing"
    closed = Pair.objects.filter(other=gone, state=PairState.PASSED)
    assert set(closed.values_list("lead", flat=True)) == {third.pk, stranger.pk}

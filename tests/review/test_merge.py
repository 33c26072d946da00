"""What a kept lead takes from the one that goes, and what becomes of the pairs of that one."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from leads.models import LeadStatus, Pair, PairState
from leads.review import one_by_one
from tests.factories import make_lead, make_user
from tests.review.test_desk import make_pair

pytestmark = pytest.mark.django_db
S = LeadStatus


@pytest.fixture
def ann() -> User:
    return make_user("Reviewer", username="ann")


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

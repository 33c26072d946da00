"""What a policy makes of a row whose number is known."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from leads.dedup.policy import policy_for
from leads.dedup.same_number import Judge, Judgement
from leads.models import DuplicatePolicy, Import, Lead, LeadStatus, PairKind, Treatment
from tests.factories import make_dialer, make_import, make_lead, make_source

pytestmark = pytest.mark.django_db
S = LeadStatus
PHONE = "+17275550142"
ANN = {"first_name": "Ann", "last_name": "Sample", "phone_e164": PHONE}
BOB = {"first_name": "Robert", "last_name": "Miller", "phone_e164": PHONE}


def known(status: LeadStatus = S.STAGED, **columns: Any) -> Lead:
    return make_lead(status, **{**ANN, "phone_number": "7275550142", **columns})


def judged(run: Import, *people: dict[str, Any], **policy: Any) -> dict[int, Judgement]:
    """Rows of these people, of one number, under a policy with these columns."""
    ids = [10**9 + place for place in range(len(people))]
    judge = Judge(DuplicatePolicy(**policy), run)
    return judge.judge(ids, [PHONE] * len(people), range(len(people)), lambda at: people[at])


def test_a_number_that_nobody_has_is_judged_not_at_all() -> None:
    assert judged(make_import(), ANN) == {}


def test_the_same_person_is_a_duplicate_of_the_oldest() -> None:
    first = known()
    known()
    found = judged(make_import(), ANN)[0]
    assert (found.twin, found.kind, found.treatment) == (first.pk, PairKind.PERSON, Treatment.MARK)


@pytest.mark.parametrize("treatment", Treatment)
def test_another_person_of_the_number_is_household_and_the_policy_says_what_becomes_of_it(
    treatment: Treatment,
) -> None:
    known()
    found = judged(make_import(), BOB, same_household=treatment)[0]
    assert (found.kind, found.treatment) == (PairKind.HOUSEHOLD, treatment)


def test_a_row_without_a_name_is_somebody_of_that_number() -> None:
    known()
    found = judged(make_import(), {"phone_e164": PHONE}, same_number=Treatment.HOLD)[0]
    assert (found.kind, found.treatment) == (PairKind.NUMBER, Treatment.HOLD)


def test_of_a_household_that_was_let_pass_each_member_is_known() -> None:
    first = known()
    found = judged(make_import(), BOB, BOB, ANN, same_household=Treatment.PASS)
    assert (found[0].twin, found[0].treatment) == (first.pk, Treatment.PASS)
    assert (found[1].twin, found[1].kind) == (10**9, PairKind.PERSON), "the row before it"
    assert (found[2].twin, found[2].kind) == (first.pk, PairKind.PERSON)


def test_a_number_that_comes_very_often_is_still_judged() -> None:
    people = [{**ANN, "first_name": f"Person{n}", "last_name": f"Of{n}"} for n in range(40)]
    found = judged(make_import(), *people, same_household=Treatment.PASS)
    assert len(found) == 39


def test_what_is_marked_as_a_duplicate_is_nobodys_twin() -> None:
    found = judged(make_import(), ANN, ANN, ANN)
    assert [found[place].twin for place in (1, 2)] == [10**9, 10**9]


@pytest.mark.parametrize("status", [S.INVALID, S.DUPLICATE])
def test_invalid_leads_and_duplicates_do_not_count(status: LeadStatus) -> None:
    known(status, **({"reasons": ["PHONE_LENGTH"]} if status == S.INVALID else {}))
    assert judged(make_import(), ANN) == {}


@pytest.mark.parametrize(
    ("scope", "same", "other"),
    [("file", 1, 0), ("source", 1, 0), ("list", 1, 0), ("dialer", 1, 0), ("everything", 1, 1)],
)
def test_a_scope_says_which_leads_count(scope: str, same: int, other: int) -> None:
    run = make_import(list_id=101, dialer=make_dialer())
    elsewhere = known(import_run=make_import(list_id=102, dialer=make_dialer()), list_id=102)
    assert len(judged(run, ANN, scope=scope)) == other
    elsewhere.delete()
    known(import_run=run, list_id=101)
    assert len(judged(run, ANN, scope=scope)) == same


def test_a_scope_of_an_import_for_no_list_is_everything() -> None:
    known(list_id=102)
    assert judged(make_import(), ANN, scope="list")


@pytest.mark.parametrize(
    ("days_ago", "ended", "counts"),
    [(29, "B", True), (31, "B", False), (31, "SALE", True), (3000, "DNC", True)],
)
def test_a_lead_pushed_before_the_window_counts_only_after_a_final_outcome(
    days_ago: int, ended: str, counts: bool
) -> None:
    pushed_at = timezone.now() - timedelta(days=days_ago)
    known(S.PUSHED, pushed_at=pushed_at, vicidial_status=ended)
    assert bool(judged(make_import(), ANN, window_days=30)) is counts


def test_a_lead_that_was_never_pushed_counts_whatever_the_window() -> None:
    known()
    assert judged(make_import(), ANN, window_days=1)


def test_the_policy_for_source_and_list_goes_before_those_for_one_of_them() -> None:
    source, other = make_source(), make_source()
    make = DuplicatePolicy.objects.create
    general, of_list = make(), make(list_id=101)
    of_source, of_both = make(lead_source=source), make(lead_source=source, list_id=101)
    assert policy_for(make_import(source, list_id=101)) == of_both
    assert policy_for(make_import(source, list_id=102)) == of_source
    assert policy_for(make_import(other, list_id=101)) == of_list
    assert policy_for(make_import(other)) == general


def test_without_a_policy_the_same_number_is_a_duplicate() -> None:
    policy = policy_for(make_import())
    assert policy.pk is None
    assert {policy.same_person, policy.same_household, policy.same_number} == {Treatment.MARK}

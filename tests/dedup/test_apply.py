"""What a policy makes of the pairs that were found."""

from __future__ import annotations

from typing import Any

import pytest

from leads.dedup.apply import Applied, apply
from leads.models import DuplicatePolicy, Import, Lead, LeadStatus, Pair, PairState
from tests.factories import make_import, make_lead, make_source
from tests.review.test_desk import make_pair

pytestmark = pytest.mark.django_db
S = LeadStatus
SURE, PERHAPS = 0.97, 0.6


@pytest.fixture
def run() -> Import:
    return make_import()


def found(run: Import, *, score: float = SURE, **columns: Any) -> tuple[Lead, Lead, Pair]:
    older = make_lead(S.APPROVED)
    newer = make_lead(import_run=run)
    return older, newer, make_pair(newer, older, score=score, rule="email", **columns)


def state(pair: Pair) -> str:
    pair.refresh_from_db()
    return pair.state


def fresh(lead: Lead) -> Lead:
    return Lead.objects.get(pk=lead.pk)


def test_surely_the_same_person_is_a_duplicate_of_the_older(run: Import) -> None:
    older, newer, pair = found(run)
    assert apply(run) == Applied(marked=1, held=0)
    assert (fresh(newer).status, fresh(newer).duplicate_of) == (S.DUPLICATE, older)
    assert fresh(newer).duplicate_why == "EMAIL"
    assert (state(pair), pair.decided_by) == (PairState.SAME, None)


def test_perhaps_the_same_person_is_held_for_a_person(run: Import) -> None:
    _, newer, pair = found(run, score=PERHAPS)
    assert apply(run) == Applied(marked=0, held=1)
    assert (fresh(newer).status, state(pair)) == (S.STAGED, PairState.OPEN)


@pytest.mark.parametrize(
    ("columns", "policy", "becomes"),
    [
        ({"score": PERHAPS}, {"likely": "mark"}, PairState.SAME),
        ({"score": PERHAPS}, {"likely": "pass"}, PairState.PASSED),
        ({}, {"same_person": "hold"}, PairState.OPEN),
        ({}, {"same_person": "pass"}, PairState.PASSED),
        ({"kind": "number"}, {"likely": "pass"}, PairState.PASSED),
        ({"kind": "household"}, {"same_household": "mark"}, PairState.PASSED),
    ],
)
def test_the_policy_of_the_source_decides(
    columns: dict[str, Any], policy: dict[str, str], becomes: str
) -> None:
    source = make_source()
    DuplicatePolicy.objects.create(lead_source=source, **policy)
    run = make_import(source)
    _, _, pair = found(run, **columns)
    apply(run)
    assert state(pair) == becomes


@pytest.mark.parametrize(("treatment", "becomes"), [("mark", "same"), ("hold", "open")])
def test_a_household_counts_where_it_has_the_same_number_to_be_called(
    run: Import, treatment: str, becomes: str
) -> None:
    DuplicatePolicy.objects.create(same_household=treatment)
    older, newer, _ = found(run, kind="household", score=0.1)
    _, other, elsewhere = found(run, kind="household", score=0.1)
    Lead.objects.filter(pk=newer.pk).update(phone_e164=older.phone_e164)
    apply(run)
    assert newer.pairs.get().state == becomes
    assert state(elsewhere) == PairState.PASSED
    assert fresh(other).status == S.STAGED


def test_somebody_unknown_behind_another_number_is_for_a_person(run: Import) -> None:
    _, newer, pair = found(run, kind="number", score=0.1)
    assert apply(run) == Applied(marked=0, held=1)
    assert (fresh(newer).status, state(pair)) == (S.STAGED, PairState.OPEN)


def test_a_lead_outside_the_scope_does_not_count() -> None:
    DuplicatePolicy.objects.create(scope="source")
    run = make_import()
    _, newer, pair = found(run)
    apply(run)
    assert (fresh(newer).status, state(pair)) == (S.STAGED, PairState.PASSED)


def test_nobody_is_asked_of_whom_a_marked_lead_is_a_duplicate(run: Import) -> None:
    older, newer, pair = found(run, score=PERHAPS)
    Lead.objects.filter(pk=newer.pk).update(
        status=S.DUPLICATE, duplicate_of=older, duplicate_why="PHONE"
    )
    assert apply(run) == Applied(marked=0, held=0)
    assert (state(pair), pair.decided_by) == (PairState.SAME, None)


def test_a_chain_of_duplicates_points_to_the_one_that_is_kept(run: Import) -> None:
    older, second, _ = found(run)
    third = make_lead(import_run=run)
    make_pair(third, second, score=SURE, rule="email")
    assert apply(run).marked == 2
    assert fresh(second).duplicate_of == older
    assert fresh(third).duplicate_of == older


def test_of_several_pairs_the_strictest_counts_and_the_rest_is_not_asked(run: Import) -> None:
    _, newer, sure = found(run)
    perhaps = make_pair(newer, make_lead(S.APPROVED, pk=sure.other_id - 1), score=PERHAPS)
    assert apply(run) == Applied(marked=1, held=0)
    assert (state(sure), state(perhaps)) == (PairState.SAME, PairState.PASSED)


def test_what_somebody_decided_stays(run: Import) -> None:
    _, newer, pair = found(run)
    Pair.objects.update(state=PairState.DIFFERENT, decided_at=newer.created_at)
    assert apply(run) == Applied(marked=0, held=0)
    assert (fresh(newer).status, state(pair)) == (S.STAGED, PairState.DIFFERENT)


def test_applying_twice_changes_nothing_more(run: Import) -> None:
    found(run)
    found(run, score=PERHAPS)
    apply(run)
    before = list(Pair.objects.order_by("pk").values())
    assert apply(run).marked == 0
    assert list(Pair.objects.order_by("pk").values()) == before

"""The counts of home: exact while they are small, and never counted far."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from leads.models import Lead, LeadStatus
from leads.reports.overview import capped_counts
from leads.reports.standing import standing
from tests.factories import make_lead

pytestmark = pytest.mark.django_db
S = LeadStatus


def test_every_status_is_counted_by_one_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for status in (S.STAGED, S.STAGED, S.PUSHED):
        make_lead(status)
    with django_assert_num_queries(1):
        counts = capped_counts()
    assert counts == {**dict.fromkeys(S, 0), S.STAGED: 2, S.PUSHED: 1}
    assert list(counts) == list(S)


@pytest.mark.parametrize(("there", "counted"), [(2, 2), (3, 3), (4, 4), (7, 4)])
def test_nothing_is_counted_further_than_one_above_the_limit(there: int, counted: int) -> None:
    for _ in range(there):
        make_lead()
    assert capped_counts(3)[S.STAGED] == counted


def test_a_standing_has_all_statuses_and_their_sum() -> None:
    for status in (S.STAGED, S.INVALID, S.INVALID):
        make_lead(status)
    found = standing(Lead.objects.all())
    assert (found["rows"], found["staged"], found["invalid"], found["pushed"]) == (3, 1, 2, 0)

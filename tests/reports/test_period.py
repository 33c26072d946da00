"""Which days the usual periods are, and what they are compared with."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.utils import timezone

from leads.reports.period import (
    Days,
    Period,
    PeriodError,
    between,
    last_days,
    last_month,
    this_month,
)


def days(first: str, last: str) -> Days:
    return Days(date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("period", "shown", "before"),
    [
        (
            this_month(date(2026, 11, 23)),
            days("2026-11-01", "2026-11-23"),
            days("2026-10-01", "2026-10-23"),
        ),
        (
            this_month(date(2026, 3, 31)),
            days("2026-03-01", "2026-03-31"),
            days("2026-02-01", "2026-02-28"),
        ),
        (
            this_month(date(2026, 1, 1)),
            days("2026-01-01", "2026-01-01"),
            days("2025-12-01", "2025-12-01"),
        ),
        (
            last_month(date(2026, 3, 15)),
            days("2026-02-01", "2026-02-28"),
            days("2026-01-01", "2026-01-31"),
        ),
        (
            last_days(7, date(2026, 11, 23)),
            days("2026-11-17", "2026-11-23"),
            days("2026-11-10", "2026-11-16"),
        ),
        (
            between(date(2026, 11, 3), date(2026, 11, 3)),
            days("2026-11-03", "2026-11-03"),
            days("2026-11-02", "2026-11-02"),
        ),
    ],
)
def test_a_period_is_compared_with_as_many_days_before(
    period: Period, shown: Days, before: Days
) -> None:
    assert (period.days, period.before) == (shown, before)


@pytest.mark.parametrize(
    ("first", "last", "says"),
    [
        ("2026-11-03", "2026-11-02", "before the first"),
        ("2025-11-03", "2026-11-04", "367 days"),
        ("0001-01-01", "0001-01-02", "between the years 1900"),
        ("9999-12-31", "9999-12-31", "and 2200"),
    ],
)
def test_days_that_are_no_period_are_refused_in_words(first: str, last: str, says: str) -> None:
    with pytest.raises(PeriodError, match=says):
        between(date.fromisoformat(first), date.fromisoformat(last))


def test_days_begin_and_end_in_the_readers_zone() -> None:
    with timezone.override("America/New_York"):
        # The clocks went back on the first of November.
        november = days("2026-11-01", "2026-11-01")
        assert november.begin == datetime(2026, 11, 1, 4, tzinfo=UTC)
        assert november.end == datetime(2026, 11, 2, 5, tzinfo=UTC)

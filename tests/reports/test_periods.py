"""Periods that move with the calendar."""

from __future__ import annotations

from datetime import date

import pytest

from leads.reports.periods import PERIODS, days_of


@pytest.mark.parametrize(
    ("period", "today", "first", "last"),
    [
        ("today", "2026-03-01", "2026-03-01", "2026-03-01"),
        ("yesterday", "2026-03-01", "2026-02-28", "2026-02-28"),
        ("last-7-days", "2026-03-05", "2026-02-27", "2026-03-05"),
        ("last-30-days", "2026-03-01", "2026-01-31", "2026-03-01"),
        ("this-month", "2026-03-01", "2026-03-01", "2026-03-01"),
        ("last-month", "2026-01-31", "2025-12-01", "2025-12-31"),
        ("last-month", "2028-03-31", "2028-02-01", "2028-02-29"),
    ],
)
def test_a_period_has_whole_days(period: str, today: str, first: str, last: str) -> None:
    found = days_of(period, date.fromisoformat(today))
    assert found == (date.fromisoformat(first), date.fromisoformat(last))


def test_every_period_has_days() -> None:
    today = date(2026, 3, 5)
    for period in PERIODS:
        first, last = days_of(period, today)
        assert first <= last <= today
    with pytest.raises(KeyError):
        days_of("some-day", today)

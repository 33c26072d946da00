"""The limits of a dialer: hours, calls per day, connections over all workers."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from django.utils import timezone

from leads.dialers import pace
from leads.models import Dialer, LeadStatus
from tests.factories import make_attempt, make_batch, make_dialer, make_dialer_list, make_lead

pytestmark = pytest.mark.django_db


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 1, 15, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("since", "until", "now", "opens"),
    [
        (time(8), time(21), at(8), None),
        (time(8), time(21), at(20, 59), None),
        (time(8), time(21), at(21), at(8) + timedelta(days=1)),
        (time(8), time(21), at(7, 59), at(8)),
        (time(22), time(6), at(23), None),
        (time(22), time(6), at(5, 59), None),
        (time(22), time(6), at(6), at(22)),
        (None, None, at(3), None),
    ],
)
def test_hours_are_from_until_also_over_midnight(
    since: time | None, until: time | None, now: datetime, opens: datetime | None
) -> None:
    dialer = Dialer(call_from=since, call_until=until, time_zone="UTC")
    assert pace.opens_at(dialer, now) == opens


def test_hours_are_of_the_dialers_own_time_zone() -> None:
    dialer = Dialer(call_from=time(8), call_until=time(21), time_zone="America/New_York")
    assert pace.opens_at(dialer, at(12, 59)) == at(13)  # 7:59 there
    assert pace.opens_at(dialer, at(13)) is None


def test_calls_of_a_day_are_counted_and_no_more_are_taken() -> None:
    dialer = make_dialer(calls_per_day=10)
    assert [pace.take_today(dialer, 4) for _ in range(4)] == [4, 4, 2, 0]
    pace.give_back(dialer, 3)
    assert pace.take_today(dialer, 5) == 3


def test_a_limit_set_in_the_middle_of_a_day_counts_what_was_called_before() -> None:
    dialer = make_dialer(calls_per_day=3)
    batch = make_batch(make_dialer_list(dialer))
    now = timezone.now()
    for days in (0, 0, 2):
        make_attempt(
            make_lead(LeadStatus.PUSHED, batch=batch),
            batch=batch,
            opened_at=now - timedelta(days=days),
            sealed_at=now,
            outcome="added",
        )
    assert pace.take_today(dialer, 5) == 1


def test_a_new_day_begins_with_none() -> None:
    dialer = make_dialer(
        calls_per_day=5, calls_today=5, calls_day=timezone.now().date() - timedelta(days=1)
    )
    assert pace.why_closed(dialer) == ""
    assert pace.take_today(dialer, 9) == 5
    dialer.refresh_from_db()
    assert "The 5 calls of today are used up" in pace.why_closed(dialer)


def test_without_a_limit_nothing_is_counted() -> None:
    dialer = make_dialer()
    assert pace.take_today(dialer, 100) == 100
    dialer.refresh_from_db()
    assert (dialer.calls_today, dialer.calls_day) == (0, None)

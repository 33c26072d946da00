"""What became of calls, by day, reason, person and dialer: the same numbers tallied and fresh."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from leads import tally
from leads.models import LeadStatus, Outcome, TallyState
from leads.reports import counted as counting
from leads.reports.counted import how_far, midnight, today
from leads.reports.latency import Latency, latency_by_hour
from leads.reports.pushes import by_whom, outcomes_by_day, outcomes_by_dialer, refusals
from tests.factories import make_attempt, make_batch, make_dialer_list, make_lead, make_user

pytestmark = pytest.mark.django_db
S = LeadStatus


def call(at: datetime, outcome: str = Outcome.ADDED, reason: str = "", **columns: Any) -> None:
    sealed = {"opened_at": at, "sealed_at": at, "outcome": outcome, "reason": reason}
    make_attempt(make_lead(S.PUSHED), **{**sealed, **columns})


def leave_fresh() -> None:
    """Calls are counted by the page itself."""


def tally_all() -> None:
    tally.count_up()
    tally.count_up()
    state = TallyState.objects.get()
    assert state.calls_upto == state.seen_upto > 0


@pytest.fixture(params=[leave_fresh, tally_all], ids=["fresh", "tallied"])
def counted(request: pytest.FixtureRequest) -> Callable[[], counting.Counted]:
    def count() -> counting.Counted:
        request.param()
        return how_far()

    return count


def test_a_day_ends_at_midnight_in_the_portals_time_zone(
    settings: Any, counted: Callable[[], counting.Counted]
) -> None:
    settings.TIME_ZONE = "America/New_York"
    begin = midnight(today() - timedelta(days=1))
    assert begin.utcoffset() != timedelta(0)
    batch = make_batch()
    call(begin - timedelta(seconds=1), batch=batch)
    call(begin, batch=batch)
    call(begin + timedelta(hours=23), Outcome.REFUSED, batch=batch)
    days = outcomes_by_day(counted())
    assert days[today() - timedelta(days=2)] == {Outcome.ADDED: 1}
    assert days[today() - timedelta(days=1)] == {Outcome.ADDED: 1, Outcome.REFUSED: 1}
    assert days[today()] == {}


def test_the_users_own_time_zone_moves_no_call_to_another_day(
    counted: Callable[[], counting.Counted],
) -> None:
    call(midnight(today()))
    found = counted()
    with timezone.override("Pacific/Honolulu"):
        assert outcomes_by_day(found)[today()] == {Outcome.ADDED: 1}


def test_every_day_is_there_and_older_calls_are_not(
    counted: Callable[[], counting.Counted], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    call(midnight(today() - timedelta(days=30)))
    call(midnight(today() - timedelta(days=29)))
    found = counted()
    with django_assert_num_queries(1):
        days = outcomes_by_day(found)
    assert list(days) == [today() - timedelta(days=back) for back in reversed(range(30))]
    assert [sum(outcomes.values()) for outcomes in days.values()] == [1] + [0] * 29


def test_look_ups_deletions_and_open_calls_are_no_pushes(
    counted: Callable[[], counting.Counted],
) -> None:
    now = timezone.now()
    call(now)
    call(now, Outcome.FOUND, kind="look-up")
    call(now, Outcome.DELETED, kind="delete")
    make_attempt(make_lead(S.SENDING))
    assert outcomes_by_day(counted())[today()] == {Outcome.ADDED: 1}


def test_a_call_is_counted_once_when_the_tallies_are_behind() -> None:
    now, batch = timezone.now(), make_batch()
    call(now, batch=batch)
    tally_all()
    call(now, batch=batch)
    assert outcomes_by_day(how_far())[today()] == {Outcome.ADDED: 2}


def test_too_many_fresh_calls_are_left_and_it_is_said_as_of_when(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(counting, "MOST_FRESH", 2)
    now, batch = timezone.now(), make_batch()
    call(now, batch=batch)
    tally_all()
    for _ in range(3):
        call(now, batch=batch)
    found = how_far()
    assert not found.live
    assert found.at == TallyState.objects.get().calls_at
    assert outcomes_by_day(found)[today()] == {Outcome.ADDED: 1}


def test_where_nothing_was_tallied_and_there_is_much_nothing_is_made_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(counting, "MOST_FRESH", 0)
    call(timezone.now())
    found = how_far()
    assert (found.live, found.at) == (False, None)
    assert outcomes_by_day(found)[today()] == {}


def test_reasons_are_counted_most_first(
    counted: Callable[[], counting.Counted], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    now = timezone.now()
    for reason, outcome in (
        ("DNC", Outcome.REFUSED),
        ("DUP", Outcome.DUPLICATE),
        ("DUP", Outcome.DUPLICATE),
    ):
        call(now, outcome, reason)
    call(now, Outcome.STOP, "LOGIN")
    call(now - timedelta(days=40), Outcome.REFUSED, "DNC")
    found = counted()
    with django_assert_num_queries(1):
        assert refusals(found) == [("DUP", Outcome.DUPLICATE, 2), ("DNC", Outcome.REFUSED, 1)]


def test_who_pushed_what_has_user_list_and_number_of_leads(
    counted: Callable[[], counting.Counted], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    now, target, user = timezone.now(), make_dialer_list(name="Spring"), make_user("Admin")
    own, nobodys = make_batch(target, created_by=user), make_batch(target)
    call(now, batch=own)
    call(now, Outcome.UNCLEAR, batch=own)
    call(now, Outcome.FOUND, batch=own, kind="look-up")
    call(now, Outcome.REFUSED, batch=own)
    call(now, batch=nobodys)
    found = counted()
    with django_assert_num_queries(1):
        lines = by_whom(found)
    assert [(one.user, one.list_id, one.list_name, one.dialer, one.leads) for one in lines] == [
        (user.username, 101, "Spring", target.dialer.name, 2),
        ("", 101, "Spring", target.dialer.name, 1),
    ]


def test_the_mix_of_a_dialer_is_that_of_a_day(counted: Callable[[], counting.Counted]) -> None:
    now, batch = timezone.now(), make_batch()
    call(now, batch=batch)
    call(now, Outcome.STOP, batch=batch)
    call(now - timedelta(hours=26), batch=batch)
    assert outcomes_by_dialer(counted()) == {batch.dialer_id: {Outcome.ADDED: 1, Outcome.STOP: 1}}


def test_latency_is_the_median_and_what_95_of_100_are_below(
    counted: Callable[[], counting.Counted], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    batch = make_batch()
    for milliseconds in [10] * 12 + [20] * 7 + [2_000]:
        call(hour, batch=batch, milliseconds=milliseconds)
    call(hour - timedelta(hours=1), batch=batch, milliseconds=2_000)
    call(hour - timedelta(hours=2), batch=batch, milliseconds=None)
    call(hour - timedelta(hours=2), batch=batch, milliseconds=5, kind="look-up")
    found = counted()
    with django_assert_num_queries(1):
        hours = latency_by_hour(found, 3)
    before, last, now = hours.values()
    assert before is None
    assert last is not None
    assert (last.calls, last.median) == (1, last.high)
    assert abs(last.median - 2_000) <= 60
    assert now == Latency(20, 10, 20)


def test_hours_are_the_same_moments_in_any_time_zone(settings: Any) -> None:
    settings.TIME_ZONE = "Asia/Kolkata"
    call(timezone.now(), milliseconds=7)
    last = list(latency_by_hour(how_far()).items())[-1]
    assert last[0].astimezone(UTC).minute == 30
    assert last[1] == Latency(1, 7, 7)

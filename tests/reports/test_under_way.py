"""How fast dialers are and how far batches, told from a few rows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from leads.models import LeadStatus
from leads.reports import dialers_now, under_way
from leads.reports.dialers_now import recent_calls
from leads.reports.under_way import Progress, progress
from tests.factories import make_attempt, make_batch, make_lead

pytestmark = pytest.mark.django_db
S = LeadStatus


def test_a_batch_is_as_far_as_its_leads(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    batch, other = make_batch(selected=4), make_batch(selected=2)
    for status in (S.QUEUED, S.PUSHED, S.REFUSED, S.PUSHED):
        make_lead(status, batch=batch)
    make_lead(S.UNCLEAR, batch=other)
    with django_assert_num_queries(1):
        found = progress([batch, other])
    assert found == {batch.pk: Progress(1, False, 75), other.pk: Progress(1, False, 50)}


def test_a_large_batch_is_told_from_where_its_next_lead_lies(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(under_way, "MOST_COUNTED", 2)
    limited = under_way._FAR.replace("LIMIT 10001", "LIMIT 3")
    monkeypatch.setattr(under_way, "_FAR", limited)
    batch = make_batch(selected=9)
    for status in [S.PUSHED] * 4 + [S.QUEUED] * 5:
        make_lead(status, batch=batch)
    (found,) = progress([batch]).values()
    assert found.about
    assert 3 <= found.still_open <= 5


@pytest.mark.parametrize(
    ("still_open", "rate", "minutes"), [(100, 10, 10), (1, 60, 1), (5, 0, None), (0, 10, None)]
)
def test_time_left_is_what_is_open_at_the_latest_rate(
    still_open: int, rate: float, minutes: int | None
) -> None:
    assert Progress(still_open, False, 0).minutes_left(rate) == minutes


def test_calls_a_minute_are_those_of_the_last_minutes(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    now, batch = timezone.now(), make_batch()
    for outcome in ("added",) * 8 + ("refused", "unclear"):
        make_attempt(make_lead(S.PUSHED), batch=batch, sealed_at=now, outcome=outcome)
    old = now - timedelta(minutes=6)
    make_attempt(make_lead(S.PUSHED), batch=batch, opened_at=old, sealed_at=now, outcome="added")
    with django_assert_num_queries(1):
        recent = recent_calls()[batch.dialer_id]
    assert recent.calls_per_minute == 2
    assert recent.outcomes == {"added": 8, "refused": 1, "unclear": 1}
    assert recent.answers_per_minute(batch.pk) == 9 / 5


def test_of_a_fast_dialer_only_the_newest_calls_are_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dialers_now, "MOST_CALLS", 3)
    newest = dialers_now._NEWEST.replace("LIMIT 1000", "LIMIT 3")
    monkeypatch.setattr(dialers_now, "_NEWEST", newest)
    now, batch = timezone.now(), make_batch()
    for seconds in (90, 30, 20, 10):
        at = now - timedelta(seconds=seconds)
        make_attempt(make_lead(S.PUSHED), batch=batch, opened_at=at, sealed_at=now, outcome="added")
    recent = recent_calls()[batch.dialer_id]
    assert recent.adds == 3
    assert 5 <= recent.calls_per_minute <= 6


def test_a_dialer_without_calls_is_in_no_answer() -> None:
    make_batch()
    assert recent_calls() == {}

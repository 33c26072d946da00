"""What a batch's page asks again and again: counts, reasons, pace."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from leads.models import LeadStatus, PushBatch
from leads.reports.batch_figures import (
    counts_of,
    figures,
    forget,
    per_second,
    seconds_left,
    unclear_by_reason,
)
from tests.factories import make_attempt, make_batch, make_lead

pytestmark = pytest.mark.django_db
S = LeadStatus


def test_what_is_unclear_is_grouped_by_the_last_call() -> None:
    batch = make_batch()
    lead = make_lead(S.UNCLEAR, batch=batch)
    now = timezone.now()
    for number, reason in ((1, "DROPPED"), (2, "TIMEOUT")):
        make_attempt(lead, number=number, sealed_at=now, outcome="unclear", reason=reason)
    make_attempt(lead, number=2, kind="look-up", sealed_at=now, outcome="unclear")
    assert unclear_by_reason(batch.pk) == [("TIMEOUT", 1)]


def test_the_pace_is_what_was_answered_in_the_last_minute() -> None:
    batch, now = make_batch(), timezone.now()
    PushBatch.objects.filter(pk=batch.pk).update(created_at=now - timedelta(hours=1))
    batch.refresh_from_db()
    lead = make_lead(S.PUSHED, batch=batch)
    for seconds in (5, 20, 90):
        at = now - timedelta(seconds=seconds)
        make_attempt(lead, opened_at=at, sealed_at=at, outcome="added")
    assert per_second(batch, now) == pytest.approx(2 / 60)


@pytest.mark.parametrize(
    ("waiting", "pace", "left"), [(100, 10.0, 10), (100, 0.0, None), (0, 10.0, None)]
)
def test_how_long_it_takes_is_told_only_while_something_moves(
    waiting: int, pace: float, left: int | None
) -> None:
    assert seconds_left(waiting, pace) == left


@pytest.mark.usefixtures("all_kept")
def test_counts_that_take_long_are_kept_until_somebody_changes_something() -> None:
    batch = make_batch()
    make_lead(S.PUSHED, batch=batch)
    assert figures(batch.pk).counts == {S.PUSHED: 1}
    make_lead(S.PUSHED, batch=batch)
    assert figures(batch.pk).counts == {S.PUSHED: 1}
    forget(batch.pk)
    assert figures(batch.pk).counts == {S.PUSHED: 2}


@pytest.mark.usefixtures("all_kept")
def test_counts_of_a_list_that_take_long_are_kept_too_and_only_what_is_missing_is_counted(
    django_assert_num_queries: Any,
) -> None:
    one, two = make_batch(), make_batch()
    make_lead(S.PUSHED, batch=one)
    assert counts_of([one.pk]) == {one.pk: {S.PUSHED: 1}}
    make_lead(S.PUSHED, batch=one)
    with django_assert_num_queries(1):
        assert counts_of([one.pk, two.pk]) == {one.pk: {S.PUSHED: 1}, two.pk: {}}
    with django_assert_num_queries(0):
        assert counts_of([one.pk, two.pk]) == {one.pk: {S.PUSHED: 1}, two.pk: {}}
    forget(one.pk)
    assert counts_of([one.pk, two.pk]) == {one.pk: {S.PUSHED: 2}, two.pk: {}}


def test_counts_of_a_list_that_are_soon_made_are_those_of_now() -> None:
    batch = make_batch()
    for number in (1, 2):
        make_lead(S.PUSHED, batch=batch)
        assert counts_of([batch.pk]) == {batch.pk: {S.PUSHED: number}}

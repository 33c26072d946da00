"""Counting up: each call once, whatever comes late, and leads once a day at least."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from leads import lifecycle, tally
from leads.models import (
    LatencyTally,
    Lead,
    LeadStatus,
    LeadTally,
    Outcome,
    PushAttempt,
    PushTally,
    TallyState,
)
from tests.factories import make_attempt, make_batch, make_lead

pytestmark = pytest.mark.django_db
S = LeadStatus


def make_call(outcome: str = Outcome.ADDED, **columns: Any) -> PushAttempt:
    sealed = {"sealed_at": timezone.now(), "outcome": outcome, "milliseconds": 20}
    return make_attempt(make_lead(S.PUSHED), **{**sealed, **columns})


def count_up() -> None:
    """As often as it takes: what is new is counted by the look after the one that sees it."""
    tally.count_up()
    tally.count_up()


def calls() -> dict[str, int]:
    return dict(PushTally.objects.values_list("outcome", "calls"))


def test_what_is_counted_twice_is_in_it_once() -> None:
    batch = make_batch()
    for _ in range(3):
        make_call(batch=batch)
    for _ in range(3):
        count_up()
    assert calls() == {Outcome.ADDED: 3}
    assert sum(LatencyTally.objects.values_list("calls", flat=True)) == 3


def test_what_comes_later_is_added_to_its_hour() -> None:
    batch, at = make_batch(), timezone.now() - timedelta(days=2)
    make_call(batch=batch, opened_at=at)
    count_up()
    make_call(batch=batch, opened_at=at)
    count_up()
    assert [row.calls for row in PushTally.objects.all()] == [2]


def test_a_call_that_was_open_when_it_was_passed_is_counted_when_it_has_its_answer() -> None:
    opened = make_attempt(make_lead(S.SENDING))
    make_call(opened_at=opened.opened_at)
    count_up()
    assert calls() == {Outcome.ADDED: 1}
    assert TallyState.objects.get().still_open == [opened.pk]
    PushAttempt.objects.filter(pk=opened.pk).update(
        sealed_at=timezone.now(), outcome=Outcome.REFUSED, reason="DNC"
    )
    tally.count_up()
    assert calls() == {Outcome.ADDED: 1, Outcome.REFUSED: 1}
    assert TallyState.objects.get().still_open == []


def test_nothing_is_passed_that_a_transaction_may_still_insert(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_call()
    tally.count_up()
    still_runs = "SELECT max(id), now(), now() - interval '1 day' FROM leads_pushattempt"
    monkeypatch.setattr(tally, "_LOOK", still_runs)
    tally.count_up()
    assert calls() == {}
    monkeypatch.undo()
    tally.count_up()
    assert calls() == {Outcome.ADDED: 1}


def test_many_calls_are_counted_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tally, "AT_ONCE", 2)
    batch = make_batch()
    for _ in range(5):
        make_call(batch=batch)
    count_up()
    assert calls() == {Outcome.ADDED: 5}


def test_hours_are_those_of_the_portals_time_zone(settings: Any) -> None:
    settings.TIME_ZONE = "Asia/Kolkata"  # half an hour off
    make_call(opened_at=datetime(2026, 3, 1, 18, 40, tzinfo=UTC))
    count_up()
    assert PushTally.objects.get().hour == datetime(2026, 3, 1, 18, 30, tzinfo=UTC)


@pytest.mark.parametrize("milliseconds", [1, 2, 3, 7, 20, 21, 99, 1_000, 29_999])
def test_what_a_bucket_stands_for_is_within_three_per_cent(milliseconds: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT round({tally.MIDDLE}) FROM (SELECT {tally.BUCKET} AS bucket"
            f" FROM (SELECT {milliseconds} AS milliseconds) one) two"
        )
        (stands_for,) = cursor.fetchone()
    assert abs(stands_for - milliseconds) <= max(0.03 * milliseconds, 0.5)


def test_leads_are_counted_by_source_and_status() -> None:
    one = make_lead(S.STAGED)
    make_lead(S.STAGED, import_run=one.import_run)
    make_lead(S.PUSHED, import_run=one.import_run)
    other = make_lead(S.APPROVED)
    tally.count_up()
    found = set(LeadTally.objects.values_list("lead_source", "status", "leads"))
    assert found == {
        (one.lead_source_id, S.STAGED, 2),
        (one.lead_source_id, S.PUSHED, 1),
        (other.lead_source_id, S.APPROVED, 1),
    }


def test_leads_are_counted_anew_only_if_one_has_changed() -> None:
    lead = make_lead(S.STAGED)
    tally.count_up()
    before = TallyState.objects.get().leads_at
    tally.count_up()
    assert TallyState.objects.get().leads_at == before
    TallyState.objects.update(leads_seconds=0)
    lifecycle.move(Lead.objects.filter(pk=lead.pk), S.APPROVED, decided_at=timezone.now())
    tally.count_up()
    assert LeadTally.objects.get().status == S.APPROVED


def test_counting_leads_takes_a_hundredth_of_the_time_at_most() -> None:
    make_lead(S.STAGED)
    tally.count_up()
    TallyState.objects.update(leads_seconds=3)
    make_lead(S.APPROVED)
    tally.count_up()
    assert LeadTally.objects.count() == 1
    TallyState.objects.update(leads_at=timezone.now() - timedelta(seconds=301))
    tally.count_up()
    assert LeadTally.objects.count() == 2


def test_a_day_on_which_nothing_changed_is_counted_too() -> None:
    make_lead(S.STAGED)
    tally.count_up()
    yesterday = timezone.now() - timedelta(days=1)
    TallyState.objects.update(leads_at=yesterday)
    LeadTally.objects.update(day=timezone.localdate(yesterday))
    tally.count_up()
    assert LeadTally.objects.count() == 2


def test_with_nothing_to_count_it_costs_little() -> None:
    make_call()
    count_up()
    with CaptureQueriesContext(connection) as queries:
        tally.count_up()
    assert len(queries) == 1

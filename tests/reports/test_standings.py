"""Leads by day and per source: counted now if they are few, else as they were last counted."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from leads import tally
from leads.models import LeadStatus, LeadTally
from leads.reports import approved
from leads.reports.approved import approved_by_source
from leads.reports.counted import today
from leads.reports.standings import Funnel, funnels, leads_by_day, standing
from tests.factories import make_import, make_lead

pytestmark = pytest.mark.django_db
S = LeadStatus
ALL = [S.INVALID, S.DUPLICATE, S.STAGED, S.REJECTED, S.APPROVED, S.QUEUED, S.PUSHED, S.REFUSED]


def test_today_is_counted_now_and_days_before_are_as_they_were(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    source = make_lead(S.STAGED).lead_source
    for back, leads in ((0, 9), (1, 7), (40, 5)):
        day = today() - timedelta(days=back)
        LeadTally.objects.create(day=day, lead_source=source, status=S.PUSHED, leads=leads)
    with django_assert_num_queries(1):
        days = leads_by_day(live=True)
    assert len(days) == 30
    assert days[today()] == {S.STAGED: 1}
    assert days[today() - timedelta(days=1)] == {S.PUSHED: 7}
    assert days[today() - timedelta(days=2)] == {}
    assert leads_by_day(live=False)[today()] == {S.PUSHED: 9}


def test_without_a_lead_today_has_none_of_any_status() -> None:
    assert leads_by_day(live=True)[today()] == dict.fromkeys(S.values, 0)
    assert leads_by_day(live=False)[today()] == {}


def test_a_count_of_the_evening_is_of_that_day_in_the_portals_time_zone(settings: Any) -> None:
    settings.TIME_ZONE = "Pacific/Kiritimati"  # 14 hours ahead
    make_lead(S.STAGED)
    tally.count_up()
    assert LeadTally.objects.get().day == (timezone.now() + timedelta(hours=14)).date() == today()


@pytest.mark.parametrize("live", [True, False])
def test_a_funnel_has_all_that_came_in_and_what_became_of_it(
    live: bool, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    run = make_import()
    for status in (S.INVALID, S.STAGED, S.REJECTED, S.APPROVED, S.QUEUED, S.PUSHED, S.REFUSED):
        make_lead(status, import_run=run)
    make_lead(S.PUSHED, import_run=run)
    first = make_lead(S.STAGED)
    make_lead(S.DUPLICATE, import_run=run, duplicate_of=first, duplicate_why="PHONE")
    tally.count_up()
    with django_assert_num_queries(1):
        found = {one.source_id: one for one in funnels(live)}
    assert found[run.lead_source_id] == Funnel(
        run.lead_source_id, run.lead_source.name, 9, 1, 1, 5, 2, 1
    )
    assert next(iter(found)) == run.lead_source_id


def test_only_the_largest_sources_are_in_it() -> None:
    for _ in range(3):
        make_lead()
    assert len(funnels(live=True, most=2)) == 2


def test_as_of_when_is_now_for_few_leads_and_the_last_count_for_many() -> None:
    now: datetime = timezone.now()
    assert (standing(True, now).live, standing(True, now).at) == (True, now)
    assert standing(False, now).at is None
    make_lead()
    tally.count_up()
    assert standing(False, now).at is not None


def test_approved_leads_are_counted_per_source(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    run = make_import()
    for _ in range(2):
        make_lead(S.APPROVED, import_run=run)
    other = make_lead(S.APPROVED)
    make_lead(S.STAGED)
    with django_assert_num_queries(1):
        found = {one.source_id: one.leads for one in approved_by_source()}
    assert found == {run.lead_source_id: 2, other.lead_source_id: 1}


def test_many_approved_leads_are_those_of_the_last_count(monkeypatch: pytest.MonkeyPatch) -> None:
    counted_to_one = approved._WAITING.replace(str(approved.MOST_COUNTED), "1")
    monkeypatch.setattr(approved, "_WAITING", counted_to_one.replace("LIMIT 2001", "LIMIT 2"))
    run = make_import()
    for _ in range(3):
        make_lead(S.APPROVED, import_run=run)
    assert sum(one.leads for one in approved_by_source()) >= 2
    tally.count_up()
    assert [one.leads for one in approved_by_source()] == [3]

"""The queues of the desk over all imports: how many wait, and since when."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from leads.models import Import, LeadStatus
from leads.review import desk, queues
from leads.review.desk import Queue
from leads.review.queues import waits
from tests.factories import make_lead
from tests.review.test_desk import make_pair

pytestmark = pytest.mark.django_db
S = LeadStatus


def test_each_queue_has_its_leads_and_the_oldest_import(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    old = make_lead(S.INVALID)
    since = timezone.now() - timedelta(days=3)
    Import.objects.filter(pk=old.import_run_id).update(created_at=since)
    make_lead(S.INVALID)
    make_lead(S.STAGED, warnings=["WIRE_LOSS"])
    other = make_lead(S.PUSHED)
    for _ in range(2):
        make_lead(S.STAGED)
    held = make_lead(S.STAGED)
    make_pair(held, other)
    make_pair(held, old)
    with django_assert_num_queries(1):
        found = {one.queue: one for one in waits()}
    numbers = {queue: one.leads for queue, one in found.items()}
    assert numbers == {
        Queue.DUPLICATES: 1,
        Queue.WARNINGS: 1,
        Queue.INVALID: 2,
        Queue.CLEAN: 2,
    }
    assert found[Queue.INVALID].since == since
    assert found[Queue.DUPLICATES].since == held.import_run.created_at


def test_the_numbers_are_those_of_the_desk() -> None:
    for status in (S.STAGED, S.INVALID, S.APPROVED):
        make_lead(status)
    older = make_lead(S.PUSHED)
    make_pair(make_lead(S.APPROVED), older)
    make_pair(make_lead(S.REJECTED), older)
    at_the_desk = [one.counts for one in desk.waiting()]
    for one in waits():
        assert one.leads == sum(counts[one.queue] for counts in at_the_desk)
    assert {one.queue: one.leads for one in waits()}[Queue.DUPLICATES] == 1


def test_nothing_is_counted_far(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queues, "MOST_COUNTED", 2)
    for _ in range(5):
        make_lead(S.INVALID)
    assert {one.queue: one.leads for one in waits()}[Queue.INVALID] == 3


def test_an_empty_desk_waits_since_never() -> None:
    assert [(one.leads, one.since) for one in waits()] == [(0, None)] * 4

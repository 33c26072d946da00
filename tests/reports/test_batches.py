"""Counts of batches: by status and by reason, by one query each."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from leads.models import LeadStatus, Outcome
from leads.reports.batches import counts_by_batch, kept_by_undo, percent_settled, refusals
from tests.factories import make_attempt, make_batch, make_lead

pytestmark = pytest.mark.django_db
S = LeadStatus


def test_the_leads_of_several_batches_are_counted_by_one_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    one, two, none = make_batch(), make_batch(), make_batch()
    for batch, status in ((one, S.PUSHED), (one, S.PUSHED), (one, S.QUEUED), (two, S.REFUSED)):
        make_lead(status, batch=batch)
    make_lead(S.PUSHED)
    with django_assert_num_queries(1):
        counts = counts_by_batch([one.pk, two.pk, none.pk])
    assert counts == {one.pk: {S.PUSHED: 2, S.QUEUED: 1}, two.pk: {S.REFUSED: 1}}


def test_no_batch_has_no_counts() -> None:
    assert counts_by_batch([]) == {}


@pytest.mark.parametrize(
    ("selected", "still_open", "percent"),
    [(4, 4, 0), (4, 1, 75), (4, 0, 100), (1000, 1, 99), (0, 0, 0), (1, 3, 0)],
)
def test_a_batch_is_at_its_end_only_when_nothing_is_open(
    selected: int, still_open: int, percent: int
) -> None:
    assert percent_settled(selected, still_open) == percent


def test_refusals_are_grouped_by_reason_most_first() -> None:
    batch = make_batch()
    for reason in ("DNC", "DUPLICATE_PHONE_LIST", "DUPLICATE_PHONE_LIST"):
        make_lead(S.REFUSED, batch=batch, refusal_reason=reason)
    make_lead(S.PUSHED, batch=batch)
    make_lead(S.REFUSED, refusal_reason="DNC")
    assert refusals(batch.pk) == [("DUPLICATE_PHONE_LIST", 2), ("DNC", 1)]


def test_what_an_undo_kept_counts_each_lead_once_and_only_while_it_is_pushed() -> None:
    now = timezone.now()
    batch = make_batch(undo_asked_at=now - timedelta(minutes=1))
    pushed, gone = make_lead(S.PUSHED, batch=batch), make_lead(S.APPROVED)
    for lead, why in ((pushed, "was called"), (pushed, "was called"), (gone, "was called")):
        make_attempt(
            lead,
            batch=batch,
            kind="delete",
            sealed_at=now,
            outcome=Outcome.KEPT,
            answer=why,
        )
    make_attempt(pushed, batch=batch, sealed_at=now, outcome=Outcome.ADDED, answer="SUCCESS")
    assert kept_by_undo(batch) == [("was called", 1)]

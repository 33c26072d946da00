"""A reviewer's decisions: one UPDATE each, and a reason for whatever was left."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leads.dedup.holds import COMPARING, COMPARING_AGAIN
from leads.models import Lead, LeadStanding, LeadStatus, Pair, PairState
from leads.review.correct import correct
from leads.review.decide import (
    DecisionError,
    approve,
    not_a_duplicate,
    overrule,
    reject,
    reopen,
)
from leads.review.follow_up import compare_again, follow_up
from tests.factories import make_import, make_lead, make_user
from tests.review.test_desk import make_pair

pytestmark = pytest.mark.django_db
S = LeadStatus


def test_approving_says_how_many_and_why_the_rest_was_left() -> None:
    reviewer = make_user("Reviewer")
    for status in (S.STAGED, S.STAGED, S.INVALID, S.DUPLICATE, S.REJECTED):
        make_lead(status=status)
    decision = approve(Lead.objects.all(), by=reviewer, comment=" fine ")
    assert decision.moved == 3  # the original of the duplicate is staged too
    assert decision.left == {
        "is invalid, not staged": 1,
        "is duplicate, not staged": 1,
        "is rejected, not staged": 1,
    }
    approved = Lead.objects.filter(status=S.APPROVED)
    assert set(approved.values_list("decided_by", "decision_comment")) == {(reviewer.pk, "fine")}


def test_many_leads_cost_no_more_queries_than_one(django_assert_max_num_queries: object) -> None:
    run = make_import()
    for _ in range(30):
        make_lead(import_run=run)
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        assert approve(Lead.objects.all(), by=None).moved == 30


def test_the_history_names_who_decided_and_why() -> None:
    reviewer, lead = make_user("Reviewer"), make_lead()
    approve(Lead.objects.filter(pk=lead.pk), by=reviewer)
    event = LeadStanding.objects.select_related("pgh_context").get(pgh_obj=lead)
    assert event.status == S.APPROVED
    assert event.pgh_context.metadata == {"why": "approved", "user": reviewer.pk}


def test_a_rejection_needs_a_known_reason() -> None:
    lead = make_lead()
    with pytest.raises(DecisionError, match="NO_SUCH"):
        reject(Lead.objects.all(), by=None, reason="NO_SUCH")
    with pytest.raises(DecisionError, match="comment"):
        reject(Lead.objects.all(), by=None, reason="OTHER", comment=" ")
    assert reject(Lead.objects.all(), by=None, reason="BAD_DATA").moved == 1
    lead.refresh_from_db()
    assert (lead.status, lead.decision_reason) == (S.REJECTED, "BAD_DATA")


@pytest.mark.parametrize("status", [S.REJECTED, S.REFUSED, S.APPROVED])
def test_what_was_decided_can_be_opened_again(status: S) -> None:
    lead = make_lead(status=status)
    assert reopen(Lead.objects.filter(pk=lead.pk), by=None).moved == 1
    lead.refresh_from_db()
    assert lead.status == S.STAGED


def test_a_rejected_lead_without_a_number_stays_rejected() -> None:
    lead = make_lead(status=S.REJECTED, phone_number="")
    decision = reopen(Lead.objects.filter(pk=lead.pk), by=None)
    assert decision.moved == 0
    assert list(decision.left) == ["has no number that can be dialled; correct it first"]


@pytest.mark.parametrize("status", [S.QUEUED, S.SENDING, S.UNCLEAR, S.PUSHED])
def test_what_is_on_its_way_is_beyond_a_reviewer(status: S) -> None:
    make_lead(status=status)
    assert reopen(Lead.objects.all(), by=None).moved == 0
    assert reject(Lead.objects.all(), by=None, reason="BAD_DATA").moved == 0


def test_a_duplicate_can_be_told_to_be_a_lead_of_its_own() -> None:
    lead = make_lead(status=S.DUPLICATE)
    assert not_a_duplicate(Lead.objects.all(), by=None).moved == 1
    lead.refresh_from_db()
    assert (lead.status, lead.duplicate_of, lead.duplicate_why) == (S.STAGED, None, "")


def test_only_an_unassigned_number_can_be_overruled_and_only_with_a_comment() -> None:
    unassigned = make_lead(status=S.INVALID, reasons=["PHONE_UNASSIGNED"])
    make_lead(status=S.INVALID, reasons=["PHONE_LENGTH"])
    make_lead(status=S.INVALID, reasons=["PHONE_UNASSIGNED", "FIELDS_TOO_MANY"])
    with pytest.raises(DecisionError, match="comment"):
        overrule(Lead.objects.all(), by=None, comment="")
    decision = overrule(Lead.objects.all(), by=None, comment="A new exchange")
    assert decision.moved == 1
    assert decision.left == {"is invalid for a reason that must be corrected": 2}
    unassigned.refresh_from_db()
    assert unassigned.status == S.STAGED


def test_with_four_eyes_who_imported_may_not_approve(settings: object) -> None:
    settings.FOUR_EYES = True  # type: ignore[attr-defined]
    importer, other = make_user("Reviewer"), make_user("Reviewer")
    make_lead(import_run=make_import(created_by=importer))
    assert approve(Lead.objects.all(), by=importer).moved == 0
    assert approve(Lead.objects.all(), by=other).moved == 1


def test_who_decides_on_a_whole_import_may_approve_possible_duplicates_too() -> None:
    older = make_lead(S.APPROVED)
    held = make_lead()
    make_pair(held, older)
    leads = Lead.objects.filter(pk=held.pk)
    reviewer = make_user("Reviewer")
    assert approve(leads, by=reviewer, comment="all of it").moved == 0
    assert approve(leads, by=reviewer, comment="all of it", held_too=True).moved == 1
    pair = Pair.objects.get()
    assert (pair.state, pair.decided_by) == (PairState.PASSED, reviewer), "nobody is asked again"


def test_nothing_is_approved_before_its_import_was_compared() -> None:
    lead = make_lead(import_run=make_import(compared_at=None))
    one = Lead.objects.filter(pk=lead.pk)
    for held_too in (False, True):
        decision = approve(one, by=None, comment="fine", held_too=held_too)
        assert (decision.moved, decision.left) == (0, {COMPARING: 1})
    follow_up(lead.import_run_id)
    assert approve(one, by=None).moved == 1


def test_what_was_corrected_or_freed_is_approved_only_after_it_was_compared_again() -> None:
    corrected, freed = make_lead(), make_lead(S.DUPLICATE)
    overruled = make_lead(S.INVALID, reasons=["PHONE_UNASSIGNED"])
    these = Lead.objects.filter(pk__in=[corrected.pk, freed.pk, overruled.pk])
    correct(corrected, {"first_name": "Bea"}, by=None)
    not_a_duplicate(these, by=None)
    overrule(these, by=None, comment="A new exchange")
    assert approve(these, by=None, comment="fine").left == {COMPARING_AGAIN: 3}
    compare_again()
    assert approve(these, by=None, comment="fine").moved == 3


def test_an_approval_is_one_update_of_the_leads_alone_also_with_four_eyes(settings: object) -> None:
    settings.FOUR_EYES = True  # type: ignore[attr-defined]
    make_lead()
    with CaptureQueriesContext(connection) as captured:
        assert approve(Lead.objects.all(), by=make_user("Reviewer")).moved == 1
    (update,) = [one["sql"] for one in captured if 'UPDATE "leads_lead" SET' in one["sql"]]
    # What is joined is chosen first, and not looked at again where a row was locked meanwhile.
    assert "JOIN" not in update

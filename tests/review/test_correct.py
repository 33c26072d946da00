"""A correction is checked like a row of a file, and the old values stay in the history."""

from __future__ import annotations

import pytest

from leads.models import Lead, LeadCorrection, LeadStatus
from leads.review.correct import CorrectionError, correct
from tests.factories import make_lead, make_user

pytestmark = pytest.mark.django_db
S = LeadStatus
GOOD = "727-555-0123"


def test_an_invalid_lead_with_a_good_number_is_staged() -> None:
    lead = make_lead(status=S.INVALID, phone_number="123", phone_e164="")
    corrected = correct(lead, {"phone_number": GOOD}, by=make_user("Reviewer")).lead
    assert (corrected.status, corrected.reasons) == (S.STAGED, [])
    assert (corrected.phone_code, corrected.phone_number) == ("1", "7275550123")
    assert corrected.phone_e164 == "+17275550123"


@pytest.mark.parametrize("status", [S.INVALID, S.STAGED, S.APPROVED, S.REFUSED, S.DUPLICATE])
def test_a_number_that_cannot_be_dialled_makes_it_invalid(status: S) -> None:
    lead = make_lead(status=status)
    assert correct(lead, {"phone_number": "12"}, by=None).lead.status == S.INVALID


@pytest.mark.parametrize(
    "status", [S.INVALID, S.STAGED, S.APPROVED, S.REFUSED, S.REJECTED, S.DUPLICATE]
)
def test_the_number_of_another_lead_makes_it_a_duplicate(status: S) -> None:
    other = make_lead(phone_code="1", phone_number="7275550123", phone_e164="+17275550123")
    lead = correct(make_lead(status=status), {"phone_number": GOOD}, by=None).lead
    assert (lead.status, lead.duplicate_of) == (S.DUPLICATE, other)


def test_an_approval_does_not_outlive_a_change() -> None:
    lead = make_lead(status=S.APPROVED)
    assert correct(lead, {"first_name": "Bea"}, by=None).lead.status == S.STAGED


@pytest.mark.parametrize("status", [S.APPROVED, S.REJECTED, S.DUPLICATE, S.INVALID, S.REFUSED])
def test_without_a_change_a_lead_stays_as_it_is(status: S) -> None:
    lead = make_lead(status=status)
    before = Lead.objects.filter(pk=lead.pk).values().get()
    assert correct(lead, {}, by=None).lead == lead
    assert Lead.objects.filter(pk=lead.pk).values().get() == before


def test_a_rejected_lead_stays_rejected_while_its_number_is_bad() -> None:
    lead = make_lead(status=S.REJECTED)
    assert correct(lead, {"phone_number": "12"}, by=None).lead.status == S.REJECTED


@pytest.mark.parametrize("status", [S.QUEUED, S.SENDING, S.UNCLEAR, S.PUSHED])
def test_what_is_on_its_way_cannot_be_changed(status: S) -> None:
    lead = make_lead(status=status)
    with pytest.raises(CorrectionError, match="no longer"):
        correct(lead, {"first_name": "Bea"}, by=None)


def test_a_field_that_does_not_exist_is_named() -> None:
    with pytest.raises(CorrectionError, match="shoe_size"):
        correct(make_lead(), {"shoe_size": "42"}, by=None)


def test_the_old_values_stay_in_the_history_with_who_changed_them() -> None:
    reviewer, lead = make_user("Reviewer"), make_lead(first_name="Ann")
    correct(lead, {"first_name": "Bea"}, by=reviewer)
    old = LeadCorrection.objects.select_related("pgh_context").get(pgh_obj=lead)
    assert old.first_name == "Ann"
    assert old.pgh_context.metadata["user"] == reviewer.pk


def test_what_the_dialer_would_change_is_a_warning_with_the_loss_in_words() -> None:
    lead = correct(make_lead(), {"email": "ann+vip@example.com"}, by=None).lead
    assert "WIRE_LOSS" in lead.warnings
    assert any("email" in finding["text"] for finding in lead.findings or [])


def test_a_birth_in_the_future_is_no_more_believed_here_than_in_a_file() -> None:
    lead = correct(make_lead(), {"date_of_birth": "2999-01-31"}, by=None).lead
    assert lead.date_of_birth is None
    assert "DATE_INVALID" in lead.warnings

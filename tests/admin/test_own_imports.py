"""A reviewer sees the calls and the history of leads of own imports, and of no others."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from leads.models import Lead, LeadStatus
from tests.factories import make_attempt, make_import, make_lead, make_user

pytestmark = pytest.mark.django_db
ANSWER = "SUCCESS: add_lead LEAD HAS BEEN ADDED - an answer"
TOLD = "On the dialer: lead_id"


def pushed(**of_import: Any) -> Lead:
    """A pushed lead with an attempt and a change of standing, from an import made as told."""
    lead = make_lead(LeadStatus.PUSHED, import_run=make_import(**of_import))
    make_attempt(lead, sealed_at=timezone.now(), outcome="added", answer=ANSWER)
    Lead.objects.filter(pk=lead.pk).update(vicidial_status="SALE")
    return lead


def page_of(lead: Lead, user: Any) -> str:
    client = Client()
    client.force_login(user)
    response = client.get(reverse("admin:leads_lead_change", args=[lead.pk]))
    assert response.status_code == 200
    return response.content.decode()


def test_a_reviewer_sees_the_calls_and_history_of_own_imports() -> None:
    reviewer = make_user("Reviewer")
    page = page_of(pushed(created_by=reviewer), reviewer)
    assert ANSWER in page
    assert TOLD in page
    assert "history-of-others" not in page


def test_a_reviewer_sees_neither_of_a_colleagues_import_and_is_told_who_does() -> None:
    page = page_of(pushed(created_by=make_user("Reviewer")), make_user("Reviewer"))
    assert ANSWER not in page
    assert TOLD not in page
    assert "Attempt 1" not in page
    assert "history-of-others" in page


def test_an_import_of_nobody_is_not_everybodys() -> None:
    assert ANSWER not in page_of(pushed(created_by=None), make_user("Reviewer"))


@pytest.mark.parametrize("role", ["Admin", "Auditor", "superuser"])
def test_the_other_roles_see_them_of_every_lead(role: str) -> None:
    page = page_of(pushed(created_by=make_user("Reviewer")), make_user(role))
    assert ANSWER in page
    assert TOLD in page


def test_the_lead_itself_and_what_may_be_done_to_it_is_shown_all_the_same() -> None:
    lead = make_lead(import_run=make_import(created_by=make_user("Reviewer")))
    page = page_of(lead, make_user("Reviewer"))
    assert str(lead.phone_number) in page
    assert reverse("admin:leads_lead_correct", args=[lead.pk]) in page

"""No change of a lead escapes the history, and each says who and why."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from leads.models import Lead, LeadCorrection, LeadStanding, LeadStatus
from leads.tasks import settle
from tests.factories import make_lead

pytestmark = pytest.mark.django_db
S = LeadStatus


def standings(lead: Lead) -> list[str]:
    events = LeadStanding.objects.filter(pgh_obj=lead).order_by("pgh_id")
    return list(events.values_list("status", flat=True))


def test_a_bulk_update_and_raw_sql_are_recorded_row_by_row() -> None:
    leads = [make_lead() for _ in range(3)]
    Lead.objects.update(status=S.APPROVED, decided_at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("UPDATE leads_lead SET status = 'staged' WHERE id = %s", [leads[0].pk])
    assert standings(leads[0]) == ["approved", "staged"]
    assert standings(leads[1]) == ["approved"]


def test_an_update_that_changes_nothing_of_note_leaves_no_trace() -> None:
    lead = make_lead()
    Lead.objects.update(settle_note="x")
    assert standings(lead) == []
    assert not LeadCorrection.objects.exists()


def test_corrected_data_is_kept_as_it_was_even_by_raw_sql() -> None:
    lead = make_lead(last_name="Old")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE leads_lead SET last_name = 'New' WHERE id = %s", [lead.pk])
    assert LeadCorrection.objects.get(pgh_obj=lead).last_name == "Old"


def test_a_change_inside_a_task_names_the_task() -> None:
    lead = make_lead(status=S.SENDING, lease_until=timezone.now())
    settle.apply()
    event = LeadStanding.objects.select_related("pgh_context").get(pgh_obj=lead)
    assert event.status == S.UNCLEAR
    assert event.pgh_context.metadata["task"] == "leads.tasks.settle"


@pytest.mark.parametrize("table", ["leads_leadstanding", "leads_leadcorrection"])
@pytest.mark.parametrize("statement", ["DELETE FROM {0}", "UPDATE {0} SET pgh_label = 'x'"])
def test_nobody_rewrites_history(table: str, statement: str) -> None:
    make_lead()
    Lead.objects.update(status=S.APPROVED, decided_at=timezone.now(), last_name="New")
    with pytest.raises(DatabaseError, match="annot"), transaction.atomic():
        connection.cursor().execute(statement.format(table))

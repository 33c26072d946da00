"""What each list page costs in queries: pinned, and the same for one row and for many.

`PORTAL_UPDATE_QUERY_COUNTS=1` writes tests/query_counts.json anew.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from leads.models import LeadStatus
from tests.factories import make_attempt, make_dnc_list, make_import, make_lead, make_user

pytestmark = pytest.mark.django_db
COUNTS = Path(__file__).resolve().parent.parent / "query_counts.json"
PAGES = sorted(
    model._meta.label_lower for model in admin.site._registry if model._meta.app_label == "leads"
)
# Lists as they are filtered or searched: one of each way to find the rows.
FILTERED = {
    "leads.lead": [
        "status__exact=pushed",
        "lead_source__id__exact={source}",
        "lead_source__id__exact={source}&status__exact=pushed",
        "import_run__id__exact={run}",
        "import_run__id__exact={run}&finding=any",
        "finding=WIRE_LOSS",
        "dnc=any",
        "created_in=last-7-days",
        "q=201",
        "q=Ann",
    ],
    "leads.pushattempt": [
        "outcome__exact=added",
        "user__id__exact={user}",
        "user__id__exact={user}&opened_in=today",
        "asked_list_id=101&outcome__exact=added",
        "reason__exact=DNC",
        "q=201",
    ],
}
VARIANTS = [(page, query) for page, queries in FILTERED.items() for query in queries]


def make_rows(number: int) -> None:
    """Rows for every list page: each pushed lead has a source, import, dialer, list and batch."""
    for _ in range(number):
        make_dnc_list("+17275550123")
        make_attempt(make_lead(LeadStatus.PUSHED), sealed_at=timezone.now(), outcome="added")


def cost(client: Client, page: str, query: str = "") -> int:
    with CaptureQueriesContext(connection) as queries:
        response = client.get(reverse(f"admin:{page.replace('.', '_')}_changelist") + query)
    assert response.status_code == 200
    return len(queries)


@pytest.mark.parametrize("page", PAGES)
def test_a_list_page_costs_as_many_queries_as_are_written_down(page: str) -> None:
    client = Client()
    client.force_login(make_user("superuser"))
    make_rows(2)
    few = cost(client, page)
    make_rows(10)
    assert cost(client, page) == few
    hold(page, few)


@pytest.mark.parametrize(("page", "query"), VARIANTS)
def test_a_filtered_list_costs_as_many_queries_for_many_rows_as_for_few(
    page: str, query: str
) -> None:
    user, run = make_user("superuser"), make_import()
    client = Client()
    client.force_login(user)

    def make(number: int) -> None:
        for _ in range(number):
            # Found by q=201 and q=Ann, whatever numbers the leads happen to get.
            lead = make_lead(
                LeadStatus.PUSHED,
                import_run=run,
                warnings=["WIRE_LOSS"],
                vendor_lead_code="201",
                last_name="Annable",
            )
            make_attempt(lead, user=user, sealed_at=timezone.now(), outcome="added", reason="DNC")

    made = {"source": run.lead_source_id, "run": run.pk, "user": user.pk}
    address = "?" + query.format(**made)
    make(2)
    few = cost(client, page, address)
    make(10)
    assert cost(client, page, address) == few
    hold(f"{page}?{query}", few)


def hold(page: str, queries: int) -> None:
    """The number is the one that is written down, or is written down now."""
    known = json.loads(COUNTS.read_text()) if COUNTS.exists() else {}
    if os.environ.get("PORTAL_UPDATE_QUERY_COUNTS"):
        COUNTS.write_text(json.dumps({**known, page: queries}, indent=2, sort_keys=True) + "\n")
    else:
        assert known.get(page) == queries, "PORTAL_UPDATE_QUERY_COUNTS=1 writes the new ones down."

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
from tests.factories import make_attempt, make_dnc_list, make_lead, make_user

pytestmark = pytest.mark.django_db
COUNTS = Path(__file__).resolve().parent.parent / "query_counts.json"
PAGES = sorted(
    model._meta.label_lower for model in admin.site._registry if model._meta.app_label == "leads"
)


def make_rows(number: int) -> None:
    """Rows for every list page: each pushed lead has a source, import, dialer, list and batch."""
    for _ in range(number):
        make_dnc_list("+17275550123")
        make_attempt(make_lead(LeadStatus.PUSHED), sealed_at=timezone.now(), outcome="added")


def cost(client: Client, page: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        response = client.get(reverse(f"admin:{page.replace('.', '_')}_changelist"))
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
    known = json.loads(COUNTS.read_text()) if COUNTS.exists() else {}
    if os.environ.get("PORTAL_UPDATE_QUERY_COUNTS"):
        COUNTS.write_text(json.dumps({**known, page: few}, indent=2, sort_keys=True) + "\n")
    else:
        assert known.get(page) == few, "PORTAL_UPDATE_QUERY_COUNTS=1 writes the new numbers down."

"""The push history as a file: exactly what is filtered, harmless, and written down."""

from __future__ import annotations

import csv
import io
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from leads.models import Export, LeadStatus
from leads.reports import tables
from tests.factories import make_attempt, make_lead, make_user

pytestmark = pytest.mark.django_db
LIST = "admin:leads_pushattempt_changelist"
FILE = "admin:leads_pushattempt_export"


@pytest.fixture
def auditor() -> User:
    return make_user("Auditor", username="iris")


@pytest.fixture
def client(client: Client, auditor: User) -> Client:
    client.force_login(auditor)
    return client


def sealed(outcome: str = "added", **columns: Any) -> Any:
    lead = columns.pop("lead", None) or make_lead(LeadStatus.PUSHED)
    return make_attempt(lead, sealed_at=timezone.now(), outcome=outcome, **columns)


def taken(client: Client, kind: str = "csv", query: str = "") -> bytes:
    response: Any = client.get(reverse(FILE, args=[kind]) + query)
    assert response.status_code == 200
    assert "attachment" in response.headers["Content-Disposition"]
    return b"".join(response.streaming_content)


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_a_file_has_exactly_what_is_filtered(client: Client) -> None:
    added, refused = sealed(), sealed("refused", reason="DNC", answered_lead_id=None)
    assert {row["attempt"] for row in rows(taken(client))} == {str(added.pk), str(refused.pk)}
    [row] = rows(taken(client, query="?reason__exact=DNC"))
    assert (row["attempt"], row["outcome"], row["reason"]) == (str(refused.pk), "refused", "DNC")
    assert row["phone"] == refused.lead.phone_e164
    assert row["opened_utc"].endswith("Z")
    assert (row["lead_id"], row["user"]) == ("", "")


@pytest.mark.parametrize("query", ["?outcome__exact=refused", "?q=DNCONLY", "?asked_list_id=7"])
def test_filters_and_search_narrow_list_and_file_alike(client: Client, query: str) -> None:
    sealed()
    one = sealed("refused", lead=make_lead(LeadStatus.PUSHED, last_name="DncOnly"), asked_list_id=7)
    shown = client.get(reverse(LIST) + query).context["cl"].queryset
    assert [attempt.pk for attempt in shown] == [one.pk]
    assert [row["attempt"] for row in rows(taken(client, query=query))] == [str(one.pk)]


def test_the_user_of_a_call_can_be_asked_for(client: Client) -> None:
    admin = make_user("Admin")
    sealed()
    one = sealed(user=admin)
    [row] = rows(taken(client, query=f"?user__id__exact={admin.pk}"))
    assert (row["attempt"], row["user"]) == (str(one.pk), admin.username)
    page = client.get(reverse(LIST) + "?user__id__exact=x")
    assert page.status_code == 302, "a filter that is none leads back to the list"


def test_a_spreadsheet_has_the_same_rows(client: Client, tmp_path: Path) -> None:
    sealed(), sealed()
    path = tmp_path / "export.xlsx"
    path.write_bytes(taken(client, "xlsx"))
    sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    assert len(sheet) == 3
    assert sheet[0][0] == "attempt"
    assert Export.objects.get().rows == 2


def test_who_took_what_is_written_down(client: Client, auditor: User) -> None:
    sealed()
    taken(client, query="?outcome__exact=added")
    kept = Export.objects.get()
    assert (kept.what, kept.kind, kept.by, kept.rows) == ("push history", "csv", auditor, 1)
    assert kept.filters == "outcome__exact=added"
    assert kept.finished_at
    page = client.get(reverse("admin:leads_export_changelist")).content.decode()
    assert "iris" in page
    assert "outcome__exact=added" in page


def test_a_download_that_is_broken_off_is_written_down_as_such(client: Client) -> None:
    sealed()
    # Nobody reads what streams.
    client.get(reverse(FILE, args=["csv"]))
    assert Export.objects.get().finished_at is None


def test_what_is_written_down_stays(client: Client) -> None:
    taken(client)
    for change in (
        lambda: Export.objects.all().delete(),
        lambda: Export.objects.update(rows=5),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_no_cell_of_a_file_can_act_as_a_formula(client: Client) -> None:
    sealed(answer='=HYPERLINK("http://example.com")')
    [row] = rows(taken(client))
    assert row["answer"].startswith("'=")


def test_more_rows_than_a_sheet_holds_are_refused_in_words(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "MOST_SHEET_ROWS", 2)
    sealed(), sealed()
    page = client.get(reverse(FILE, args=["xlsx"]) + "?outcome__exact=added", follow=True)
    assert "take the CSV file" in page.content.decode()
    assert page.redirect_chain[0][0].endswith("?outcome__exact=added")
    assert Export.objects.get().finished_at is None


def test_memory_does_not_grow_with_the_rows() -> None:
    def many(number: int) -> int:
        tracemalloc.start()
        cells = ["x" * 100] * 10
        for _ in tables.as_csv(cells for _ in range(number)):
            pass
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    assert many(60_000) < 1.5 * many(6_000)


@pytest.mark.parametrize("role", ["Reviewer", None])
def test_only_who_may_export_does(role: str | None) -> None:
    client = Client()
    client.force_login(make_user(role))
    assert client.get(reverse(FILE, args=["csv"])).status_code == 403
    assert client.get(reverse("admin:leads_export_changelist")).status_code == 403
    assert not Export.objects.exists()
    if role:
        assert 'id="exports"' not in client.get(reverse(LIST)).content.decode()


@pytest.mark.parametrize("role", ["Auditor", "Admin", "superuser"])
def test_who_may_export_finds_the_links_with_the_filter(role: str) -> None:
    client = Client()
    client.force_login(make_user(role))
    sealed()
    page = client.get(reverse(LIST) + "?outcome__exact=added").content.decode()
    assert f'href="{reverse(FILE, args=["csv"])}?outcome__exact=added"' in page


def test_a_file_is_only_looked_at_and_of_two_kinds(client: Client) -> None:
    assert client.post(reverse(FILE, args=["csv"])).status_code == 403
    assert client.get(reverse(LIST) + "export.pdf").status_code == 404

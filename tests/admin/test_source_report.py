"""The sources report: who sees which numbers, what they lead to, and the files for the supplier."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from leads.intake import source_rejects
from leads.models import Export, Import, LeadStatus, Source
from leads.reports import tables
from tests.factories import make_dnc_list, make_import, make_lead, make_source, make_user

pytestmark = pytest.mark.django_db
ALL = reverse("admin:leads_sources_report")
S = LeadStatus
FILES = [("summary", "csv"), ("rejected", "csv"), ("report", "xlsx")]


def one(source: Source, query: str = "") -> str:
    return reverse("admin:leads_source_report", args=[source.pk]) + query


def file(source: Source, part: str = "rejected", kind: str = "csv", query: str = "") -> str:
    return reverse("admin:leads_source_report_file", args=[source.pk, part, kind]) + query


def visit(role: str | None) -> Client:
    client = Client()
    client.force_login(make_user(role))
    return client


@pytest.fixture
def auditor() -> Client:
    return visit("Auditor")


def delivered(source: Source | None = None, **columns: Any) -> Import:
    """A file with a row in every status, one of them on a DNC list."""
    run = make_import(source, **columns)
    for status in S:
        make_lead(status, import_run=run)
    run.leads.filter(status=S.STAGED).update(dnc_list=make_dnc_list("+17275550123"))
    Import.objects.filter(pk=run.pk).update(rows_read=len(S), rows_staged=len(S))
    return run


def numbers(client: Client, source: Source, query: str = "") -> dict[str, int]:
    line = client.get(one(source, query)).context["line"]
    return {cell.label: cell.number for cell in line.cells}


@pytest.mark.parametrize("role", ["Admin", "Auditor", "superuser"])
def test_who_sees_all_pushes_sees_all_sources(role: str) -> None:
    source = delivered(created_by=make_user("Reviewer")).lead_source
    client = visit(role)
    assert source.name in client.get(ALL).content.decode()
    assert numbers(client, source)["Rows"] == len(S)


def test_a_reviewer_sees_what_they_imported_and_is_told_so() -> None:
    reviewer = make_user("Reviewer")
    source = make_source()
    delivered(source, created_by=reviewer)
    delivered(source)
    other = delivered().lead_source
    client = Client()
    client.force_login(reviewer)
    page = client.get(ALL).content.decode()
    assert "You see the files that you imported yourself." in page
    assert other.name not in page
    assert numbers(client, source)["Rows"] == len(S)
    assert numbers(client, other)["Rows"] == 0


def test_without_a_role_there_is_no_report() -> None:
    source = make_source()
    client = visit(None)
    addresses = [ALL, one(source), *(file(source, *each) for each in FILES)]
    assert {client.get(address).status_code for address in addresses} == {403}
    stranger: Any = Client().get(ALL)
    assert reverse("admin:login") in stranger.url


def test_it_is_only_looked_at(auditor: Client) -> None:
    source = make_source()
    assert auditor.post(ALL).status_code == 403
    assert auditor.post(one(source)).status_code == 403
    assert auditor.post(file(source)).status_code == 403


def test_every_number_leads_to_exactly_its_leads(auditor: Client) -> None:
    source = make_source()
    delivered(source), delivered(source)
    delivered()
    page = auditor.get(one(source))
    shown = [cell for cell in page.context["line"].cells if cell.number]
    assert len(shown) == 9
    for name in ("invalid", "rejected", "refused", "twins"):
        shown += [reason for reason in page.context[name] if reason.number]
    for cell in shown:
        answer = auditor.get(cell.url)
        assert answer.status_code == 200, cell
        assert answer.context["cl"].queryset.count() == cell.number, cell


def test_one_files_numbers_lead_to_its_leads(auditor: Client) -> None:
    source = make_source()
    run, _ = delivered(source), delivered(source)
    shown = {file.id: cells for file, cells in auditor.get(one(source)).context["files"]}
    for cell in shown[run.pk]:
        answer = auditor.get(cell.url)
        assert answer.context["cl"].queryset.count() == cell.number, cell


def test_the_sources_lines_add_up_to_the_last_one(auditor: Client) -> None:
    delivered(), delivered(), delivered()
    page = auditor.get(ALL)
    added = [
        sum(cell.number for cell in column)
        for column in zip(*(line.cells for line in page.context["lines"]), strict=True)
    ]
    assert added == [cell.number for cell in page.context["total"]]
    assert added[0] == 3 * len(S)


def test_the_period_before_stands_beside(auditor: Client) -> None:
    source = make_source()
    delivered(source)
    before = delivered(source)
    moved = timezone.now() - timedelta(days=8)
    Import.objects.filter(pk=before.pk).update(created_at=moved)
    for query in ("?period=7-days", f"?first={timezone.localdate() - timedelta(days=6)}"):
        lines = auditor.get(ALL + query).context["lines"]
        [line] = [line for line in lines if line.source == source]
        assert (line.cells[0].number, line.cells[0].before) == (len(S), len(S))
    assert numbers(auditor, source, "?period=30-days")["Rows"] == 2 * len(S)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("?first=2026-02-30&last=2026-03-01", "Give a day as"),
        ("?first=&last=2026-03-01", "Give the first day."),
        ("?first=2026-03-02&last=2026-03-01", "before the first"),
        ("?first=2001-03-02&last=2026-03-01", "at most"),
        ("?first=0001-01-01&last=0001-01-02", "between the years"),
        ("?first=9999-12-31&last=9999-12-31", "between the years"),
        ("?first=<b>&last=1", "Give a day as"),
        ("?period=nonsense", ""),
    ],
)
def test_days_that_are_none_get_a_sentence(query: str, says: str, auditor: Client) -> None:
    source = make_source()
    for address in (ALL, one(source)):
        page = auditor.get(address + query)
        assert page.status_code == 200
        text = page.content.decode()
        assert says in text
        assert ("This month is shown instead." in text) == bool(says)
    assert auditor.get(file(source, query=query)).status_code == 200


def test_an_empty_report_says_what_to_do_first() -> None:
    assert "An admin adds one on the page Sources." in visit("Auditor").get(ALL).content.decode()
    page = visit("Admin").get(ALL).content.decode()
    assert reverse("admin:leads_source_add") in page
    make_source()
    assert "Choose another period above." in visit("Auditor").get(ALL).content.decode()


def test_a_source_that_is_none_is_not_found(auditor: Client) -> None:
    gone = Source(pk=999_999)
    assert auditor.get(one(gone)).status_code == 404
    assert auditor.get(file(gone)).status_code == 404
    source = make_source()
    assert auditor.get(file(source, "rejected", "pdf")).status_code == 404
    assert auditor.get(file(source, "report", "csv")).status_code == 404


def test_the_cost_is_said_where_a_price_is_set() -> None:
    source = delivered(make_source(price_per_lead="2.5", currency="EUR")).lead_source
    page = visit("Auditor").get(one(source)).content.decode()
    assert "At 2.5 EUR a row, duplicates cost 2.50 EUR and invalid rows 2.50 EUR." in page
    assert "5.00 EUR" in visit("Auditor").get(ALL).content.decode()
    assert "Set a price" not in page
    unpriced = one(make_source())
    assert "No price per lead is set" in visit("Auditor").get(unpriced).content.decode()
    assert "Set a price" in visit("Admin").get(unpriced).content.decode()


def taken(client: Client, address: str) -> bytes:
    response: Any = client.get(address)
    assert response.status_code == 200
    assert "attachment" in response.headers["Content-Disposition"]
    return b"".join(response.streaming_content)


def rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_the_files_have_the_numbers_and_the_rejected_rows(auditor: Client, tmp_path: Path) -> None:
    source = delivered(make_source(price_per_lead="2.5", currency="EUR")).lead_source
    summary = rows(taken(auditor, file(source, "summary")))
    assert ["Rows", "", str(len(S))] in summary
    assert ["Cost of duplicates", "EUR", "2.50"] in summary
    assert [line for line in summary if line[1].endswith("UTC")]
    header, *rejected = rows(taken(auditor, file(source)))
    assert tuple(header[:5]) == source_rejects.COLUMNS
    assert sorted(row[2] for row in rejected) == ["duplicate", "invalid", "refused", "rejected"]
    path = tmp_path / "report.xlsx"
    path.write_bytes(taken(auditor, file(source, "report", "xlsx")))
    book = CalamineWorkbook.from_path(path)
    assert book.sheet_names == ["Summary", "Rejected rows"]
    assert len(book.get_sheet_by_index(1).to_python()) == 5
    assert len(book.get_sheet_by_index(0).to_python()) == len(summary)


@pytest.mark.parametrize(("part", "kind"), FILES)
def test_nothing_of_another_source_and_nobody_of_ours_is_in_a_file(
    part: str, kind: str, auditor: Client, tmp_path: Path
) -> None:
    zoe = make_user("Reviewer", username="zoe")
    rival = make_import(make_source(name="Rival"), filename="rival.csv", created_by=zoe)
    source = make_source(notes="zoe negotiates")
    run = delivered(source, created_by=zoe)
    older = make_lead(import_run=rival)
    run.leads.filter(status=S.DUPLICATE).update(duplicate_of=older)
    run.leads.filter(status=S.REJECTED).update(decided_by=zoe, decision_comment="says zoe")
    content = taken(auditor, file(source, part, kind))
    if kind == "xlsx":
        path = tmp_path / "report.xlsx"
        path.write_bytes(content)
        book = CalamineWorkbook.from_path(path)
        text = str([book.get_sheet_by_name(name).to_python() for name in book.sheet_names])
    else:
        text = content.decode()
    assert source.name in text or part == "rejected"
    assert not re.search("zoe|rival", text, re.IGNORECASE)


def test_who_took_which_file_is_written_down(auditor: Client) -> None:
    source = delivered().lead_source
    taken(auditor, file(source, query="?period=7-days"))
    kept = Export.objects.get()
    assert (kept.what, kept.kind, kept.rows) == ("sources report", "csv", 4)
    assert kept.filters == f"source={source.pk}&part=rejected&period=7-days"
    assert kept.finished_at
    taken(auditor, file(source, "report", "xlsx"))
    assert Export.objects.latest("pk").rows == 4


def test_only_who_may_export_takes_files() -> None:
    reviewer = make_user("Reviewer")
    source = delivered(created_by=reviewer).lead_source
    client = Client()
    client.force_login(reviewer)
    assert 'id="files-to-send"' not in client.get(one(source)).content.decode()
    for part, kind in FILES:
        assert client.get(file(source, part, kind)).status_code == 403
    assert not Export.objects.exists()
    assert 'id="files-to-send"' in visit("Auditor").get(one(source)).content.decode()


def test_more_rows_than_a_sheet_holds_are_refused_in_words(
    auditor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = delivered().lead_source
    monkeypatch.setattr(tables, "MOST_SHEET_ROWS", 2)
    page = auditor.get(file(source, "report", "xlsx", "?period=7-days"), follow=True)
    assert "take the CSV file" in page.content.decode()
    assert page.redirect_chain[0][0].endswith("?period=7-days")


def test_the_report_costs_as_many_queries_for_many_sources_as_for_few(auditor: Client) -> None:
    def cost(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert auditor.get(address).status_code == 200
        return len(queries)

    source = delivered().lead_source
    few = cost(ALL), cost(one(source))
    for _ in range(6):
        delivered(), delivered(source)
    assert (cost(ALL), cost(one(source))) == few
    assert max(few) <= 18


@pytest.mark.parametrize("role", ["Reviewer", "Auditor"])
def test_only_who_may_change_sources_sets_a_price(role: str) -> None:
    source = make_source()
    change = reverse("admin:leads_source_change", args=[source.pk])
    form = {"name": source.name, "country": "US", "unassigned_numbers": "warn", "date_order": "mdy"}
    priced = {**form, "price_per_lead": "0.125", "currency": "USD"}
    assert visit(role).post(change, priced).status_code == 403
    admin = visit("Admin")
    assert admin.post(change, priced).status_code == 302
    source.refresh_from_db()
    assert (str(source.price_per_lead), source.currency) == ("0.1250", "USD")


@pytest.mark.parametrize(
    ("price", "currency", "field", "says"),
    [
        ("0.1", "", "currency", "in which currency"),
        ("-1", "USD", "price_per_lead", "greater than or equal to 0"),
        ("cheap", "USD", "price_per_lead", "number"),
        ("99999999", "USD", "price_per_lead", "digits"),
        ("0.1", "a long name", "currency", "at most 8"),
    ],
)
def test_a_price_that_is_none_is_said_at_its_field(
    price: str, currency: str, field: str, says: str
) -> None:
    form = {"name": "New", "country": "US", "unassigned_numbers": "warn", "date_order": "mdy"}
    priced = {**form, "price_per_lead": price, "currency": currency}
    page: Any = visit("Admin").post(reverse("admin:leads_source_add"), priced)
    assert page.status_code == 200
    assert says in str(page.context["adminform"].form.errors[field])
    assert not Source.objects.exists()

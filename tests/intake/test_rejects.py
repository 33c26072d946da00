"""Rejected rows go back to the supplier, and come back corrected."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from leads.intake import rejects
from leads.intake.stage import load
from leads.intake.upload import receive
from leads.models import Import, Lead, LeadStatus
from leads.reports import tables
from tests.factories import make_import, make_source

S = LeadStatus
FILE = (
    "Phone,First name,Notes\n"
    "2015550100,Ann,fine\n"
    "12345,Bob,=1+2\n"
    "201-555-0100,Cy,the same number\n"
    'none,Dan,"two\nlines"\n'
)


def loaded(text: str, source: object = None, name: str = "leads.csv") -> Import:
    run = receive(io.BytesIO(text.encode()), name, source or make_source())  # type: ignore[arg-type]
    return load(run)


def table(run: Import) -> list[dict[str, str]]:
    text = b"".join(rejects.as_csv(run)).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.django_db
def test_every_rejected_row_has_its_line_reason_suggestion_and_original_cells() -> None:
    run = loaded(FILE)
    short, twin, none = table(run)
    assert (short["portal_line"], short["Phone"], short["First name"]) == ("3", "12345", "Bob")
    assert "12345" in short["portal_reason"]
    assert short["portal_suggestion"] == "Write the whole number with its area code."
    assert "portal_suggestion" not in short["portal_reason"]
    assert short["portal_suggestion"] not in short["portal_reason"]
    assert (twin["portal_status"], twin["portal_line"]) == ("duplicate", "4")
    assert "leads.csv, line 2" in twin["portal_reason"]
    assert none["Notes"] == "two\nlines"
    assert {row["portal_import"] for row in (short, twin, none)} == {str(run.pk)}
    assert rejects.rejected(run) == 3


@pytest.mark.django_db
def test_a_formula_is_harmless_in_the_file_and_itself_again_when_it_comes_back() -> None:
    first = loaded(FILE)
    [short, *_] = table(first)
    assert short["Notes"] == "'=1+2"
    text = b"".join(rejects.as_csv(first)).decode("utf-8-sig").replace("12345", "2015550101")
    second = loaded(text, first.lead_source, "back.csv")
    lead = Lead.objects.get(import_run=second, status=S.STAGED)
    assert (lead.phone_number, lead.first_name, lead.raw[-1]) == ("2015550101", "Bob", "=1+2")


@pytest.mark.django_db
def test_what_comes_back_is_linked_to_the_import_it_came_from() -> None:
    first = loaded(FILE)
    text = b"".join(rejects.as_csv(first)).decode("utf-8-sig")
    assert loaded(text, first.lead_source, "back.csv").corrects == first
    assert loaded(text, make_source(), "back.csv").corrects is None, "of another supplier"
    assert loaded(FILE, first.lead_source, "again.csv").corrects is None


@pytest.mark.django_db
def test_what_is_rejected_a_second_time_has_the_suppliers_columns_once() -> None:
    first = loaded(FILE)
    text = b"".join(rejects.as_csv(first)).decode("utf-8-sig")
    second = loaded(text, first.lead_source, "back.csv")
    [row, *_] = table(second)
    assert list(row) == [*rejects.COLUMNS, "Phone", "First name", "Notes"]
    assert row["portal_import"] == str(second.pk)


@pytest.mark.django_db
def test_the_spreadsheet_has_the_same_rows_as_text(tmp_path: Path) -> None:
    run = loaded(FILE)
    rejects.as_xlsx(run, tmp_path / "rejected.xlsx")
    sheet = CalamineWorkbook.from_path(tmp_path / "rejected.xlsx").get_sheet_by_index(0)
    rows = [list(map(str, row)) for row in sheet.to_python()]
    expected = [[*rejects.COLUMNS, "Phone", "First name", "Notes"]]
    expected += [list(row.values()) for row in table(run)]
    expected[1][-1] = "=1+2"  # text, and so harmless
    assert rows == expected


@pytest.mark.django_db
def test_too_many_rows_for_a_sheet_are_refused_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "MOST_SHEET_ROWS", 3)
    with pytest.raises(ValueError, match="more rows than fit into one sheet"):
        rejects.as_xlsx(loaded(FILE), tmp_path / "rejected.xlsx")


@pytest.mark.django_db
def test_an_import_without_rejected_rows_gives_a_header_alone() -> None:
    assert table(make_import()) == []


@pytest.mark.parametrize("cell", ["=1+1", "+cmd|'/C calc'!A0", "-2+3+cmd", "@SUM(A1)", "\t=1"])
def test_what_a_spreadsheet_would_calculate_is_marked(cell: str) -> None:
    assert tables.harmless(cell) == f"'{cell}"


@pytest.mark.parametrize(
    "cell", ["+1 727 555 0100", "-5", "+44 20 7946 0958", "O'Brien", "", "a=b"]
)
def test_what_is_no_formula_is_left_as_it_is(cell: str) -> None:
    assert tables.harmless(cell) == cell


@given(st.text())
def test_the_mark_comes_off_again(cell: str) -> None:
    marked = tables.harmless(cell)
    if marked != cell:
        assert tables.as_given(marked) == cell

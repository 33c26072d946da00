"""Any kind of file: told by content, its rows as a person sees them, errors as sentences."""

from __future__ import annotations

import datetime
import io
import json
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leads.intake import read_sheet
from leads.intake.errors import IntakeError
from leads.intake.look import look_at, rows_of
from leads.intake.sniff import Asked, Layout
from leads.intake.stage import load
from leads.intake.upload import receive
from leads.models import ImportStatus, Lead, LeadStatus
from tests.factories import make_source
from tests.intake.books import ods, xls, xlsx

HEADER = ["phone", "first name", "zip"]
ROWS = [HEADER, ["7275550100", "Ann", "01234"], ["7275550101", "José", ""]]


def read(path: Path, asked: Asked | None = None) -> tuple[Layout, list[tuple[int, list[str]]]]:
    layout = look_at(path, asked) if asked else look_at(path)
    with rows_of(path, layout) as rows:
        return layout, [(record.line, record.cells) for record in rows]


@pytest.mark.parametrize("make", [xlsx, xls, ods])
def test_a_spreadsheet_is_read_whatever_its_kind_and_name(tmp_path: Path, make: Any) -> None:
    layout, rows = read(make(tmp_path / "leads.csv", ROWS))
    assert (layout.kind, layout.sheet, layout.header) == ("sheet", "Leads", tuple(HEADER))
    assert [cells[:2] for _, cells in rows] == [row[:2] for row in ROWS[1:]]
    assert [line for line, _ in rows] == [2, 3]
    assert rows[0][1][2] == "01234"


def test_numbers_come_as_they_look(tmp_path: Path) -> None:
    born = datetime.datetime(1970, 1, 31)  # noqa: DTZ001 - a sheet has no zones
    path = xlsx(
        tmp_path / "a.xlsx",
        [
            ["phone", "zip", "plain", "born", "yes", "share", "big"],
            [7275550100, 1234, 1234, born, True, 0.5, 123456789012345],
            [7275550101.0, 90210, 7, datetime.datetime(1970, 1, 2, 3, 4), False, -1.25, 1e20],  # noqa: DTZ001
        ],
        formats={1: "00000"},
    )
    _, rows = read(path)
    assert rows[0][1] == [
        "7275550100", "01234", "1234", "1970-01-31", "TRUE", "0.5", "123456789012345",
    ]  # fmt: skip
    assert rows[1][1][:5] == ["7275550101", "90210", "7", "1970-01-02 03:04:00", "FALSE"]
    assert rows[1][1][6] == "100000000000000000000"


def test_empty_rows_and_an_offset_keep_the_rows_of_the_sheet(tmp_path: Path) -> None:
    rows: list[list[Any]] = [[], [None, "A title? No: empty"], [], [None, "phone", "name"]]
    rows[1] = []
    path = xlsx(tmp_path / "a.xlsx", [*rows, [], [None, "7275550100", "Ann"]])
    layout, found = read(path)
    assert layout.header_line == 4
    assert [line for line, _ in found] == [6]
    assert found[0][1][1:] == ["7275550100", "Ann"]


def test_the_first_sheet_with_cells_is_taken_and_another_can_be_asked_for(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", ROWS, sheets=["Cover", "Notes", "Leads"])
    assert look_at(path).sheet == "Leads"
    assert read_sheet.sheet_names(path) == ["Cover", "Notes", "Leads"]
    with pytest.raises(IntakeError, match=r'no sheet "Other"; there are: Cover, Notes, Leads'):
        look_at(path, Asked(sheet="Other"))


def test_a_sheet_without_a_header_is_told_by_its_first_row(tmp_path: Path) -> None:
    layout, rows = read(xlsx(tmp_path / "a.xlsx", ROWS[1:]))
    assert layout.header == ("Column 1", "Column 2", "Column 3")
    assert len(rows) == 2
    layout, rows = read(tmp_path / "a.xlsx", Asked(has_header=True))
    assert (layout.header[1], len(rows)) == ("Ann", 1)


def zipped(path: Path, **parts: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return path


def test_a_cut_or_damaged_workbook_is_refused_in_words(tmp_path: Path) -> None:
    whole = xlsx(tmp_path / "a.xlsx", ROWS).read_bytes()
    for number, content in enumerate(
        [whole[:50], whole[: len(whole) // 2], whole.replace(b"PK\x01\x02", b"PK\x09\x09")]
    ):
        path = tmp_path / f"{number}.xlsx"
        path.write_bytes(content)
        with pytest.raises(IntakeError, match=r"damaged|cut"):
            look_at(path)


def test_a_workbook_whose_sheet_is_nonsense_is_refused_in_words(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.xlsx", xl__workbook_xml=b"<nonsense")
    with pytest.raises(IntakeError, match="cannot be read"):
        look_at(path)


def test_an_empty_workbook_and_another_archive_are_refused(tmp_path: Path) -> None:
    with pytest.raises(IntakeError, match="The spreadsheet is empty"):
        look_at(xlsx(tmp_path / "a.xlsx", []))
    with pytest.raises(IntakeError, match="zip archive"):
        look_at(zipped(tmp_path / "b.xlsx", readme_xml=b"x"))


def test_json_lines_have_the_keys_of_all_objects_as_columns(tmp_path: Path) -> None:
    path = tmp_path / "leads.txt"
    lines = [
        '{"phone": 7275550100, "name": "Ann", "tags": ["a", 1]}',
        "",
        '{"phone": "7275550101", "late": 1.50, "name": null, "ok": true}',
        "not json",
        "[1, 2]",
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    layout, rows = read(path)
    assert (layout.kind, layout.header) == ("json", ("phone", "name", "tags", "late", "ok"))
    assert rows[0] == (1, ["7275550100", "Ann", '["a", "1"]', "", ""])
    assert rows[1] == (3, ["7275550101", "", "", "1.50", "true"])
    assert rows[2:] == [(4, ["not json"]), (5, ["[1, 2]"])]


@given(st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=8)), min_size=1))
def test_whatever_json_holds_comes_back_as_text(
    tmp_path_factory: pytest.TempPathFactory, objects: list[dict[str, str]]
) -> None:
    path = tmp_path_factory.mktemp("json") / "a.jsonl"
    path.write_text("\n".join(map(json.dumps, [{"phone": "1"}, *objects])), encoding="utf-8")
    layout, rows = read(path)
    assert len(rows) == len(objects) + 1
    assert all(len(cells) == len(layout.header) for _, cells in rows)
    assert not any("\0" in cell for _, cells in rows for cell in cells)


@settings(deadline=None, max_examples=60)  # some start a process
@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"PK\x03\x04", b"{", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]),
)
def test_no_bytes_bring_the_readers_down(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, start: bytes
) -> None:
    path = tmp_path_factory.mktemp("bytes") / "a.bin"
    path.write_bytes(start + content)
    with suppress(IntakeError):
        read(path)


@pytest.mark.django_db
@pytest.mark.parametrize("make", [xlsx, xls, ods])
def test_a_spreadsheet_is_staged_like_any_file(tmp_path: Path, make: Any) -> None:
    path = make(tmp_path / "leads.bin", [*ROWS, ["12", "Bob", ""]])
    with path.open("rb") as file:
        run = load(receive(file, "leads.xlsx", make_source()))
    assert (run.status, run.rows_read, run.rows_staged, run.rows_invalid) == (
        ImportStatus.DONE, 3, 2, 1,
    )  # fmt: skip
    ann = Lead.objects.get(first_name="Ann")
    assert (ann.line, ann.postal_code, ann.status) == (2, "01234", LeadStatus.STAGED)


@pytest.mark.django_db
def test_json_lines_and_files_without_a_header_are_staged(tmp_path: Path) -> None:
    text = b'{"phone": "7275550100", "first_name": "Ann"}\nbroken\n'
    run = load(receive(io.BytesIO(text), "leads.jsonl", make_source()))
    assert (run.rows_staged, run.rows_invalid) == (1, 1)
    assert Lead.objects.get(status=LeadStatus.INVALID).reasons[0] == "JSON_BROKEN"
    bare = b"Ann,7275550111,ann@example.com\nBob,7275550112,bob@example.com\n"
    run = load(receive(io.BytesIO(bare), "leads.csv", make_source()))
    assert run.mapping == [None, "phone_number", "email"]
    assert (run.rows_read, run.rows_staged) == (2, 2)


@pytest.mark.django_db
def test_a_file_without_header_and_phone_numbers_is_refused(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", [["x 1234567890", 1], ["y", 2]])
    with path.open("rb") as file, pytest.raises(IntakeError, match="no header line"):
        receive(file, "a.xlsx", make_source())

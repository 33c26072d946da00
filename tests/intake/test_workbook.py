"""The reader of workbooks is a process of its own: whatever its end, who asked lives on."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import psutil
import pytest

import leads
from leads.intake import read_sheet, sheet_extent, stage, workbook, workbook_limits
from leads.intake.errors import IntakeError
from leads.intake.look import look_at, rows_of
from leads.intake.read_sheet import SheetRows
from leads.intake.upload import receive
from leads.models import ImportStatus, Lead
from tests.factories import make_source
from tests.intake.books import ods, xlsx
from tests.intake.xlsx_parts import row, text_cell, xlsx_of

ROWS = [["phone", "first name"], ["7275550100", "Ann"], ["7275550101", "Bob"]]
HEADER = row(1, text_cell("A1", "phone"), text_cell("B1", "first name"))
LEAD = row(2, text_cell("A2", "7275550100"), text_cell("B2", "Ann"))
# No look beforehand sees it, for no program writes letters of cells like this.
UNSEEN = HEADER + row(2, '<c r="xfd1048576"><v>1</v></c>')


LONG = 25_000  # rows: more than are sent at once, and than the largest pipe takes


def long_book(folder: Path) -> Path:
    return xlsx(
        folder / "long.xlsx", [ROWS[0], *([f"727555{n:04d}", "x" * 99] for n in range(LONG))]
    )


def children() -> list[psutil.Process]:
    """The readers of this process."""
    living = [p for p in psutil.Process().children() if p.status() != psutil.STATUS_ZOMBIE]
    return [one for one in living if read_sheet.READER in one.cmdline()]


def test_one_cell_far_away_is_named_and_the_file_refused(tmp_path: Path) -> None:
    far = row(1048576, '<c r="XFD1048576"><v>1</v></c>')
    with pytest.raises(IntakeError, match=r"reaches to row 1,048,576 and column XFD.* as CSV"):
        look_at(xlsx_of(tmp_path / "a.xlsx", HEADER + LEAD + far))


@pytest.mark.parametrize("cell", ['<c r="XFD1048576" s="0"/>', '<c r="XFD1048576" s="0"></c>'])
def test_far_cells_that_only_have_a_format_do_no_harm(tmp_path: Path, cell: str) -> None:
    path = xlsx_of(tmp_path / "a.xlsx", HEADER + LEAD + row(1048576, cell))
    layout = look_at(path)
    with rows_of(path, layout) as rows:
        assert [record.line for record in rows] == [2]


def test_a_wide_sheet_and_a_high_one_are_read(tmp_path: Path) -> None:
    wide = [["phone", *(f"c{n}" for n in range(999))], ["7275550100", *["x"] * 999]]
    assert len(look_at(xlsx(tmp_path / "a.xlsx", wide)).header) == 1000
    high = row(400_000, '<c r="A400000"><v>7275550101</v></c>')
    path = xlsx_of(tmp_path / "b.xlsx", HEADER + LEAD + high)
    with rows_of(path, look_at(path)) as rows:
        assert [record.line for record in rows] == [2, 400_000]


def test_repeated_cells_of_an_ods_file_count_as_often_as_they_stand_there(tmp_path: Path) -> None:
    with zipfile.ZipFile(ods(tmp_path / "a.ods", ROWS)) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    end = b"</table:table>"

    def with_row(name: str, cells: str) -> Path:
        row = f'<table:table-row table:number-rows-repeated="1048570">{cells}</table:table-row>'
        content = parts["content.xml"].replace(end, row.encode() + end)
        with zipfile.ZipFile(tmp_path / name, "w") as packed:
            for part, old in parts.items():
                packed.writestr(part, content if part == "content.xml" else old)
        return tmp_path / name

    empty = '<table:table-cell table:number-columns-repeated="16383"/>'
    path = with_row("filler.ods", empty)
    with rows_of(path, look_at(path)) as rows:
        assert [record.line for record in rows] == [2, 3]
    one = "<table:table-cell><text:p>x</text:p></table:table-cell>"
    many = one.replace("-cell>", '-cell table:number-columns-repeated="16384">', 1)
    for name, cells in (("far.ods", empty + one), ("full.ods", many)):
        with pytest.raises(IntakeError, match=r"column XFD.*more than the 30,000,000"):
            look_at(with_row(name, cells))


def test_a_reader_that_is_ended_by_its_allocator_is_an_error_in_words(tmp_path: Path) -> None:
    path = xlsx_of(tmp_path / "a.xlsx", UNSEEN)
    with pytest.raises(IntakeError, match=r"too much memory, or is damaged.*Save it as CSV"):
        look_at(path)
    assert children() == []


def test_too_much_memory_is_an_error_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_sheet, "MOST_MEMORY", 100 * 2**20)
    cells = "".join(row(n, "<c><v>1</v></c>" * 100) for n in range(2, 20_000))
    path = xlsx_of(tmp_path / "a.xlsx", HEADER + cells, compression=zipfile.ZIP_STORED)
    with pytest.raises(IntakeError, match=r"memory.*Save it as CSV"):
        look_at(path)


def test_too_much_time_is_an_error_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_sheet, "MOST_SECONDS", 0.0005)
    with pytest.raises(IntakeError, match=r"takes too long.*Save it as CSV"):
        look_at(xlsx(tmp_path / "a.xlsx", ROWS))


def test_a_slow_listener_is_not_what_takes_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_sheet, "MOST_SECONDS", 1.0)
    with SheetRows(long_book(tmp_path), "Leads", 1, 2) as rows:
        records = iter(rows)
        next(records)
        time.sleep(1.3)
        assert len(children()) == 1, "it waits for us"
        assert sum(1 for _ in records) == LONG - 1


@pytest.mark.django_db
def test_an_import_whose_reader_ends_midway_fails_and_nothing_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = long_book(tmp_path).read_bytes()
    run = receive(io.BytesIO(content), "leads.xlsx", make_source())
    record = SheetRows._record

    def ended(self: SheetRows, line: int, texts: list[str], *, is_cut: bool) -> object:
        if line == 2000:
            (reader,) = children()
            reader.kill()
        return record(self, line, texts, is_cut=is_cut)

    monkeypatch.setattr(SheetRows, "_record", ended)
    run = stage.load(run)
    assert run.status == ImportStatus.FAILED
    assert "Save it as CSV" in run.error
    assert not Lead.objects.exists()


def test_the_reader_ends_with_whoever_asked(tmp_path: Path, project: Path) -> None:
    program = (
        "import sys, time\nfrom leads.intake.read_sheet import SheetRows\n"
        "rows = iter(SheetRows(sys.argv[1], 'Leads', 1, 2))\nnext(rows)\n"
        "print('begun', flush=True)\ntime.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(long_book(tmp_path))],
        cwd=project,
        stdout=subprocess.PIPE,
    ) as asking:
        assert asking.stdout
        assert asking.stdout.readline() == b"begun\n"
        (reader,) = psutil.Process(asking.pid).children()
        asking.kill()
    gone, _ = psutil.wait_procs([reader], timeout=10)
    assert gone


def test_rows_that_nobody_wants_any_more_end_the_reader(tmp_path: Path) -> None:
    with SheetRows(long_book(tmp_path), "Leads", 1, 2) as rows:
        next(iter(rows))
        assert len(children()) == 1
    assert children() == []


def test_the_reader_knows_no_setting_and_nothing_of_django(project: Path) -> None:
    os_environment = read_sheet._environment()
    assert not {"SECRET_KEY", "DATABASE_URL", "DJANGO_SETTINGS_MODULE"} & set(os_environment)
    program = "import leads.intake.workbook, sys; print('django' in sys.modules)"
    found = subprocess.run(
        [sys.executable, "-c", program], cwd=project, capture_output=True, check=True
    )
    assert found.stdout == b"False\n"


def test_it_is_found_in_a_folder_with_spaces_and_from_any_other(tmp_path: Path) -> None:
    here = Path(leads.__file__).parent
    there = tmp_path / "my portal" / "site packages"
    for part in ("intake", "cleaning", "vicidial"):
        shutil.copytree(here / part, there / "leads" / part)
    (there / "leads" / "__init__.py").touch()
    shutil.copy(here / "sentence.py", there / "leads")
    path = xlsx(tmp_path / "a.xlsx", ROWS)
    program = (
        "import sys; from leads.intake import read_sheet; print(read_sheet.__file__);"
        "print(read_sheet.beginning(sys.argv[1]))"
    )
    environment = {**os.environ, "PYTHONPATH": str(there), "PYTHONSAFEPATH": "1"}
    found = subprocess.run(
        [sys.executable, "-c", program, str(path)],
        cwd="/", env=environment, capture_output=True, check=True, text=True,
    )  # fmt: skip
    assert found.stdout.splitlines() == [
        str(there / "leads" / "intake" / "read_sheet.py"),
        str(("Leads", list(enumerate(ROWS, 1)))),
    ]


def test_a_row_that_is_too_long_comes_cut_and_says_so(tmp_path: Path) -> None:
    huge = row(2, text_cell("A2", "7275550100"), text_cell("B2", "x" * 2**21))
    path = xlsx_of(tmp_path / "b.xlsx", HEADER + huge, compression=zipfile.ZIP_STORED)
    with rows_of(path, look_at(path)) as read:
        (record,) = read
    assert record.flaws == ("RECORD_TOO_LARGE",)
    assert record.cells == ["7275550100", "x" * workbook.CUT]


def test_zeros_are_those_of_the_sheet_wherever_its_part_is(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", [["zip"], [1234]], formats={0: "00000"}, sheets=["A", "B"])
    with zipfile.ZipFile(path) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    names = "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"
    parts[names[0]], parts[names[1]] = parts[names[1]], parts[names[0]]
    relations = "xl/_rels/workbook.xml.rels"
    parts[relations] = (
        parts[relations]
        .replace(b"sheet1.xml", b"sheet0.xml")
        .replace(b"sheet2.xml", b"sheet1.xml")
        .replace(b"sheet0.xml", b"sheet2.xml")
    )
    with zipfile.ZipFile(path, "w") as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    with SheetRows(path, "B", 1, 1) as rows:
        assert [record.cells for record in rows] == [["01234"]]


def test_what_unpacks_a_thousandfold_is_not_opened(tmp_path: Path) -> None:
    parts = {"xl/worksheets/sheet1.xml": b" " * 50_000_000}
    with pytest.raises(IntakeError, match="unpacks to 47 MB from very little"):
        look_at(xlsx_of(tmp_path / "a.xlsx", "", parts=parts))


def test_more_than_fits_into_memory_is_refused_with_a_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook_limits, "MOST_UNPACKED", 1000)
    with (
        xlsx(tmp_path / "a.xlsx", ROWS).open("rb") as file,
        pytest.raises(IntakeError, match="Save it as CSV"),
    ):
        workbook_limits.check(file)


@pytest.mark.parametrize(("letters", "number"), [("A", 1), ("Z", 26), ("AA", 27), ("XFD", 16384)])
def test_columns_have_letters_and_numbers(letters: str, number: int) -> None:
    assert sheet_extent.number_of(letters.encode()) == number
    assert sheet_extent.letters_of(number) == letters


def test_an_answer_that_breaks_off_is_no_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "half_an_answer.py").write_text(f"print({json.dumps('[1, 2')!r}, end=''); exit(3)")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(read_sheet, "READER", "half_an_answer")
    with pytest.raises(IntakeError, match="its reader was ended"):
        look_at(xlsx(tmp_path / "a.xlsx", ROWS))

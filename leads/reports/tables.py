"""Rows as a file for a spreadsheet: CSV in a stream, or XLSX; no cell can act as a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import xlsxwriter

from leads.sentence import say

# What XLSX can hold: rows of a sheet, characters of a cell.
MOST_SHEET_ROWS = 1_048_576
MOST_CELL = 32_767
_AT_ONCE = 2000
# A spreadsheet takes these for the beginning of a formula, which can read other files and call
# addresses; plain numbers with a sign are none.
_FORMULA = re.compile(r"[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?[0-9][0-9 ().,/-]*")


def as_csv(rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """CSV in UTF-8 with a byte order mark (spreadsheets need it), part by part."""
    out = io.StringIO()
    writer = csv.writer(out)
    out.write("\ufeff")
    coming = iter(rows)
    while some := list(islice(coming, _AT_ONCE)):
        writer.writerows([harmless(cell) for cell in row] for row in some)
        yield out.getvalue().encode()
        out.seek(0)
        out.truncate()


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook: its rows, a header first; the columns `wide` get more room."""

    name: str
    rows: Iterable[Sequence[str]]
    wide: Sequence[int] = ()


def as_xlsx(
    rows: Iterable[Sequence[str]], path: Path, sheet_name: str, wide: Sequence[int] = ()
) -> int:
    """Write the rows, a header first, as XLSX to `path` and return their number without it.

    Every cell is text; the columns `wide` (from 0) get more room. Memory does not grow with the
    rows. Raises ValueError, with a sentence, if a sheet cannot hold so many.
    """
    return as_workbook([Sheet(sheet_name, rows, wide)], path)[0]


def as_workbook(sheets: Iterable[Sheet], path: Path) -> list[int]:
    """Write several sheets as one XLSX, each as `as_xlsx` does; return how many rows each has."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, options) as book:
        bold = book.add_format({"bold": True})
        return [_write(book, one, bold) for one in sheets]


def _write(book: xlsxwriter.Workbook, one: Sheet, bold: Any) -> int:
    sheet = book.add_worksheet(one.name)
    sheet.freeze_panes(1, 0)
    for column in one.wide:
        sheet.set_column(column, column, 60)
    number = -1
    for number, row in enumerate(one.rows):
        if number == MOST_SHEET_ROWS:
            raise ValueError(
                say(
                    "There are more rows than fit into one sheet (%(most_sheet_rows)s): take "
                    "the CSV file, or fewer of them.",
                    most_sheet_rows=f"{MOST_SHEET_ROWS:,}",
                )
            )
        for place, cell in enumerate(row):
            sheet.write_string(number, place, cell[:MOST_CELL], bold if number == 0 else None)
    return max(number, 0)


def harmless(cell: str) -> str:
    """The cell so that no spreadsheet takes it for a formula: `as_given` takes the mark off."""
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell


def as_given(cell: str) -> str:
    """The cell without the mark of `harmless`."""
    return cell[1:] if cell.startswith("'") and harmless(cell[1:]) == cell else cell

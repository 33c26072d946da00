"""Reading XLSX: the portal's reader beside openpyxl's, for `benchmarks/intake.py`."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import openpyxl

from leads.intake.look import look_at, rows_of

COLUMNS = 25


def times_openpyxl(folder: Path, rows: int) -> float:
    """How many times faster than openpyxl in its read-only mode, each row as texts."""
    path = folder / "leads.xlsx"
    _write(path, rows)
    print("Reading XLSX:")
    theirs = _seconds("openpyxl", lambda: _read_by_openpyxl(path))
    ours = _seconds("read_sheet", lambda: _read_by_portal(path))
    return theirs / ours


def _seconds(name: str, read: Callable[[], int]) -> float:
    started = time.monotonic()
    rows = read()
    seconds = time.monotonic() - started
    print(f"  {name:<14} {rows:>9,} rows {seconds:8.2f} s {rows / seconds:>9,.0f} rows/s")
    return seconds


def _write(path: Path, rows: int) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append([f"column {number}" for number in range(COLUMNS)])
    for row in range(rows):
        texts = [f"text {row} {number}" for number in range(COLUMNS - 2)]
        sheet.append([f"201555{row % 10_000:04d}", row, *texts])
    book.save(path)


def _read_by_portal(path: Path) -> int:
    with rows_of(path, look_at(path)) as rows:
        return sum(1 for _ in rows)


def _read_by_openpyxl(path: Path) -> int:
    sheet = openpyxl.load_workbook(path, read_only=True).active
    rows = 0
    for row in sheet.iter_rows(values_only=True):
        rows += bool(["" if cell is None else str(cell) for cell in row])
    return rows

"""Rows of a spreadsheet (XLSX, XLSB, XLS, ODS), each cell as the text that a person sees in it.

python-calamine reads the sheet; it knows no number formats, so those that show leading zeros
(postal codes) are looked up in the file itself (`leads.intake.sheet_zeros`).
"""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Self

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from leads.intake.errors import IntakeError
from leads.intake.lines import RECORD_LIMIT, readable
from leads.intake.read_text import Record
from leads.intake.sheet_zeros import zero_columns

# calamine holds a whole sheet, some five times what is unpacked of a file with 25 short columns.
MOST_UNPACKED = 600 * 1024 * 1024
# A sheet of repeated words is packed to a twentieth; what is packed a thousandfold is made for it.
MOST_PACKED = 200
SMALL = 20 * 1024 * 1024
_LOOKED_AT = 50  # rows among which the header is looked for


def sheet_names(path: Path | str) -> list[str]:
    """The sheets with cells, in their order. Raises IntakeError as `SheetRows` does."""
    with _Book(path) as book:
        return _names(book)


def _names(book: CalamineWorkbook) -> list[str]:
    return [meta.name for meta in book.sheets_metadata if str(meta.typ).endswith("WorkSheet")]


def beginning(path: Path | str, sheet: str = "") -> tuple[str, int, list[list[str]]]:
    """The sheet's name, the row number of its first row with anything in it, and its first rows.

    `sheet` is "" for the first one that is not empty. Raises IntakeError.
    """
    with _Book(path) as book:
        names = _names(book)
        if sheet and sheet not in names:
            raise IntakeError(f'There is no sheet "{sheet}"; there are: {", ".join(names)}.')
        for name in [sheet] if sheet else names:
            cells = _texts(book.get_sheet_by_name(name), {})
            first = list(islice((row for row in cells if any(row[1])), _LOOKED_AT))
            if first:
                return name, first[0][0], [texts for _, texts in first]
    raise IntakeError("The spreadsheet is empty. Load one with a header row and one lead a row.")


class SheetRows:
    """The rows below row `header_line` (0: all of them) of one sheet; iterate once, in a `with`.

    `columns` is the number of cells of the header: rows are given with so many at least. Raises
    IntakeError when it is opened: for a password, a damaged file, and what would not fit into
    memory.
    """

    def __init__(self, path: Path | str, sheet: str, header_line: int, columns: int) -> None:
        self._path = Path(path)
        self._name = sheet
        self._header_line = header_line
        self._columns = columns
        self._size = self._path.stat().st_size
        self.bytes_done = 0
        self.blank_lines = 0

    def __enter__(self) -> Self:
        with _Book(self._path) as book:
            names = book.sheet_names
            self._sheet: CalamineSheet = book.get_sheet_by_name(self._name)
        self._zeros = zero_columns(self._path, names.index(self._name))
        return self

    def __exit__(self, *exc_info: object) -> None:
        del self._sheet

    def __iter__(self) -> Iterator[Record]:
        height = max(self._sheet.total_height, 1)
        for line, texts in _texts(self._sheet, self._zeros):
            if line % 1000 == 0:
                self.bytes_done = self._size * line // height
            if line <= self._header_line:
                continue
            if not any(texts):
                self.blank_lines += 1
                continue
            yield self._record(line, texts)

    def _record(self, line: int, texts: list[str]) -> Record:
        while len(texts) > self._columns and self._columns and not texts[-1]:
            texts.pop()  # the sheet is as wide as its widest row
        if sum(map(len, texts)) > RECORD_LIMIT:
            return Record(line, [text[:1000] for text in texts], ("RECORD_TOO_LARGE",))
        if any("\0" in text for text in texts):
            return Record(line, [readable(text) for text in texts], ("NUL_BYTES",))
        return Record(line, texts)


def _texts(sheet: CalamineSheet, zeros: dict[int, int]) -> Iterator[tuple[int, list[str]]]:
    """The row numbers of a sheet, from 1, with the texts of their cells, from column A on."""
    if sheet.start is None:
        return
    left = sheet.start[1]
    for line, cells in enumerate(sheet.iter_rows(), start=1):
        texts = [
            cell if cell.__class__ is str else shown(cell, zeros.get(place, 0))
            for place, cell in enumerate(cells, start=left)
        ]
        yield line, [""] * left + texts if left else texts


def shown(cell: Any, zeros: int = 0) -> str:
    """A cell's value as a person sees it; `zeros` digits at least for a whole number.

    A whole number has no point and no exponent, a day no time of day: dates are in ISO form.
    """
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        whole = cell.is_integer() and abs(cell) < 1e21
        return f"{int(cell):0{zeros}d}" if whole else repr(cell)
    if isinstance(cell, datetime.datetime):
        midnight = cell.time() == datetime.time()
        return cell.date().isoformat() if midnight else cell.isoformat(" ", "seconds")
    if isinstance(cell, datetime.date | datetime.time):
        return cell.isoformat()
    return str(cell)


class _Book:
    """A workbook that is looked at before it is unpacked, and whose errors are sentences."""

    def __init__(self, path: Path | str) -> None:
        self._path = Path(path)

    def __enter__(self) -> CalamineWorkbook:
        if zipfile.is_zipfile(self._path):
            _check_size(self._path)
        try:
            # Not by its path: calamine would go by the name.
            with self._path.open("rb") as file:
                self._book = CalamineWorkbook.from_filelike(file)
        except BaseException as error:
            raise _as_sentence(error) from None
        return self._book

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self._book.close()
        if error is not None and not isinstance(error, IntakeError):
            raise _as_sentence(error) from None


def _check_size(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
            if unpacked > SMALL and unpacked > MOST_PACKED * path.stat().st_size:
                raise IntakeError(
                    f"The spreadsheet unpacks to {unpacked // 2**20:,} MB from very little, as"
                    " files do that are made to bring programs down. It was not opened."
                )
            if unpacked > MOST_UNPACKED:
                raise IntakeError(
                    f"The spreadsheet unpacks to {unpacked // 2**20:,} MB, more than the"
                    f" {MOST_UNPACKED // 2**20} MB that can be read. Save it as CSV, which may have"
                    " any length, or in several parts."
                )
            # Sizes can lie; what is then unpacked does not fit its checksum.
            if damaged := packed.testzip():
                raise IntakeError(f"The spreadsheet is damaged ({damaged}). Save it anew.")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise IntakeError(f"The spreadsheet is damaged ({error}). Save it anew.") from None


def _as_sentence(error: BaseException) -> BaseException:
    if isinstance(error, PasswordError) or "assword" in str(error):
        return IntakeError("The spreadsheet is protected by a password. Save it without one.")
    # What its Rust code could not go on with comes as an exception of no library of ours.
    if isinstance(error, CalamineError) or type(error).__name__ == "PanicException":
        return IntakeError(
            f"The spreadsheet cannot be read ({error}). Open it, save it anew as XLSX or CSV, and"
            " load that."
        )
    return error


def header_of(rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """The first row's cells, without the empty ones at its end."""
    cells = [cell.strip() for cell in rows[0]] if rows else []
    while cells and not cells[-1]:
        cells.pop()
    return tuple(cells)

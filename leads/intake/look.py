"""What a file is and how its rows are read, whatever its kind: told by content, never by name."""

from __future__ import annotations

import dataclasses
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol, Self

from leads.intake import read_sheet
from leads.intake.errors import IntakeError
from leads.intake.read_json import JsonRows, keys_of
from leads.intake.read_sheet import SheetRows
from leads.intake.read_text import Record, TextRows
from leads.intake.sniff import (
    JSON,
    NOTHING_ASKED,
    SHEET,
    Asked,
    Layout,
    is_header,
    sniff,
    without_header,
)

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument.spreadsheet"
# Names of streams inside the files of old Excel, and of new ones with a password.
_OLD_BOOKS = [name.encode("utf-16-le") for name in ("Workbook", "Book", "EncryptedPackage")]


class Rows(Protocol):
    """The rows of a file; iterate once, inside a `with`."""

    blank_lines: int

    @property
    def bytes_done(self) -> int: ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *exc_info: object) -> None: ...

    def __iter__(self) -> Iterator[Record]: ...


def look_at(path: Path | str, asked: Asked = NOTHING_ASKED) -> Layout:
    """Find out how to read the file; what is `asked` for goes before what it looks like.

    Raises IntakeError, with a sentence, for what cannot be read.
    """
    if is_sheet(path):
        return _sheet(path, asked)
    layout = sniff(path, asked)
    if layout.kind == JSON:
        return dataclasses.replace(layout, header=keys_of(path, layout.encoding))
    return layout


def rows_of(path: Path | str, layout: Layout) -> Rows:
    """The rows below the header."""
    if layout.kind == SHEET:
        return SheetRows(path, layout.sheet, layout.header_line, len(layout.header))
    if layout.kind == JSON:
        return JsonRows(path, layout.encoding, layout.header)
    header = layout.header_line, len(layout.header)
    return TextRows(path, layout.encoding, layout.delimiter, *header)


def is_sheet(path: Path | str) -> bool:
    """Whether the file is a workbook: XLSX, XLSB or ODS in a zip archive, or an old XLS."""
    with Path(path).open("rb") as file:
        beginning = file.read(8)
        if beginning == _OLE:
            # The directory of such a file is anywhere in it.
            content = file.read()
            return any(name in content for name in _OLD_BOOKS)
    if not beginning.startswith(_ZIP):
        return False
    try:
        with zipfile.ZipFile(path) as packed:
            names = set(packed.namelist())
            if names & {"xl/workbook.xml", "xl/workbook.bin"}:
                return True
            return "mimetype" in names and packed.read("mimetype").startswith(_OPEN_DOCUMENT)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError):
        raise IntakeError(
            "The file begins as a spreadsheet or a zip archive and is damaged or cut. Save it anew,"
            " or download it again."
        ) from None


def _sheet(path: Path | str, asked: Asked) -> Layout:
    name, line, rows = read_sheet.beginning(path, asked.sheet)
    header = read_sheet.header_of(rows)
    if is_header(header) if asked.has_header is None else asked.has_header:
        return Layout("", "", line, header, SHEET, name)
    return Layout("", "", 0, without_header(max(map(len, rows))), SHEET, name)

"""What a file is and how its rows are read, whatever its kind: told by content, never by name."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol, Self

from leads.intake import read_sheet
from leads.intake.read_json import JsonRows, keys_of
from leads.intake.read_sheet import SheetRows
from leads.intake.read_text import Record, TextRows
from leads.intake.sniff import (
    JSON,
    NOTHING_ASKED,
    SHEET,
    Asked,
    Layout,
    checked,
    header_place,
    is_header,
    sniff,
    without_header,
)

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class Rows(Protocol):
    """The rows of a file; iterate once, inside a `with`."""

    @property
    def blank_lines(self) -> int: ...

    @property
    def bytes_done(self) -> int: ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *exc_info: object) -> None: ...

    def __iter__(self) -> Iterator[Record]: ...


def look_at(path: Path | str, asked: Asked = NOTHING_ASKED) -> Layout:
    """Find out how to read the file; what is `asked` for goes before what it looks like.

    Raises IntakeError, with a sentence, for what cannot be read.
    """
    if may_be_workbook(path):
        return _sheet(path, asked)
    layout = sniff(path, asked)
    if layout.kind == JSON:
        return checked(dataclasses.replace(layout, header=keys_of(path, layout.encoding)))
    return layout


def rows_of(path: Path | str, layout: Layout) -> Rows:
    """The rows below the header."""
    if layout.kind == SHEET:
        return SheetRows(path, layout.sheet, layout.header_line, len(layout.header))
    if layout.kind == JSON:
        return JsonRows(path, layout.encoding, layout.header)
    header = layout.header_line, len(layout.header)
    return TextRows(path, layout.encoding, layout.delimiter, *header, layout.quote)


def may_be_workbook(path: Path | str) -> bool:
    """Whether the file begins as a zip archive or an old Office file: what it then is, its reader
    tells."""
    with Path(path).open("rb") as file:
        return file.read(8).startswith((_ZIP, _OLE))


def _sheet(path: Path | str, asked: Asked) -> Layout:
    name, found = read_sheet.beginning(path, asked.sheet)
    rows = [row for _, row in found]
    place = header_place(rows)
    header = read_sheet.header_of(rows[place])
    if is_header(header) if asked.has_header is None else asked.has_header:
        return checked(Layout("", "", found[place][0], header, SHEET, name))
    width = max(len(read_sheet.header_of(row)) for row in rows)
    return checked(Layout("", "", 0, without_header(width), SHEET, name))

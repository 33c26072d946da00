"""One record of a file becomes one lead to be: cells to fields, assessed, with its findings."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from leads.assess import Assessment, assess
from leads.cleaning.plain import NUL_SYMBOL, REPLACEMENT
from leads.cleaning.reasons import Note, note
from leads.cleaning.rules import Rules
from leads.intake.lines import RECORD_LIMIT
from leads.intake.read_text import Record

_SIGNS = {"NUL_BYTES": NUL_SYMBOL, "UNDECODABLE": REPLACEMENT}


class Prepared(NamedTuple):
    """A row before its status is known; `raw` is its cells as JSON."""

    line: int
    raw: str
    assessment: Assessment


class Preparer:
    """Prepares the records of one file: its header, what its columns mean, its source's rules."""

    def __init__(self, header: Sequence[str], columns: Sequence[str | None], rules: Rules) -> None:
        self._header = header
        self._columns = columns
        self._width = len(columns)
        self._rules = rules

    def prepare(self, record: Record) -> Prepared:
        """Never raises for anything that a file can hold."""
        values = {
            field: cell
            for field, cell in zip(self._columns, record.cells, strict=False)
            if field and cell
        }
        odd = record.flaws or len(record.cells) != self._width
        more = tuple(self._notes(record)) if odd else ()
        raw = json.dumps(record.cells, ensure_ascii=False)
        return Prepared(record.line, raw, assess(values, self._rules, more))

    def _notes(self, record: Record) -> list[Note]:
        """What is wrong with the row as a whole, or with cells that become no field."""
        notes = []
        for flaw in record.flaws:
            if flaw in _SIGNS:
                notes += self._unmapped(record, flaw)
            else:
                given = " | ".join(record.cells)
                notes.append(note(flaw, "", given, f"{RECORD_LIMIT:,}"))
        structural = set(record.flaws) - set(_SIGNS)
        cells = len(record.cells)
        if cells > self._width and any(map(str.strip, record.cells[self._width :])):
            if not structural:
                notes.append(note("FIELDS_TOO_MANY", "", str(cells), str(self._width)))
        elif cells < self._width and not structural:
            notes.append(note("FIELDS_MISSING", "", str(cells), str(self._width)))
        return notes

    def _unmapped(self, record: Record, flaw: str) -> list[Note]:
        # Cleaning speaks for the columns that become fields.
        columns = [*self._columns, *[None] * len(record.cells)]
        names = [*self._header, *["the surplus"] * len(record.cells)]
        return [
            note(flaw, name or "a column without a name", cell)
            for field, name, cell in zip(columns, names, record.cells, strict=False)
            if field is None and _SIGNS[flaw] in cell
        ]

"""Records of a file become leads to be: cells to fields, assessed, with their findings."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from leads.assess.columns import Assessed, Columns
from leads.cleaning.plain import NUL_SYMBOL, REPLACEMENT
from leads.cleaning.reasons import Note, note
from leads.cleaning.rules import Rules
from leads.intake.lines import RECORD_LIMIT
from leads.intake.mapping import Plan
from leads.intake.read_text import Record

_SIGNS = {"NUL_BYTES": NUL_SYMBOL, "UNDECODABLE": REPLACEMENT}
_as_json = json.JSONEncoder(ensure_ascii=False).encode


class Prepared(NamedTuple):
    """Rows before their status is known: the line of each, its cells as JSON, and as columns what
    they become."""

    lines: Sequence[int]
    raws: list[str]
    assessed: Assessed


class Preparer:
    """Prepares the records of one file: its header, what its columns become, its source's rules,
    and the values of fields that are fixed for rows without their own."""

    def __init__(
        self,
        header: Sequence[str],
        columns: Sequence[str | None],
        rules: Rules,
        fixed: Mapping[str, str] | None = None,
    ) -> None:
        self._header = header
        self._columns = columns
        self._width = len(columns)
        self._plan = Plan(columns, fixed or {})
        self._assess = Columns(self._plan.fields, rules).assess

    def prepare(self, records: Sequence[Record]) -> Prepared:
        """Prepare some records at once. Never raises for anything that a file can hold."""
        lines, rows, _ = zip(*records, strict=True)
        more: dict[int, list[Note]] = {}
        cells = list(rows)
        for place, record in enumerate(records):
            if record.flaws or len(record.cells) != self._width:
                more[place] = self._notes(record)
                missing = [""] * (self._width - len(record.cells))
                cells[place] = [*record.cells[: self._width], *missing]
        return Prepared(lines, list(map(_raw, rows)), self._assess(self._plan.arrange(cells), more))

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


def _raw(cells: Sequence[str]) -> str:
    """The cells as JSON; without signs that JSON escapes it is only a matter of joining them."""
    joined = '", "'.join(cells)
    plain = joined.isprintable() and "\\" not in joined
    if plain and cells and joined.count('"') == 2 * len(cells) - 2:
        return f'["{joined}"]'
    return _as_json(cells)

"""Columns of text, of which most cells need nothing: one pattern over the column tells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from leads.assess.cells import Outcome, Outcomes
from leads.cleaning.rules import Rules
from leads.vicidial.fields import CUSTOM_FIELD_WIDTH, FIELDS
from leads.vicidial.stored import keeps

# An address that neither cleaning nor the server changes; others may be as good, but are asked for.
_EMAIL = r"[A-Za-z0-9_-]++(?:\.[A-Za-z0-9_-]++)*+@(?:[a-z0-9]++\.)++[a-z]{2,}+"
_EMAIL_WIDTH = 60  # less than the column's, so that no part of it is too long


class TextColumn:
    """One field whose cells depend on no other cell of their row.

    A cell is quick if it is typed in plain signs that the server keeps, with single spaces between
    its words, and fits its column: then it is its own outcome.
    """

    def __init__(self, field: str, rules: Rules) -> None:
        known = FIELDS.get(field)
        kind = known.kind if known else "free"
        kept = "".join(c for c in map(chr, range(33, 127)) if keeps(kind, c, accents=False))
        signs = f"[{re.escape(kept)}]"
        quick = _EMAIL if kind == "email" else f"(?:{signs}++(?: {signs}++)*+)?+"
        self.field = field
        self._width = known.width if known else CUSTOM_FIELD_WIDTH
        if kind == "email":
            self._width = _EMAIL_WIDTH
            self._all = re.compile(r"(?!)")
        else:
            self._all = re.compile(f"[{re.escape(kept)} \n]*")
        self._quick = re.compile(quick)
        self._outcomes = Outcomes((field,), (field,), rules)

    def odd(self, column: Sequence[str]) -> Iterator[tuple[int, Outcome]]:
        """The rows, with their outcome, whose cells do not stay as they are without a word."""
        if not any(column) or self._all_are_quick(column):
            return
        quick, width = self._quick.fullmatch, self._width
        for row, cell in enumerate(column):
            if (cell and not quick(cell)) or len(cell) > width:
                outcome = self._outcome(cell)
                if outcome is not None:
                    yield row, outcome

    def _all_are_quick(self, column: Sequence[str]) -> bool:
        lines = "\n".join(["", *column, ""])
        return (
            self._all.fullmatch(lines) is not None
            and not ("  " in lines or " \n" in lines or "\n " in lines)
            and lines.count("\n") == len(column) + 1
            and max(map(len, column)) <= self._width
        )

    def _outcome(self, cell: str) -> Outcome | None:
        if cell.isascii() and cell.isprintable():
            # Surplus spaces go without a word.
            text = " ".join(cell.split())
            if not text or (self._quick.fullmatch(text) and len(text) <= self._width):
                return Outcome((text,))
        return self._outcomes[(cell,)]

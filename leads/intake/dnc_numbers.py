"""Where a file of DNC numbers has its numbers, and what number a row holds.

One number a row, in any spelling; or an area code and a number in two columns, as the federal
registry gives them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import phonenumbers

from leads.cleaning.nanp import USUAL
from leads.cleaning.phone import clean_phone
from leads.cleaning.reasons import Severity
from leads.dedup.suppress import LEAST, MOST
from leads.intake.errors import IntakeError
from leads.intake.headers import map_headers
from leads.intake.look import look_at, rows_of
from leads.intake.read_text import Record
from leads.intake.sniff import Asked, Layout
from leads.sentence import say

NO_NUMBER = "PHONE_MISSING"
_LOOKED_AT = 50  # rows by which the columns are told
_NORTH_AMERICA = 1


class Where(NamedTuple):
    """The column of the numbers, and that of their area codes if it is another one."""

    number: int
    area: int | None = None

    def cell(self, cells: Sequence[str]) -> str:
        """The whole number as it stands in a row; "" if the row is too short."""
        if self.number >= len(cells):
            return ""
        number = cells[self.number].strip()
        return number if self.area is None else cells[self.area].strip() + number


def layout_of_numbers(path: Path | str) -> Layout:
    """How to read the file. Raises IntakeError.

    A first line without a letter is a row: nobody names a column so.
    """
    layout = look_at(path)
    if layout.header_line and not any(map(str.isalpha, "".join(layout.header))):
        return look_at(path, Asked(has_header=False))
    return layout


def find(path: Path | str, layout: Layout, country: str) -> Where:
    """The columns by which most of the first rows hold a number, single ones before pairs.

    Raises IntakeError if none of them holds any.
    """
    with rows_of(path, layout) as rows:
        first = [record.cells for record in islice(rows, _LOOKED_AT)]
    if not first:
        raise IntakeError(say("The file has no rows. Load one with a number a row."))
    width = max(map(len, first))
    named = map_headers(layout.header, need_phone=False).columns
    singles = sorted(range(width), key=lambda place: named[place : place + 1] != ("phone_number",))
    ways = [Where(place) for place in singles]
    ways += [Where(place, place - 1) for place in range(1, width)]

    def held(way: Where) -> int:
        return sum(isinstance(number(way.cell(cells), country), int) for cells in first)

    best = max(ways, key=held)
    if not held(best):
        raise IntakeError(
            say(
                "None of the first %(first)s rows holds a phone number of %(country)s, or an "
                "area code and a number beside it. Is it the right file, and the right "
                "country?",
                first=len(first),
                country=country,
            )
        )
    return best


def number(cell: str, country: str) -> int | str:
    """The digits of E.164 that a cell stands for, or the code of the reason why it stands for none
    (`leads.cleaning.reasons`).

    Numbers that are not assigned to anybody are numbers: lists are older than numbering plans.
    """
    match = USUAL.fullmatch(cell)
    if match and _calling_code(country) == _NORTH_AMERICA:
        area, exchange, line = match.groups()
        return int(f"1{area}{exchange}{line}")
    return _read(cell, country)


def of_record(record: Record, where: Where, country: str) -> int | str:
    """The number of a row, or a reason's code."""
    cell = where.cell(record.cells)
    return number(cell, country) if cell else NO_NUMBER


@lru_cache(maxsize=64)
def _calling_code(country: str) -> int:
    return phonenumbers.country_code_for_region(country)


def _read(cell: str, country: str) -> int | str:
    phone = clean_phone(cell, "", country, "warn")
    if phone.stops:
        return next(one.code for one in phone.notes if one.severity is Severity.STOPS)
    digits = phone.e164.lstrip("+")
    return int(digits) if LEAST <= len(digits) <= MOST else "PHONE_LENGTH"

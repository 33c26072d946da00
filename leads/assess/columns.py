"""Many rows at once, column by column: the same as `assess` says of each, many times faster.

Of most cells there is nothing to say, and of whole columns that is found out at once (`texts.py`,
the table of phone numbers); what repeats itself is asked for once (`cells.py`). Only what is left
is assessed cell by cell, and a row without a phone number as a whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from leads.assess.cells import Found, Outcome, PhoneOutcomes, summed_up
from leads.assess.row import assess
from leads.assess.texts import TextColumn
from leads.assess.together import FIELDS_TOGETHER, outcomes_for
from leads.cleaning.nanp import read_assigned
from leads.cleaning.phone import clean_phone
from leads.cleaning.plain import plain
from leads.cleaning.reasons import Note
from leads.cleaning.rules import Rules

PHONES = ("phone_number", "phone_code", "alt_phone", "comments")
Column = Sequence[str]


class Assessed(NamedTuple):
    """Rows as columns: cleaned values by field ("" for none), the phone in E.164, and the findings
    by the row's place, of the rows that have any."""

    values: dict[str, Column]
    phone_e164: Column
    found: dict[int, Found]


class _Block:
    """The rows at hand: cells as given, and what they have become so far."""

    def __init__(self, given: Mapping[str, Column], rows: int) -> None:
        self.rows = rows
        self.given: defaultdict[str, Column] = defaultdict(lambda: [""] * rows, given)
        self.values: dict[str, Column] = dict(given)
        self.phone_e164: list[str] = []
        self.said: defaultdict[int, list[Outcome]] = defaultdict(list)

    def column(self, field: str) -> list[str]:
        """A field's values, to be written in."""
        column = self.values.get(field)
        if not isinstance(column, list):
            column = self.values[field] = list(self.given[field])
        return column

    def put(self, fields: Sequence[str], outcomes: Iterable[tuple[int, Outcome]]) -> None:
        """Put each row's outcome into the columns of these fields, as far as it has values."""
        columns = None
        for row, outcome in outcomes:
            if columns is None:
                columns = [self.column(field) for field in fields]
            for column, value in zip(columns, outcome.values, strict=False):
                column[row] = value
            if outcome.alone:
                self.said[row].append(outcome)

    def say(self, row: int, outcome: Outcome) -> None:
        """Keep an outcome's findings."""
        if outcome.alone:
            self.said[row].append(outcome)

    def found(self) -> dict[int, Found]:
        """The findings of each row in their order."""
        found = {}
        for row, outcomes in self.said.items():
            if len(outcomes) == 1 and outcomes[0].alone:
                found[row] = outcomes[0].alone
            else:
                findings = [one for outcome in outcomes for one in outcome.findings]
                found[row] = summed_up(sorted(findings, key=itemgetter(0)))
        return found


class Columns:
    """Assesses rows whose cells are the `fields` in this order; a field of None is no field.

    No field may stand there twice.
    """

    def __init__(self, fields: Sequence[str | None], rules: Rules) -> None:
        self._fields = fields
        self._rules = rules
        self._phones = PhoneOutcomes(rules)
        self._together = outcomes_for(fields, rules)
        elsewhere = FIELDS_TOGETHER | set(PHONES[:-1])
        self._texts = [
            TextColumn(field, rules) for field in fields if field and field not in elsewhere
        ]

    def assess(self, rows: Sequence[Sequence[str]], more: Mapping[int, Sequence[Note]]) -> Assessed:
        """Assess rows, each with a cell for each field; `more` is found about rows as a whole."""
        given = {
            field: column
            for field, column in zip(self._fields, zip(*rows, strict=True), strict=True)
            if field
        }
        block = _Block(given, len(rows))
        self._read_texts(block)
        self._read_together(block)
        for row in self._read_phones(block):
            self._read_whole(block, row)
        for row, notes in more.items():
            block.say(row, Outcome.about_row(notes))
        return Assessed(block.values, block.phone_e164, block.found())

    def _read_texts(self, block: _Block) -> None:
        for text in self._texts:
            block.put((text.field,), text.odd(block.given[text.field]))

    def _read_together(self, block: _Block) -> None:
        for outcomes in self._together:
            cells = zip(*[block.given[field] for field in outcomes.reads], strict=True)
            found = enumerate(map(outcomes.__getitem__, cells))
            block.put(outcomes.writes, [(row, one) for row, one in found if one is not None])

    def _read_phones(self, block: _Block) -> list[int]:
        """Read the phone columns; returns the rows that have no number at all."""
        numbers, codes, alts = (block.given[field] for field in PHONES[:3])
        digits = read_assigned(numbers)
        others = read_assigned(alts) if any(alts) else list(alts)
        quick = {code: _is_quick(code, self._rules.country) for code in set(codes)}
        odd = [
            row
            for row, number in enumerate(digits)
            if not number or not quick[codes[row]] or (alts[row] and not others[row])
        ]
        block.phone_e164 = ["+1" + number for number in digits]
        block.values |= dict(zip(PHONES, (digits, ["1"] * block.rows, others), strict=False))
        without = []
        for row in odd:
            if plain(numbers[row]):
                self._put_phones(block, row)
            else:
                without.append(row)
        return without

    def _put_phones(self, block: _Block, row: int) -> None:
        comments = "comments" in block.values and block.values["comments"][row]
        cells = [block.given[field][row] for field in PHONES[:3]]
        outcome = self._phones[(*cells, "x" if comments else "")]
        if outcome is None:
            raise TypeError("The number in E.164 is never a cell of the row.")
        *values, block.phone_e164[row] = outcome.values
        if comments or not values[-1]:
            values.pop()
        block.put(PHONES[: len(values)], [(row, outcome._replace(values=tuple(values)))])

    def _read_whole(self, block: _Block, row: int) -> None:
        cells = {field: column[row] for field, column in block.given.items() if column[row]}
        found = assess(cells, self._rules)
        for field in {*block.values, *found.values}:
            block.column(field)[row] = found.values.get(field, "")
        block.phone_e164[row] = found.phone_e164
        block.said.pop(row, None)
        block.say(row, Outcome.of((), found.findings))


@lru_cache(maxsize=4096)
def _is_quick(phone_code: str, country: str) -> bool:
    """Whether a number of the North American plan beside this phone_code is read as such."""
    # Signs that cannot be seen would be told, so such a code is not quick.
    seen = phone_code.isascii() and phone_code.isprintable()
    good = clean_phone("2015550123", phone_code, country)
    return seen and good.phone_code == "1" and not good.notes

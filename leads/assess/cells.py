"""Cells that depend on each other and on nothing else in their row, and what becomes of them.

`assess` is asked, with a row of nothing else but a good phone number: there is one set of rules.
Answers are remembered, for most columns repeat themselves.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from leads.assess.row import as_json, assess, assess_cell, place_of
from leads.cleaning.reasons import Note, Severity
from leads.cleaning.rules import Rules

# Valid, with its country code, and known to be nobody's: of it alone nothing is ever found.
GOOD_PHONE = {"phone_number": "+12015550123"}
REMEMBERED = 30_000  # combinations
_LONG = 200  # characters; longer cells do not come again
_as_json = json.JSONEncoder(ensure_ascii=False).encode


class Finding(NamedTuple):
    """One finding as it is kept, with its place among the row's findings; `text` is JSON."""

    place: tuple[int, str]
    severity: str
    code: str
    text: str

    @classmethod
    def of(cls, found: Mapping[str, str]) -> Finding:
        place = place_of(found["field"])
        return cls(place, found["severity"], found["code"], _as_json(found))


class Found(NamedTuple):
    """All findings of a row: codes of what stops it and what warns, each once; the rest as JSON."""

    reasons: tuple[str, ...]
    warnings: tuple[str, ...]
    findings: str


def summed_up(findings: Iterable[Finding]) -> Found:
    """The findings of a row, which are in their order."""
    findings = tuple(findings)
    reasons = [one.code for one in findings if one.severity == Severity.STOPS]
    warnings = [one.code for one in findings if one.severity == Severity.WARNS]
    text = f"[{', '.join([one.text for one in findings])}]"
    return Found(tuple(dict.fromkeys(reasons)), tuple(dict.fromkeys(warnings)), text)


class Outcome(NamedTuple):
    """What a group of cells becomes: a value for each of its fields, and the findings.

    `alone` sums the findings up for a row that has no others.
    """

    values: tuple[str, ...]
    findings: tuple[Finding, ...] = ()
    alone: Found | None = None

    @classmethod
    def of(cls, values: Iterable[str], found: Iterable[Mapping[str, str]]) -> Outcome:
        findings = tuple(map(Finding.of, found))
        return cls(tuple(values), findings, summed_up(findings) if findings else None)

    @classmethod
    def about_row(cls, notes: Iterable[Note]) -> Outcome:
        """What is found about a row as a whole stands before all else."""
        findings = [Finding.of(as_json(note))._replace(place=(-1, "")) for note in notes]
        return cls((), tuple(findings), summed_up(findings) if findings else None)


Quick = Callable[[tuple[str, ...]], bool]


class Outcomes(dict[tuple[str, ...], Outcome | None]):
    """The outcome for cells of the fields `reads`, as values of the fields `writes`.

    None if the cells stay as they are without a word. It is worked out when it is asked for, and
    remembered, unless `quick` says at once that it is None.
    """

    def __init__(
        self,
        reads: tuple[str, ...],
        writes: tuple[str, ...],
        rules: Rules,
        quick: Quick | None = None,
    ) -> None:
        super().__init__()
        self.reads, self.writes = reads, writes
        self._rules = rules
        self._quick = quick
        self._same = [reads.index(field) if field in reads else -1 for field in writes]

    def __missing__(self, cells: tuple[str, ...]) -> Outcome | None:
        if self._quick and self._quick(cells):
            return None
        outcome = self._outcome(cells)
        given = tuple([cells[place] if place >= 0 else "" for place in self._same])
        known = None if outcome.values == given and not outcome.findings else outcome
        if sum(map(len, cells)) <= _LONG:
            if len(self) >= REMEMBERED:
                self.clear()
            self[cells] = known
        return known

    def _outcome(self, cells: tuple[str, ...]) -> Outcome:
        if len(self.reads) == 1:
            value, findings = assess_cell(self.reads[0], cells[0], self._rules)
            return Outcome.of((value,), findings)
        given = {field: cell for field, cell in zip(self.reads, cells, strict=True) if cell}
        found = assess(GOOD_PHONE | given, self._rules)
        return Outcome.of(
            [found.values.get(field, "") for field in self.writes],
            [one for one in found.findings if one["field"] in self.writes],
        )


class PhoneOutcomes(Outcomes):
    """The same for the phone cells; the number itself stands in the row.

    `comments` counts only as empty or not: an extension goes there if there is room. The last of
    the values is the number in E.164.
    """

    def __init__(self, rules: Rules) -> None:
        fields = ("phone_number", "phone_code", "alt_phone", "comments")
        super().__init__(fields, fields, rules)

    def _outcome(self, cells: tuple[str, ...]) -> Outcome:
        given = {field: cell for field, cell in zip(self.reads, cells, strict=True) if cell}
        found = assess(given, self._rules)
        values = [found.values.get(field, "") for field in self.writes]
        return Outcome.of((*values, found.phone_e164), found.findings)

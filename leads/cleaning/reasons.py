"""What cleaning can find in a row: one table of codes, each with its sentence and remedy.

The table is `reasons.csv`. A code is stored on the lead and stays stable; the words may change.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from leads.sentence import Sentence, joined, say

SHOWN = 120  # characters of a value that a sentence repeats


class Severity(StrEnum):
    """`stops`: the lead is invalid. `warns`: a reviewer should look. `tells`: what was changed."""

    STOPS = "stops"
    WARNS = "warns"
    TELLS = "tells"


class Reason(NamedTuple):
    """One kind of finding; `sentence` has the gaps %(field)s, %(given)s and %(becomes)s."""

    code: str
    severity: Severity
    sentence: str
    remedy: str


def _read_reasons() -> Mapping[str, Reason]:
    with Path(__file__).with_name("reasons.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            Reason(row["code"], Severity(row["severity"]), row["sentence"], row["remedy"])
            for row in csv.DictReader(file)
        ]
    return MappingProxyType({reason.code: reason for reason in rows})


REASONS: Mapping[str, Reason] = _read_reasons()


class Note(NamedTuple):
    """One finding in one field of one row: what was given and what it becomes."""

    severity: Severity
    code: str
    field: str
    given: str = ""
    becomes: str = ""

    @property
    def sentence(self) -> Sentence:
        """The finding in words, with the remedy if there is one."""
        return sentence(self.code, self.field, self.given, self.becomes)


def note(
    code: str, field: str, given: str = "", becomes: str = "", severity: Severity | None = None
) -> Note:
    """A finding of the table's severity unless another one is given; long values are shortened."""
    return Note(severity or REASONS[code].severity, code, field, shown(given), shown(becomes))


def shown(text: str) -> str:
    """As much of a value as a sentence can repeat."""
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def sentence(code: str, field: str = "", given: str = "", becomes: str = "") -> Sentence:
    """A finding in words for a person; for a code that this release does not know, the code."""
    reason = REASONS.get(code)
    if reason is None:
        return joined([f'{code}: {field} "{given}"', becomes])
    words = say(reason.sentence, field=field, given=given, becomes=becomes)
    return joined([words, say(reason.remedy)])

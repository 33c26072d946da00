"""How likely two leads are one person, and why.

Two questions, each a sum of measured weights (weights.json, fitted by benchmarks/dedup_fit.py):
do the two have one *home* (everything that agrees counts), and is it one and the same of that home
(only what a person does not share with housemates counts)? The score is the product of both
answers, 0 to 1. rules.json holds the thresholds, and what no sum of weights may outvote.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NotRequired, TypedDict

import numpy as np
import numpy.typing as npt

from leads.dedup.levels import FIELDS, LEVELS, Levels, Mask, levels
from leads.dedup.people import People, person, persons
from leads.dedup.texts import Places

Scores = npt.NDArray[np.float64]
PERSON, HOUSEHOLD, NUMBER = KINDS = ("person", "household", "number")
QUESTIONS = ("home", "self")
_LONGEST = max(map(len, LEVELS.values()))
# A row of levels as one number.
_PLACES = _LONGEST ** np.arange(len(FIELDS), dtype=np.int64)


def _read(name: str) -> Any:
    return json.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))


_RULES = _read("rules.json")
SAYS: dict[str, dict[str, str]] = _read("says.json")
# From here on the same person, without a person's look; and from here on shown to a person.
DUPLICATE: float = _RULES["thresholds"]["duplicate"]
SHOW: float = _RULES["thresholds"]["show"]


class Reason(TypedDict):
    """What one field says: words for a reviewer, how much it speaks for one person (above 0) or
    against it, and both values where they are kept with it."""

    field: str
    says: str
    weight: float
    lead: NotRequired[str]
    other: NotRequired[str]


@dataclass(frozen=True)
class Comparison:
    """`kind` is `person`, `household` (same phone or address, but another person) or `number`
    (same number, and the name of one is not known). `score` is that of being one person: from
    DUPLICATE on certain, from SHOW on for a person to decide, below that nothing."""

    score: float
    kind: str
    reasons: list[Reason]


@dataclass(frozen=True)
class Scored:
    """Many pairs: the score of each, the place of its kind in KINDS, its level in each field."""

    scores: Scores
    kinds: npt.NDArray[np.int8]
    levels: Levels

    def at(self, places: Places) -> Scored:
        """The pairs at these places."""
        return Scored(self.scores[places], self.kinds[places], self.levels[places])


def compare(lead: Mapping[str, Any], other: Mapping[str, Any]) -> Comparison:
    """Compare two persons, given by the field names of Lead (`leads.dedup.people.FIELDS`).

    Texts may be as they come; date_of_birth is a date or its ISO text. What is missing counts
    neither way.
    """
    scored = score(person(lead), person(other))
    return Comparison(
        float(scored.scores[0]),
        KINDS[scored.kinds[0]],
        reasons(scored.levels[0].tolist(), lead, other),
    )


def compare_many(
    leads: Sequence[Mapping[str, Any]], others: Sequence[Mapping[str, Any]]
) -> list[tuple[str, float]]:
    """Kind and score of each pair of persons, as `compare` gives them, many times faster."""
    if not leads:
        return []
    scored = score(persons(leads), persons(others))
    kinds = [KINDS[kind] for kind in scored.kinds.tolist()]
    return list(zip(kinds, scored.scores.tolist(), strict=True))


def score(one: People, other: People) -> Scored:
    """Score pairs: each of `one` with the one of `other` at the same place."""
    found = levels(one, other)
    scores = weigh(found)
    kinds = np.zeros(len(scores), dtype=np.int8)
    phone = _among(found, {"phone_e164": ["same", "other"]})
    near = phone | _among(found, {"address1": ["same", "close"]})
    kinds[near & (scores < SHOW)] = KINDS.index(HOUSEHOLD)
    known = ((one.first != "") | (one.last != "")) & ((other.first != "") | (other.last != ""))
    same = _among(found, {"date_of_birth": ["same"]}) | _among(found, {"email": ["same"]})
    kinds[phone & ~known & ~same] = KINDS.index(NUMBER)
    return Scored(scores, kinds, found)


def weigh(found: Levels) -> Scores:
    """The scores of rows of levels."""
    # Rows are many, and alike.
    numbers = found.astype(np.int64) @ _PLACES
    _, first, which = np.unique(numbers, return_index=True, return_inverse=True)
    return _weigh(found[first])[which]


def _weigh(found: Levels) -> Scores:
    scores = np.ones(len(found))
    for question in QUESTIONS:
        table, bias = _TABLES[question]
        total = table[np.arange(len(FIELDS)), found].sum(axis=1) + bias
        scores *= 1 / (1 + np.exp(-total))
    for rule, most in (("never_same", SHOW / 2), ("never_automatic", DUPLICATE - 0.01)):
        for fields in _RULES[rule]:
            hit = _among(found, fields)
            scores[hit] = np.minimum(scores[hit], most)
    return scores.round(4)


def worth_keeping(scored: Scored) -> Mask:
    """Pairs that somebody should know of: of the same person, as far as one can tell; of the same
    number; and households of the fields that rules.json names."""
    kept: Mask = (scored.kinds == KINDS.index(PERSON)) & (scored.scores >= SHOW)
    kept |= scored.kinds == KINDS.index(NUMBER)
    for field in _RULES["households_by"]:
        same = _among(scored.levels, {field: ["same", "other"][: 1 + (field == "phone_e164")]})
        kept |= (scored.kinds == KINDS.index(HOUSEHOLD)) & same
    return kept


def reasons(row: Sequence[int], lead: Mapping[str, Any], other: Mapping[str, Any]) -> list[Reason]:
    """What the fields that both know say, in the order of FIELDS; `row` are their levels."""
    return [
        {
            "field": field,
            "says": SAYS[field][LEVELS[field][level]],
            "weight": WEIGHTS[field][level],
            "lead": str(lead.get(column_of(field)) or ""),
            "other": str(other.get(column_of(field)) or ""),
        }
        for field, level in zip(FIELDS, row, strict=True)
        if level
    ]


@lru_cache(maxsize=1 << 16)
def reasons_json(row: tuple[int, ...]) -> str:
    """`reasons` as JSON text, without the values: pairs are many, and what fields say is little."""
    said = reasons(row, {}, {})
    for reason in said:
        del reason["lead"], reason["other"]
    return json.dumps(said, ensure_ascii=False)


def column_of(field: str) -> str:
    """The field of Lead whose values one of FIELDS compares."""
    return "last_name" if field == "suffix" else field


def _among(found: Levels, fields: Mapping[str, Sequence[str]]) -> Mask:
    """Rows that have in each of these fields one of the levels named."""
    hit: Mask = np.ones(len(found), dtype=np.bool_)
    for field, names in fields.items():
        numbers = [LEVELS[field].index(name) for name in names]
        hit &= np.isin(found[:, FIELDS.index(field)], numbers)
    return hit


def _table(question: Mapping[str, Any]) -> tuple[Scores, float]:
    table = np.zeros((len(FIELDS), _LONGEST))
    for field, named in question["weights"].items():
        for level, weight in named.items():
            table[FIELDS.index(field), LEVELS[field].index(level)] = weight
    return table, float(question["bias"])


_TABLES = {name: _table(question) for name, question in _read("weights.json").items()}
WEIGHTS: dict[str, list[float]] = {
    field: sum(_TABLES[question][0][place] for question in QUESTIONS).round(2).tolist()
    for place, field in enumerate(FIELDS)
}

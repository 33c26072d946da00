"""Score pairs of leads and write those that say something."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from leads.dedup import read
from leads.dedup.candidates import Candidates
from leads.dedup.keys import RULES
from leads.dedup.people import FIELDS
from leads.dedup.score import DUPLICATE, KINDS, PERSON, Scored, reasons, score, worth_keeping
from leads.dedup.write_pairs import FoundPair, write

_AT_ONCE = 100_000  # pairs


@dataclass
class Found:
    """What a match found: pairs by kind; of those of the same person how many are certain
    (`duplicates`, at least score.DUPLICATE) and how many are a person's to decide; how many of
    all were not known before (`written`); how many pairs were compared; and by kind of key how
    many keys too many leads had (`too_common`)."""

    kinds: Counter[str] = field(default_factory=Counter)
    duplicates: int = 0
    to_decide: int = 0
    written: int = 0
    compared: int = 0
    too_common: Counter[str] = field(default_factory=Counter)


def judge(pairs: Candidates, found: Found) -> None:
    """Score the pairs, write those worth it, and count them in `found`."""
    for part in pairs.parts(_AT_ONCE):
        leads = read.leads(np.unique(np.concatenate([part.newer, part.older])))
        newer, there = leads.places(part.newer)
        older, older_there = leads.places(part.older)
        # A duplicate is only compared with the lead that it stands back for.
        first, second = leads.stands_for[newer], leads.stands_for[older]
        stand = (first == 0) | (first == part.older)
        stand &= (second == 0) | (second == part.newer)
        (kept,) = np.nonzero(there & older_there & stand)
        newer, older, rules = newer[kept], older[kept], part.kind[kept]
        scored = score(leads.people.at(newer), leads.people.at(older))
        (worth,) = np.nonzero(worth_keeping(scored))
        found.compared += len(kept)
        found.written += write(_pairs(leads, newer, older, rules, scored, worth))
        _count(scored, worth, found)


def _pairs(
    leads: read.Leads, newer: read.Ids, older: read.Ids, rules: read.Ids, scored: Scored,
    worth: read.Ids,
) -> Iterator[FoundPair]:  # fmt: skip
    ids = leads.ids.tolist()
    columns = (
        newer[worth].tolist(),
        older[worth].tolist(),
        rules[worth].tolist(),
        scored.kinds[worth].tolist(),
        scored.scores[worth].tolist(),
        scored.levels[worth].tolist(),
    )
    for one, other, rule, kind, points, row in zip(*columns, strict=True):
        lead = dict(zip(FIELDS, leads.given[one], strict=True))
        twin = dict(zip(FIELDS, leads.given[other], strict=True))
        yield FoundPair(
            ids[one], ids[other], KINDS[kind], points, RULES[rule], reasons(row, lead, twin)
        )


def _count(scored: Scored, worth: read.Ids, found: Found) -> None:
    kinds, scores = scored.kinds[worth], scored.scores[worth]
    for place, kind in enumerate(KINDS):
        if number := int((kinds == place).sum()):
            found.kinds[kind] += number
    certain = int(((kinds == KINDS.index(PERSON)) & (scores >= DUPLICATE)).sum())
    found.duplicates += certain
    found.to_decide += int((kinds == KINDS.index(PERSON)).sum()) - certain

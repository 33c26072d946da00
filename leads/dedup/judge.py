"""Score pairs of leads and write those that say something."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from leads.dedup import atom_store, binary, read
from leads.dedup.candidates import Candidates
from leads.dedup.glance import Seen, glance, seen_of
from leads.dedup.keys import CODE
from leads.dedup.levels import Mask
from leads.dedup.read import Batch, Ids
from leads.dedup.score import DUPLICATE, KINDS, PERSON, Scored, score, worth_keeping
from leads.dedup.texts import Places
from leads.dedup.write_pairs import NOT_READ, FoundPairs, Writer

# Pairs: so many are looked at, and so many of what is left are compared at a time.
_AT_ONCE = 4_000_000
_SCORED_AT_ONCE = 20_000


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


def judge(batch: Batch, pairs: Candidates, import_id: int | None, found: Found) -> None:
    """Score pairs of the batch's leads with each other and with known ones; write those worth it,
    and the parts of the batch's keys, and count in `found`. `import_id` is that of the whole
    batch, if it is of one."""
    with Writer() as writer:
        seen = seen_of(batch.atoms)
        writer.also(partial(atom_store.add, ids=batch.ids, seen=seen, import_id=import_id))
        for each in pairs.parts(_AT_ONCE):
            part = _at_a_glance(batch, seen, each)
            leads, newer, older = _with_known(batch, part)
            (kept,) = np.nonzero((newer >= 0) & (older >= 0))
            newer, older, rules = newer[kept], older[kept], part.kind[kept]
            # After the batch stand the known ones.
            imports = np.where(newer < len(batch.ids), import_id or NOT_READ, NOT_READ)
            # A duplicate is only compared with the lead that it stands back for.
            stands = _stands(leads, newer, older) & _stands(leads, older, newer)
            of_all = seen if leads is batch else seen_of(leads.atoms)
            (kept,) = np.nonzero(stands & glance(of_all, newer, older, rules))
            found.compared += len(kept)
            for start in range(0, len(kept), _SCORED_AT_ONCE):
                some = kept[start : start + _SCORED_AT_ONCE]
                scored, worth = _score(leads, newer[some], older[some], rules[some])
                some = some[worth]
                _count(scored, found)
                one, other = leads.ids[newer[some]], leads.ids[older[some]]
                writer.write(FoundPairs(one, imports[some], other, rules[some], scored))
        found.written += writer.written()


def _at_a_glance(batch: Batch, seen: Seen, part: Candidates) -> Candidates:
    """The pairs without those that what is kept already tells to be worth nothing."""
    newer, older = batch.places(part.newer), batch.places(part.older)
    missing = np.unique(np.concatenate([part.newer[newer < 0], part.older[older < 0]]))
    kept = atom_store.known(binary.raw(), missing) if len(missing) else None
    if kept is None or not len(kept.ids):
        return part
    of_all = np.concatenate([seen, kept.seen])
    for ids, places in ((part.newer, newer), (part.older, older)):
        (others,) = np.nonzero(places < 0)
        where = np.minimum(np.searchsorted(kept.ids, ids[others]), len(kept.ids) - 1)
        there = kept.ids[where] == ids[others]
        places[others[there]] = where[there] + len(batch.ids)
    (told,) = np.nonzero((newer >= 0) & (older >= 0))
    worth = np.ones(len(newer), dtype=np.bool_)
    worth[told] = glance(of_all, newer[told], older[told], part.kind[told])
    return Candidates(*(column[worth] for column in part))


def _with_known(batch: Batch, part: Candidates) -> tuple[Batch, Places, Places]:
    """The batch and what it is compared with, and where the pairs' leads stand in it; -1 for one
    that is not there any more."""
    newer, older = batch.places(part.newer), batch.places(part.older)
    missing = np.concatenate([part.newer[newer < 0], part.older[older < 0]])
    if not len(missing):
        return batch, newer, older
    known = read.of_ids(np.unique(missing).tolist())
    for ids, places in ((part.newer, newer), (part.older, older)):
        (others,) = np.nonzero(places < 0)
        found = known.places(ids[others])
        places[others] = np.where(found < 0, -1, found + len(batch.ids))
    return read.joined([batch, known]), newer, older


def _stands(leads: Batch, one: Places, other: Places) -> Mask:
    stands_for = leads.stands_for[one]
    stands: Mask = (stands_for == 0) | (stands_for == leads.ids[other])
    return stands


def _score(leads: Batch, newer: Places, older: Places, rules: Ids) -> tuple[Scored, Places]:
    """The pairs that are worth writing, scored, and their places among these."""
    involved, places = np.unique(np.concatenate([newer, older]), return_inverse=True)
    people = leads.people(involved)
    scored = score(people.at(places[: len(newer)]), people.at(places[len(newer) :]))
    (worth,) = np.nonzero(worth_keeping(scored) | (rules == CODE))
    return scored.at(worth), worth


def _count(scored: Scored, found: Found) -> None:
    for place, kind in enumerate(KINDS):
        if number := int((scored.kinds == place).sum()):
            found.kinds[kind] += number
    person = scored.kinds == KINDS.index(PERSON)
    certain = int((person & (scored.scores >= DUPLICATE)).sum())
    found.duplicates += certain
    found.to_decide += int(person.sum()) - certain

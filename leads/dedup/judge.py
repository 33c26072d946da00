"""Score pairs of leads and write those that say something."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from itertools import tee
from typing import NamedTuple

import numpy as np

from leads.dedup import atom_store, binary, read
from leads.dedup.candidates import Candidates
from leads.dedup.glance import Seen, glance, seen_of
from leads.dedup.keys import CODE
from leads.dedup.levels import Mask
from leads.dedup.people import People, together
from leads.dedup.read import Batch, Ids
from leads.dedup.score import DUPLICATE, KINDS, PERSON, Scored, score, worth_keeping
from leads.dedup.texts import Places
from leads.dedup.write_pairs import NOT_READ, FoundPairs, Writer

# Pairs: so many are looked at, and so many of what is left are compared at a time.
_AT_ONCE = 4_000_000
_SCORED_AT_ONCE = 5_000


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
            glanced = _at_a_glance(seen, _Placed.of(batch, each))
            # What reads ahead has ended, whatever happens, before the connection is used again.
            with closing(glanced), closing(_with_known(batch, seen, glanced)) as some:
                for leads, newer, older, rules in some:
                    _judge(writer, leads, newer, older, rules, import_id, found)
        found.written += writer.written()


def _judge(
    writer: Writer,
    leads: _Leads,
    newer: Places,
    older: Places,
    rules: Ids,
    import_id: int | None,
    found: Found,
) -> None:
    # A duplicate is only compared with the lead that it stands back for.
    stands = _stands(leads, newer, older) & _stands(leads, older, newer)
    (kept,) = np.nonzero(stands & glance(leads.seen, newer, leads.seen, older, rules))
    found.compared += len(kept)
    newer, older, rules = newer[kept], older[kept], rules[kept]
    scored = score(leads.people.at(newer), leads.people.at(older))
    (worth,) = np.nonzero(worth_keeping(scored) | (rules == CODE))
    newer, older, rules, scored = newer[worth], older[worth], rules[worth], scored.at(worth)
    _count(scored, found)
    imports = np.where(leads.of_batch[newer], import_id or NOT_READ, NOT_READ)
    writer.write(FoundPairs(leads.ids[newer], imports, leads.ids[older], rules, scored))


class _Placed(NamedTuple):
    """Pairs, and where their leads stand in the batch; -1 is a known one."""

    pairs: Candidates
    newer: Places
    older: Places

    @classmethod
    def of(cls, batch: Batch, pairs: Candidates) -> _Placed:
        return cls(pairs, batch.places(pairs.newer), batch.places(pairs.older))

    def at(self, which: Places | slice) -> _Placed:
        pairs = Candidates(*(column[which] for column in self.pairs))
        return _Placed(pairs, self.newer[which], self.older[which])

    def parts(self, size: int) -> Iterator[_Placed]:
        """The same, `size` at a time."""
        for start in range(0, len(self.newer), size):
            yield self.at(slice(start, start + size))


class _Leads(NamedTuple):
    """Leads of pairs, the batch's and known ones."""

    ids: Ids
    of_batch: Mask
    stands_for: Ids
    seen: Seen
    people: People


def _at_a_glance(seen: Seen, placed: _Placed) -> Generator[_Placed, None, None]:
    """The pairs without those that what is kept already tells to be worth nothing: first those of
    the batch's leads with each other, then those with known ones."""
    pairs, newer, older = placed
    (own,) = np.nonzero((newer >= 0) & (older >= 0))
    yield placed.at(own[glance(seen, newer[own], seen, older[own], pairs.kind[own])])
    # One of each pair is of the batch.
    (known_older,), (known_newer,) = np.nonzero(older < 0), np.nonzero(newer < 0)
    asked = atom_store.spans(np.concatenate([pairs.older[known_older], pairs.newer[known_newer]]))
    told = (newer >= 0) & (older >= 0)
    for kept in binary.ahead(partial(atom_store.known, binary.raw()), asked):
        some, there = _kept_of(known_older, pairs.older, kept)
        yield placed.at(some[glance(seen, newer[some], kept.seen, there, pairs.kind[some])])
        told[some] = True
        some, there = _kept_of(known_newer, pairs.newer, kept)
        yield placed.at(some[glance(kept.seen, there, seen, older[some], pairs.kind[some])])
        told[some] = True
    yield placed.at(np.nonzero(~told)[0])


def _kept_of(pairs: Places, known: Ids, kept: atom_store.Kept) -> tuple[Places, Places]:
    """Those of the pairs whose known lead is kept here, and where."""
    places = known[pairs] - kept.first
    (some,) = np.nonzero((places >= 0) & (places < len(kept.there)))
    some = some[kept.there[places[some]]]
    return pairs[some], places[some]


def _with_known(
    batch: Batch, seen: Seen, placed: Iterable[_Placed]
) -> Generator[tuple[_Leads, Places, Places, Ids], None, None]:
    """Some of the pairs at a time: their leads, where the newer and the older one of each stand
    among these, and what found them. Pairs with a lead that is not there any more are left out."""
    parts, again = tee(part for each in placed for part in each.parts(_SCORED_AT_ONCE))
    missing = (
        np.unique(np.concatenate([pairs.newer[newer < 0], pairs.older[older < 0]])).tolist()
        for pairs, newer, older in parts
    )
    for (pairs, newer, older), known in zip(again, read.of_each(missing), strict=True):
        for ids, places in ((pairs.newer, newer), (pairs.older, older)):
            (others,) = np.nonzero(places < 0)
            found = known.places(ids[others])
            # After the batch stand the known ones.
            places[others] = np.where(found < 0, -1, found + len(batch.ids))
        (there,) = np.nonzero((newer >= 0) & (older >= 0))
        involved, among = np.unique(
            np.concatenate([newer[there], older[there]]), return_inverse=True
        )
        leads = _leads(batch, seen, known, involved)
        yield leads, among[: len(there)], among[len(there) :], pairs.kind[there]


def _leads(batch: Batch, seen: Seen, known: Batch, places: Places) -> _Leads:
    """The leads at these places, rising, of the batch and the known ones after it."""
    own = int(np.searchsorted(places, len(batch.ids)))
    mine, others = places[:own], places[own:] - len(batch.ids)
    return _Leads(
        np.concatenate([batch.ids[mine], known.ids[others]]),
        np.arange(len(places)) < own,
        np.concatenate([batch.stands_for[mine], known.stands_for[others]]),
        np.concatenate([seen[mine], seen_of(known.atoms)[others]]),
        together(batch.people(mine), known.people(others)),
    )


def _stands(leads: _Leads, one: Places, other: Places) -> Mask:
    stands_for = leads.stands_for[one]
    stands: Mask = (stands_for == 0) | (stands_for == leads.ids[other])
    return stands


def _count(scored: Scored, found: Found) -> None:
    for place, kind in enumerate(KINDS):
        if number := int((scored.kinds == place).sum()):
            found.kinds[kind] += number
    person = scored.kinds == KINDS.index(PERSON)
    certain = int((person & (scored.scores >= DUPLICATE)).sum())
    found.duplicates += certain
    found.to_decide += int(person.sum()) - certain

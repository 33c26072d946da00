"""Score pairs of leads and write those that say something."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, tee
from typing import NamedTuple

import numpy as np

from leads.dedup import atom_store, binary, read
from leads.dedup.candidates import Candidates
from leads.dedup.glance import Seen, glance, seen_at, seen_of
from leads.dedup.keys import CODE
from leads.dedup.levels import Mask
from leads.dedup.people import People, together
from leads.dedup.read import Batch, Ids
from leads.dedup.score import DUPLICATE, KINDS, PERSON, Scored, score, worth_keeping
from leads.dedup.texts import Places
from leads.dedup.write_pairs import NOT_READ, FoundPairs, Writer

# Pairs: so many are looked at, and so many of what is left are compared at a time. Of the batch's
# own few are looked at, that the database has something to write soon.
_AT_ONCE = 4_000_000
_OWN_AT_ONCE = 100_000
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


def judge(
    batch: Batch,
    seen: Seen,
    pairs: Candidates,
    import_id: int | None,
    writer: Writer,
    found: Found,
) -> None:
    """Score pairs of the batch's leads with each other and with known ones; have those worth it
    written, and count in `found`. `seen` is what a glance sees of the batch, `import_id` is that of
    all of it, if it is of one."""
    for each in pairs.parts(_AT_ONCE):
        own, others = _Placed.of(batch, each).split()
        # While the batch's own are judged it is read what is kept of known leads.
        with _kept(others) as kept:
            some = _of_batch(batch, seen, own)
            more = _with_known(batch, seen, _at_a_glance(seen, others, kept))
            # What reads ahead has ended, whatever happens, before the connection is used again.
            with closing(more):
                for part in chain(some, more):
                    _judge(writer, *part, import_id, found)


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
    (kept,) = np.nonzero(_stands(leads, newer, older) & _stands(leads, older, newer))
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

    def split(self) -> tuple[_Placed, _Placed]:
        """Those of two leads of the batch, and those with a known one."""
        own = (self.newer >= 0) & (self.older >= 0)
        return self.at(np.nonzero(own)[0]), self.at(np.nonzero(~own)[0])

    def known(self) -> tuple[Places, Places]:
        """Which pairs have a known lead as the newer one, and which as the older one."""
        return np.nonzero(self.newer < 0)[0], np.nonzero(self.older < 0)[0]

    def parts(self, size: int) -> Iterator[_Placed]:
        """The same, `size` at a time."""
        for start in range(0, len(self.newer), size):
            yield self.at(slice(start, start + size))


class _Leads(NamedTuple):
    """Leads of pairs, the batch's and known ones."""

    ids: Ids
    of_batch: Mask
    stands_for: Ids
    people: People


# Leads, where the newer and the older one of each pair stand among them, and what found the pair.
_Part = tuple[_Leads, Places, Places, Ids]


def _of_batch(batch: Batch, seen: Seen, placed: _Placed) -> Iterator[_Part]:
    """The pairs worth more than a glance of two leads of the batch, some at a time."""
    for some in placed.parts(_OWN_AT_ONCE):
        (worth,) = np.nonzero(glance(seen, some.newer, seen, some.older, some.pairs.kind))
        for part in some.at(worth).parts(_SCORED_AT_ONCE):
            involved, newer, older = _involved(part.newer, part.older)
            yield _leads(batch, involved, of_batch=True), newer, older, part.pairs.kind


def _involved(newer: Places, older: Places) -> tuple[Places, Places, Places]:
    """The leads of pairs, rising, and where the newer and the older one of each are among them."""
    involved, among = np.unique(np.concatenate([newer, older]), return_inverse=True)
    return involved, among[: len(newer)], among[len(newer) :]


def _kept(placed: _Placed) -> AbstractContextManager[Iterator[atom_store.Kept]]:
    """What is kept of the known leads of pairs, span by span."""
    newer, older = placed.known()
    asked = np.concatenate([placed.pairs.newer[newer], placed.pairs.older[older]])
    return binary.ahead(partial(atom_store.known, binary.raw()), atom_store.spans(asked))


def _at_a_glance(
    seen: Seen, placed: _Placed, spans: Iterable[atom_store.Kept]
) -> Iterator[_Placed]:
    """The pairs with known leads without those that what is kept of these already tells to be worth
    nothing."""
    pairs, newer, older = placed
    known_newer, known_older = placed.known()
    by_newer, by_older = _ById(known_newer, pairs.newer), _ById(known_older, pairs.older)
    told = np.zeros(len(newer), dtype=np.bool_)
    for kept in spans:
        some, there = by_older.of(kept)
        yield placed.at(some[glance(seen, newer[some], kept.seen, there, pairs.kind[some])])
        told[some] = True
        some, there = by_newer.of(kept)
        yield placed.at(some[glance(kept.seen, there, seen, older[some], pairs.kind[some])])
        told[some] = True
    yield placed.at(np.nonzero(~told)[0])


class _ById:
    """Pairs by the id of their known lead: a span's are a piece of them."""

    def __init__(self, pairs: Places, known: Ids) -> None:
        order = np.argsort(known[pairs])
        self._pairs = pairs[order]
        self._ids = known[self._pairs]

    def of(self, kept: atom_store.Kept) -> tuple[Places, Places]:
        """Those of the pairs whose known lead is kept here, and where."""
        low, high = np.searchsorted(self._ids, [kept.first, kept.first + len(kept.there)])
        places = self._ids[low:high] - kept.first
        (there,) = np.nonzero(kept.there[places])
        return self._pairs[low:high][there], places[there]


def _with_known(
    batch: Batch, seen: Seen, placed: Iterable[_Placed]
) -> Generator[_Part, None, None]:
    """Some of the pairs with known leads at a time, but those whose lead is not there any more."""
    parts, again = tee(part for each in placed for part in each.parts(_SCORED_AT_ONCE))
    missing = (
        np.unique(np.concatenate([pairs.newer[newer < 0], pairs.older[older < 0]])).tolist()
        for pairs, newer, older in parts
    )
    with closing(read.of_each(missing)) as coming:
        for (pairs, newer, older), known in zip(again, coming, strict=True):
            for ids, places in ((pairs.newer, newer), (pairs.older, older)):
                (others,) = np.nonzero(places < 0)
                found = known.places(ids[others])
                # After the batch stand the known ones.
                places[others] = np.where(found < 0, -1, found + len(batch.ids))
            (there,) = np.nonzero((newer >= 0) & (older >= 0))
            involved, newer, older = _involved(newer[there], older[there])
            own = int(np.searchsorted(involved, len(batch.ids)))
            mine, others = involved[:own], involved[own:] - len(batch.ids)
            leads = _both(_leads(batch, mine, of_batch=True), _leads(known, others, of_batch=False))
            # Of some of the known ones nothing was kept, and so nothing seen before.
            of_all = np.concatenate([seen_at(seen, mine), seen_at(seen_of(known.atoms), others)])
            rules = pairs.kind[there]
            (worth,) = np.nonzero(glance(of_all, newer, of_all, older, rules))
            yield leads, newer[worth], older[worth], rules[worth]


def _leads(batch: Batch, places: Places, *, of_batch: bool) -> _Leads:
    return _Leads(
        batch.ids[places],
        np.full(len(places), of_batch),
        batch.stands_for[places],
        batch.people(places),
    )


def _both(one: _Leads, other: _Leads) -> _Leads:
    """The leads of one, and after them those of the other."""
    return _Leads(
        np.concatenate([one.ids, other.ids]),
        np.concatenate([one.of_batch, other.of_batch]),
        np.concatenate([one.stands_for, other.stands_for]),
        together(one.people, other.people),
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

"""Which leads share a key: pairs worth a comparison, from sorted keys."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from leads.dedup import key_store
from leads.dedup.binary import Connection
from leads.dedup.key_store import Ids, Sorted
from leads.dedup.texts import ranges


class Shared(NamedTuple):
    """Pairs that share a key of one kind, and how many keys were left out as too common."""

    one: Ids
    other: Ids
    too_common: int


def shared(on: Connection, kind: int, new: Sorted, most: int) -> Shared:
    """Pairs of the new leads with each other and with all known.

    A key that more than `most` leads have says nothing and would make very many pairs.
    """
    places, others = _with_known(on, kind, new)
    starts, sizes = _runs(new)
    block_of = np.repeat(np.arange(len(starts)), sizes)
    hits = np.zeros(len(starts), dtype=np.int64)
    np.add.at(hits, block_of[places], 1)
    # Each new lead of a block was found with the same known ones.
    hits //= sizes
    common = sizes + hits > most
    kept = ~common[block_of[places]]
    own_one, own_other = _with_each_other(new, ~common[block_of] & (sizes > 1)[block_of], most)
    return Shared(
        np.concatenate([new.leads[places[kept]], own_one]),
        np.concatenate([others[kept], own_other]),
        int(common.sum()),
    )


def _runs(new: Sorted) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Where each run of one key starts, and how long it is."""
    (starts,) = np.nonzero(np.diff(new.keys, prepend=np.uint64(0)))
    return starts, np.diff(starts, append=len(new.keys))


def _with_each_other(new: Sorted, within: npt.NDArray[np.bool_], most: int) -> tuple[Ids, Ids]:
    keys, leads = new.keys[within], new.leads[within]
    ones, others = [leads[:0]], [leads[:0]]
    for step in range(1, most):
        (places,) = np.nonzero(keys[step:] == keys[:-step])
        if not len(places):
            break
        ones.append(leads[places])
        others.append(leads[places + step])
    return np.concatenate(ones), np.concatenate(others)


def _with_known(on: Connection, kind: int, new: Sorted) -> tuple[npt.NDArray[np.int64], Ids]:
    """Places of new keys, and for each of them a known lead that has the same key."""
    buckets = dict(new.buckets())
    found, others = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    rests = new.keys.astype(np.uint32)
    for bucket, keys, leads in key_store.known(on, kind, list(buckets)):
        where = buckets[bucket]
        low = np.searchsorted(keys, rests[where], "left")
        counts = np.searchsorted(keys, rests[where], "right") - low
        (hit,) = np.nonzero(counts)
        if len(hit):
            number = counts[hit]
            found.append(np.repeat(hit + where.start, number))
            others.append(leads[ranges(low[hit], number)])
    return np.concatenate(found), np.concatenate(others)

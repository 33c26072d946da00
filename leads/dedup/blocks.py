"""Which leads share a key: pairs worth a comparison, from sorted keys."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from leads.dedup import key_store
from leads.dedup.key_store import Ids, Sorted
from leads.dedup.texts import ranges


class Shared(NamedTuple):
    """Pairs that share a key of one kind, and how many keys were left out as too common."""

    one: Ids
    other: Ids
    too_common: int


def shared(new: Sorted, kept: Iterable[key_store.Row], most: int) -> Shared:
    """Pairs of the new leads with each other and with all known; `kept` is what was read for them.

    A key that more than `most` leads have says nothing and would make very many pairs.
    """
    starts, sizes = _runs(new)
    blocks, others = key_store.known(kept, new.keys[starts])
    common = sizes + np.bincount(blocks, minlength=len(starts)) > most
    (rare,) = np.nonzero(~common[blocks])
    blocks, others = blocks[rare], others[rare]
    own_one, own_other = _with_each_other(new, np.repeat(~common & (sizes > 1), sizes), most)
    return Shared(
        np.concatenate([new.leads[ranges(starts[blocks], sizes[blocks])], own_one]),
        np.concatenate([np.repeat(others, sizes[blocks]), own_other]),
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

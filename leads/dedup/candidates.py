"""Pairs worth a comparison: new leads that share a key with a known one, or with each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from leads.dedup import key_store
from leads.dedup.blocks import shared
from leads.dedup.key_store import Ids, Sorted
from leads.dedup.keys import KINDS, PHONE
from leads.dedup.read import BATCH, Batch

# A pair as one number, which sorts fast: the new lead's id and the other one's, each less the
# lowest, and the kind of key that found them.
_OTHER_BITS, _KIND_BITS = 39, 4
_Pairs = npt.NDArray[np.uint64]


class Candidates(NamedTuple):
    """Pairs, each once: the newer lead, the older one, and the first kind of key they share."""

    newer: Ids
    older: Ids
    kind: npt.NDArray[np.int64]

    def parts(self, size: int) -> Iterator[Candidates]:
        """The same, `size` at a time."""
        for start in range(0, len(self.newer), size):
            yield Candidates(*(column[start : start + size] for column in self))


def candidates(batch: Batch, import_id: int | None, too_common: Counter[str]) -> Candidates:
    """The pairs of these leads; their keys are kept from now on, as those of the import.

    Keys that too many leads have are counted by kind. The leads' ids must be within BATCH.
    """
    found = []
    for kind, new in _sorted_keys(batch):
        pairs = shared(kind, new, KINDS[kind].most)
        if pairs.too_common:
            too_common[KINDS[kind].name] += pairs.too_common
        key_store.add(kind, new, import_id)
        found.append((kind, pairs.one, pairs.other))
    return _each_once(found)


def _sorted_keys(batch: Batch) -> Iterator[tuple[int, Sorted]]:
    for number, kind in enumerate(KINDS):
        keys, leads = kind.of(batch.atoms), batch.ids
        if number == PHONE:
            phones, owners = batch.phones
            keys = np.concatenate([keys, kind.made_of(phones)])
            leads = np.concatenate([leads, owners])
        yield number, key_store.in_order(keys, leads)


def _each_once(found: list[tuple[int, Ids, Ids]]) -> Candidates:
    """All pairs as newer and older lead, each once, with the first kind that found it."""
    ones = [one for _, one, _ in found if len(one)]
    if not ones:
        none = np.empty(0, dtype=np.int64)
        return Candidates(none, none, none)
    # Of two new leads either may be the first.
    low_one = min(int(one.min()) for one in ones)
    low = min(low_one, *(int(other.min()) for _, _, other in found if len(other)))
    packed = np.concatenate([_pack(kind, one, other, low_one, low) for kind, one, other in found])
    packed.sort()
    pairs = packed >> np.uint64(_KIND_BITS)
    first = np.diff(pairs, prepend=np.uint64(0xFFFF_FFFF_FFFF_FFFF)) != 0
    pairs, kinds = pairs[first], packed[first] & np.uint64((1 << _KIND_BITS) - 1)
    one = (pairs >> np.uint64(_OTHER_BITS)).astype(np.int64) + low_one
    other = (pairs & np.uint64((1 << _OTHER_BITS) - 1)).astype(np.int64) + low
    return Candidates(np.maximum(one, other), np.minimum(one, other), kinds.astype(np.int64))


def _pack(kind: int, one: Ids, other: Ids, low_one: int, low: int) -> _Pairs:
    """The pairs as numbers; of two leads near each other, either order is one pair."""
    near = (other >= low_one) & (other < low_one + BATCH) & (other > one)
    one, other = np.where(near, other, one), np.where(near, one, other)
    differ = one != other
    packed: _Pairs = ((one[differ] - low_one) << (_OTHER_BITS + _KIND_BITS)).astype(np.uint64)
    packed |= (((other[differ] - low) << _KIND_BITS) | kind).astype(np.uint64)
    return packed

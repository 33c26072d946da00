"""Pairs worth a comparison: new leads that share a key with a known one, or with each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from leads.dedup import binary, key_store
from leads.dedup.blocks import shared
from leads.dedup.key_store import Ids, Sorted, at_most, in_order, once
from leads.dedup.keys import KINDS, PHONE
from leads.dedup.read import BATCH, Batch
from leads.dedup.write_pairs import Writer

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


def candidates(
    batch: Batch, import_id: int | None, writer: Writer, too_common: Counter[str]
) -> Candidates:
    """The pairs of these leads; their keys are kept from now on, as those of the import.

    Keys that too many leads have are counted by kind. The leads' ids must be within BATCH.
    """
    on = binary.raw()

    def read(new: tuple[int, Sorted]) -> tuple[int, Sorted, list[key_store.Row]]:
        number, keys = new
        return number, keys, key_store.read(on, number, keys.keys)

    found = []
    sorted_keys = ((number, _sorted(batch, number)) for number in range(len(KINDS)))
    with binary.ahead(read, sorted_keys) as coming:
        for number, new, kept in coming:
            kind = KINDS[number]
            pairs, keep = shared(new, kept, kind.most), at_most(kind.most, new)
            writer.also(partial(key_store.add, kind=number, new=keep, import_id=import_id))
            found.append((number, pairs.one, pairs.other))
            if pairs.too_common:
                too_common[kind.name] += pairs.too_common
    return _each_once(found)


def _sorted(batch: Batch, number: int) -> Sorted:
    keys, leads = KINDS[number].of(batch.atoms), batch.ids
    phones, owners = batch.phones
    if number != PHONE or not len(phones):
        return in_order(keys, leads)
    keys = np.concatenate([keys, KINDS[number].made_of(phones)])
    # A lead may have the same number twice.
    return once(in_order(keys, np.concatenate([leads, owners])))


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

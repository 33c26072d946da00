"""A column of short texts as one array of bytes: a million of them in the space of a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Places = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.uint32]
_END, _SPACE = ord("\n"), ord(" ")
_AT_ONCE = 1 << 15
# Odd numbers, one for each place of a text; longer texts go round.
_WEIGHTS = np.random.default_rng(7).integers(1, 2**63, 512, dtype=np.uint64) | np.uint64(1)


class Texts(NamedTuple):
    """ASCII texts in one array, each from its start to its end."""

    data: npt.NDArray[np.uint8]
    starts: Places
    ends: Places

    def strings(self, places: Places) -> list[str]:
        """The texts at these places."""
        whole = self.data.tobytes().decode("ascii")
        starts, ends = self.starts[places].tolist(), self.ends[places].tolist()
        return [whole[start:end] for start, end in zip(starts, ends, strict=True)]

    def first_letters(self, number: int) -> Numbers:
        """A number made of the first letters (up to four); 0 for an empty text."""
        made = np.zeros(len(self.ends), dtype=np.uint32)
        for place in range(number):
            there = self.starts + place
            letter = np.where(there < self.ends, self.data[np.minimum(there, self.ends)], 0)
            made = made * np.uint32(256) + letter.astype(np.uint32)
        return made

    def but_first_word(self) -> Texts:
        """What follows the first word of each; the whole text if it has one only."""
        ends = self.word_ends()
        return Texts(self.data, np.where(ends < self.ends, ends + 1, self.starts), self.ends)

    def word_ends(self) -> Places:
        """Where the first word of each ends."""
        return np.minimum(self.next(_SPACE), self.ends)

    def next(self, sign: int) -> Places:
        """Where this sign comes next after the beginning of each, in whichever text."""
        (found,) = np.nonzero(self.data == sign)
        found = np.append(found, len(self.data))
        return found[np.searchsorted(found, self.starts)]

    def hashes(self, ends: Places | None = None) -> Numbers:
        """A number of each text, or of its part up to `ends`; 0 for an empty one."""
        ends = self.ends if ends is None else ends
        made = np.zeros(len(ends), dtype=np.uint32)
        for start in range(0, len(ends), _AT_ONCE):
            some = slice(start, start + _AT_ONCE)
            made[some] = _hashes(self.data, self.starts[some].astype(np.int64), ends[some])
        return made


def texts(joined: str, number: int) -> Texts | None:
    """Texts from one that has them joined by ends of line; None if it is not so many."""
    data = np.frombuffer(f"{joined}\n".encode("ascii") if number else b"", np.uint8)
    ends = np.nonzero(data == _END)[0].astype(np.int32)
    if len(ends) != number:
        return None
    return Texts(
        data,
        np.concatenate([ends[:0] if not number else [0], ends[:-1] + 1]).astype(np.int32),
        ends,
    )


def together(parts: Sequence[Texts]) -> Texts:
    """All texts of the parts, one part after the other."""
    if len(parts) == 1:
        return parts[0]
    before = np.cumsum([0, *(len(part.data) for part in parts[:-1])])
    kind = np.int32 if sum(len(part.data) for part in parts) < 2**31 else np.int64
    sizes = before.astype(kind).tolist()
    return Texts(
        np.concatenate([part.data for part in parts]),
        np.concatenate([part.starts + kind(size) for part, size in zip(parts, sizes, strict=True)]),
        np.concatenate([part.ends + kind(size) for part, size in zip(parts, sizes, strict=True)]),
    )


def _hashes(data: npt.NDArray[np.uint8], starts: Places, ends: Places) -> Numbers:
    lengths = np.maximum(ends - starts, 0)
    before = np.cumsum(lengths) - lengths
    within = np.arange(int(lengths.sum())) - np.repeat(before, lengths)
    letters = data[within + np.repeat(starts, lengths)].astype(np.uint64)
    weighed = (letters + np.uint64(1)) * _WEIGHTS[within % len(_WEIGHTS)]
    sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(weighed)])
    made = (sums[before + lengths] - sums[before]) >> np.uint64(32)
    return np.where(lengths > 0, np.maximum(made, np.uint64(1)), np.uint64(0)).astype(np.uint32)

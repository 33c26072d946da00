"""A column of short texts as one array of bytes: a million of them in the space of a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Places = npt.NDArray[np.signedinteger[Any]]
Numbers = npt.NDArray[np.uint32]
_END, _SPACE = ord("\n"), ord(" ")
_AT_ONCE = 1 << 15
# Odd numbers, one for each place of a text; longer texts go round. (So many: a power of two.)
_WEIGHTS = np.random.default_rng(7).integers(1, 2**32, 512, dtype=np.uint32) | np.uint32(1)
_BITS = np.zeros(256, dtype=np.uint32)
_BITS[ord("a") : ord("z") + 1] = np.uint32(1) << np.arange(26, dtype=np.uint32)
_BITS[_SPACE] = SPACE = 1 << 31
_PAIR_BITS = np.uint32(1) << np.random.default_rng(11).integers(0, 32, 1 << 16, dtype=np.uint32)
_PAIR_BITS[_END << 8 : (_END + 1) << 8] = 0


class Texts(NamedTuple):
    """ASCII texts in one array, each from its start to its end."""

    data: npt.NDArray[np.uint8]
    starts: Places
    ends: Places

    def strings(self, places: Places) -> list[str]:
        """The texts at these places."""
        if len(self.data) == len(self.ends):
            return [""] * len(places)
        # Each with the end of line that follows it, by which they are told apart again.
        starts, lengths = self.starts[places], self.ends[places] + 1 - self.starts[places]
        wanted = self.data[ranges(starts.astype(np.int64), lengths.astype(np.int64))]
        return wanted.tobytes().decode("ascii").split("\n")[:-1]

    def first_letters(self, number: int) -> Numbers:
        """A number made of the first letters (up to four); 0 for an empty text."""
        made = np.zeros(len(self.ends), dtype=np.uint32)
        for place in range(number):
            there = self.starts + place
            letter = np.where(there < self.ends, self.data[np.minimum(there, self.ends)], 0)
            made = made * np.uint32(256) + letter.astype(np.uint32)
        return made

    def letters(self) -> Numbers:
        """Which letters a text has: a bit for each, and the highest one for a space."""
        made = np.zeros(len(self.ends), dtype=np.uint32)
        bits = _BITS[self.data]
        (filled,) = np.nonzero(self.ends > self.starts)
        if len(filled):
            # An end of line stands between two texts and has no bit.
            made[filled] = np.bitwise_or.reduceat(bits, self.starts[filled])
        return made

    def pairs(self) -> Numbers:
        """Which two letters follow each other in a text, and which one is its last: a bit for each
        of 32 groups of these."""
        made = np.zeros(len(self.ends), dtype=np.uint32)
        (filled,) = np.nonzero(self.ends > self.starts)
        if len(filled):
            # What follows an end of line is of the next text.
            two = self.data[:-1].astype(np.uint16) << 8
            two |= self.data[1:]
            made[filled] = np.bitwise_or.reduceat(_PAIR_BITS.take(two), self.starts[filled])
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

    def hashes(self, *ends: Places) -> list[Numbers]:
        """For each of the `ends`, which lie within the texts, a number of each text up to there;
        0 for nothing."""
        made = [np.zeros(len(self.ends), dtype=np.uint32) for _ in ends]
        for start in range(0, len(self.ends), _AT_ONCE):
            some = slice(start, start + _AT_ONCE)
            starts = self.starts[some]
            sums = _sums(self.data, starts, int(self.ends[some][-1]))
            for numbers, end in zip(made, ends, strict=True):
                within = np.maximum(end[some], starts)
                found = sums[within - starts[0]] - sums[starts - starts[0]]
                numbers[some] = np.where(within > starts, np.maximum(found, 1), 0)
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


def ranges(starts: npt.NDArray[np.int64], lengths: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """start, start + 1, … for each start, so many as its length says, one after the other."""
    before = np.repeat(np.cumsum(lengths) - lengths, lengths)
    return np.arange(lengths.sum()) - before + np.repeat(starts, lengths)


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


def _sums(data: npt.NDArray[np.uint8], starts: Places, end: int) -> Numbers:
    """Sums of weighed letters from the first start up to each place."""
    lengths = np.diff(starts, append=end + 1)
    # With numbers of the machine's own size numpy takes what it would copy first otherwise.
    within = np.arange(int(lengths.sum()), dtype=np.intp)
    within -= np.repeat(starts.astype(np.intp) - int(starts[0]), lengths)
    if lengths.max() > len(_WEIGHTS):
        within &= len(_WEIGHTS) - 1
    letters = data[starts[0] : end].astype(np.uint32)
    letters += np.uint32(1)
    letters *= _WEIGHTS.take(within[:-1])
    sums = np.zeros(len(letters) + 1, dtype=np.uint32)
    np.cumsum(letters, out=sums[1:])
    return sums

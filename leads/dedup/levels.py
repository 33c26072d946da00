"""How far two values of a field agree, as one of a few levels; many pairs at once.

What each level weighs, and its words for a reviewer, stand in weights.json.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA, JaroWinkler

from leads.dedup.names import are_parts, are_variants, is_initial, is_known
from leads.dedup.people import People, Strings

Levels = npt.NDArray[np.int8]
Mask = npt.NDArray[np.bool_]

# By field of Lead; a level's number is its place. The first is that of a value not known.
LEVELS: dict[str, tuple[str, ...]] = {
    "first_name": ("unknown", "same", "variant", "typo", "similar", "differs", "swapped"),
    "last_name": ("unknown", "same", "part", "typo", "similar", "differs", "swapped"),
    "date_of_birth": ("unknown", "same", "swapped", "typo", "close", "differs"),
    "address1": ("unknown", "same", "close", "near", "similar", "differs"),
    "city": ("unknown", "same", "close", "differs"),
    "postal_code": ("unknown", "same", "close", "differs"),
    "phone_e164": ("unknown", "same", "other", "close", "differs"),
    "email": ("unknown", "same", "close", "differs"),
    "suffix": ("unknown", "same", "one", "differs"),
}
FIELDS = tuple(LEVELS)
# Of Jaro and Winkler: from here on a name may be a slip of the pen, or is at least similar.
SLIP, SIMILAR = 0.94, 0.8
_LEAST_DIGITS = 7  # of a number that may be compared without its country's code


def number(field: str, level: str) -> int:
    return LEVELS[field].index(level)


def levels(one: People, other: People) -> Levels:
    """The levels of pairs: a row for each pair, a column for each of FIELDS."""
    first = _compared(one.first, other.first, _first_names)
    last = _compared(one.last, other.last, _family_names)
    _swap(one, other, first, last)
    columns = [
        first,
        last,
        _compared(one.born, other.born, _dates),
        _streets(one, other),
        _compared(one.city, other.city, _cities),
        _compared(one.postal, other.postal, _codes),
        _phones(one, other),
        _compared(one.email, other.email, _emails),
        _suffixes(one.suffix, other.suffix),
    ]
    found: Levels = np.column_stack(columns)
    return found


def _compared(
    one: Strings, other: Strings, of_unequal: Callable[[list[str], list[str]], Levels]
) -> Levels:
    """0 where a value is missing, 1 where they are equal, else what the function says."""
    known: Mask = (one != "") & (other != "")
    same = one == other
    found: Levels = (known & same).astype(np.int8)
    (unequal,) = np.nonzero(known & ~same)
    if len(unequal):
        found[unequal] = of_unequal(one[unequal].tolist(), other[unequal].tolist())
    return found


def _distances(one: list[str], other: list[str], most: int) -> npt.NDArray[np.uint8]:
    """How many letters were added, left out, changed or swapped; one more than `most` for more."""
    return process.cpdist(one, other, scorer=OSA.distance, dtype=np.uint8, score_cutoff=most)


def _alike(one: list[str], other: list[str]) -> npt.NDArray[np.float32]:
    """Jaro and Winkler's likeness of names; 0 for those that are not SIMILAR."""
    return process.cpdist(
        one, other, scorer=JaroWinkler.similarity, dtype=np.float32, score_cutoff=SIMILAR
    )


def _ratio(scorer: Any, one: list[str], other: list[str], least: float) -> npt.NDArray[np.float32]:
    found: npt.NDArray[np.float32] = process.cpdist(
        one, other, scorer=scorer, dtype=np.float32, score_cutoff=least
    )
    return found


def _names(one: list[str], other: list[str]) -> tuple[Mask, Mask]:
    """Which names may be the same mistyped, a letter or two; and which are similar at least."""
    distance, alike = _distances(one, other, 2), _alike(one, other)
    length = np.minimum(list(map(len, one)), list(map(len, other)))
    slip = ((distance <= 2) & (length >= 6)) | ((distance <= 1) & (length >= 3)) | (alike >= SLIP)
    return slip, alike >= SIMILAR


def _first_names(one: list[str], other: list[str]) -> Levels:
    slip, similar = _names(one, other)
    known = np.fromiter(
        (is_known(x) and is_known(y) for x, y in zip(one, other, strict=True)), bool
    )
    found = np.select([slip & ~known, slip | similar], [3, 4], 5).astype(np.int8)
    found[np.fromiter(map(are_variants, one, other), bool)] = 2
    return found


def _family_names(one: list[str], other: list[str]) -> Levels:
    found = _last_names(one, other)
    # Not in each other's place: A. Smith is not S. Adams.
    found[np.fromiter(map(is_initial, one, other), bool)] = 2
    return found


def _last_names(one: list[str], other: list[str]) -> Levels:
    slip, similar = _names(one, other)
    found = np.select([slip, similar], [3, 4], 5).astype(np.int8)
    # Few names have parts at all.
    parts = [(" " in x or " " in y) and are_parts(x, y) for x, y in zip(one, other, strict=True)]
    found[np.array(parts, dtype=np.bool_)] = 2
    return found


def _swap(one: People, other: People, first: Levels, last: Levels) -> None:
    """Mark pairs whose given and family name stand in each other's place, or one of them does."""
    (places,) = np.nonzero((first >= 4) & ((last >= 4) | (last == 0)))
    if not len(places):
        return
    a, b = one.at(places), other.at(places)
    crossed = _compared(a.first, b.last, _last_names), _compared(a.last, b.first, _last_names)
    both = np.isin(crossed[0], (1, 2, 3)) & np.isin(crossed[1], (1, 2, 3))
    first[places[both]], last[places[both]] = 6, 6
    first[places[(crossed[0] == 1) | (crossed[1] == 1)]] = 6


def _dates(one: list[str], other: list[str]) -> Levels:
    distance = _distances(one, other, 2)
    x, y = (np.array(dates, dtype="U8").view("U1").reshape(-1, 8) for dates in (one, other))
    year = (x[:, :4] == y[:, :4]).all(axis=1)
    month, day = (x[:, 4:6] == y[:, 4:6]).all(axis=1), (x[:, 6:] == y[:, 6:]).all(axis=1)
    crossed = (x[:, 4:6] == y[:, 6:]).all(axis=1) & (x[:, 6:] == y[:, 4:6]).all(axis=1)
    two = (year.astype(np.int8) + month + day == 2) | (distance == 2)
    return np.select([year & crossed, distance == 1, two], [2, 3, 4], 5).astype(np.int8)


def _streets(one: People, other: People) -> Levels:
    found = _compared(one.street, other.street, _lines)
    close = found == 2
    houses = (one.house != other.house) & (one.house != "") & (other.house != "")
    found[close & houses] = 3
    return found


def _lines(one: list[str], other: list[str]) -> Levels:
    alike = np.maximum(
        _ratio(fuzz.ratio, one, other, 70), _ratio(fuzz.token_sort_ratio, one, other, 70)
    )
    return np.select([alike >= 85, alike >= 70], [2, 4], 5).astype(np.int8)


def _cities(one: list[str], other: list[str]) -> Levels:
    return np.where(_ratio(fuzz.ratio, one, other, 80) >= 80, 2, 3).astype(np.int8)


def _codes(one: list[str], other: list[str]) -> Levels:
    return np.where(_distances(one, other, 1) == 1, 2, 3).astype(np.int8)


def _phones(one: People, other: People) -> Levels:
    found = _compared(
        one.phone,
        other.phone,
        lambda x, y: np.where(_distances(x, y, 1) == 1, 3, 4).astype(np.int8),
    )
    more = (one.other != "") | (other.other != "")
    (places,) = np.nonzero(more & (found != 1))
    for place in places.tolist():
        numbers = one.phone[place], one.other[place]
        others = other.phone[place], other.other[place]
        if any(is_same_number(x, y) for x in numbers for y in others):
            found[place] = 2
    return found


def is_same_number(one: str, other: str) -> bool:
    """Whether two texts of digits are one number, with or without the country's code."""
    short, long = (one, other) if len(one) <= len(other) else (other, one)
    return len(short) >= _LEAST_DIGITS and long.endswith(short)


def _emails(one: list[str], other: list[str]) -> Levels:
    local = [x.partition("@")[0] == y.partition("@")[0] for x, y in zip(one, other, strict=True)]
    near = (_distances(one, other, 2) <= 2) | np.array(local)
    return np.where(near, 2, 3).astype(np.int8)


def _suffixes(one: Strings, other: Strings) -> Levels:
    found = np.where(one == other, 1, np.where((one == "") | (other == ""), 2, 3))
    found[(one == "") & (other == "")] = 0
    return found.astype(np.int8)

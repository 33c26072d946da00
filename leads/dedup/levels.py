"""How far two values of a field agree, as one of a few levels; many pairs at once.

What each level weighs, and its words for a reviewer, stand in weights.json.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA, JaroWinkler

from leads.dedup.names import are_parts, are_variants, is_known
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
_LEAST_DIGITS = 7  # of a number that may be compared without its country's code


def number(field: str, level: str) -> int:
    return LEVELS[field].index(level)


def levels(one: People, other: People) -> Levels:
    """The levels of pairs: a row for each pair, a column for each of FIELDS."""
    first = _compared(one.first, other.first, _first_names)
    last = _compared(one.last, other.last, _last_names)
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
    return np.column_stack(columns)


def _compared(
    one: Strings, other: Strings, of_unequal: Callable[[list[str], list[str]], Sequence[int]]
) -> Levels:
    """0 where a value is missing, 1 where they are equal, else what the function says."""
    known = (one != "") & (other != "")
    same = one == other
    found = (known & same).astype(np.int8)
    (unequal,) = np.nonzero(known & ~same)
    if len(unequal):
        found[unequal] = of_unequal(one[unequal].tolist(), other[unequal].tolist())
    return found


def _each(scorer: Any, one: Sequence[str], other: Sequence[str], dtype: Any) -> list[Any]:
    """The scores of pairs."""
    found: list[Any] = process.cpdist(one, other, scorer=scorer, dtype=dtype).tolist()
    return found


def _distances(one: list[str], other: list[str]) -> list[int]:
    return _each(OSA.distance, one, other, np.int32)


def _likeness(one: list[str], other: list[str]) -> list[float]:
    return _each(JaroWinkler.similarity, one, other, np.float32)


def _slip(x: str, y: str, distance: int, alike: float) -> bool:
    """Whether one may be the other mistyped: a letter or two, more than a third of none."""
    length = min(len(x), len(y))
    return (distance <= 2 and length >= 6) or (distance <= 1 and length >= 3) or alike >= 0.94


def _first_names(one: list[str], other: list[str]) -> list[int]:
    return [
        2
        if are_variants(x, y)
        else (4 if is_known(x) and is_known(y) else 3)
        if _slip(x, y, distance, alike)
        else 4
        if alike >= 0.8
        else 5
        for x, y, distance, alike in zip(
            one, other, _distances(one, other), _likeness(one, other), strict=True
        )
    ]


def _last_names(one: list[str], other: list[str]) -> list[int]:
    return [
        2 if are_parts(x, y) else 3 if _slip(x, y, distance, alike) else 4 if alike >= 0.8 else 5
        for x, y, distance, alike in zip(
            one, other, _distances(one, other), _likeness(one, other), strict=True
        )
    ]


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


def _dates(one: list[str], other: list[str]) -> list[int]:
    return [
        _date(x, y, distance)
        for x, y, distance in zip(one, other, _distances(one, other), strict=True)
    ]


def _date(x: str, y: str, distance: int) -> int:
    if x[:4] == y[:4] and x[4:6] == y[6:] and x[6:] == y[4:6]:
        return 2
    if distance == 1:
        return 3
    parts = (x[:4] == y[:4]) + (x[4:6] == y[4:6]) + (x[6:] == y[6:])
    return 4 if parts == 2 or distance == 2 else 5


def _streets(one: People, other: People) -> Levels:
    found = _compared(one.street, other.street, _lines)
    close = found == 2
    houses = (one.house != other.house) & (one.house != "") & (other.house != "")
    found[close & houses] = 3
    return found


def _lines(one: list[str], other: list[str]) -> list[int]:
    sorted_ = _each(fuzz.token_sort_ratio, one, other, np.float32)
    plain = _each(fuzz.ratio, one, other, np.float32)
    alike = np.maximum(sorted_, plain)
    return list(np.select([alike >= 85, alike >= 70], [2, 4], 5))


def _cities(one: list[str], other: list[str]) -> list[int]:
    return [2 if alike >= 80 else 3 for alike in _each(fuzz.ratio, one, other, np.float32)]


def _codes(one: list[str], other: list[str]) -> list[int]:
    return [2 if distance == 1 else 3 for distance in _distances(one, other)]


def _phones(one: People, other: People) -> Levels:
    found = _compared(
        one.phone,
        other.phone,
        lambda x, y: [3 if distance == 1 else 4 for distance in _distances(x, y)],
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


def _emails(one: list[str], other: list[str]) -> list[int]:
    found = []
    for x, y, distance in zip(one, other, _distances(one, other), strict=True):
        near = distance <= 2 or x.partition("@")[0] == y.partition("@")[0]
        found.append(2 if near else 3)
    return found


def _suffixes(one: Strings, other: Strings) -> Levels:
    found = np.where(one == other, 1, np.where((one == "") | (other == ""), 2, 3))
    found[(one == "") & (other == "")] = 0
    return found.astype(np.int8)

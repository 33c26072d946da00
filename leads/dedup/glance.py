"""A glance at pairs that share a key: which are worth comparing text by text.

Only numbers are looked at (`seen_of`): the parts of the keys, and which letters a name has. What is
left out has nothing of a person's own in common (birth date, e-mail, phone), and names or addresses
that are plainly others. `benchmarks/dedup_fit.py --glance` says how many of the pairs that a full
comparison would show are lost by that, and how many of those are true.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from leads.dedup.keys import CODE, PHONE, Atoms
from leads.dedup.levels import Mask
from leads.dedup.names import NICKNAMES
from leads.dedup.texts import SPACE, Numbers, Places, texts

# What is seen of a lead, a row each: of most parts of its keys only whether two are the same.
Seen = npt.NDArray[np.void]
Shorts = npt.NDArray[np.uint16]
_LETTERS = ("first_letters", "last_letters")
_PARTS = (
    "phone_less", "phone_head", "phone_end", "email", "local", "born", "postal", "city", "house",
    "street", "first", "first_letter", "first_name", "last",
)  # fmt: skip
_ROW = np.dtype([(name, np.uint32) for name in _LETTERS] + [(name, np.uint16) for name in _PARTS])
# Names that differ in no more letters may be slips of the pen.
_SLIPS = 3
_NICKNAME_BITS = 22  # of the places of a table for pairs of names
_AT_ONCE = 1 << 15  # pairs: what the processor keeps at hand


def seen_of(atoms: Atoms) -> Seen:
    """What a glance sees of the leads with these parts of keys."""
    made = np.zeros(len(atoms["born"]), dtype=_ROW)
    for start in range(0, len(made), _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        for name in _LETTERS:
            made[name][some] = atoms[name][some]
        for name in _PARTS:
            made[name][some] = _short(atoms[name][some])
    return made


def nothing_seen(number: int) -> Seen:
    """What a glance sees of so many leads of which nothing is known."""
    return np.zeros(number, dtype=_ROW)


def as_lumps(seen: Seen) -> npt.NDArray[np.void]:
    """The same rows, each as one lump: numpy takes and sets those of a structure field by field,
    ten times as slowly."""
    return seen.view(np.dtype((np.void, _ROW.itemsize)))


def _rows(seen: Seen, places: Places) -> Seen:
    rows: Seen = np.take(as_lumps(seen), places).view(_ROW)
    return rows


def _short(numbers: Numbers) -> Shorts:
    """The numbers in 16 bits; 0 stays 0. Two in 65,536 become the same: a comparison more."""
    mixed = (numbers * np.uint32(0x9E3779B1)) >> np.uint32(16)
    return np.where(numbers == 0, 0, np.maximum(mixed, 1)).astype(np.uint16)


def glance(
    of_one: Seen, one: Places, of_other: Seen, other: Places, kind: npt.NDArray[np.int64]
) -> Mask:
    """Which pairs are worth it, of leads at these places of what is seen of each; all that share a
    phone number or a code of their source are."""
    worth: Mask = (kind == PHONE) | (kind == CODE)
    for start in range(0, len(one), _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        worth[some] |= ~strangers(_rows(of_one, one[some]), _rows(of_other, other[some]))
    return worth


def strangers(one: Seen, other: Seen) -> Mask:
    """Pairs that are not one person, as far as numbers tell. What is not known is no difference."""

    def same(name: str) -> Mask:
        found: Mask = (one[name] == other[name]) & (one[name] != 0)
        return found

    def others(name: str) -> Mask:
        found: Mask = (one[name] != other[name]) & (one[name] != 0) & (other[name] != 0)
        return found

    no_contact = ~(same("email") | same("local"))
    nothing = no_contact & ~same("born")
    # With one wrong digit, the last one, the three before or the rest of the number differ alone.
    phone = others("phone_less") & others("phone_head") & others("phone_end")
    away = others("house") & others("street")
    far = away & others("postal") & others("city")
    home = same("house") & same("street")
    first, last = _other_names(one, other)
    # Housemates and neighbours.
    found: Mask = nothing & phone & first & (others("first_letter") | ~home)
    # Namesakes, and two whose phones follow each other.
    found |= nothing & ((away & last) | (far & (phone | first)))
    # Twins of two homes, and who else was born on the same day, or was not.
    found |= no_contact & first & ((far & last) | others("born"))
    return found


def _other_names(one: Seen, other: Seen) -> tuple[Mask, Mask]:
    """Pairs of two given names, and of two family names, that cannot be the same."""
    may_be = _swapped(one, other)
    first = _alike("first", one, other) | _nicknames(one["first_name"], other["first_name"])
    last = _alike("last", one, other)
    known_first = (one["first"] != 0) & (other["first"] != 0)
    known_last = (one["last"] != 0) & (other["last"] != 0)
    return known_first & ~(first | may_be), known_last & ~(last | may_be)


def _nicknames(one: Shorts, other: Shorts) -> Mask:
    """Pairs of given names that are in the table of nicknames, and one in 200 that is not."""
    found: Mask = _NICKNAMES[_place_of(one, other)]
    return found


def _place_of(one: Shorts, other: Shorts) -> Numbers:
    mixed: Numbers = (one * np.uint32(0x9E3779B1)) ^ (other * np.uint32(0x85EBCA77))
    return mixed >> np.uint32(32 - _NICKNAME_BITS)


def _alike(name: str, one: Seen, other: Seen) -> Mask:
    """Names that have nearly the same letters, or begin alike where one has several parts."""
    first, second = one[f"{name}_letters"], other[f"{name}_letters"]
    apart = np.bitwise_count((first ^ second) & np.uint32(SPACE - 1))
    near: Mask = (apart <= _SLIPS) & (first != 0) & (second != 0)
    parts = ((first | second) & np.uint32(SPACE)) != 0
    near |= parts & (one[name] == other[name])
    return near


def _swapped(one: Seen, other: Seen) -> Mask:
    """Pairs whose given name may be the other's family name."""
    crossed = [
        np.bitwise_count(one[f"{mine}_letters"] ^ other[f"{theirs}_letters"]) < _SLIPS
        for mine, theirs in (("first", "last"), ("last", "first"))
    ]
    known = (one["first"] != 0) & (one["last"] != 0)
    found: Mask = crossed[0] & crossed[1] & known
    found |= (one["first"] == other["last"]) & (one["first"] != 0)
    found |= (one["last"] == other["first"]) & (one["last"] != 0)
    return found


_ONES, _OTHERS = (
    _short(made.hashes(made.ends)[0])
    for made in (texts("\n".join(names), len(names)) for names in zip(*NICKNAMES, strict=True))
    if made
)
_NICKNAMES = np.zeros(1 << _NICKNAME_BITS, dtype=np.bool_)
_NICKNAMES[_place_of(_ONES, _OTHERS)] = True

"""A glance at pairs that share a key: which are worth comparing text by text.

Only numbers are looked at (`seen_of`): the parts of the keys, which letters a name has, and which
of them follow each other. What is left out has nothing of a person's own in common (birth date,
e-mail, phone), and names or addresses that are plainly others. `benchmarks/dedup_fit.py --glance`
says how many of the pairs that a full comparison would show are lost by that, and how many of those
are true.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from leads.dedup.keys import CODE, PHONE, Atoms
from leads.dedup.levels import Mask
from leads.dedup.names import NICKNAMES
from leads.dedup.texts import SPACE, Numbers, Places, texts

# What is seen of a lead, a row each: of most parts of its keys only whether two are the same.
Seen = npt.NDArray[np.void]
Shorts = npt.NDArray[np.uint16]
# Of leads, what is seen of their names.
_Names = Mapping[str, npt.NDArray[Any]]
_LETTERS = ("first_letters", "last_letters", "first_pairs", "last_pairs")
_PARTS = (
    "phone_less", "phone_head", "phone_end", "email", "local", "born", "postal", "city", "house",
    "street", "first", "first_letter", "first_name", "last",
)  # fmt: skip
_OF_NAMES = ("first", "first_letter", "first_name", "last")
_ROW = np.dtype([(name, np.uint32) for name in _LETTERS] + [(name, np.uint16) for name in _PARTS])
# In a row as numbers of 16 bits.
_PLACES = {name: 2 * len(_LETTERS) + place for place, name in enumerate(_PARTS)}
# Names that differ in no more letters may be slips of the pen. Of those that follow each other one
# wrong letter changes two of one name and two of the other, and two that changed places three of
# each: where the letters are the same, so many are allowed twice. Of those of longer names so many
# of all may be others.
_SLIPS, _ONE_SLIP, _CHANGED_PLACES = 3, 4, 12
_OTHERS_OF, _ALL = np.uint16(7), np.uint16(12)
_NICKNAME_BITS = 25  # of the places of a table for pairs of names
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


def seen_at(seen: Seen, places: Places) -> Seen:
    """The rows at these places."""
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
        worth[some] |= ~strangers(seen_at(of_one, one[some]), seen_at(of_other, other[some]))
    return worth


def strangers(one: Seen, other: Seen) -> Mask:
    """Pairs that are not one person, as far as numbers tell. What is not known is no difference."""
    # All parts at once: one by one numpy would go through the rows as often.
    mine, theirs = (np.ascontiguousarray(seen).view(np.uint16) for seen in (one, other))
    known, equal = (mine != 0) & (theirs != 0), mine == theirs
    all_same, all_others = (
        found.reshape(-1, _ROW.itemsize // 2) for found in (known & equal, known > equal)
    )

    def same(name: str) -> Mask:
        found: Mask = all_same[:, _PLACES[name]]
        return found

    def others(name: str) -> Mask:
        found: Mask = all_others[:, _PLACES[name]]
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
    mine, theirs = _names_of(one), _names_of(other)
    may_be = _swapped(mine, theirs)
    first = _alike("first", mine, theirs) | _initials(mine, theirs)
    first |= _nicknames(mine["first_name"], theirs["first_name"])
    last = _alike("last", mine, theirs) | _may_be_initials(mine, theirs)
    known_first = (mine["first"] != 0) & (theirs["first"] != 0)
    known_last = (mine["last"] != 0) & (theirs["last"] != 0)
    return known_first & ~(first | may_be), known_last & ~(last | may_be)


def _names_of(seen: Seen) -> _Names:
    # Looked at several times: numpy is quicker where nothing stands between.
    return {name: np.ascontiguousarray(seen[name]) for name in (*_LETTERS, *_OF_NAMES)}


def _nicknames(one: Shorts, other: Shorts) -> Mask:
    """Pairs of given names that are in the table of nicknames, and one in 3,000 that is not."""
    places = _place_of(one, other)
    found: Mask = (_NICKNAMES.take(places >> 3) & _bit(places)) != 0
    return found


def _bit(places: Numbers) -> npt.NDArray[np.uint8]:
    bits: npt.NDArray[np.uint8] = np.uint8(1) << (places & np.uint32(7)).astype(np.uint8)
    return bits


def _place_of(one: Shorts, other: Shorts) -> Numbers:
    mixed: Numbers = (one * np.uint32(0x9E3779B1)) ^ (other * np.uint32(0x85EBCA77))
    return mixed >> np.uint32(32 - _NICKNAME_BITS)


def _alike(name: str, one: _Names, other: _Names) -> Mask:
    """Names that are nearly the same, or begin alike where one has several parts."""
    near = _near(one, name, other, name, _SLIPS)
    parts = ((one[f"{name}_letters"] | other[f"{name}_letters"]) & np.uint32(SPACE)) != 0
    near |= parts & (one[name] == other[name])
    return near


def _initials(one: _Names, other: _Names) -> Mask:
    """Given names of which one is the first letter of the other."""
    single = np.bitwise_count(one["first_letters"]) == 1
    single |= np.bitwise_count(other["first_letters"]) == 1
    found: Mask = single & (one["first_letter"] == other["first_letter"])
    return found


def _may_be_initials(one: _Names, other: _Names) -> Mask:
    """Family names of which one is a letter that the other has, wherever: the first one of these
    is not seen."""
    letters, of_other = one["last_letters"], other["last_letters"]
    single = (np.bitwise_count(letters) == 1) | (np.bitwise_count(of_other) == 1)
    found: Mask = single & ((letters & of_other) != 0)
    return found


def _near(one: _Names, mine: str, other: _Names, theirs: str, most: int) -> Mask:
    """Names of which one has no more than so many letters that the other has not, and of those that
    follow each other in one most do so in the other."""
    letters, of_other = one[f"{mine}_letters"], other[f"{theirs}_letters"]
    apart = np.bitwise_count((letters ^ of_other) & np.uint32(SPACE - 1))
    near: Mask = (apart <= most) & (letters != 0) & (of_other != 0)
    (few,) = np.nonzero(near)
    least = np.where(apart[few], np.uint8(_ONE_SLIP), np.uint8(_CHANGED_PLACES))
    pairs, of_other = one[f"{mine}_pairs"][few], other[f"{theirs}_pairs"][few]
    apart = np.bitwise_count(pairs ^ of_other)
    all_pairs = np.bitwise_count(pairs) + np.bitwise_count(of_other)
    near[few] = (apart <= least) | (_ALL * apart <= _OTHERS_OF * all_pairs)
    return near


def _swapped(one: _Names, other: _Names) -> Mask:
    """Pairs whose given name may be the other's family name."""
    found: Mask = (one["first"] != 0) & (one["last"] != 0)
    found &= _near(one, "first", other, "last", _SLIPS - 1)
    found &= _near(one, "last", other, "first", _SLIPS - 1)
    found |= _equal(one, "first", other, "last")
    found |= _equal(one, "last", other, "first")
    return found


def _equal(one: _Names, mine: str, other: _Names, theirs: str) -> Mask:
    """Names that are the same, or begin alike where one has the letters of a part of the other."""
    same: Mask = (one[mine] == other[theirs]) & (one[mine] != 0)
    (few,) = np.nonzero(same)
    letters, of_other = one[f"{mine}_letters"][few], other[f"{theirs}_letters"][few]
    equal = letters == of_other
    equal &= one[f"{mine}_pairs"][few] == other[f"{theirs}_pairs"][few]
    both = letters & of_other & np.uint32(SPACE - 1)
    part = ((letters | of_other) & np.uint32(SPACE)) != 0
    part &= (both == (letters & np.uint32(SPACE - 1))) | (both == (of_other & np.uint32(SPACE - 1)))
    same[few] = equal | part
    return same


_ONES, _OTHERS = (
    _short(made.hashes(made.ends)[0])
    for made in (texts("\n".join(names), len(names)) for names in zip(*NICKNAMES, strict=True))
    if made
)
# A bit for each place.
_NICKNAMES = np.zeros(1 << (_NICKNAME_BITS - 3), dtype=np.uint8)
_KNOWN = _place_of(_ONES, _OTHERS)
np.bitwise_or.at(_NICKNAMES, _KNOWN >> 3, _bit(_KNOWN))

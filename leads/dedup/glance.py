"""A glance at pairs that share a key: which are worth comparing text by text.

Only numbers are looked at: the parts of the keys, and which letters a name has. The weights
(glance.json, made by benchmarks/dedup_fit.py) are such that next to nothing is lost that a full
comparison would show to anybody.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt

from leads.dedup.keys import CODE, PHONE, Atoms
from leads.dedup.levels import Mask
from leads.dedup.names import NICKNAMES
from leads.dedup.texts import SPACE, Numbers, Places, texts

_FITTED = json.loads(Path(__file__).with_name("glance.json").read_text(encoding="utf-8"))
_PARTS = ("born", "postal", "house", "street", "city", "local", "phone_less")
# Names that differ in no more letters may be slips of the pen.
_LETTERS = 3
_AT_ONCE = 1 << 15  # pairs: what the processor keeps at hand


def glance(atoms: Atoms, one: Places, other: Places, kind: npt.NDArray[np.int64]) -> Mask:
    """Which pairs of these places are worth it; all that share a phone number or
    a code of their source are."""
    worth: Mask = (kind == PHONE) | (kind == CODE)

    def look(start: int) -> None:
        some = slice(start, start + _AT_ONCE)
        total = np.full(len(worth[some]), _FITTED["bias"], dtype=np.float32)
        for name, seen in features(atoms[one[some]], atoms[other[some]]).items():
            total += seen * np.float32(_FITTED["weights"].get(name, 0.0))
        worth[some] |= total >= _FITTED["least"]

    # It is all numpy's work, which two threads do at once.
    with ThreadPoolExecutor(2) as threads:
        for _ in threads.map(look, range(0, len(one), _AT_ONCE)):
            pass
    return worth


def features(one: Atoms, other: Atoms) -> dict[str, Mask]:
    """What is seen of each pair, by name."""
    same = {name: (one[name] == other[name]) & (one[name] != 0) for name in _PARTS}
    differs = {
        name: (one[name] != other[name]) & (one[name] != 0) & (other[name] != 0) for name in _PARTS
    }
    first, last = _alike("first", one, other), _alike("last", one, other)
    first |= _nicknames(one["first_name"], other["first_name"])
    swapped = _swapped(one, other)
    other_first = (one["first"] != 0) & (other["first"] != 0) & ~first & ~swapped
    other_last = (one["last"] != 0) & (other["last"] != 0) & ~last & ~swapped
    names = (first & last) | swapped
    place, home = same["house"] | same["street"], same["house"] & same["street"]
    contact, town = same["local"] | same["phone_less"], same["postal"] | same["city"]
    some = same["born"] | place | contact
    return {
        **{f"same {name}": seen for name, seen in same.items()},
        **{f"other {name}": seen for name, seen in differs.items()},
        "same phone": (one["phone"] == other["phone"]) & (one["phone"] != 0),
        "same email": (one["email"] == other["email"]) & (one["email"] != 0),
        "same first_name": (one["first_name"] == other["first_name"]) & (one["first_name"] != 0),
        "same last_name": (one["last_name"] == other["last_name"]) & (one["last_name"] != 0),
        "first alike": first,
        "last alike": last,
        "swapped": swapped,
        "other first": other_first,
        "other last": other_last,
        "names alike": names,
        "something": some,
        "names alike, something": names & some,
        "first alike, something": first & some,
        "first alike, place": first & place,
        "other first, other born": other_first & differs["born"],
        "other names": other_first & other_last,
        "other names, not same born": other_first & other_last & ~same["born"],
        "town, contact": town & contact,
        "names alike, contact": names & contact,
        "town, same born": town & same["born"],
        "names alike, town": names & town,
        "other first, no contact, not same born": other_first & ~contact & ~same["born"],
        "nothing": ~some & ~names,
        "other first, other local": other_first & differs["local"],
        "other first, home, not same born": other_first & home & ~same["born"],
        "other place": differs["house"] & differs["street"],
    }


def _alike(name: str, one: Atoms, other: Atoms) -> Mask:
    """Names that have nearly the same letters, or begin alike where one has several parts."""
    first, second = one[f"{name}_letters"], other[f"{name}_letters"]
    apart = np.bitwise_count((first ^ second) & np.uint32(SPACE - 1))
    near: Mask = (apart <= _LETTERS) & (first != 0) & (second != 0)
    parts = ((first | second) & np.uint32(SPACE)) != 0
    near |= parts & (one[name] == other[name])
    return near


def _swapped(one: Atoms, other: Atoms) -> Mask:
    """Pairs whose given name may be the other's family name."""
    crossed = [
        np.bitwise_count(one[f"{mine}_letters"] ^ other[f"{theirs}_letters"]) < _LETTERS
        for mine, theirs in (("first", "last"), ("last", "first"))
    ]
    known = (one["first"] != 0) & (one["last"] != 0)
    found: Mask = crossed[0] & crossed[1] & known
    found |= (one["first"] == other["last"]) & (one["first"] != 0)
    found |= (one["last"] == other["first"]) & (one["last"] != 0)
    return found


def _hashes_of(names: tuple[str, ...]) -> Numbers:
    made = texts("\n".join(names), len(names))
    return made.hashes(made.ends)[0] if made else np.empty(0, np.uint32)


def _together(one: Numbers, other: Numbers) -> npt.NDArray[np.uint64]:
    return (one.astype(np.uint64) << np.uint64(32)) | other


_ONES, _OTHERS = zip(*NICKNAMES, strict=True)
_KNOWN_NICKNAMES = np.sort(_together(_hashes_of(_ONES), _hashes_of(_OTHERS)))


def _nicknames(one: Numbers, other: Numbers) -> Mask:
    pairs = _together(one, other)
    places = np.minimum(np.searchsorted(_KNOWN_NICKNAMES, pairs), len(_KNOWN_NICKNAMES) - 1)
    found: Mask = _KNOWN_NICKNAMES[places] == pairs
    return found

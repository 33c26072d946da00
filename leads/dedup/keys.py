"""Keys: leads that share one are compared. Numbers, made of parts of their folded data.

Parts are numbers too (`ATOMS`); a key puts some together (`KINDS`). A number may by chance be that
of another value: it only means one comparison for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from leads.dedup.texts import Numbers, Places, Texts

Keys = npt.NDArray[np.uint64]
# Part of ATOMS -> that of each lead.
Atoms = Mapping[str, Numbers]

# A key is this many bits; 0 is none.
KEY_BITS = 38
_AT = ord("@")
_END = 4  # last digits of a phone number


def _up_to(texts: Texts, *ends: Places) -> list[Numbers]:
    return texts.hashes(texts.ends, *(np.minimum(end, texts.ends) for end in ends))


def _of_phone(texts: Texts) -> list[Numbers]:
    last_four = texts._replace(starts=np.maximum(texts.ends - _END, texts.starts))
    return [*_up_to(texts, texts.ends - 1, texts.ends - _END), last_four.first_letters(_END)]


def _of_name(texts: Texts) -> list[Numbers]:
    return [
        texts.first_letters(3),
        texts.first_letters(1),
        *texts.hashes(texts.ends),
        texts.letters(),
        texts.pairs(),
    ]


def _of_address(texts: Texts) -> list[Numbers]:
    return [*texts.hashes(texts.word_ends()), texts.but_first_word().first_letters(4)]


# Column of the folded data -> the parts made of it, and how: numbers, 0 where it is not known.
ATOMS: dict[str, tuple[tuple[str, ...], Callable[[Texts], list[Numbers]]]] = {
    # Of the phone the last two, and of each name, are only for a glance (`leads.dedup.glance`).
    "phone_e164": (("phone", "phone_less", "phone_head", "phone_end"), _of_phone),
    "email": (("email", "local"), lambda texts: _up_to(texts, texts.next(_AT))),
    "date_of_birth": (("born",), _up_to),
    "postal_code": (("postal",), lambda texts: _up_to(texts, texts.starts + 5)[1:]),
    "first_name": (
        ("first", "first_letter", "first_name", "first_letters", "first_pairs"),
        _of_name,
    ),
    "last_name": (("last", "last_letter", "last_name", "last_letters", "last_pairs"), _of_name),
    "address1": (("house", "street"), _of_address),
    "city": (("city",), lambda texts: [texts.first_letters(4)]),
    "vendor_lead_code": (("code",), _up_to),
}


def atoms_of(columns: Mapping[str, Texts]) -> Atoms:
    """The parts of the keys of leads, from the columns of their folded data."""
    made: dict[str, Numbers] = {}
    for column, (names, make) in ATOMS.items():
        made |= zip(names, make(columns[column]), strict=True)
    return made


class Kind(NamedTuple):
    """A kind of key: its name, which is the rule of a pair; the atoms that it is made of; and the
    most leads that may share one key before it is too common to mean anything."""

    name: str
    atoms: tuple[str, ...]
    most: int
    in_order: bool = True

    def of(self, atoms: Atoms) -> Keys:
        """The keys of these leads; 0 where a part is not known."""
        return self.made_of(*(atoms[name] for name in self.atoms))

    def made_of(self, *parts: Numbers) -> Keys:
        """The keys of these parts."""
        known = np.logical_and.reduce([part != 0 for part in parts])
        if not self.in_order:
            parts = (np.minimum(*parts[:2]), np.maximum(*parts[:2]), *parts[2:])
        made = np.zeros(len(known), dtype=np.uint64)
        for part in parts:
            made = _mix(made ^ part)
        return np.where(known, np.maximum(made >> np.uint64(64 - KEY_BITS), np.uint64(1)), 0)


def _mix(numbers: Keys) -> Keys:
    """Each number to another one whose bits all depend on all of its (splitmix64)."""
    numbers = numbers + np.uint64(0x9E3779B97F4A7C15)
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))


# The first kinds say most: a pair that several find is told by the first of them. What each finds
# on known data is in docs/dedup.md.
KINDS: tuple[Kind, ...] = (
    Kind("same phone", ("phone",), 30),
    Kind("same code of the source", ("code",), 30),
    Kind("same e-mail", ("email",), 30),
    Kind("date of birth, postal code", ("born", "postal"), 30),
    Kind("initials, date of birth", ("first_letter", "last_letter", "born"), 30, in_order=False),
    Kind("given name, postal code", ("first", "postal"), 30),
    Kind("family name, postal code", ("last", "postal"), 30),
    Kind("house, postal code", ("house", "postal"), 30),
    Kind("street, city", ("street", "city"), 6),
    Kind("e-mail before the @", ("local",), 30),
    Kind("phone less a digit", ("phone_less",), 6),
    Kind("house, family name", ("house", "last"), 6),
    Kind("given name, family name", ("first", "last"), 6, in_order=False),
)
RULES = tuple(kind.name for kind in KINDS)
PHONE = RULES.index("same phone")
# What these find is looked at, and a pair with the source's own code is always told.
CODE = RULES.index("same code of the source")

"""Keys: leads that share one are compared. Numbers, made of parts of their folded data.

Parts are numbers too (`ATOMS`); a key puts some together (`KINDS`). A number may by chance be that
of another value: it only means one comparison for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from leads.dedup.texts import Numbers, Texts

Keys = npt.NDArray[np.uint64]
Atoms = dict[str, Numbers]

# A key is this many bits; 0 is none.
KEY_BITS = 40
_AT = ord("@")

# Name -> column of the folded data, and what is made of it: numbers, 0 where it is not known.
ATOMS: dict[str, tuple[str, Callable[[Texts], Numbers]]] = {
    "phone": ("phone_e164", Texts.hashes),
    "phone_less": ("phone_e164", lambda texts: texts.hashes(texts.ends - 1)),
    "email": ("email", Texts.hashes),
    "local": ("email", lambda texts: texts.hashes(np.minimum(texts.next(_AT), texts.ends))),
    "born": ("date_of_birth", Texts.hashes),
    "postal": ("postal_code", lambda texts: texts.hashes(np.minimum(texts.starts + 5, texts.ends))),
    "first": ("first_name", lambda texts: texts.first_letters(3)),
    "last": ("last_name", lambda texts: texts.first_letters(3)),
    "first_letter": ("first_name", lambda texts: texts.first_letters(1)),
    "last_letter": ("last_name", lambda texts: texts.first_letters(1)),
    "house": ("address1", lambda texts: texts.hashes(texts.word_ends())),
    "street": ("address1", lambda texts: texts.but_first_word().first_letters(4)),
    "city": ("city", lambda texts: texts.first_letters(4)),
    "code": ("vendor_lead_code", Texts.hashes),
}


def atoms_of(columns: Mapping[str, Texts]) -> Atoms:
    """The parts of the keys of leads, from the columns of their folded data."""
    return {name: make(columns[column]) for name, (column, make) in ATOMS.items()}


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
    Kind("same e-mail", ("email",), 30),
    Kind("same code of the source", ("code",), 30),
    Kind("date of birth, postal code", ("born", "postal"), 30),
    Kind("initials, date of birth", ("first_letter", "last_letter", "born"), 30, in_order=False),
    Kind("given name, postal code", ("first", "postal"), 30),
    Kind("family name, postal code", ("last", "postal"), 30),
    Kind("house, postal code", ("house", "postal"), 30),
    Kind("street, city", ("street", "city"), 10),
    Kind("e-mail before the @", ("local",), 30),
    Kind("phone less a digit", ("phone_less",), 30),
    Kind("house, family name", ("house", "last"), 10),
    Kind("given name, family name", ("first", "last"), 10, in_order=False),
)
RULES = tuple(kind.name for kind in KINDS)
PHONE = RULES.index("same phone")

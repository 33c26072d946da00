"""Which leads share a key, and how keys are kept."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
import pytest

from leads.dedup import texts as texts_module
from leads.dedup.keys import KEY_BITS, KINDS, RULES, atoms_of
from leads.dedup.people import FIELDS, FOLDS
from leads.dedup.texts import Texts, texts, together

GIVEN = {
    "first_name": "Robert",
    "last_name": "Garcia",
    "date_of_birth": "1970-03-04",
    "address1": "12 Main Street",
    "city": "Tampa",
    "postal_code": "33602",
    "phone_e164": "+18135550100",
    "email": "rg@example.com",
    "vendor_lead_code": "7 A1",
}


def column(name: str, *values: str) -> Texts:
    made = texts(FOLDS.get(name, str)("\n".join(values)), len(values))
    assert made is not None
    return made


def shared(**other: str) -> set[str]:
    """The kinds of key that GIVEN and a changed version of it share."""
    rows = [GIVEN, GIVEN | other]
    names = [*FIELDS, "vendor_lead_code"]
    atoms = atoms_of({name: column(name, *(r.get(name, "") for r in rows)) for name in names})
    keys = {kind.name: kind.of(atoms).tolist() for kind in KINDS}
    return {name for name, (one, two) in keys.items() if one and one == two}


def test_the_same_data_share_every_key() -> None:
    assert shared() == set(RULES)


@pytest.mark.parametrize(
    ("change", "lost"),
    [
        ({"phone_e164": "+18135550101"}, {"same phone"}),
        ({"phone_e164": "+18135550110"}, {"same phone", "phone less a digit"}),
        ({"phone_e164": ""}, {"same phone", "phone less a digit"}),
        ({"email": "RG@EXAMPLE.COM"}, set()),
        ({"email": "rg@example.org"}, {"same e-mail"}),
        ({"email": ""}, {"same e-mail", "e-mail before the @"}),
        ({"vendor_lead_code": "8 A1"}, {"same code of the source"}),
        ({"postal_code": "33602-1234"}, set()),
        ({"first_name": "GARCÍA", "last_name": "Robert"},
         {"given name, postal code", "family name, postal code", "house, family name"}),
        ({"city": "", "date_of_birth": ""},
         {"street, city", "date of birth, postal code", "initials, date of birth"}),
    ],
)  # fmt: skip
def test_a_change_loses_the_keys_that_it_touches_and_no_others(
    change: dict[str, str], lost: set[str]
) -> None:
    assert set(RULES) - shared(**change) == lost


def test_addresses_that_are_one_mailbox_share_the_key_of_e_mails() -> None:
    assert "same e-mail" in shared(email="rg@example.com")
    one, other = column("email", "a.b+x@gmail.com", "ab@gmail.com").strings(np.arange(2))
    assert one == other
    one, other = column("email", "a.b+x@example.com", "ab@example.com").strings(np.arange(2))
    assert one != other


def test_keys_fit_their_bits() -> None:
    names = [*FIELDS, "vendor_lead_code"]
    atoms = atoms_of({name: column(name, GIVEN.get(name, "")) for name in names})
    for kind in KINDS:
        assert 0 < int(kind.of(atoms)[0]) < 1 << KEY_BITS


def test_a_column_gives_its_texts_back() -> None:
    values = ["one", "", "three four", "x"]
    made = texts("\n".join(values), 4)
    assert made is not None
    both = together([made, made])
    assert both.strings(np.arange(8)) == values * 2
    assert both.hashes(both.ends)[0].tolist() == made.hashes(made.ends)[0].tolist() * 2
    assert made.hashes(made.ends)[0][1] == 0


@pytest.mark.parametrize(("joined", "number"), [("a\nb", 3), ("a\nb", 1), ("", 0)])
def test_a_text_with_an_end_of_line_in_it_is_noticed(joined: str, number: int) -> None:
    made: Any = texts(joined, number)
    assert (made is None) == (number != 0)


def test_texts_longer_than_the_table_of_weights_still_differ() -> None:
    made = texts("a" * 1200 + "\n" + "a" * 1199 + "b", 2)
    assert made is not None
    one, other = made.hashes(made.ends)[0].tolist()
    assert one != other


def test_what_kept_keys_are_made_with_is_always_the_same() -> None:
    """Other numbers, of another numpy say, would find none of the keys that are kept."""
    assert zlib.crc32(texts_module._WEIGHTS.tobytes()) == 0x05C0A066
    assert zlib.crc32(texts_module._PAIR_BITS.tobytes()) == 0xA9855C3B

"""Persons as they are compared: columns of folded values, made for many at once."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from leads.dedup.emails import normal_email
from leads.dedup.names import fold_all, take_suffix

# Of Lead, in the order in which the columns are given.
FIELDS = (
    "first_name", "last_name", "date_of_birth", "address1", "city", "postal_code", "phone_e164",
    "alt_phone", "email",
)  # fmt: skip
Texts = npt.NDArray[np.object_]
_NOT_DIGITS = re.compile(r"[^0-9\n]+")
_HOUSE = re.compile(r"\d+")


class People(NamedTuple):
    """One array a column, one element a person; "" is what is not known.

    `born` is eight digits, year first; `phone` and `other` are digits.
    """

    first: Texts
    last: Texts
    suffix: Texts
    born: Texts
    street: Texts
    house: Texts
    city: Texts
    postal: Texts
    phone: Texts
    other: Texts
    email: Texts

    def at(self, places: npt.NDArray[np.int64]) -> People:
        """The persons at these places, in this order."""
        return People(*(column[places] for column in self))


def people(columns: Sequence[Sequence[str]]) -> People:
    """Persons from columns of texts in the order of FIELDS (dates in ISO form)."""
    first, last, born, street, city, postal, phone, other, email = columns
    lasts, firsts = fold_all(last), fold_all(first)
    suffixes = [""] * len(lasts)
    for names in (lasts, firsts):
        for place, name in enumerate(names):
            if " " in name:
                names[place], found = take_suffix(name)
                suffixes[place] = found or suffixes[place]
    streets = [_street(text) if text else "" for text in fold_all(street)]
    return People(
        *map(
            _array,
            (
                firsts,
                lasts,
                suffixes,
                _digits(born),
                streets,
                [match[0] if (match := _HOUSE.search(text)) else "" for text in streets],
                fold_all(city),
                [_postal(text) for text in fold_all(postal)],
                _digits(phone),
                _digits(other),
                [normal_email(text) if text else "" for text in email],
            ),
        )
    )


def person(given: Mapping[str, Any]) -> People:
    """One person from a mapping with the field names of Lead; what is missing is not known."""
    return people([[str(given.get(name) or "").replace("\n", " ")] for name in FIELDS])


def _array(texts: Iterable[str]) -> Texts:
    texts = list(texts)
    made = np.empty(len(texts), dtype=object)
    made[:] = texts
    return made


def _digits(texts: Sequence[str]) -> list[str]:
    return _NOT_DIGITS.sub("", "\n".join(texts)).split("\n")


def _postal(text: str) -> str:
    """The five digits of a ZIP code; other codes without spaces."""
    return text[:5] if text[:5].isdecimal() else text.replace(" ", "")


def _read_words() -> dict[str, str]:
    path = Path(__file__).with_name("street_words.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return {row["word"]: row["short"] for row in csv.DictReader(file)}


_WORDS = _read_words()


@lru_cache(maxsize=65536)
def _street(folded: str) -> str:
    """The line with usual words in their short form: `12 North Main Street` is `12 n main st`."""
    return " ".join([_WORDS.get(word, word) for word in folded.split(" ")])

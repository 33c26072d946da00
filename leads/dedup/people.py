"""Persons as they are compared: columns of folded values, made for many at once."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from leads.dedup.emails import fold_emails
from leads.dedup.names import fold, plain, take_suffix

Strings = npt.NDArray[np.object_]
_NOT_DIGITS = {code: None for code in range(128) if not chr(code).isdecimal() and code != 10}
_HOUSE = re.compile(r"\d+")


def _digits(joined: str) -> str:
    text = joined if joined.isascii() else joined.encode("ascii", "ignore").decode()
    return text.translate(_NOT_DIGITS)


def _in_ascii(fold_them: Callable[[str], str]) -> Callable[[str], str]:
    def folded(joined: str) -> str:
        if joined.isascii():
            return fold_them(joined)
        return fold_them("\n".join(map(plain, joined.split("\n"))))

    return folded


# Fields of Lead -> how texts of it, joined by ends of line, are folded to ASCII.
FOLDS: dict[str, Callable[[str], str]] = {
    "first_name": fold,
    "last_name": fold,
    "date_of_birth": _digits,
    "address1": fold,
    "city": fold,
    "postal_code": fold,
    "phone_e164": _digits,
    "alt_phone": _digits,
    "email": _in_ascii(fold_emails),
}
FIELDS = tuple(FOLDS)


class People(NamedTuple):
    """One array a column, one element a person; "" is what is not known.

    `born` is eight digits, year first; `phone` and `other` are digits.
    """

    first: Strings
    last: Strings
    suffix: Strings
    born: Strings
    street: Strings
    house: Strings
    city: Strings
    postal: Strings
    phone: Strings
    other: Strings
    email: Strings

    def at(self, places: npt.NDArray[np.int64]) -> People:
        """The persons at these places, in this order."""
        return People(*(column[places] for column in self))


def people(folded: Sequence[list[str]]) -> People:
    """Persons from columns of folded texts, one for each of FIELDS."""
    first, last, born, street, city, postal, phone, other, email = folded
    suffixes = [""] * len(last)
    for names in (last, first):
        for place, name in enumerate(names):
            if " " in name:
                names[place], found = take_suffix(name)
                suffixes[place] = found or suffixes[place]
    streets = [_street(text) for text in street]
    houses = [match[0] if (match := _HOUSE.search(text)) else "" for text in streets]
    codes = [_postal(text) for text in postal]
    columns = (first, last, suffixes, born, streets, houses, city, codes, phone, other, email)
    return People(*map(_array, columns))


def together(one: People, other: People) -> People:
    """The persons of one, and after them those of the other."""
    return People(*map(np.concatenate, zip(one, other, strict=True)))


def person(given: Mapping[str, Any]) -> People:
    """One person from a mapping with the field names of Lead; what is missing is not known."""
    texts = {name: str(given.get(name) or "").replace("\n", " ") for name in FIELDS}
    return people([[fold_it(texts[name])] for name, fold_it in FOLDS.items()])


def persons(given: Sequence[Mapping[str, Any]]) -> People:
    """As `person`, of many at once."""
    if not given:
        return people([[] for _ in FIELDS])
    folded = []
    for name, fold_it in FOLDS.items():
        column = [str(one.get(name) or "").replace("\n", " ") for one in given]
        folded.append(fold_it("\n".join(column)).split("\n"))
    return people(folded)


def _array(texts: Iterable[str]) -> Strings:
    texts = list(texts)
    made = np.empty(len(texts), dtype=object)
    made[:] = texts
    return made


def _postal(text: str) -> str:
    """The five digits of a ZIP code; other codes without spaces."""
    return text[:5] if text[:5].isdecimal() else text.replace(" ", "")


def _read_words() -> dict[str, str]:
    path = Path(__file__).with_name("street_words.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return {row["word"]: row["short"] for row in csv.DictReader(file)}


_WORDS = _read_words()


def _street(folded: str) -> str:
    """The line with usual words in their short form: `12 North Main Street` is `12 n main st`."""
    # Houses are many, streets are few.
    house, space, street = folded.partition(" ")
    return house + space + _short(street)


@lru_cache(maxsize=1 << 16)
def _short(street: str) -> str:
    return " ".join([_WORDS.get(word, word) for word in street.split(" ")])

"""States to two letters, countries to three, postal codes of the United States and Canada."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from leads.cleaning.plain import key
from leads.cleaning.reasons import Note, note


class Country(NamedTuple):
    """The two codes of ISO 3166."""

    two: str
    three: str


def _read_countries() -> dict[str, Country]:
    data = json.loads(Path(__file__).with_name("countries.json").read_text(encoding="utf-8"))
    countries: dict[str, Country] = {}
    for two, (three, *names) in data.items():
        country = Country(two, three)
        countries |= dict.fromkeys(map(key, (two, three, *names)), country)
    return countries


def _read_states() -> dict[str, dict[str, str]]:
    data = json.loads(Path(__file__).with_name("states.json").read_text(encoding="utf-8"))
    return {
        country: {key(word): two for two, names in states.items() for word in (two, *names)}
        for country, states in data.items()
    }


_COUNTRIES = _read_countries()
_STATES = _read_states()
_ZIP = re.compile(r"([0-9]{5})(?:[- ]?([0-9]{4}))?")
_ZIP_ZERO_LOST = re.compile(r"([0-9]{3,4})(?:-([0-9]{4}))?")
_FLOAT = re.compile(r"([0-9]+)\.0+")
_CANADIAN = re.compile(r"([A-Z][0-9][A-Z])[- ]?([0-9][A-Z][0-9])")


@lru_cache(maxsize=4096)
def clean_country(given: str) -> tuple[str, str, Note | None]:
    """Three letters for `country_code`, two for reading the rest of the row, and what to say.

    What is not known stays as it is given, with no two letters and a warning.
    """
    country = _COUNTRIES.get(key(given))
    if country is None:
        return given, "", note("COUNTRY_UNKNOWN", "country_code", given)
    said = note("COUNTRY_SHORTENED", "country_code", given, country.three)
    return country.three, country.two, None if given == country.three else said


@lru_cache(maxsize=16384)
def clean_state(given: str, country: str) -> tuple[str, Note | None]:
    """Two letters for a state of the United States, Canada, Mexico or Australia.

    `country` is the two letters of the lead's country; states of others stay as they are given.
    """
    states = _STATES.get(country)
    if states is None:
        return given, None
    two = states.get(key(given))
    if two is None:
        return given, note("STATE_UNKNOWN", "state", given)
    changed = given.upper() != two
    return two, note("STATE_SHORTENED", "state", given, two) if changed else None


@lru_cache(maxsize=65536)
def clean_postal_code(given: str, country: str) -> tuple[str, Note | None]:
    """A ZIP code as 12345 or 12345-6789, a Canadian code as K1A 0B1; others in capitals.

    A ZIP code that a spreadsheet took for a number gets its leading zero back, with a warning.
    """
    text = given.upper()
    if country == "CA" and (match := _CANADIAN.fullmatch(text)):
        return _formatted(given, f"{match[1]} {match[2]}")
    if country != "US":
        return text, None
    text = match[1] if (match := _FLOAT.fullmatch(text)) else text
    if match := _ZIP.fullmatch(text):
        return _formatted(given, f"{match[1]}-{match[2]}" if match[2] else match[1])
    if match := _ZIP_ZERO_LOST.fullmatch(text):
        whole = match[1].zfill(5) + (f"-{match[2]}" if match[2] else "")
        return whole, note("POSTAL_ZERO_LOST", "postal_code", given, whole)
    if len(text) == 8 and text.isdecimal():
        whole = f"0{text[:4]}-{text[4:]}"
        return whole, note("POSTAL_ZERO_LOST", "postal_code", given, whole)
    return given, note("POSTAL_INVALID", "postal_code", given)


def _formatted(given: str, text: str) -> tuple[str, Note | None]:
    return text, None if given == text else note("POSTAL_FORMATTED", "postal_code", given, text)

"""What describes the person beside names, which are left as they are."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path

from leads.cleaning.plain import key
from leads.cleaning.reasons import Note, note


def _read_words(name: str) -> dict[str, str]:
    """What each word of a table means; the table has a list of words for each meaning."""
    table = json.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))
    return {key(word): meaning for meaning, words in table.items() for word in words}


_GENDERS = _read_words("genders.json")
_TITLES = _read_words("titles.json")
_TITLE_WIDTH = 4  # of VICIdial's column
_INTEGER = re.compile(r"\+?(-?[0-9]{1,5})(?:\.0+)?")
_RANKS = range(-32768, 32768)
_LIST_ID = re.compile(r"([1-9][0-9]{2,11})(?:\.0+)?")


@lru_cache(maxsize=4096)
def clean_gender(given: str) -> tuple[str, Note | None]:
    """M, F or U from letters, codes of ISO 5218 and words of five languages."""
    if given in ("M", "F", "U"):
        return given, None
    letter = _GENDERS.get(key(given))
    if letter is None:
        return "U", note("GENDER_UNKNOWN", "gender", given)
    return letter, note("GENDER_READ", "gender", given, letter)


@lru_cache(maxsize=4096)
def clean_middle_initial(given: str) -> tuple[str, Note | None]:
    """One letter; a whole middle name becomes its first one."""
    if len(given) == 1:
        return given, None
    initial = next((character for character in given if character.isalnum()), "")
    if given.rstrip(".") == initial:
        return initial, None
    return initial, note("MIDDLE_SHORTENED", "middle_initial", given, initial)


@lru_cache(maxsize=4096)
def clean_title(given: str) -> tuple[str, Note | None]:
    """A title that VICIdial has no room for in its usual short form, if it has one."""
    if len(given) <= _TITLE_WIDTH:
        return given, None
    short = _TITLES.get(key(given))
    return (short, note("TITLE_SHORTENED", "title", given, short)) if short else (given, None)


@lru_cache(maxsize=4096)
def clean_rank(given: str) -> tuple[str, Note | None]:
    """A whole number that VICIdial's column can hold, or "" with a warning."""
    match = _INTEGER.fullmatch(given)
    if match and int(match[1]) in _RANKS:
        return str(int(match[1])), None
    return "", note("RANK_INVALID", "rank", given)


@lru_cache(maxsize=4096)
def clean_list_id(given: str, field: str = "list_id") -> tuple[str, Note | None]:
    """3 to 12 digits, or "" with a warning: anything else would land in VICIdial's list 999."""
    if match := _LIST_ID.fullmatch(given):
        return match[1], None
    return "", note("LIST_ID_INVALID", field, given)

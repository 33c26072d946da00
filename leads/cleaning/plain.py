"""Plain text: nothing invisible, one kind of quote marks and dashes, single spaces, NFC."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from leads.cleaning.reasons import Note, note

NUL_SYMBOL = "␀"  # what the reader of files puts in the place of a NUL byte
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

_TYPED = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u00b4\u02bc", "'")
    | dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"')
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-")
    | {"\u2026": "...", "\t": " ", "\n": " ", "\r": " ", "\v": " ", "\f": " "}
)
# Controls, zero-width and direction marks, the soft hyphen, lone halves of UTF-16 pairs.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufeff\ufff9-\ufffb␀]"
)
_NOT_WORD = re.compile(r"[^\w]|_")


def plain(text: str) -> str:
    """`text` as a person could have typed it; letters of every language stay."""
    text = _UNSEEN.sub("", text.translate(_TYPED))
    return " ".join(unicodedata.normalize("NFC", text).split())


def is_plain(text: str) -> bool:
    """Whether `plain` would certainly leave an ASCII text alone; cheap, and often the answer."""
    return text.isascii() and text.isprintable() and "  " not in text and text.strip(" ") == text


def plain_row(values: Mapping[str, str]) -> tuple[dict[str, str], list[Note]]:
    """The cells that are not empty, each made plain, and what is worth telling about it."""
    joined = "|".join(values.values())
    if is_plain(joined) and "| " not in joined and " |" not in joined:
        return {field: text for field, text in values.items() if text}, []
    texts: dict[str, str] = {}
    notes: list[Note] = []
    for field, given in values.items():
        text = given if is_plain(given) else plain(given)
        if text:
            texts[field] = text
        if text != given:
            notes += _findings(field, given, text)
        elif REPLACEMENT in given:
            notes.append(note("UNDECODABLE", field, given, text))
    return texts, notes


def _findings(field: str, given: str, text: str) -> list[Note]:
    notes = []
    if NUL_SYMBOL in given or "\0" in given:
        notes.append(note("NUL_BYTES", field, given.replace("\0", NUL_SYMBOL), text))
    elif _UNSEEN.search(given.translate(_TYPED)):
        notes.append(note("TEXT_TIDIED", field, _UNSEEN.sub("", given), text))
    if REPLACEMENT in given:
        notes.append(note("UNDECODABLE", field, plain(given), text))
    return notes


def key(text: str) -> str:
    """What two spellings of one word have in common: no case, accents, spaces or punctuation."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    return _NOT_WORD.sub("", "".join(mark for mark in bare if not unicodedata.combining(mark)))

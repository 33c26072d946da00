"""How people write phone numbers: extensions, several in one cell, words beside the digits."""

from __future__ import annotations

import re
from typing import NamedTuple

_EXTENSION = re.compile(
    r"[\s,;/-]*(?:\(?(?<![^\W\d_])(?:ext|extension|extn|xtn|int|interno|anexo|ramal|poste|durchwahl)"
    r"(?![^\W\d_])\.?|(?<=[\d\s.)])x\.?(?=\s*\d)|(?<=\d\s)#)"
    r"\s*[:.=]?\s*(\d{1,7})\)?#?\s*$",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"([;,/|&]|\b(?:or|and|o|y|e|ou|et|oder|und)\b)", re.IGNORECASE)
_SEMICOLON_EXTENSION = re.compile(r";\s*ext\s*=", re.IGNORECASE)
_ROUNDED = re.compile(r"(\d)(?:[.,](\d+))?[eE]\+?(\d{1,2})")
_DECIMAL = re.compile(r"(\+?\d{6,17})[.,]0+")
_WORDS_BEFORE = re.compile(r"^[^\d+(]*[^\W\d_][^\d+(]*")
_WORDS_AFTER = re.compile(r"(?:[\s,;:./()-]+[^\d]*[^\W\d_]|[^\W\d_]{2,})[^\d]*$")
_LETTER = re.compile(r"[^\W\d_]")
_LEAST_DIGITS = 6


class Spelling(NamedTuple):
    """A cell taken apart: the first number as written, its extension, the other numbers.

    `remark` is what stood beside them.
    """

    number: str
    extension: str
    others: tuple[str, ...]
    remark: str


def take_apart(text: str) -> Spelling:
    """Split a cell into its numbers; the extension is the first number's.

    A separator ends a number only from six digits on: `030/1234567` is one number,
    `727-555-0123 / 813-555-0123` are two, and `727-555-0123 / 0124` is one with a remark.
    """
    parts = [""]
    for index, piece in enumerate(_BETWEEN.split(_SEMICOLON_EXTENSION.sub(" ext ", text))):
        if index % 2 == 0:
            parts[-1] += piece
        elif digits_in(parts[-1]) >= _LEAST_DIGITS:
            parts.append("")
        else:
            parts[-1] += piece
    number, extension = _split_extension(parts[0].strip())
    rest = [part.strip() for part in parts[1:] if part.strip()]
    others = [part for part in rest if digits_in(part) >= _LEAST_DIGITS]
    remark = " ".join(part for part in rest if part not in others)
    return Spelling(
        number, extension, tuple(_split_extension(other)[0] for other in others), remark
    )


def _split_extension(text: str) -> tuple[str, str]:
    match = _EXTENSION.search(text)
    if match is None or digits_in(text[: match.start()]) < _LEAST_DIGITS:
        return text, ""
    return text[: match.start()], match[1]


def without_words(text: str) -> str:
    """The number without words before and after it ("cell 727...", "... home").

    A letter among the digits, or one alone at their end, may be a digit mistyped: it stays.
    """
    return _WORDS_AFTER.sub("", _WORDS_BEFORE.sub("", text)).strip()


def has_letters(text: str) -> bool:
    return _LETTER.search(text) is not None


def letters_in(text: str) -> int:
    return len(_LETTER.findall(text))


def digits_in(text: str) -> int:
    return sum(character.isdigit() for character in text)


def expand(text: str) -> str | None:
    """A number as a spreadsheet writes it (7.275550123E+09, 7275550123.0), in digits.

    None if it is not written so; an empty text if the spreadsheet has rounded digits away.
    """
    if match := _DECIMAL.fullmatch(text):
        return match[1]
    match = _ROUNDED.fullmatch(text)
    if match is None:
        return None
    first, rest, exponent = match[1], match[2] or "", int(match[3])
    # Ending zeros are not written, so a shorter rest may be exact: only rarely, and who knows?
    return first + rest if len(rest) == exponent else ""

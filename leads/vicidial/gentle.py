"""Write a text so that the server keeps it: replace what it would drop by what means the same.

Only where the meaning is kept for sure:

- accents are spelled in plain letters where the server would drop the letter (`José` -> `Jose`),
  and so are scripts whose vowel signs it would drop;
- typographic quotes, dashes and spaces become the plain ones; `;` becomes `,` in comments;
- ` & ` becomes ` and `, `#5` becomes `No. 5` in addresses and comments;
- a backslash becomes a slash, or a space where no slash is kept;
- any other sign that would be dropped between two letters or digits becomes a space, so that
  `Smith,Jones` does not become `SmithJones`; elsewhere it is left out;
- emoji are left out: spelling them out would put words into someone's name.
"""

from __future__ import annotations

import re
import unicodedata

from anyascii import anyascii

from leads.vicidial.stored import FREE_KINDS, keeps

_SPELLED_SIGN = re.compile(r":[a-z0-9_+-]{2,}:")
_NUMBER_SIGN = re.compile(r"#\s?(?=\d)")
_LEFT_OUT = ("Cf", "Cs", "Co", "Cn")


def gentle(text: str, kind: str, accents: bool) -> str:
    """Return `text` with nothing in it that a field of this kind would not keep.

    A `+` in an e-mail address stays: no other sign means the same. Doing it twice changes nothing
    more. The width is not looked at.
    """
    for _ in range(4):
        # Leaving a sign out can bring two others together that make a new one.
        again = _once(text, kind, accents)
        if again == text:
            break
        text = again
    return text


def _once(text: str, kind: str, accents: bool) -> str:
    given = text
    text = "".join(_without_controls(character) for character in text)
    text = unicodedata.normalize("NFC", text)
    text = _plain(text, kind, accents)
    if kind in ("address", "free"):
        text = _NUMBER_SIGN.sub("No. ", text)
    if kind == "free":
        text = text.replace(";", ",")
    elif kind not in ("code", "email"):
        text = text.replace(" & ", " and ")
    text = text.replace("\\", "/")
    if kind == "email":
        return "".join(c for c in text if c == "+" or keeps(kind, c, accents))
    text = "".join(_kept(text, place, kind, accents) for place in range(len(text)))
    # Only a text that was changed: who typed two spaces may have them.
    return text if text == given else re.sub(r" {2,}", " ", text).strip()


def _without_controls(character: str) -> str:
    category = unicodedata.category(character)
    if category in _LEFT_OUT:
        return ""
    return " " if category in ("Cc", "Zs", "Zl", "Zp") else character


def _plain(text: str, kind: str, accents: bool) -> str:
    # Where a mark that belongs to a letter would be dropped, the whole text is spelled anew.
    marks = kind not in FREE_KINDS and any(unicodedata.category(c)[0] == "M" for c in text)
    return "".join(
        character
        if character.isascii() or (not marks and keeps(kind, character, accents))
        else _spelled(character, text[place - 1 : place])
        for place, character in enumerate(text)
    )


def _spelled(character: str, before: str) -> str:
    spelled = anyascii(character)
    if _SPELLED_SIGN.fullmatch(spelled):
        return ""
    if unicodedata.decomposition(character).startswith("<fraction>") and before.isdigit():
        return f" {spelled}"
    return spelled


def _kept(text: str, place: int, kind: str, accents: bool) -> str:
    character = text[place]
    if keeps(kind, character, accents):
        return character
    if character == "+":
        return " "
    between = text[place - 1 : place].isalnum() and text[place + 1 : place + 2].isalnum()
    return " " if between and kind in ("name", "address", "alts") else ""

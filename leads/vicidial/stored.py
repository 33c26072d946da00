"""What the server makes of a text value: a model of its silent damage.

The characters that each kind of field keeps were read in the sources: `docs/vicidial.md`,
"What the server keeps". A kind is a value of `LeadField.kind`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from leads.vicidial.fields import LeadField

# Besides letters and digits. Every + becomes a space, in each kind that has both.
KEPT: Mapping[str, str] = MappingProxyType(
    {
        "name": " -'_.",
        "word": "-_",
        "address": " -'._:/@",
        "email": " -'._:/@%",
        "state": " -",
        "country": "-_",
        "postal": " -'",
        "alts": " -_!:",
    }
)
# These keep everything but a few.
DROPPED = ';#"'
FREE_KINDS = ("free", "code")


def keeps(kind: str, character: str, accents: bool) -> bool:
    """True if a field of this kind stores `character` as it is sent.

    `accents` = the server runs with "use non latin": then letters outside A-Z are kept up to
    U+FFFF. Controls and backslashes count as not kept: they break the server.
    """
    if character < " " or character in "\x7f\\+":
        return False
    if kind in FREE_KINDS:
        return (
            character not in DROPPED if character.isascii() else accents and character <= "\uffff"
        )
    if character.isascii():
        return character.isalnum() or character in KEPT[kind]
    return accents and character <= "\uffff" and unicodedata.category(character)[0] == "L"


def as_stored(field: LeadField, sent: str, accents: bool) -> str:
    """Return what the server holds after `sent` came in a text field."""
    spaced = sent.replace("+", " ")
    return "".join(c for c in spaced if keeps(field.kind, c, accents))[: field.width]


@cache
def safe(kind: str) -> re.Pattern[str]:
    """Return the pattern of the plain texts that a field of this kind stores as they are.

    Most values are; asking once a value is ten times faster than asking for each character.
    """
    kept = "".join(c for c in map(chr, range(128)) if keeps(kind, c, accents=False))
    return re.compile(f"[{re.escape(kept)}]*")

"""Names as they are compared: without accents, case and signs; nicknames, suffixes, parts."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from anyascii import anyascii
from nicknames import NickNamer

_SIGNS = {code: " " for code in range(32, 128) if not chr(code).isalnum()}
# An apostrophe or a full stop is within a word: O'Brien is obrien, J.R. is jr.
_SIGNS |= dict.fromkeys(map(ord, "'.`"), "")
_SUFFIX = re.compile(r"^(.+) (jr|junior|sr|senior|ii|iii|iv|2nd|3rd|4th)$")
_MEANS = {"junior": "jr", "senior": "sr", "2nd": "ii", "3rd": "iii", "4th": "iv"}


def fold(joined: str) -> str:
    """Texts without accents, case, signs and needless spaces: `José-Luis` is `jose luis`.

    They are joined by ends of line, for all at once take a tenth of the time.
    """
    if not joined.isascii():
        lines = joined.split("\n")
        joined = "\n".join([line if line.isascii() else plain(line) for line in lines])
    joined = joined.lower().translate(_SIGNS)
    while "  " in joined:
        joined = joined.replace("  ", " ")
    return joined.replace("\n ", "\n").replace(" \n", "\n").strip(" ")


def plain(text: str) -> str:
    """The text in ASCII: without accents, other scripts as they sound."""
    return anyascii(text).replace("\n", " ")


def take_suffix(name: str) -> tuple[str, str]:
    """A folded name without the suffix of a generation, and that suffix (`jr`, `sr`, `ii`, …)."""
    match = _SUFFIX.match(name) if " " in name else None
    return (match[1], _MEANS.get(match[2], match[2])) if match else (name, "")


def _families(lookup: dict[str, set[str]]) -> dict[str, frozenset[str]]:
    """For each name those that may stand for it: its nicknames, what it is a nickname of, and
    the other nicknames of the same name."""
    related: defaultdict[str, set[str]] = defaultdict(set)
    for name, short in lookup.items():
        for one in {name, *short}:
            related[one] |= {name, *short} - {one}
    return {name: frozenset(others) for name, others in related.items()}


_FAMILIES = _families(NickNamer().nickname_lookup)
NICKNAMES = tuple((one, other) for one, others in _FAMILIES.items() for other in others)


def are_nicknames(one: str, other: str) -> bool:
    """Whether one given name may stand for the other (Bob, Robert; Liz, Beth)."""
    return other in _FAMILIES.get(one, ())


def is_known(name: str) -> bool:
    """Whether it is a given name of the table: two that differ are then no slip of the pen."""
    return name in _FAMILIES


def are_variants(one: str, other: str) -> bool:
    """Whether two different given names may be one person's: nickname, initial, or a part."""
    return are_nicknames(one, other) or is_initial(one, other) or are_parts(one, other)


def is_initial(one: str, other: str) -> bool:
    """Whether one name is only the first letter of the other."""
    return (len(one) == 1 or len(other) == 1) and one[:1] == other[:1]


def are_parts(one: str, other: str) -> bool:
    """Whether one name is a part of the other, or both are the same but for spaces.

    Of `garcia lopez` both `garcia` and `lopez` are parts, and `maryann` is `mary ann`.
    """
    if " " not in one and " " not in other:
        return False
    first, second = one.split(), other.split()
    if "".join(first) == "".join(second):
        return True
    return _within(first, second) or _within(second, first)


def _within(short: Iterable[str], long: Sequence[str]) -> bool:
    """Each part of the shorter name is one of the longer, the initial of one, or its nickname."""
    return all(
        any(part == one or (len(part) == 1 and one.startswith(part)) for one in long)
        for part in short
    ) and any(len(part) > 1 for part in short)

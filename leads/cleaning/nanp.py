"""Numbers of the North American plan (+1), told apart without parsing each one.

The verdict of `phonenumbers` on such a number depends on its first six digits only, but for a few
exchanges. It is read from a table made beforehand (`nanp_table.py`); where the table is of another
release of the library, or does not say, the library is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

import phonenumbers

from leads.cleaning.nanp_table import FILE, VALID, is_assigned, read

USUAL = re.compile(r"(?:\+?1[ .-]?)?\(?([2-9][0-9]{2})\)?[ .-]?([2-9][0-9]{2})[ .-]?([0-9]{4})")

# One byte for each first six digits; 0 is "ask".
_verdicts = read(FILE.read_text(encoding="ascii"), phonenumbers.__version__)


class NanpNumber(NamedTuple):
    """Ten digits, and whether `phonenumbers` calls them a valid number."""

    digits: str
    assigned: bool


def read_assigned(texts: Iterable[str]) -> list[str]:
    """For each text the ten digits of a valid number in one of the usual spellings, or ""."""
    found = []
    for match in map(USUAL.fullmatch, texts):
        digits = "".join(match.groups()) if match else ""
        if digits and (verdict := _verdicts[int(digits[:6])]) != VALID:
            digits = digits if not verdict and is_assigned(digits) else ""
        found.append(digits)
    return found


def read_nanp(text: str) -> NanpNumber | None:
    """A number in one of the usual spellings, or None if it wants a closer look."""
    match = USUAL.fullmatch(text)
    if match is None:
        return None
    area, exchange, line = match.groups()
    digits = area + exchange + line
    verdict = _verdicts[int(area + exchange)]
    return NanpNumber(digits, verdict == VALID if verdict else is_assigned(digits))

"""Numbers of the North American plan (+1), told apart without parsing each one.

The verdict of `phonenumbers` on such a number depends on its first six digits only, but for three
exchanges; it is asked once for each of them.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import phonenumbers

_USUAL = re.compile(r"(?:\+?1[ .-]?)?\(?([2-9][0-9]{2})\)?[ .-]?([2-9][0-9]{2})[ .-]?([0-9]{4})")

# Here the seventh digit decides (Barbados, Jamaica).
_FINER = frozenset({"246521", "246522", "876606"})
_ASSIGNED, _UNASSIGNED = 1, 2
# One byte for each first six digits; 0 is "not asked yet".
_verdicts = bytearray(1_000_000)


class NanpNumber(NamedTuple):
    """Ten digits, and whether `phonenumbers` calls them a valid number."""

    digits: str
    assigned: bool


def read_nanp(text: str) -> NanpNumber | None:
    """A number in one of the usual spellings, or None if it wants a closer look."""
    match = _USUAL.fullmatch(text)
    if match is None:
        return None
    area, exchange, line = match.groups()
    prefix = area + exchange
    digits = prefix + line
    verdict = _verdicts[int(prefix)]
    if verdict:
        return NanpNumber(digits, verdict == _ASSIGNED)
    assigned = is_assigned(digits)
    if prefix not in _FINER:
        _verdicts[int(prefix)] = _ASSIGNED if assigned else _UNASSIGNED
    return NanpNumber(digits, assigned)


def is_assigned(digits: str) -> bool:
    """What `phonenumbers` itself says of ten digits after +1."""
    number = phonenumbers.PhoneNumber(country_code=1, national_number=int(digits))
    return bool(phonenumbers.is_valid_number(number))

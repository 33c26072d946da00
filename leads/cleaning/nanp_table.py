"""The table of valid first six digits of the North American plan, `nanp.txt`.

Made from `phonenumbers`, which needs minutes for it: `python -m leads.cleaning.nanp_table`. It
counts only for the release of the library that is named in its first line. Each further line is an
area code and the exchanges of it that are valid; an exchange with a `?` is one where the seventh
digit decides, so that the library has to be asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import phonenumbers

FILE = Path(__file__).with_name("nanp.txt")
PREFIXES = 1_000_000  # of six digits
UNKNOWN, VALID, INVALID = range(3)
_RANGE = re.compile(r"([0-9]{3})(?:-([0-9]{3}))?(\?)?")


def is_assigned(digits: str) -> bool:
    """What `phonenumbers` itself says of ten digits after +1."""
    number = phonenumbers.PhoneNumber(country_code=1, national_number=int(digits))
    return bool(phonenumbers.is_valid_number(number))


def read(text: str, release: str) -> bytearray:
    """One verdict for each six digits; all UNKNOWN if the table is of another release."""
    verdicts = bytearray(PREFIXES)
    head, *lines = text.splitlines()
    if head != f"phonenumbers {release}":
        return verdicts
    for area in range(200, 1000):
        start = area * 1000
        verdicts[start + 200 : start + 1000] = bytes([INVALID]) * 800
    for line in lines:
        area_code, _, ranges = line.partition(" ")
        for first, last, asks in _RANGE.findall(ranges):
            start, end = (int(area_code + exchange) for exchange in (first, last or first))
            verdict = UNKNOWN if asks else VALID
            verdicts[start : end + 1] = bytes([verdict]) * (end + 1 - start)
    return verdicts


def written(verdicts: bytes | bytearray, release: str) -> str:
    """The table's text: `read` gives the verdicts back."""
    lines = [f"phonenumbers {release}"]
    for area in range(200, 1000):
        row = verdicts[area * 1000 : area * 1000 + 1000]
        ranges = [*_ranges(row, VALID, ""), *_ranges(row, UNKNOWN, "?")]
        if ranges:
            lines.append(f"{area} {' '.join(ranges)}")
    return "\n".join(lines) + "\n"


def _ranges(row: bytes | bytearray, verdict: int, mark: str) -> Iterator[str]:
    exchange = 200
    while exchange < 1000:
        start = exchange
        while exchange < 1000 and row[exchange] == verdict:
            exchange += 1
        if exchange - start > 1:
            yield f"{start}-{exchange - 1}{mark}"
        elif exchange > start:
            yield f"{start}{mark}"
        exchange += exchange == start
    return


def verdict(prefix: int, lines: Iterable[str], ask: Callable[[str], bool] = is_assigned) -> int:
    """What the library says of six digits, asked with each of these last four digits."""
    said = {ask(f"{prefix}{line}") for line in lines}
    if len(said) > 1:
        return UNKNOWN
    return VALID if said.pop() else INVALID


def main() -> None:
    """Ask the library about each seventh digit of each number that can be, and write the table."""
    lines = [f"{digit}123" for digit in range(10)]
    verdicts = bytearray(PREFIXES)
    for area in range(200, 1000):
        for prefix in range(area * 1000 + 200, area * 1000 + 1000):
            verdicts[prefix] = verdict(prefix, lines)
    FILE.write_text(written(verdicts, phonenumbers.__version__), encoding="ascii")


if __name__ == "__main__":
    main()

"""Dates of birth in the order that the source writes them, to YYYY-MM-DD."""

from __future__ import annotations

import json
import re
from datetime import date
from functools import lru_cache
from pathlib import Path

from leads.cleaning.plain import key
from leads.cleaning.reasons import Note, note
from leads.cleaning.rules import DateOrder

_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_TIME = re.compile(r"[T ]\s*[0-9]{1,2}:[0-9]{2}.*$")
_PARTS = re.compile(r"[0-9]+|[^\W\d_]+")
_LONGEST_PART = 20  # no name of a month is longer, and int() refuses thousands of digits
_NO_DATE = re.compile(r"[0\s./-]*")
_FILLERS = {"de", "del", "of", "st", "nd", "rd", "th", "le", "er", "den"}
_EARLIEST = date(1900, 1, 1)
# Two digits up to this many are 20xx if nothing says what year it is: leads are grown up.
_YOUNGEST = 10
_ADULT = 16


def _read_months() -> dict[str, int]:
    months = json.loads(Path(__file__).with_name("months.json").read_text(encoding="utf-8"))
    return {key(name): int(month) for month, names in months.items() for name in names}


_MONTHS = _read_months()


@lru_cache(maxsize=65536)
def clean_date(
    given: str, order: DateOrder, today: date | None = None, field: str = "date_of_birth"
) -> tuple[str, Note | None]:
    """A date of birth as YYYY-MM-DD, or "" if it is none, and what is to be said about it.

    A year of four digits at the beginning, and a month in words, speak for themselves; `order`
    settles the rest. A date that exists only in the other order is read so, with a warning. A
    year of two digits is the one of a grown-up. Nothing before 1900 or after `today` is a birth.
    """
    if match := _ISO.fullmatch(given):
        year, month, day = map(int, match.groups())
        if _real(year, month, day, today):
            return given, None
    if _NO_DATE.fullmatch(given):
        return "", note("DATE_READ", field, given, "no date")
    for index, (year, month, day) in enumerate(_readings(given, order, today)):
        if found := _real(year, month, day, today):
            iso = found.isoformat()
            code = "DATE_OTHER_ORDER" if index else "DATE_READ"
            return iso, note(code, field, given, iso)
    return "", note("DATE_INVALID", field, given)


def _readings(given: str, order: DateOrder, today: date | None) -> list[tuple[int, int, int]]:
    """Year, month and day as they can be meant, the likeliest first."""
    parts = [part for part in _PARTS.findall(_TIME.sub("", given)) if key(part) not in _FILLERS]
    if len(parts) == 1 and len(parts[0]) == 8 and parts[0].isdecimal():
        parts = _eight_digits(parts[0], order)
    if len(parts) != 3 or max(map(len, parts)) > _LONGEST_PART:
        return []
    words = [index for index, part in enumerate(parts) if not part.isdecimal()]
    if words:
        return _with_month_name(parts, words, today)
    first, second, third = map(int, parts)
    if len(parts[0]) == 4:
        return [(first, second, third)]
    years = [_year(parts[0], today), _year(parts[2], today)]
    readings = {
        "mdy": (years[1], first, second),
        "dmy": (years[1], second, first),
        "ymd": (years[0], second, third),
    }
    if len(parts[2]) == 4:
        del readings["ymd"]
    ordered = [readings.pop(order)] if order in readings else []
    others = [readings[name] for name in ("mdy", "dmy") if name in readings]
    return ordered + others


def _eight_digits(digits: str, order: DateOrder) -> list[str]:
    if order == "ymd" or (digits[:2] in ("19", "20") and digits[4:6] <= "12"):
        return [digits[:4], digits[4:6], digits[6:]]
    return [digits[:2], digits[2:4], digits[4:]]


def _with_month_name(
    parts: list[str], words: list[int], today: date | None
) -> list[tuple[int, int, int]]:
    month = _MONTHS.get(key(parts[words[0]]))
    if month is None or len(words) > 1:
        return []
    one, other = (part for index, part in enumerate(parts) if index != words[0])
    if len(one) == 4:
        one, other = other, one
    return [(_year(other, today), month, int(one))]


def _year(digits: str, today: date | None) -> int:
    year = int(digits)
    if len(digits) > 2:
        return year
    newest = (today.year - _ADULT) % 100 if today else _YOUNGEST
    return year + (2000 if year <= newest else 1900)


def _real(year: int, month: int, day: int, today: date | None) -> date | None:
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return found if found >= _EARLIEST and (today is None or found <= today) else None

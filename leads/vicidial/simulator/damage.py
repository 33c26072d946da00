"""What the server makes of values, without a word; and what kills its script."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date

WIDTHS = {
    "vendor_lead_code": 20,
    "source_id": 50,
    "title": 4,
    "first_name": 30,
    "middle_initial": 1,
    "last_name": 30,
    "address1": 100,
    "address2": 100,
    "address3": 100,
    "city": 50,
    "state": 2,
    "province": 50,
    "postal_code": 10,
    "country_code": 3,
    "alt_phone": 12,
    "email": 70,
    "security_phrase": 100,
    "comments": 255,
    "owner": 20,
}
NAMES = frozenset(
    ("title", "first_name", "middle_initial", "last_name", "state", "province", "country_code")
)
ADDRESSES = frozenset(("address1", "address2", "address3", "city", "postal_code", "owner"))
FREE = frozenset(("comments", "vendor_lead_code", "source_id", "security_phrase"))

# With "use non latin" off: a list of what stays. With it on: a list of what goes.
_KEPT = {
    "name": re.compile(r"[^-_0-9a-zA-Z '.]"),
    "address": re.compile(r"[^-_0-9a-zA-Z '.:/@]"),
    "email": re.compile(r"[^-_0-9a-zA-Z '.@!$%*=?^{|}~]"),
    "free": re.compile(r"[^ -~]|[;#\"\\]"),
}
_GONE = {
    "name": re.compile(r"[!-&()*+,/:-@\[-^`{-\x7f]"),
    "address": re.compile(r"[!-&()*+,;-?\[-^`{-\x7f]"),
    "email": re.compile(r"[\"#&(),/:;<>\[\\\]`]"),
    "free": re.compile(r"[;#\"\\]"),
}
_FOUR_BYTES = re.compile("[\U00010000-\U0010ffff]")
_KILLS = re.compile(r"\\(?:$|['\"])")


class ScriptDied(Exception):
    """The PHP script died on an SQL error: HTTP 500 with an empty body."""


def kind_of(field: str) -> str:
    if field in NAMES:
        return "name"
    if field in ADDRESSES:
        return "address"
    return "email" if field == "email" else "free"


def stored_text(field: str, value: str, *, accents: bool, strict: bool) -> str:
    """What the column will hold of a text. Raises ScriptDied."""
    if _KILLS.search(value):
        raise ScriptDied
    text = value.replace("+", " ")
    if not accents:
        text = _KEPT[kind_of(field)].sub("", text)
    else:
        if any("\ud800" <= character <= "\udfff" for character in text):
            return ""  # bytes that are no UTF-8 empty the whole field
        text = _FOUR_BYTES.sub("????", _GONE[kind_of(field)].sub("", text))
    return fitted(field, text, WIDTHS.get(field, 255), strict=strict)


def fitted(field: str, text: str, width: int, *, strict: bool) -> str:
    if len(text) > width and strict:
        raise ScriptDied
    return text[:width]


def phone(value: str) -> str:
    """Digits, and commas, which are refused for length afterwards."""
    return re.sub(r"[^,0-9]", "", value)


def digits(value: str) -> str:
    return re.sub(r"[^0-9]", "", value)


def list_id(value: str) -> str:
    """A typing mistake lands in list 999."""
    found = digits(value)
    return found if 3 <= len(found) <= 12 and not value.startswith("-") else "999"


def gender(value: str) -> str:
    return value if value in ("M", "F", "U") else "U"


def rank(value: str) -> str:
    return str(min(int(digits(value)[:5] or "0"), 32767))


def date_of_birth(value: str | None, *, strict: bool) -> str:
    if value is None:
        return "0000-00-00"
    text = re.sub(r"[^-0-9]", "", value)
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        if strict:
            raise ScriptDied from None
        return "0000-00-00"


def stored(params: Mapping[str, str], *, accents: bool, strict: bool) -> dict[str, str]:
    """Every lead field as the database will hold it. Raises ScriptDied."""
    lead = {
        field: stored_text(field, params.get(field, ""), accents=accents, strict=strict)
        for field in WIDTHS
        if field != "alt_phone"
    }
    exact: Mapping[str, Callable[[str], str]] = {
        "phone_number": phone,
        "list_id": list_id,
        "gender": gender,
        "rank": rank,
    }
    lead |= {field: make(params.get(field, "")) for field, make in exact.items()}
    lead["phone_code"] = digits(params.get("phone_code", ""))[:4] or "1"
    alt = digits(params.get("alt_phone", ""))
    lead["alt_phone"] = fitted("alt_phone", alt, WIDTHS["alt_phone"], strict=strict)
    lead["entry_list_id"] = digits(params.get("entry_list_id", "")) or "0"
    lead["date_of_birth"] = date_of_birth(params.get("date_of_birth"), strict=strict)
    return lead

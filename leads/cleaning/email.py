"""E-mail addresses: taken out of what they are wrapped in, and checked for sanity."""

from __future__ import annotations

import re

from leads.cleaning.reasons import Note, note

_GOOD = re.compile(
    r"[^\s@,;<>()\[\]\\\"]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{0,61}[^\W_]"
)
_USUAL = re.compile(r"[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@(?:[a-z0-9]+\.)+[a-z]{2,}")
_WRAPPED = re.compile(r"<([^<>]+)>\s*$")
_BETWEEN = re.compile(r"[;,\s|]+")


def clean_email(given: str) -> tuple[str, tuple[Note, ...]]:
    """An address with its domain in small letters, and what is to be said about it.

    Of several addresses in a cell the first is used. What is no address stays as it was given,
    with a warning: a person may see what was meant.
    """
    if _USUAL.fullmatch(given):
        return given, ()
    text = match[1] if (match := _WRAPPED.search(given)) else given
    text = re.sub(r"^mailto:", "", text.strip(" .,;'\"<>"), flags=re.IGNORECASE)
    parts = [part for part in _BETWEEN.split(text) if part]
    addresses = [part for part in parts if "@" in part]
    if len(addresses) == len(parts) > 1:
        found = _lower_domain(addresses[0])
        if _is_address(found):
            return found, (note("EMAIL_MORE", "email", given, found),)
    found = _lower_domain(text)
    if not _is_address(found):
        return given, (note("EMAIL_INVALID", "email", given),)
    unwrapped = found.casefold() != given.casefold()
    return found, (note("EMAIL_UNWRAPPED", "email", given, found),) if unwrapped else ()


def _lower_domain(address: str) -> str:
    name, at, domain = address.rpartition("@")
    return name + at + domain.lower()


def _is_address(text: str) -> bool:
    name = text.partition("@")[0]
    dots = name.startswith(".") or name.endswith(".") or ".." in name
    return not dots and _GOOD.fullmatch(text) is not None

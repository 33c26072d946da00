"""Take the API password out of texts before they are kept, logged or shown.

VICIdial prints a wrong password back (`docs/vicidial.md`, Authentication answers). Read an answer
first and redact only what is kept: a password such as `1234` may well occur in a lead_id.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import quote, quote_plus

MASK = "[password]"

# Shorter passwords, and all digits, are masked only where they stand alone: inside a phone number
# or a lead_id the same characters mean something else.
SHORTEST_ANYWHERE = 6

_PRINTED_BACK = re.compile(r"(Login incorrect[^|\r\n]*\|[^|\r\n]*\|)[^|\r\n<]*", re.IGNORECASE)
_BAD = re.compile(r"(\|[^|\r\n]*\|)[^|\r\n]*(?=\|BAD\|)")
_IN_QUERY = re.compile(r"((?<![A-Za-z])pass(?:word|wd)?=)[^&\s\"'<>]*", re.IGNORECASE)
_IN_MAPPING = re.compile(
    r"""((['"])pass(?:word|wd)?\2\s*:\s*b?)(?:'[^'\r\n]*'|"[^"\r\n]*")""", re.IGNORECASE
)
_IN_ADDRESS = re.compile(r"(://[^/\s:@]*:)[^/\s@]*(?=@)")


def redact(text: str, *secrets: str) -> str:
    """Return `text` with every secret, in each form a server may print it, replaced by MASK.

    Known forms: plain, URL-encoded, HTML-escaped, backslash-escaped, and reduced to letters,
    digits, `-` and `_` as VICIdial does. Also masks what stands where a password stands (a `Login
    incorrect` line, `pass=` in an address), even if the secret is not given.
    """
    for pattern in _patterns(secrets):
        text = pattern.sub(MASK, text)
    text = _PRINTED_BACK.sub(rf"\g<1>{MASK}", text)
    text = _BAD.sub(rf"\g<1>{MASK}", text)
    text = _IN_QUERY.sub(rf"\g<1>{MASK}", text)
    text = _IN_MAPPING.sub(rf"\g<1>'{MASK}'", text)
    return _IN_ADDRESS.sub(rf"\g<1>{MASK}", text)


def redact_params(params: Mapping[str, str]) -> dict[str, str]:
    """Return a copy of the request's parameters with `pass` masked, in the same order."""
    return {name: MASK if name.lower() == "pass" else value for name, value in params.items()}


@lru_cache(maxsize=64)
def _patterns(secrets: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    # The longest first: a shorter form may be a part of it.
    return tuple(_pattern(form) for form in sorted(_forms(secrets), key=len, reverse=True))


def _forms(secrets: tuple[str, ...]) -> set[str]:
    forms: set[str] = set()
    for secret in filter(None, secrets):
        forms |= {
            secret,
            quote(secret, safe="", errors="replace"),
            quote_plus(secret, errors="replace"),
            quote(secret, errors="replace"),
            html.escape(secret),
            html.escape(secret, quote=False),
            repr(secret)[1:-1],
            re.sub(r"(['\"\\])", r"\\\1", secret),
            re.sub(r"[^-_0-9a-zA-Z]", "", secret),
            re.sub(r"[^-\w]", "", secret),
        }
    # A password of signs only is reduced to nothing, or to the dash that answers are full of.
    return {form for form in forms if form in secrets or any(map(str.isalnum, form))} - {""}


def _pattern(form: str) -> re.Pattern[str]:
    # Percent-encoding may be written %3a or %3A.
    flags = re.IGNORECASE if "%" in form else 0
    if len(form) >= SHORTEST_ANYWHERE and not form.isdigit():
        return re.compile(re.escape(form), flags)
    return re.compile(rf"(?<![\w-]){re.escape(form)}(?![\w-])", flags)

"""Values that are right or wrong as a whole: numbers, dates, codes. See `leads.vicidial.wire`.

Each function takes the field and the value and returns what is sent, what the server will hold
and the loss. Where a value is left out, the server holds its own default.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType

from leads.sentence import say
from leads.vicidial.fields import DEFAULT_LIST, LeadField
from leads.vicidial.sentences import quoted

Exact = Callable[[LeadField, str], tuple[str, str, str]]

DEFAULT_PHONE_CODE = "1"
EMPTY_DATE = "0000-00-00"
RANK_MOST = 32767
GENDERS = {"M": "M", "F": "F", "U": "U", "MALE": "M", "FEMALE": "F", "MAN": "M", "WOMAN": "F"}
_PHONE_SIGNS = re.compile(r"[\s().+\-\u00a0\u2010-\u2015]")
_SHORTEST_PHONE = 6


def _result(field: LeadField, value: str, sent: str) -> tuple[str, str, str]:
    loss = (
        ""
        if sent == value
        else say(
            "%(name)s %(value)s is sent as %(sent)s.",
            name=field.name,
            value=quoted(value),
            sent=quoted(sent),
        )
    )
    return sent, sent, loss


def _left_out(field: LeadField, value: str, default: str, why: str) -> tuple[str, str, str]:
    loss = (
        ""
        if value in ("", default)
        else say(
            "%(name)s %(value)s is not sent: %(why)s.",
            name=field.name,
            value=quoted(value),
            why=why,
        )
    )
    return "", default if value else "", loss


def phone(field: LeadField, value: str) -> tuple[str, str, str]:
    """Digits only. A number with letters, a comma, or too many digits would become another one."""
    digits = _PHONE_SIGNS.sub("", value)
    shortest = _SHORTEST_PHONE if field.name == "phone_number" else 1
    if not re.fullmatch(r"[0-9]+", digits):
        return _left_out(field, value, "", say("it holds more than digits and ( ) - . +"))
    if not shortest <= len(digits) <= field.width:
        why = say(
            "VICIdial takes %(shortest)s to %(width)s digits here, and this has %(digits)s",
            shortest=shortest,
            width=field.width,
            digits=len(digits),
        )
        return _left_out(field, value, "", why)
    return _result(field, value, digits)


def phone_code(field: LeadField, value: str) -> tuple[str, str, str]:
    """The country's dialling code, 1 to 4 digits; the server takes 1 (USA) where there is none."""
    digits = value.strip().removeprefix("+")
    if re.fullmatch(rf"[0-9]{{1,{field.width}}}", digits):
        return _result(field, value, digits)
    what = (
        say("%(value)s is no dialling code and is not sent", value=quoted(value))
        if value
        else say("is empty")
    )
    return (
        "",
        DEFAULT_PHONE_CODE,
        say("%(name)s %(what)s: VICIdial takes 1, the USA and Canada.", name=field.name, what=what),
    )


def list_id(field: LeadField, value: str) -> tuple[str, str, str]:
    """3 to 12 digits; anything else would land in the server's default list, with a SUCCESS."""
    text = value.strip()
    if re.fullmatch(r"[1-9][0-9]{2,11}", text):
        return _result(field, value, text)
    what = say("%(value)s is no list", value=quoted(value)) if value else say("is empty")
    why = say("VICIdial would put the lead into a list of its own choice, mostly 999")
    return (
        "",
        DEFAULT_LIST,
        say(
            "%(name)s %(what)s (3 to 12 digits) and is not sent: %(why)s.",
            name=field.name,
            what=what,
            why=why,
        ),
    )


def birth_date(field: LeadField, value: str) -> tuple[str, str, str]:
    """YYYY-MM-DD and a day that there is; anything else breaks a strict server."""
    text = value.strip()
    try:
        real = re.fullmatch(r"[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}", text) and date.fromisoformat(text)
    except ValueError:
        real = None
    if real:
        return _result(field, value, text)
    return _left_out(field, value, EMPTY_DATE, say("it is no day of the form YYYY-MM-DD"))


def gender(field: LeadField, value: str) -> tuple[str, str, str]:
    """U, M or F; the server makes U of all else, small letters too."""
    if not value:
        return "", "", ""
    return _result(field, value, GENDERS.get(value.strip().upper(), "U"))


def rank(field: LeadField, value: str) -> tuple[str, str, str]:
    """0 to 32767. The server drops a sign, which would make the lowest rank a high one."""
    text = value.strip()
    if not re.fullmatch(r"[+-]?[0-9]{1,18}(\.0+)?", text):
        return _left_out(field, value, "0", say("it is no whole number"))
    sent = str(min(max(int(float(text)), 0), RANK_MOST))
    return _result(field, value, sent)


def number(field: LeadField, value: str) -> tuple[str, str, str]:
    """A number of digits only, with no leading zero."""
    text = value.strip()
    if re.fullmatch(rf"0|[1-9][0-9]{{0,{field.width - 1}}}", text):
        return _result(field, value, text)
    return _left_out(
        field, value, "0", say("it is no number of 1 to %(width)s digits", width=field.width)
    )


def never(field: LeadField, value: str) -> tuple[str, str, str]:
    """What the server works out for itself and overwrites."""
    return _left_out(field, value, "", say("VICIdial works it out itself"))


EXACT: Mapping[str, Exact] = MappingProxyType(
    {
        "phone": phone,
        "phone_code": phone_code,
        "list": list_id,
        "date": birth_date,
        "gender": gender,
        "rank": rank,
        "number": number,
        "never": never,
    }
)

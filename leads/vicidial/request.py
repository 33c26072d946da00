"""Build the form body of an add_lead call from a lead and the settings of its list.

`user`, `pass`, `source` and `function` are added by `leads.vicidial.client`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from leads.sentence import say
from leads.vicidial.fields import FIELDS, SETTINGS, validate_duplicate_check
from leads.vicidial.sentences import quoted
from leads.vicidial.stored import keeps
from leads.vicidial.wire import WireValue, clean

RESERVED = frozenset({"user", "pass", "source", "function", *SETTINGS})
# With one of these checks an apostrophe in a name kills the server's script.
NAME_CHECKS = ("DUPNAMEPHONE", "DUPTITLEALTPHONE")
CHECKED_NAMES = ("title", "first_name", "last_name")
LABEL = re.compile(r"[A-Za-z0-9_]{1,50}")
_CALLBACK_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d|NOW|\d{1,4}DAYS")
_CODE = re.compile(r"[-_0-9A-Za-z]{1,20}")


def build_add_lead(
    lead: Mapping[str, str], options: Mapping[str, str], *, accents: bool = False
) -> dict[str, str]:
    """Return the parameters of an add_lead call, each in the form that the server keeps.

    `lead` maps names of FIELDS to values, and with the option `custom_fields=Y` also labels of
    custom fields; `options` maps names of SETTINGS to values; `accents` as in `clean`. Empty values
    are left out. Raises ValueError with a sentence for a name or an option that is not known, for
    options that do not go together, and for a list_id that would end up in another list.
    """
    checked = _checked(options)
    values = {
        name: _wire(name, value, accents, checked).sent
        for name, value in lead.items()
        if _known(name, checked)
    }
    if not values.get("list_id"):
        raise ValueError(clean("list_id", lead.get("list_id", "")).loss)
    return {name: value for name, value in {**values, **checked}.items() if value}


def losses(
    lead: Mapping[str, str], accents: bool = False, options: Mapping[str, str] | None = None
) -> list[tuple[str, str, str, str]]:
    """Return what the server will hold otherwise than given: (field, given, stored, sentence).

    In the order of `lead`; empty values lose nothing. With `options` also what these options cost.
    """
    found = []
    for name, value in lead.items():
        wire = _wire(name, value, accents, options or {})
        if value and wire.loss:
            found.append((name, value, wire.stored, wire.loss))
    return found


def _wire(name: str, value: str, accents: bool, options: Mapping[str, str]) -> WireValue:
    wire = clean(name, value, accents)
    checks = options.get("duplicate_check", "")
    if name not in CHECKED_NAMES or "'" not in wire.sent or not _checks_names(checks):
        return wire
    sent = wire.sent.replace("'", "")
    why = say("an apostrophe together with %(checks)s kills the server's script", checks=checks)
    loss = say(
        "%(name)s %(value)s: VICIdial will hold %(sent)s (%(why)s).",
        name=name,
        value=quoted(value),
        sent=quoted(sent),
        why=why,
    )
    return WireValue(sent, sent, loss)


def _checks_names(duplicate_check: str) -> bool:
    return any(check in duplicate_check for check in NAME_CHECKS)


def _known(name: str, options: Mapping[str, str]) -> bool:
    if name in FIELDS:
        return True
    if options.get("custom_fields") != "Y":
        raise ValueError(
            say("%(name)s is no field of add_lead, and custom_fields is not Y.", name=quoted(name))
        )
    if name in RESERVED or not LABEL.fullmatch(name):
        raise ValueError(say("%(name)s cannot be the label of a custom field.", name=quoted(name)))
    return True


def _checked(options: Mapping[str, str]) -> dict[str, str]:
    for name, value in options.items():
        if name not in SETTINGS:
            raise ValueError(
                say(
                    "%(name)s is no setting of add_lead; use %(known)s.",
                    name=quoted(name),
                    known=", ".join(SETTINGS),
                )
            )
        if value:
            _check_value(name, value)
    if options.get("campaign_dnc_check", "N") not in ("", "N") and not options.get("campaign_id"):
        raise ValueError(say("campaign_dnc_check needs a campaign_id."))
    return {name: value for name, value in options.items() if value}


def _check_value(name: str, value: str) -> None:
    allowed = SETTINGS[name]
    if allowed and value not in allowed:
        raise ValueError(
            say(
                "%(name)s %(value)s is none of %(known)s.",
                name=name,
                value=quoted(value),
                known=", ".join(allowed),
            )
        )
    if name == "duplicate_check":
        validate_duplicate_check(value)
    elif name == "hopper_priority" and not re.fullmatch(r"-?[0-9]{1,2}", value):
        raise ValueError(
            say("hopper_priority %(value)s is no number from -99 to 99.", value=quoted(value))
        )
    elif name == "callback_datetime" and not _CALLBACK_TIME.fullmatch(value):
        raise ValueError(
            say(
                "callback_datetime %(value)s is none of YYYY-MM-DD HH:MM:SS, NOW or 3DAYS.",
                value=quoted(value),
            )
        )
    elif name in ("campaign_id", "callback_status", "callback_user") and not _CODE.fullmatch(value):
        raise ValueError(
            say(
                "%(name)s %(value)s has more than letters, digits, - and _.",
                name=name,
                value=quoted(value),
            )
        )
    elif name == "callback_comments" and not all(keeps("address", c, True) for c in value):
        raise ValueError(
            say(
                "callback_comments %(value)s has signs that VICIdial does not keep.",
                value=quoted(value),
            )
        )

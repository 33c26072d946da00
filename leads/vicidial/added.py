"""Read the values of add_lead's SUCCESS line, in whichever of the two orders they come.

    phone|list_id|lead_id|gmt_offset|user     what servers print
    phone|user|list_id|lead_id|gmt_offset     what the published text says, and proxies and forks

With the user known the two cannot both fit: a user where a gmt_offset may stand has one or two
digits, and a user where a list_id may stand has at least three. See `docs/vicidial.md`, add_lead.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from leads.vicidial.fields import DEFAULT_LIST

_LEAD_ID = re.compile(r"[1-9][0-9]{0,9}")
_LIST_ID = re.compile(r"[0-9]{3,14}")
_GMT_OFFSET = re.compile(r"(?:-?(?:1[0-4]|[0-9])(?:\.[0-9]{1,2})?)?")


@dataclass(frozen=True)
class Added:
    """The values of a success: gmt_offset is in hours, as printed, perhaps empty."""

    lead_id: int
    list_id: int
    gmt_offset: str


def phone_as_answered(phone: str) -> str:
    """Return a phone number as the server prints it: digits, and commas."""
    return re.sub(r"[^0-9,]", "", phone)


def list_as_used(list_id: str) -> str:
    """Return the list that the server makes of a list_id: `101x` is 101, `12` and `abc` are 999."""
    digits = re.sub(r"[^0-9]", "", list_id)
    return digits if _LIST_ID.fullmatch(digits) else DEFAULT_LIST


def lead_id_of(value: str) -> int | None:
    """Return a lead_id (1 to 10 digits, positive), or None if `value` is none."""
    return int(value) if _LEAD_ID.fullmatch(value) else None


def read_added(values: tuple[str, ...], sent: Mapping[str, str]) -> Added | str:
    """Return what was added, or the reason code why it cannot be told for sure.

    `values` are those after the reason text; `sent` are the parameters of the call. The list of the
    result may be another than the one sent: the server has put the lead there.
    """
    if len(values) == 6 and not values[5]:
        values = values[:5]
    if len(values) != 5:
        return "UNREADABLE_SUCCESS"
    phone = phone_as_answered(sent.get("phone_number", ""))
    if not phone or values[0] != phone:
        return "OTHER_PHONE"
    orders = ((values[4], *values[1:4]), values[1:5])
    readings = [added for order in orders if (added := _reading(order, sent))]
    if len(readings) > 1:
        return "AMBIGUOUS_ORDER"
    return readings[0] if readings else "UNREADABLE_SUCCESS"


def _reading(order: tuple[str, ...], sent: Mapping[str, str]) -> Added | None:
    """Read user, list_id, lead_id, gmt_offset; None if they do not fit what was sent."""
    user, list_id, lead_id, gmt_offset = order
    number = lead_id_of(lead_id)
    if number is None or not _LIST_ID.fullmatch(list_id) or not _GMT_OFFSET.fullmatch(gmt_offset):
        return None
    if sent_user := sent.get("user", ""):
        if user not in _users_as_answered(sent_user):
            return None
    elif list_id != list_as_used(sent.get("list_id", "")):
        # Without the user only the list can tell the orders apart, so it has to be the very one.
        return None
    return Added(number, int(list_id), gmt_offset)


def _users_as_answered(user: str) -> set[str]:
    # Letters outside A-Z stay where the server runs with "use non latin".
    return {re.sub(r"[^-_0-9a-zA-Z]", "", user), re.sub(r"[^-\w]", "", user)} - {""}

"""Ask a dialer about its leads, lists and numbers. Nothing here adds or changes a lead, save
`delete_lead`.

Every function raises NotSent or NoAnswer as the client does; Stop where the dialer refuses the
API user (NotAllowed if only this function); Unsupported where the release lacks the function; and
Unclear where the answer does not say. None, an empty list and False mean that the dialer said so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from leads.sentence import say
from leads.vicidial.client import Client
from leads.vicidial.errors import (
    DialerError,
    NoAnswer,
    NotAllowed,
    NotSent,
    Stop,
    Unclear,
    Unsupported,
)
from leads.vicidial.found import Campaign, FoundLead, ListInfo, PhoneCheck, Version
from leads.vicidial.reasons import reason_of
from leads.vicidial.replies import (
    data_lines,
    lines_of,
    one_error,
    read_field_info,
    read_no_update,
    read_row,
    read_search,
    unclear,
)

__all__ = [
    "Campaign",
    "DialerError",
    "FoundLead",
    "ListInfo",
    "NoAnswer",
    "NotAllowed",
    "NotSent",
    "PhoneCheck",
    "Stop",
    "Unclear",
    "Unsupported",
    "Version",
    "as_echoed",
    "campaigns",
    "can_ask",
    "check_phone",
    "custom_fields",
    "delete_lead",
    "field_info",
    "list_info",
    "no_update_by_code",
    "no_update_by_phone",
    "search_by_codes",
    "search_by_phones",
    "version",
]

# Some 2,000 characters of keys: well below what any release and its web server take.
KEYS_A_CALL = 100


def as_echoed(code: str) -> str:
    """Return a vendor_lead_code as the server prints it back: without `;#"`, + as a space."""
    return re.sub(r"[;#\"]", "", code).replace("+", " ").strip()


def version(client: Client) -> Version:
    """Ask for the release. Needs no login."""
    answer = client.call("version")
    match = re.search(r"VERSION: *([^|<\r\n]+)\|([^<\r\n]*)", answer.body)
    if answer.status != 200 or not match:
        lines_of(answer.status, answer.body, "version")
        raise unclear("version", say("it does not begin with VERSION:"))
    pairs = (part.partition(":") for part in client.redact(match[2]).split("|"))
    parts = {name.strip(): value.strip() for name, _, value in pairs}
    epoch = parts.get("EPOCH", "")
    return Version(
        client.redact(match[1].strip())[:40],
        parts.get("BUILD", "")[:40],
        parts.get("DATE", "")[:40],
        int(epoch) if re.fullmatch(r"[0-9]{1,12}", epoch) else None,
        parts.get("TZ", "")[:10],
    )


def no_update_by_code(client: Client, code: str, list_id: int | None = None) -> FoundLead | None:
    """Find the newest lead with this vendor_lead_code; None if the dialer has none.

    With `list_id` only in that list, which uses an index; without, the server scans its table.
    """
    key = _askable(code)
    params = {"search_method": "VENDOR_LEAD_CODE", "vendor_lead_code": key}
    return _no_update(client, params, list_id, code=key)


def no_update_by_phone(client: Client, phone: str, list_id: int | None = None) -> FoundLead | None:
    """Find the newest lead with this phone_number (digits); None if the dialer has none."""
    digits = re.sub(r"[^0-9]", "", phone)
    params = {"search_method": "PHONE_NUMBER", "phone_number": digits}
    return _no_update(client, params, list_id, phone=digits)


def _no_update(
    client: Client, params: dict[str, str], list_id: int | None, *, code: str = "", phone: str = ""
) -> FoundLead | None:
    if not (code or phone):
        raise Unclear(
            say("A lead can only be looked up by a code or a phone number."), "NOTHING_ASKED"
        )
    if list_id is not None:
        params |= {"search_location": "LIST", "list_id": str(list_id)}
    # Without no_update this call would change the lead that it finds.
    answer = client.call("update_lead", {**params, "no_update": "Y"})
    user = re.sub(r"[^-\w]", "", client.user)
    return read_no_update(answer.status, answer.body, user=user, code=code, phone=phone)


def search_by_codes(client: Client, codes: Sequence[str]) -> dict[str, list[int]]:
    """Return the lead_ids of every vendor_lead_code, KEYS_A_CALL a call; a code has all or none."""
    echoes = {code: _askable(code) for code in codes}
    found = _search(client, list(dict.fromkeys(echoes.values())), "vendor_lead_code")
    return {code: found[echo] for code, echo in echoes.items()}


def search_by_phones(client: Client, phones: Sequence[str]) -> dict[str, list[int]]:
    """Return the lead_ids of every phone number, KEYS_A_CALL a call."""
    echoes = {phone: re.sub(r"[^0-9]", "", phone) for phone in phones}
    if "" in echoes.values():
        raise Unclear(say("A phone number without digits cannot be looked up."), "NOTHING_ASKED")
    found = _search(client, list(dict.fromkeys(echoes.values())), "phone_number")
    return {phone: found[echo] for phone, echo in echoes.items()}


def _search(client: Client, keys: list[str], parameter: str) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for start in range(0, len(keys), KEYS_A_CALL):
        part = keys[start : start + KEYS_A_CALL]
        params = {"search_method": parameter.upper(), parameter: ",".join(part)}
        answer = client.call("lead_search", params)
        found |= read_search(answer.status, answer.body, part)
    return found


def can_ask(code: str) -> bool:
    """True if a vendor_lead_code can be looked up. One that cannot makes every look-up that it is
    part of raise Unclear: leave it out first."""
    echo = as_echoed(code)
    plain = echo.isascii() and echo.isprintable()
    return bool(echo) and plain and not re.search(r"[,|\\<>]", echo)


def _askable(code: str) -> str:
    if not can_ask(code):
        raise Unclear(
            say(
                "vendor_lead_code %(code)s cannot be looked up: it is empty or has a comma, a "
                "bar, or signs that the dialer does not print back.",
                code=repr(code[:40]),
            ),
            "CODE_NOT_ASKABLE",
        )
    return as_echoed(code)


def field_info(client: Client, lead_id: int, field: str) -> str | None:
    """Return one field of a lead, for example `status`; None if there is no such lead."""
    answer = client.call("lead_field_info", {"lead_id": str(lead_id), "field_name": field})
    value = read_field_info(answer.status, answer.body)
    if value is not None and client.redact(value) != value:
        raise unclear("lead_field_info", say("it shows the request"))
    return value


def list_info(client: Client, list_id: int) -> ListInfo | None:
    """Return a list with its counts; None if the dialer does not have it."""
    params = {"list_id": str(list_id), "leads_counts": "Y", "header": "YES"}
    answer = client.call("list_info", params)
    lines = lines_of(answer.status, answer.body, "list_info")
    if one_error(lines, "list_info LIST DOES NOT EXIST"):
        return None
    row = read_row(answer.status, answer.body, "list_info", str(list_id))
    counts = [int(row[at]) if row.get(at, "").isdecimal() else None for at in (8, 9)]
    return ListInfo(
        list_id,
        client.redact(row.get(1, "")),
        row.get(2, ""),
        row.get(3, "") == "Y",
        row.get(5, ""),
        row.get(6, ""),
        *counts,
    )


def campaigns(client: Client) -> list[Campaign]:
    """Return the campaigns that the API user may see."""
    answer = client.call("campaigns_list", {"header": "YES"})
    if lines_of(answer.status, answer.body, "campaigns_list"):
        raise unclear("campaigns_list", say("it is no table"))
    rows = [line.split("|") for line in data_lines(answer.body)]
    if any(len(row) < 3 for row in rows):
        raise unclear("campaigns_list", say("a line is not campaign_id|campaign_name|active"))
    texts = [[client.redact(value.strip()) for value in row[:3]] for row in rows]
    return [Campaign(code, name, active == "Y") for code, name, active in texts]


def custom_fields(client: Client, list_id: int) -> list[str]:
    """Return the labels of a list's custom fields; none where the dialer has them switched off."""
    answer = client.call("list_custom_fields", {"list_id": str(list_id)})
    lines = lines_of(answer.status, answer.body, "list_custom_fields")
    if len(lines) == 1 and "CUSTOM LIST FIELDS ARE NOT ENABLED" in lines[0].reason:
        return []
    row = read_row(answer.status, answer.body, "list_custom_fields", str(list_id))
    return client.redact(row.get(6, "")).split()


def check_phone(
    client: Client, phone: str, phone_code: str = "", *, dnc: bool = True
) -> PhoneCheck:
    """Ask whether add_lead would take a number, and whether it is on the do-not-call list."""
    digits = re.sub(r"[^0-9]", "", phone)
    params = {"phone_number": digits, "local_call_time": "24hours"}
    if phone_code:
        params["phone_code"] = phone_code
    if dnc:
        params["dnc_check"] = "Y"
    answer = client.call("check_phone_number", params)
    lines = lines_of(answer.status, answer.body, "check_phone_number")
    if not lines and re.search(rf"AREACODE: .*PHONE: {digits}\|", answer.body):
        return PhoneCheck(ok=True)
    reason = reason_of(lines[0]) if len(lines) == 1 and lines[0].word == "ERROR" else None
    if reason and reason.outcome == "refused" and lines[0].values[:1] == (digits,):
        return PhoneCheck(ok=False, reason=reason.code, sentence=reason.sentence)
    raise unclear("check_phone_number", say("it neither takes nor refuses the number"))


def delete_lead(client: Client, lead_id: int) -> bool:
    """Delete a lead on the dialer: True if it is gone now, False if there was none."""
    answer = client.call("update_lead", {"lead_id": str(lead_id), "delete_lead": "Y"})
    lines = lines_of(answer.status, answer.body, "update_lead")
    if len(lines) == 1:
        line, wanted = lines[0], str(lead_id)
        deleted = line.reason.startswith("update_lead LEAD HAS BEEN DELETED")
        if line.word == "SUCCESS" and deleted and line.values[1:3] == (wanted, "1"):
            return True
        if line.word in ("NOTICE", "ERROR") and "NO MATCHES FOUND" in line.reason:
            return False
    raise unclear(
        "update_lead", say("it does not say whether lead %(lead_id)s was deleted", lead_id=lead_id)
    )

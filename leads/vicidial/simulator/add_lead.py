"""add_lead: the insert, its refusals, and the lines that come with it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from leads.vicidial.simulator import damage
from leads.vicidial.simulator.duplicates import duplicate_answer
from leads.vicidial.simulator.phones import bad_number, gmt_offset, in_dnc
from leads.vicidial.simulator.releases import has
from leads.vicidial.simulator.store import Store


@dataclass(frozen=True)
class Server:
    """How the server is set up: release, character handling, strictness, form of the answer."""

    release: str
    accents: bool
    strict: bool
    published_order: bool


def add_lead(store: Store, server: Server, params: Mapping[str, str]) -> str:
    """Answer one add_lead call of a user who may make it. Raises damage.ScriptDied."""
    user = params.get("user", "")
    lead: dict[str, Any] = damage.stored(params, accents=server.accents, strict=server.strict)
    phone, list_id = lead["phone_number"], lead["list_id"]
    refused = (
        bad_number("add_lead", phone, lead["phone_code"], params, user)
        or _bad_list(store, server, params, phone, list_id, user)
        or in_dnc(store, "add_lead", phone, params, user)
        or duplicate_answer(store, params.get("duplicate_check", ""), lead)
    )
    if refused:
        return refused
    offset = gmt_offset(lead["phone_code"])
    callback = params.get("callback") == "Y"
    lead |= {
        "status": "CBHOLD" if callback else "NEW",
        "user": user,
        "gmt_offset_now": offset,
        "last_local_call_time": local_time(store),
    }
    lead_id = store.add_lead(lead)
    values = (
        f"{phone}|{user}|{list_id}|{lead_id}|{offset}"
        if server.published_order
        else f"{phone}|{list_id}|{lead_id}|{offset}|{user}"
    )
    return (
        _nanpa(params, user)
        + f"SUCCESS: add_lead LEAD HAS BEEN ADDED - {values}\n"
        + _hopper(store, params, phone, lead_id, offset, user)
        + _custom_fields(store, params, phone, lead_id, int(list_id))
        + (_callback(store, params, lead_id) if callback else "")
        + _multi_alt_phones(params, lead_id, user)
    )


def local_time(store: Store) -> str:
    """The server's own time as it prints it; the captured server's clock ran in UTC."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(store.clock()))


def _bad_list(
    store: Store, server: Server, params: Mapping[str, str], phone: str, list_id: str, user: str
) -> str | None:
    allowed = store.users[user].allowed_lists if user in store.users else None
    if allowed is not None and int(list_id) not in allowed:
        return f"ERROR: add_lead NOT AN ALLOWED LIST ID - {phone}|{list_id}\n"
    asked = params.get("list_exists_check") == "Y" and has(server.release, "list_exists_check")
    if asked and int(list_id) not in store.lists:
        return (
            "ERROR: add_lead NOT A DEFINED LIST ID, LIST EXISTS CHECK ENABLED -"
            f" {phone}|{list_id}\n"
        )
    return None


def _nanpa(params: Mapping[str, str], user: str) -> str:
    if params.get("nanpa_ac_prefix_check") != "Y" and params.get("tz_method") != "NANPA":
        return ""
    return f"NOTICE: add_lead NANPA options disabled, NANPA prefix data not loaded - 0|{user}\n"


def _hopper(
    store: Store, params: Mapping[str, str], phone: str, lead_id: int, offset: str, user: str
) -> str:
    if params.get("add_to_hopper") != "Y":
        return ""
    if params.get("hopper_local_call_time_check") == "Y" and store.outside_local_time:
        return (
            "NOTICE: add_lead NOT ADDED TO HOPPER, OUTSIDE OF LOCAL TIME -"
            f" {phone}|{lead_id}|{offset}|0|{user}\n"
        )
    hopper_id = store.to_hopper(lead_id)
    return f"NOTICE: add_lead ADDED TO HOPPER - {phone}|{lead_id}|{hopper_id}|{user}\n"


def _custom_fields(
    store: Store, params: Mapping[str, str], phone: str, lead_id: int, list_id: int
) -> str:
    if params.get("custom_fields") != "Y":
        return ""
    lead = f"{phone}|{lead_id}"
    if not store.custom_fields_enabled:
        return f"NOTICE: add_lead CUSTOM FIELDS NOT ADDED, CUSTOM FIELDS DISABLED - {lead}|Y|0\n"
    there = store.lists.get(list_id)
    if there is None or not there.custom_fields:
        return (
            "NOTICE: add_lead CUSTOM FIELDS NOT ADDED, NO CUSTOM FIELDS DEFINED FOR THIS LIST -"
            f" {lead}|{list_id}\n"
        )
    given = {label: params[label] for label in there.custom_fields if label in params}
    if not given:
        return f"NOTICE: add_lead CUSTOM FIELDS NOT ADDED, NO FIELDS DEFINED - {lead}|{list_id}\n"
    store.update_lead(lead_id, **given)
    return f"NOTICE: add_lead CUSTOM FIELDS VALUES ADDED - {lead}|{list_id}|1\n"


def _callback(store: Store, params: Mapping[str, str], lead_id: int) -> str:
    campaign = params.get("campaign_id", "")
    if campaign not in store.campaigns:
        return (
            "NOTICE: add_lead SCHEDULED CALLBACK NOT ADDED, CAMPAIGN NOT VALID -"
            f" {lead_id}|{campaign}\n"
        )
    kind = "USERONLY" if params.get("callback_type") == "USERONLY" else "ANYONE"
    agent = params.get("callback_user", "") if kind == "USERONLY" else ""
    if kind == "USERONLY" and agent not in store.users:
        return (
            "NOTICE: add_lead SCHEDULED CALLBACK NOT ADDED, USER NOT VALID -"
            f" {lead_id}|{campaign}|{agent}|{kind}\n"
        )
    when = params.get("callback_datetime", "NOW")
    when = local_time(store) if when == "NOW" else when
    status = params.get("callback_status") or "CALLBK"
    return (
        "NOTICE: add_lead SCHEDULED CALLBACK ADDED -"
        f" {lead_id}|{campaign}|{when}|{kind}|{agent}|{status}\n"
    )


def _multi_alt_phones(params: Mapping[str, str], lead_id: int, user: str) -> str:
    if not (given := params.get("multi_alt_phones", "")):
        return ""
    entries = [entry.split("_", 2) for entry in given.split("!") if entry]
    # Debugging output that never went, with no line break before the notice.
    raw = "".join("|".join(entry) for entry in entries)
    return (
        f"{raw}NOTICE: add_lead MULTI-ALT-PHONE NUMBERS LOADED - {len(entries)}|{lead_id}|{user}\n"
    )

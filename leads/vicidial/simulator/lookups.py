"""The functions that look up, change or delete what is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from leads.vicidial.simulator import damage
from leads.vicidial.simulator.add_lead import Server, local_time
from leads.vicidial.simulator.phones import bad_number, gmt_offset, in_dnc
from leads.vicidial.simulator.store import Store

ALL_INFO = [
    "status",
    "user",
    "vendor_lead_code",
    "source_id",
    "list_id",
    "gmt_offset_now",
    "phone_code",
    "phone_number",
    "title",
    "first_name",
    "middle_initial",
    "last_name",
    "address1",
    "address2",
    "address3",
    "city",
    "state",
    "province",
    "postal_code",
    "country_code",
    "gender",
    "date_of_birth",
    "alt_phone",
    "email",
    "security_phrase",
    "comments",
    "called_count",
    "last_local_call_time",
    "rank",
    "owner",
    "entry_list_id",
    "lead_id",
]
DEFAULTS = {"gender": "U", "date_of_birth": "0000-00-00", "rank": "0", "entry_list_id": "0"}
CHANGEABLE = {*damage.WIDTHS, "status"} - {"vendor_lead_code"}


def version(store: Store, server: Server, params: Mapping[str, str]) -> str:
    return (
        f"VERSION: {server.release}|BUILD: 250720-1841|DATE: {local_time(store)}"
        f"|EPOCH: {int(store.clock())}|DST: 0|TZ: -5.00|TZNOW: -5.00|\n"
    )


def value_of(lead: Mapping[str, Any], column: str) -> str:
    if column == "gmt_offset_now" and lead.get(column, "") != "":
        return f"{float(lead[column]):.2f}"
    return str(lead.get(column, DEFAULTS.get(column, "")))


def _one(store: Store, params: Mapping[str, str]) -> dict[str, Any] | None:
    """The newest lead that update_lead's search methods find, or None."""
    methods = {
        "VENDOR_LEAD_CODE": ("vendor_lead_code", params.get("vendor_lead_code", "")),
        "PHONE_NUMBER": ("phone_number", damage.phone(params.get("phone_number", ""))),
    }
    wanted = None
    if params.get("search_location") == "LIST":
        wanted = int(damage.list_id(params.get("list_id", "")))
    for method in params.get("search_method", "LEAD_ID").split("_OR_"):
        if method in methods:
            column, key = methods[method]
            for lead in store.find(column, key):
                if wanted is None or lead["list_id"] == wanted:
                    return lead
        elif lead_id := damage.digits(params.get("lead_id", "")):
            return store.lead(int(lead_id))
    return None


def update_lead(store: Store, server: Server, params: Mapping[str, str]) -> str:
    user, lead = params.get("user", ""), _one(store, params)
    code, phone = params.get("vendor_lead_code", ""), params.get("phone_number", "")
    if lead is None:
        asked = f"{user}|{params.get('lead_id', '')}|{code}|{phone}"
        kind = "NOTICE" if params.get("no_update") == "Y" else "ERROR"
        return f"{kind}: update_lead NO MATCHES FOUND IN THE SYSTEM: |{asked}\n"
    if params.get("no_update") == "Y":
        found = f"{user}|{lead['lead_id']}|{code}|{phone}|{lead['list_id']}"
        entry = value_of(lead, "entry_list_id")
        return f"NOTICE: update_lead LEADS FOUND IN THE SYSTEM: |{found}|{entry}\n"
    if params.get("delete_lead") == "Y":
        store.delete_lead(lead["lead_id"])
        return f"SUCCESS: update_lead LEAD HAS BEEN DELETED 0|0 - {user}|{lead['lead_id']}|1|0|0|\n"
    changes = {column: params[column] for column in CHANGEABLE & params.keys()}
    store.update_lead(lead["lead_id"], **changes)
    return f"SUCCESS: update_lead LEAD HAS BEEN UPDATED - {user}|{lead['lead_id']}|{code}|{phone}\n"


def lead_search(store: Store, server: Server, params: Mapping[str, str]) -> str:
    user = params.get("user", "")
    by_code = params.get("search_method", "") == "VENDOR_LEAD_CODE"
    column = "vendor_lead_code" if by_code else "phone_number"
    asked = params.get(column, "")
    lines, hits = [], 0
    for key in asked.split(","):
        ids = [str(lead["lead_id"]) for lead in store.find(column, key)] if key else []
        hits += len(ids)
        lines.append(f"{key}|{len(ids)}|{'-'.join(ids)}\n")
    if not hits:
        named = f"{user}||{asked}|" if by_code else f"{user}|||{asked}"
        return f"ERROR: lead_search NO MATCHES FOUND IN THE SYSTEM: |{named}\n"
    # The header lost its separators when it was written.
    header = "search_keyrecords_foundlead_ids\n" if params.get("header") == "YES" else ""
    return header + "".join(lines)


def _by_id(store: Store, params: Mapping[str, str]) -> dict[str, Any] | None:
    lead_id = damage.digits(params.get("lead_id", ""))
    return store.lead(int(lead_id)) if lead_id else None


def lead_field_info(store: Store, server: Server, params: Mapping[str, str]) -> str:
    lead = _by_id(store, params)
    if lead is None:
        asked = f"{params.get('user', '')}|{params.get('lead_id', '')}"
        return f"ERROR: lead_field_info LEAD NOT FOUND: {asked}\n"
    return value_of(lead, params.get("field_name", ""))


def lead_all_info(store: Store, server: Server, params: Mapping[str, str]) -> str:
    lead = _by_id(store, params)
    if lead is None:
        asked = f"{params.get('user', '')}|{params.get('lead_id', '')}"
        return f"ERROR: lead_all_info LEAD NOT FOUND: {asked}|\n"
    values = [value_of(lead, column) for column in ALL_INFO]
    if any("'" in value for value in values):
        raise damage.ScriptDied  # written unescaped to a log table
    header = "|".join(ALL_INFO) + "\n" if params.get("header") == "YES" else ""
    return header + "|".join(values) + "\n"


def lead_status_search(store: Store, server: Server, params: Mapping[str, str]) -> str:
    found = [lead for lead in store.leads() if lead["status"] == params.get("status")][:2000]
    if not found:
        return "ERROR: lead_status_search NO RECORDS FOUND\n"
    records = []
    for number, lead in enumerate(found, 1):
        fields = "".join(f"{column} => {value_of(lead, column)}\n" for column in ALL_INFO)
        records.append(f";---------- START OF RECORD {number} ----------\n{fields}")
    return "".join(records)


def list_info(store: Store, server: Server, params: Mapping[str, str]) -> str:
    asked = params.get("list_id", "")
    found = store.lists.get(int(damage.digits(asked) or 0))
    if found is None:
        return f"ERROR: list_info LIST DOES NOT EXIST: |{params.get('user', '')}|{asked}\n"
    names = (
        "list_id|list_name|campaign_id|active|list_changedate|list_lastcalldate|expiration_date"
        "|resets_today"
    )
    active = "Y" if found.active else "N"
    line = f"{found.list_id}|{found.name}|{found.campaign_id}|{active}|||2099-12-31|0"
    if params.get("leads_counts") == "Y":
        leads = [lead for lead in store.leads() if lead["list_id"] == found.list_id]
        new = sum(lead["status"] == "NEW" for lead in leads)
        names += "|all_leads_count|new_leads_count"
        line += f"|{len(leads)}|{new}|"
    return (f"{names}\n" if params.get("header") == "YES" else "") + f"{line}\n"


def list_custom_fields(store: Store, server: Server, params: Mapping[str, str]) -> str:
    if not store.custom_fields_enabled:
        user = params.get("user", "")
        return (
            "ERROR: list_custom_fields CUSTOM LIST FIELDS ARE NOT ENABLED ON THIS SYSTEM:"
            f" |{user}|0\n"
        )
    asked = params.get("list_id", "")
    lists = store.lists.values()
    chosen = [each for each in lists if asked == "---ALL---" or str(each.list_id) == asked]
    return "".join(
        f"{each.list_id}|{each.name}|{each.campaign_id}|{'Y' if each.active else 'N'}|||"
        f"{' '.join(each.custom_fields)}\n"
        for each in chosen
    )


def campaigns_list(store: Store, server: Server, params: Mapping[str, str]) -> str:
    header = (
        "campaign_id|campaign_name|active|user_group|dial_method|dial_level|lead_order"
        "|dial_statuses|dial_timeout|dial_prefix|manual_dial_prefix|three_way_dial_prefix\n"
    )
    lines = [
        f"{each.campaign_id}|{each.name}|Y|---ALL---|MANUAL|0||NEW|60|9||\n"
        for each in store.campaigns.values()
    ]
    return (header if params.get("header") == "YES" else "") + "".join(lines)


def check_phone_number(store: Store, server: Server, params: Mapping[str, str]) -> str:
    user, function = params.get("user", ""), "check_phone_number"
    phone = damage.phone(params.get("phone_number", ""))
    code = damage.digits(params.get("phone_code", "")) or "1"
    refused = bad_number(function, phone, code, params, user)
    refused = refused or in_dnc(store, function, phone, params, user)
    return refused or f"AREACODE: {code}|{gmt_offset(code)}#PHONE: {phone}|{code}||||\n"


def hopper_bulk_insert(store: Store, server: Server, params: Mapping[str, str]) -> str:
    lines, inserted, last = [], 0, 0
    for key in params.get("lead_ids", "").split(",")[:1000]:
        lead = store.lead(int(key)) if key.isdigit() else None
        if lead is None:
            lines.append(
                f"NOTICE: hopper_bulk_insert NOT ADDED TO HOPPER, LEAD NOT FOUND - {key}\n"
            )
            continue
        last, inserted = store.to_hopper(lead["lead_id"]), inserted + 1
        lines.append(
            "NOTICE: hopper_bulk_insert LEAD ADDED TO HOPPER -"
            f" {lead['phone_number']}|{lead['lead_id']}|{last}|{params.get('user', '')}\n"
        )
    return "".join(lines) + (
        "SUCCESS: hopper_bulk_insert LEADS HAVE BEEN INSERTED INTO THE HOPPER -"
        f" {inserted}|0|{last}|{params.get('user', '')}\n"
    )


def add_dnc_phone(store: Store, server: Server, params: Mapping[str, str]) -> str:
    user, campaign = params.get("user", ""), params.get("campaign_id", "")
    phone = damage.phone(params.get("phone_number", ""))
    own = store.campaigns.get(campaign)
    dnc = store.dnc if campaign == "SYSTEM_INTERNAL" or own is None else own.dnc
    if phone in dnc:
        return f"ERROR: add_dnc_phone DNC NUMBER ALREADY EXISTS: |{user}|{phone}|{campaign}\n"
    dnc.add(phone)
    return f"SUCCESS: add_dnc_phone DNC NUMBER HAS BEEN ADDED - {user}|{phone}|{campaign}\n"


FUNCTIONS: Mapping[str, Callable[[Store, Server, Mapping[str, str]], str]] = {
    "update_lead": update_lead,
    "lead_search": lead_search,
    "lead_field_info": lead_field_info,
    "lead_all_info": lead_all_info,
    "lead_status_search": lead_status_search,
    "list_info": list_info,
    "list_custom_fields": list_custom_fields,
    "campaigns_list": campaigns_list,
    "check_phone_number": check_phone_number,
    "hopper_bulk_insert": hopper_bulk_insert,
    "add_dnc_phone": add_dnc_phone,
}

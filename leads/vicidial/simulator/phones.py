"""The checks that a phone number must pass, for add_lead and check_phone_number alike."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from leads.vicidial.simulator.store import Store

DEFAULT_OFFSET = "-5"
NORTH_AMERICA = "1"


@cache
def _offsets() -> Mapping[str, str]:
    with Path(__file__).with_name("timezones.csv").open(newline="") as file:
        return {row["phone_code"]: row["offset"] for row in csv.DictReader(file)}


def gmt_offset(phone_code: str) -> str:
    """Hours from GMT by the country's phone code; the server's own where it is unknown."""
    return _offsets().get(phone_code, DEFAULT_OFFSET)


def bad_number(
    function: str, phone: str, phone_code: str, params: Mapping[str, str], user: str
) -> str | None:
    """The refusal of a number that the server does not take, or None."""
    reason = None
    north_american = phone_code == NORTH_AMERICA
    if not 6 <= len(phone) <= 16:
        reason = "LENGTH"
    elif params.get("usacan_prefix_check") == "Y" and north_american and phone[3] in "01":
        reason = "PREFIX"
    elif params.get("usacan_areacode_check") == "Y" and north_american and phone[0] in "01":
        reason = "AREACODE"
    if reason is None:
        return None
    return f"ERROR: {function} INVALID PHONE NUMBER {reason} - {phone}|{user}\n"


def in_dnc(
    store: Store, function: str, phone: str, params: Mapping[str, str], user: str
) -> str | None:
    """The refusal of a number on a do-not-call list that was asked for, or None."""
    if _listed(store.dnc, phone, params.get("dnc_check", "N")):
        return f"ERROR: {function} PHONE NUMBER IN DNC - {phone}|{user}\n"
    campaign_id = params.get("campaign_id", "")
    campaign = store.campaigns.get(campaign_id)
    check = params.get("campaign_dnc_check", "N")
    if campaign and _listed(campaign.dnc, phone, check):
        return f"ERROR: {function} PHONE NUMBER IN CAMPAIGN DNC - {phone}|{campaign_id}|{user}\n"
    return None


def _listed(dnc: set[str], phone: str, check: str) -> bool:
    if check not in ("Y", "AREACODE"):
        return False
    return phone in dnc or (check == "AREACODE" and f"{phone[:3]}XXXXXXX" in dnc)

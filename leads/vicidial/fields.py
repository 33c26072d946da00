"""The parameters of add_lead: the fields of a lead, the settings, the duplicate checks.

Widths and kinds are in `fields.csv`; where they come from is in `docs/vicidial.md`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from leads.sentence import say


@dataclass(frozen=True)
class LeadField:
    """One lead-data parameter: its name, the most characters it may have, what it holds.

    `kind` says which characters the server keeps: see `leads.vicidial.stored`.
    """

    name: str
    width: int
    kind: str


def _read_fields() -> Mapping[str, LeadField]:
    with Path(__file__).with_name("fields.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            LeadField(row["name"], int(row["width"]), row["kind"]) for row in csv.DictReader(file)
        ]
    return MappingProxyType({field.name: field for field in rows})


FIELDS: Mapping[str, LeadField] = _read_fields()
# Where the server puts a lead whose list_id it does not take for one.
DEFAULT_LIST = "999"
# A custom field's own width is not told by the API; comments' is a safe one.
CUSTOM_FIELD_WIDTH = 255

YES_NO = ("Y", "N")
YES_NO_AREACODE = ("Y", "N", "AREACODE")
# The values that each setting may have; an empty tuple is "any text that the server keeps".
SETTINGS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "dnc_check": YES_NO_AREACODE,
        "campaign_dnc_check": YES_NO_AREACODE,
        "campaign_id": (),
        "add_to_hopper": YES_NO,
        "hopper_priority": (),
        "hopper_local_call_time_check": YES_NO,
        "duplicate_check": (),
        "usacan_prefix_check": YES_NO,
        "usacan_areacode_check": YES_NO,
        "nanpa_ac_prefix_check": YES_NO,
        "custom_fields": YES_NO,
        "tz_method": ("POSTAL", "TZCODE", "NANPA"),
        "callback": YES_NO,
        "callback_status": (),
        "callback_datetime": (),
        "callback_type": ("ANYONE", "USERONLY"),
        "callback_user": (),
        "callback_comments": (),
        "lookup_state": YES_NO,
        "list_exists_check": YES_NO,
    }
)

DUPLICATE_CHECKS = tuple(
    f"DUP{what}{where}"
    for what in ("", "PHONEALT", "TITLEALTPHONE", "NAMEPHONE")
    for where in ("LIST", "CAMP", "SYS")
)
DUPLICATE_DAYS = (1, 2, 3, 7, 14, 15, 21, 28, 30, 60, 90, 180, 360)
_CHECK = re.compile(r"(?P<name>DUP[A-Z]+?)(?:(?P<days>\d+)DAY)?")


def validate_duplicate_check(value: str) -> None:
    """Raise ValueError with a sentence unless the server knows every check in `value`.

    `value` is add_lead's `duplicate_check`: names of DUPLICATE_CHECKS joined with `-`, each
    perhaps with a window of DUPLICATE_DAYS, for example `DUPLIST-DUPSYS90DAY`. The server ignores
    a check that it does not know without a word, so a typing mistake would switch it off.
    """
    for part in value.split("-"):
        match = _CHECK.fullmatch(part)
        if not match or match["name"] not in DUPLICATE_CHECKS:
            raise ValueError(
                say(
                    "duplicate_check has %(part)s, which VICIdial does not know; use "
                    "%(known)s, joined with -.",
                    part=repr(part),
                    known=", ".join(DUPLICATE_CHECKS),
                )
            )
        if match["days"] and match["days"] not in map(str, DUPLICATE_DAYS):
            raise ValueError(
                say(
                    "duplicate_check has %(part)s, but VICIdial knows only windows of "
                    "%(known)s days.",
                    part=repr(part),
                    known=", ".join(map(str, DUPLICATE_DAYS)),
                )
            )

"""What look-ups find: `leads.vicidial.lookups`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Version:
    """A dialer's release and clock: `epoch` in seconds, `date` in its local time as printed."""

    release: str
    build: str
    date: str
    epoch: int | None
    tz: str


@dataclass(frozen=True)
class ListInfo:
    """A list as it stands on the dialer; counts are None where the release does not tell them."""

    list_id: int
    name: str
    campaign_id: str
    active: bool
    last_call: str
    expires: str
    all_leads: int | None
    new_leads: int | None


@dataclass(frozen=True)
class Campaign:
    """A campaign that the API user may see."""

    campaign_id: str
    name: str
    active: bool


@dataclass(frozen=True)
class PhoneCheck:
    """`ok` if add_lead would take the number; else `reason` is add_lead's reason code."""

    ok: bool
    reason: str = ""
    sentence: str = ""


@dataclass(frozen=True)
class FoundLead:
    """A lead on the dialer: the newest that fits. The texts are those that were asked for."""

    lead_id: int
    list_id: int
    vendor_lead_code: str
    phone_number: str

"""A source's rules: how its numbers and dates are to be read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

DateOrder = Literal["mdy", "dmy", "ymd"]
Unassigned = Literal["invalid", "warn"]


@dataclass(frozen=True)
class Rules:
    """How one source writes its leads.

    `country` is the two-letter country of numbers without a country code, of states and postal
    codes; `unassigned` is what a possible but unassigned number becomes; `date_order` settles
    03/04/1980; `accents` says that the dialer keeps them; no birth lies after `today` (None: any
    date is let in).
    """

    country: str = "US"
    unassigned: Unassigned = "invalid"
    date_order: DateOrder = "mdy"
    accents: bool = False
    today: date | None = None

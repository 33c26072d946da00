"""Leads of people for the tests of matching."""

from __future__ import annotations

from datetime import date
from typing import Any

from leads.dedup.likely import Found, match_import
from leads.models import Import, Lead, LeadStatus, Pair
from tests.factories import make_import, make_lead

ROBERT: dict[str, Any] = {
    "first_name": "Robert",
    "last_name": "Garcia",
    "date_of_birth": date(1970, 3, 4),
    "address1": "12 Main Street",
    "city": "Tampa",
    "postal_code": "33602",
    "email": "rg@example.com",
}
MARIA = ROBERT | {"first_name": "Maria", "date_of_birth": date(1972, 7, 7), "email": ""}
BOB = ROBERT | {"first_name": "Bob", "email": ""}
STRANGER: dict[str, Any] = {
    "first_name": "Wendy",
    "last_name": "Okafor",
    "date_of_birth": date(1988, 1, 2),
    "address1": "7 Oak Court",
    "city": "Miami",
    "postal_code": "33101",
    "email": "wendy@example.org",
}


def imported(*people: dict[str, Any], lead_source: Any = None) -> tuple[Import, list[Lead]]:
    """An import that is done, with these people as staged leads, each with a phone of its own."""
    run = make_import(lead_source)
    return run, [make_lead(import_run=run, **{"status": LeadStatus.STAGED, **p}) for p in people]


def matched(*people: dict[str, Any], lead_source: Any = None) -> tuple[Found, list[Lead]]:
    """The same, compared with all known."""
    run, leads = imported(*people, lead_source=lead_source)
    return match_import(run.pk), leads


def pairs() -> set[tuple[int, int]]:
    return set(Pair.objects.values_list("lead_id", "other_id"))

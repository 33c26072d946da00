"""The search box of the leads: every way of asking is answered by an index of the table."""

from __future__ import annotations

import re
from collections.abc import Iterator

import phonenumbers
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Lower
from django.db.models.lookups import StartsWith

from leads.models import Lead, Source

PUNCTUATION = re.compile(r"[+\-().\s]")
LONG = 8  # digits; fewer are hardly a number with its country code
LARGEST_ID = 2**63 - 1
NORTH_AMERICA = 1  # its numbers are searched for whatever the sources


def search(leads: QuerySet[Lead], text: str) -> QuerySet[Lead]:
    """Those of `leads` that `text` may mean, in one statement without DISTINCT.

    (Digits cost a further one, for the countries that sources deliver numbers of.)

    Digits: the beginning of a phone, the dialer's lead_id, or a vendor_lead_code. Words: the
    beginning of a last name, or of a first and a last name, or a vendor_lead_code.
    """
    text = text.strip()
    if not text:
        return leads
    digits = PUNCTUATION.sub("", text)
    if digits.isascii() and digits.isdigit():
        return leads.filter(_number(text, digits))
    return leads.filter(_words(text))


def _number(text: str, digits: str) -> Q:
    if text.startswith("+"):
        return Q(phone_e164__startswith=f"+{digits}")
    found = Q(vendor_lead_code=text)
    for beginning in _national(digits):
        found |= Q(phone_e164__startswith=beginning)
    if len(digits) >= LONG:
        found |= Q(phone_e164__startswith=f"+{digits}")
    if int(digits) <= LARGEST_ID:
        found |= Q(vicidial_lead_id=int(digits))
    return found


def _national(digits: str) -> Iterator[str]:
    """The beginnings of E.164 that `digits` are without a country code: as dialled inside the
    countries of the sources, or as VICIdial shows a phone_number.
    """
    countries = Source.objects.order_by().values_list("country", flat=True).distinct()
    codes = {phonenumbers.country_code_for_region(country) for country in countries}
    for code in sorted((codes | {NORTH_AMERICA}) - {0}):
        if digits.strip("0"):
            yield f"+{code}{digits.lstrip('0')}"  # without the trunk prefix
        if digits.startswith("0"):
            yield f"+{code}{digits}"  # Italian numbers keep theirs


def _words(text: str) -> Q:
    found = Q(vendor_lead_code=text) | _last_name(text)
    first, _, last = text.partition(" ")
    if last.strip():
        found |= Q(first_name__istartswith=first) & _last_name(last.strip())
    return found


def _last_name(beginning: str) -> Q:
    # The index leaves empty names out; without the second condition it would not be used.
    lower = Lower("last_name", output_field=TextField())
    return Q(StartsWith(lower, beginning.lower())) & ~Q(last_name="")

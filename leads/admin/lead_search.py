"""The search box of the leads: every way of asking is answered by an index of the table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import reduce
from operator import or_
from typing import Any

import phonenumbers
from django.db import connection, transaction
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
    meanings = _meanings(text)
    return leads.filter(reduce(or_, meanings)) if meanings else leads


def some_ids(text: str, most: int) -> list[int]:
    """The ids of as many leads as `text` may mean, `most` at most, in no order.

    Down the index of each meaning, and no further than that many rows: asked for all meanings at
    once, PostgreSQL collects whatever any of them finds before it gives the first one.
    """
    walks = [
        Lead.objects.filter(one).order_by().values_list("pk", flat=True)[:most]
        for one in _meanings(text)
    ]
    if not walks:
        return []
    with transaction.atomic(), connection.cursor() as cursor:
        _plan_with(cursor, "off")
        found = walks[0].union(*walks[1:], all=True)[:most] if walks[1:] else walks[0]
        ids = list(dict.fromkeys(found))
        _plan_with(cursor, "on")
    return ids


def _plan_with(cursor: Any, other_scans: str) -> None:
    """Switch on or off, within the transaction, what does not stop at a LIMIT."""
    cursor.execute(
        "SELECT set_config('enable_bitmapscan', %(on)s, true),"
        " set_config('enable_seqscan', %(on)s, true)",
        {"on": other_scans},
    )


def _meanings(text: str) -> list[Q]:
    """What `text` may mean, each by itself answered by an index; nothing for nothing."""
    text = text.strip()
    digits = PUNCTUATION.sub("", text)
    if digits.isascii() and digits.isdigit():
        return list(_number(text, digits))
    return list(_words(text)) if text else []


def _number(text: str, digits: str) -> Iterator[Q]:
    if text.startswith("+"):
        yield Q(phone_e164__startswith=f"+{digits}")
        return
    yield Q(vendor_lead_code=text)
    for beginning in _national(digits):
        yield Q(phone_e164__startswith=beginning)
    if len(digits) >= LONG:
        yield Q(phone_e164__startswith=f"+{digits}")
    if int(digits) <= LARGEST_ID:
        yield Q(vicidial_lead_id=int(digits))


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


def _words(text: str) -> Iterator[Q]:
    yield Q(vendor_lead_code=text)
    yield _last_name(text)
    first, _, last = text.partition(" ")
    if last.strip():
        yield Q(first_name__istartswith=first) & _last_name(last.strip())


def _last_name(beginning: str) -> Q:
    # The index leaves empty names out; without the second condition it would not be used.
    lower = Lower("last_name", output_field=TextField())
    return Q(StartsWith(lower, beginning.lower())) & ~Q(last_name="")

"""Numbers that must not be called: which of a lead's numbers are looked up, and where.

A number is on a list if the list is on, and its current edition has the number and has not
expired. Each look-up says so in one statement: an edition that is replaced meanwhile is seen
wholly or not at all.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from leads.dedup import binary
from leads.models import DncList, DncOrigin

ON_DNC = "ON_DNC"  # Lead.warnings
# Digits of a number in E.164, country code and all.
LEAST, MOST = 5, 15
_NO_DIGIT = re.compile(r"[^0-9]")

# The numbers of the lists in force on the day %(today)s; the date of a number on the internal list
# is the day on which it was added, in the time zone %(zone)s. The best comes first: our own list,
# then the newest.
IN_FORCE = """
    leads_dncnumber one
    JOIN leads_dnclist list ON list.current_id = one.edition_id AND list.enabled
    JOIN leads_dncedition edition ON edition.id = one.edition_id
        AND (edition.expires_on IS NULL OR edition.expires_on >= %(today)s::date)
    LEFT JOIN leads_dncentry entry ON list.origin = 'internal' AND entry.phone = one.phone
        AND entry.removed_at IS NULL
"""
LIST_DATE = "coalesce((entry.added_at AT TIME ZONE %(zone)s)::date, edition.as_of)"
BEST_FIRST = f"(list.origin = 'internal') DESC, {LIST_DATE} DESC, list.id"
LOOK_UP = f"""
    SELECT DISTINCT ON (one.phone) one.phone, list.id, {LIST_DATE}
    FROM {IN_FORCE} WHERE one.phone = ANY(%(phones)s::bigint[])
    ORDER BY one.phone, {BEST_FIRST}
"""  # noqa: S608 - our own words


class Match(NamedTuple):
    """A number (digits of E.164) on a list, and that list's date."""

    phone: int
    list_id: int
    of: date


class Numbers(NamedTuple):
    """A lead's numbers as digits of E.164: the phone (None if unreadable), then the others."""

    phone: int | None
    others: tuple[int, ...] = ()


def numbers_of(phone_e164: str, phone_code: str, alt_phone: str, multi_alt_phones: str) -> Numbers:
    """The numbers that a lead may be called at; `suppress_mark.NUMBERS` is the same in SQL.

    Alternatives are dialled with the lead's phone_code unless they bring their own: a leading +,
    or the second part of `number_code_note` in multi_alt_phones.
    """
    phone = _number(phone_e164[1:]) if phone_e164.startswith("+") else None
    if not (alt_phone or multi_alt_phones):
        return Numbers(phone)
    others = [dialled(alt_phone, phone_code), *_several(multi_alt_phones, phone_code)]
    return Numbers(phone, tuple(dict.fromkeys(one for one in others if one is not None)))


def dialled(given: str, phone_code: str) -> int | None:
    """The digits of E.164 that an alternative stands for, or None if it is no number."""
    return _number(given if given.startswith("+") else phone_code + given) if given else None


def _several(multi_alt_phones: str, phone_code: str) -> Iterator[int | None]:
    for part in multi_alt_phones.split("!") if multi_alt_phones else ():
        given, code = [*part.split("_"), ""][:2]
        yield dialled(given, code or phone_code)


def _number(text: str) -> int | None:
    digits = text if text.isdecimal() and text.isascii() else _NO_DIGIT.sub("", text)
    return int(digits) if LEAST <= len(digits) <= MOST else None


def today() -> dict[str, str]:
    """The values of IN_FORCE and LIST_DATE."""
    return {
        "today": timezone.localdate().isoformat(),
        "zone": timezone.get_default_timezone_name(),
    }


def in_force() -> QuerySet[DncList]:
    """The lists that clear and block today, with any number."""
    day = timezone.localdate()
    unexpired = Q(current__expires_on__isnull=True) | Q(current__expires_on__gte=day)
    return DncList.objects.filter(unexpired, enabled=True, current__rows_stored__gt=0)


def loaded_in_force() -> QuerySet[DncList]:
    """The same without our own list, which by itself is no check against anybody's registry."""
    return in_force().exclude(origin=DncOrigin.INTERNAL)


def anything_in_force() -> bool:
    """Whether any look-up can find anything: without, none is made."""
    return in_force().exists()


def look_up(phones: Collection[int]) -> dict[int, Match]:
    """Those of some thousand numbers (digits of E.164) that are on a list in force.

    Of several lists the internal one is named, else the one with the latest date.
    """
    if not phones:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(LOOK_UP, {"phones": binary.array(phones), **today()})
        return {row[0]: Match(*row) for row in cursor.fetchall()}


def matches(rows: Sequence[Numbers]) -> dict[int, Match]:
    """By place, the match of each row that has one; the phone's goes before an alternative's."""
    wanted = {row.phone for row in rows if row.phone}
    wanted.update(number for row in rows if row.others for number in row.others)
    if not (found := look_up(wanted)):
        return {}
    best = {
        place: next((found[n] for n in (row.phone, *row.others) if n in found), None)
        for place, row in enumerate(rows)
        if row.others or row.phone in found
    }
    return {place: match for place, match in best.items() if match}


def forced_anew(lists: QuerySet[DncList]) -> int:
    """Say that these lists began or ceased to count: the waiting leads must be looked at again."""
    return lists.update(changed_at=timezone.now())

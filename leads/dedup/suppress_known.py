"""What is known of one number: the lists that have it, since when, and who put it there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import phonenumbers
from django.utils import timezone

from leads.dedup.suppress import LEAST, MOST
from leads.models import DncEntry, DncList, DncNumber, Source

NORTH_AMERICA = "US"


@dataclass(frozen=True)
class Known:
    """A list that has the number, the list's date, and why it does not count ("" if it does)."""

    dnc_list: DncList
    of: date
    out_of_force: str


def lists_with(phone: int) -> list[Known]:
    """The lists whose current edition has the number, those that count first."""
    editions = DncNumber.objects.filter(phone=phone).values("edition_id")
    lists = DncList.objects.filter(current__in=editions).select_related("current")
    added = {
        entry.phone: timezone.localtime(entry.added_at).date()
        for entry in DncEntry.objects.filter(phone=phone, removed_at__isnull=True)
    }
    today = timezone.localdate()
    found = []
    for each in lists:
        if each.current:
            of = added.get(phone, each.current.as_of) if each.is_internal else each.current.as_of
            found.append(Known(each, of, each.why_not_in_force(today)))
    return sorted(found, key=lambda known: (bool(known.out_of_force), known.dnc_list.name))


def entries_of(phone: int) -> list[DncEntry]:
    """Each time that the number was put on the internal list, the latest first."""
    entries = DncEntry.objects.filter(phone=phone).select_related("added_by", "removed_by")
    return list(entries.order_by("-id"))


def read_number(text: str) -> int | None:
    """The digits of E.164 that a person means: with +, or as dialled inside a source's country.

    Of several countries the first whose plan the number fits is taken, North America before all.
    None if it is nobody's number.
    """
    for country in _countries():
        try:
            parsed = phonenumbers.parse(text, country)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number(parsed):
            digits = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)[1:]
            if LEAST <= len(digits) <= MOST:
                return int(digits)
    return None


def _countries() -> Iterable[str]:
    known = Source.objects.order_by("country").values_list("country", flat=True).distinct()
    return dict.fromkeys([NORTH_AMERICA, *known])

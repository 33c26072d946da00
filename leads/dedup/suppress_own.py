"""The internal list: a number goes on it by hand, with a comment, and comes off it the same way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import phonenumbers
from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from leads.dedup.suppress import LEAST, MOST
from leads.dedup.suppress_mark import Checked, check
from leads.models import DncEdition, DncEntry, DncList, DncOrigin, Lead
from leads.sentence import say

if TYPE_CHECKING:
    from django.contrib.auth.models import User

ADD = "INSERT INTO leads_dncnumber (phone, edition_id) VALUES (%s, %s) ON CONFLICT DO NOTHING"
REMOVE = "DELETE FROM leads_dncnumber WHERE phone = %s AND edition_id = %s"


class SuppressError(Exception):
    """The internal list cannot be changed so; the text is a sentence for the person."""


def internal() -> DncList:
    """The list that is always there."""
    return DncList.objects.select_related("current").get(origin=DncOrigin.INTERNAL)


def add_number(
    phone: int, *, by: User | None, comment: str, lead: Lead | None = None
) -> tuple[DncEntry, Checked]:
    """Put a number (digits of E.164) on the internal list, and look at the leads that have it.

    Raises SuppressError without a comment, for what is no number, and if it is on it already.
    """
    _insist(comment, say("Say in the comment why this number must not be called."))
    if not LEAST <= len(str(phone)) <= MOST:
        raise SuppressError(
            say(
                "%(phone)s is no number: it has %(least)s to %(most)s digits.",
                phone=phone,
                least=LEAST,
                most=MOST,
            )
        )
    with transaction.atomic():
        edition = _edition()
        if known := DncEntry.objects.filter(phone=phone, removed_at__isnull=True).first():
            since = timezone.localtime(known.added_at).date()
            raise SuppressError(
                say(
                    "+%(phone)s is on the internal DNC list already, since %(since)s.",
                    phone=phone,
                    since=since,
                )
            )
        entry = DncEntry.objects.create(
            phone=phone, lead=lead, comment=comment.strip(), added_by=by
        )
        _write(ADD, phone, edition, 1)
        checked = check(leads_with(phone), user_id=by.pk if by else None)
    return entry, checked


def remove_number(phone: int, *, by: User | None, comment: str) -> Checked:
    """Take a number off the internal list; who added it and why is kept.

    Raises SuppressError without a comment, and if it is not on it.
    """
    _insist(comment, say("Say in the comment why this number may be called again."))
    with transaction.atomic():
        edition = _edition()
        removed = DncEntry.objects.filter(phone=phone, removed_at__isnull=True).update(
            removed_at=timezone.now(), removed_by=by, removal_comment=comment.strip()
        )
        if not removed:
            raise SuppressError(say("+%(phone)s is not on the internal DNC list.", phone=phone))
        _write(REMOVE, phone, edition, -1)
        return check(leads_with(phone), user_id=by.pk if by else None)


def leads_with(phone: int) -> QuerySet[Lead]:
    """The leads that have this number, as their phone or as the alternative, by index.

    (Further numbers in multi_alt_phones are found by the daily look at all leads.)
    """
    found = Q(phone_e164=f"+{phone}")
    try:
        parsed = phonenumbers.parse(f"+{phone}")
    except phonenumbers.NumberParseException:
        return Lead.objects.filter(found)
    national = phonenumbers.national_significant_number(parsed)
    return Lead.objects.filter(
        found | (Q(alt_phone=national, phone_code=str(parsed.country_code)) & ~Q(alt_phone=""))
    )


def _insist(comment: str, sentence: str) -> None:
    if not comment.strip():
        raise SuppressError(sentence)


def _edition() -> DncEdition:
    """The internal list's only edition, locked: two people at once take turns."""
    return DncEdition.objects.select_for_update().get(dnc_list__origin=DncOrigin.INTERNAL)


def _write(statement: str, phone: int, edition: DncEdition, change: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [phone, edition.pk])
    DncEdition.objects.filter(pk=edition.pk).update(
        rows_read=F("rows_read") + change, rows_stored=F("rows_stored") + change
    )

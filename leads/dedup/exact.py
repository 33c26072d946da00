"""Exact duplicates: another lead with the same phone number (E.164)."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection

from leads.dedup.policy import Within
from leads.models import Lead

SAME_PHONE = "PHONE"  # Lead.duplicate_why
# Any number, as long as nobody else takes it for another lock of this database.
_LOCK = 7_275_550_100
EVERYTHING = Within()
# Leads of one number that a row is compared with: a household has few members.
MOST_OF_ONE_NUMBER = 10

# OFFSET 0 keeps the status out of the inner query. With it the planner, which knows nothing yet of
# a table that is being filled, takes the index by status and reads every lead each time.
LOOK_UP = f"""
    SELECT phone_e164, (array_agg(id ORDER BY id))[:{{most}}]
    FROM (
        SELECT * FROM {Lead._meta.db_table} WHERE phone_e164 = ANY(%(phones)s) OFFSET 0
    ) AS known
    WHERE {{counts}}
    GROUP BY phone_e164
"""  # noqa: S608


def try_lock_phones() -> bool:
    """Take the lock under which new phone numbers are added; it ends with the transaction.

    Without it two imports at once would each not see the other's new numbers and both stage them.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        return bool(cursor.fetchone()[0])


def prefer_index() -> None:
    """Have the look-ups of this transaction use the index whatever the table's statistics say.

    A table that has just been filled has none, and would be read from end to end each time.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")


def leads_with(
    phones: Collection[str],
    within: Within = EVERYTHING,
    *,
    but: Collection[int] = (),
    older_than: int | None = None,
) -> dict[str, list[int]]:
    """For each of these numbers (E.164) that leads have already, their ids, the oldest first.

    Only leads that stand for themselves count (neither invalid ones nor duplicates), and of these
    the ones `within` a policy's scope and window; those with the ids `but`, or not below
    `older_than`, do not. Rows of the running transaction are seen too.
    """
    if not phones:
        return {}
    counts = within.sql
    if but:
        counts += " AND known.id <> ALL(%(but)s)"
    if older_than is not None:
        counts += " AND known.id < %(older_than)s"
    more = {"phones": list(phones), "but": list(but), "older_than": older_than}
    values = {**within.values, **more}
    with connection.cursor() as cursor:
        cursor.execute(LOOK_UP.format(counts=counts, most=MOST_OF_ONE_NUMBER), values)
        return dict(cursor.fetchall())

"""Leads in the table are held against the DNC lists, in one statement, whatever their number.

A lead with a match keeps its status and says so (`dnc_list`, `dnc_date`, `dnc_number`, the warning
ON_DNC); what was approved or queued already waits for a reviewer again. What is on the dialer is
marked too: somebody must act there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from psycopg import sql

from leads import lifecycle
from leads.dedup.suppress import (
    BEST_FIRST,
    IN_FORCE,
    LEAST,
    LIST_DATE,
    MOST,
    ON_DNC,
    anything_in_force,
    today,
)
from leads.history.context import because
from leads.models import Lead, LeadStatus

S = LeadStatus
# The triggers that write the history keep the plan of their first use in a session. One made for a
# few rows compares each row of ten thousand with each other: a minute where it takes half a second.
FRESH_PLANS = "DISCARD PLANS"
_PLACE = re.compile(r"(?<!%)%s")

# Lead.decision_reason of an approval in spite of a match; it holds for the list it was given for.
OVERRIDDEN = "DNC_OVERRIDE"
CHECKED = "checked against the DNC lists"  # because()
WITHDRAWN = "withdrawn: on a DNC list"

# What a lead of `chosen` may be called at: `suppress.numbers_of` is the same in Python.
_WITH_CODE = "CASE WHEN {given} LIKE '+%%' THEN {given} ELSE {code} || {given} END"
_MULTI_CODE = "coalesce(nullif(split_part(part, '_', 2), ''), chosen.phone_code)"


def _digits(text: str) -> str:
    """SQL that is the digits of a text as a bigint, or NULL where they are no number."""
    digits = f"regexp_replace({text}, '[^0-9]', '', 'g')"
    fits = f"length({digits}) BETWEEN {LEAST} AND {MOST}"
    return f"CASE WHEN {fits} THEN ({digits})::bigint END"


NUMBERS = f"""
    SELECT 0 AS place, {_digits("substr(chosen.phone_e164, 2)")} AS phone
    WHERE chosen.phone_e164 LIKE '+%%'
    UNION ALL
    SELECT 1, {_digits(_WITH_CODE.format(given="chosen.alt_phone", code="chosen.phone_code"))}
    WHERE chosen.alt_phone <> ''
    UNION ALL
    SELECT 2, {_digits(_WITH_CODE.format(given="split_part(part, '_', 1)", code=_MULTI_CODE))}
    FROM unnest(string_to_array(chosen.multi_alt_phones, '!')) AS part
    WHERE chosen.multi_alt_phones <> '' AND split_part(part, '_', 1) <> ''
"""  # noqa: S608 - our own words

# Leads that stay as they are, and were looked at lately, are not written.
MARK = f"""
    WITH chosen AS MATERIALIZED (
        SELECT id, phone_e164, phone_code, alt_phone, multi_alt_phones,
            (dnc_list_id, dnc_number) AS before, dnc_list_id
        FROM {{leads}} WHERE id IN ({{ids}})
    ), hit AS (
        SELECT DISTINCT ON (chosen.id) chosen.id, list.id AS list_id, {LIST_DATE} AS of, one.phone
        FROM chosen CROSS JOIN LATERAL ({NUMBERS}) AS own
        JOIN ({IN_FORCE}) ON one.phone = own.phone
        ORDER BY chosen.id, own.place, {BEST_FIRST}
    ), found AS (
        SELECT chosen.id, chosen.dnc_list_id AS before, hit.list_id, hit.of, hit.phone,
            chosen.before IS DISTINCT FROM (hit.list_id, hit.phone) AS differs
        FROM chosen LEFT JOIN hit ON hit.id = chosen.id
    )
    UPDATE {{leads}} AS lead
    SET dnc_list_id = found.list_id, dnc_date = found.of, dnc_number = found.phone,
        dnc_checked_at = CASE WHEN %(stamps)s OR found.list_id IS NOT NULL
            THEN %(now)s ELSE lead.dnc_checked_at END,
        warnings = array_remove(lead.warnings, '{ON_DNC}')
            || CASE WHEN found.list_id IS NULL THEN '{{{{}}}}'
                    ELSE '{{{{{ON_DNC}}}}}' END::varchar(40)[]
    FROM found
    WHERE lead.id = found.id AND (
        (lead.dnc_list_id, lead.dnc_date, lead.dnc_number)
            IS DISTINCT FROM (found.list_id, found.of, found.phone)
        OR ('{ON_DNC}' = ANY(lead.warnings)) <> (found.list_id IS NOT NULL)
        OR (%(stamps)s AND (lead.dnc_checked_at IS NULL
                            OR lead.dnc_checked_at < %(stamp_before)s)))
    RETURNING lead.id, lead.status, lead.decision_reason, found.before, found.list_id,
        found.differs
"""  # noqa: S608 - our own words


class Marked(NamedTuple):
    """A lead that was written: its status and decision, its list before and after, and whether
    the list or the number that is on it is another one."""

    lead_id: int
    status: str
    decision_reason: str
    before: int | None
    after: int | None
    differs: bool

    @property
    def must_wait(self) -> bool:
        """Whether an approval does not hold any longer: not one given for this very match."""
        known = self.decision_reason == OVERRIDDEN and not self.differs
        return self.status in (S.APPROVED, S.QUEUED) and self.after is not None and not known


@dataclass(frozen=True)
class Checked:
    """Leads with a match that they did not have before, leads that have none any more, and leads
    that were approved or queued and wait for a reviewer again."""

    found: int = 0
    cleared: int = 0
    withdrawn: int = 0

    def __add__(self, other: Checked) -> Checked:
        return Checked(
            self.found + other.found,
            self.cleared + other.cleared,
            self.withdrawn + other.withdrawn,
        )


def check(
    leads: QuerySet[Lead], *, stamp_before: datetime | None = None, user_id: int | None = None
) -> Checked:
    """Hold leads of any status against the lists in force, and write down what is found.

    Those last looked at before `stamp_before`, and each one that is found on a list, are dated
    now. Approved leads with a match they were not approved for become `staged`;
    queued ones leave their batch first, unless a worker was faster.
    """
    with transaction.atomic(), because(CHECKED, user_id=user_id):
        marked = mark(leads, stamp_before=stamp_before)
        waiting = [one.lead_id for one in marked if one.must_wait]
        withdrawn = withdraw(waiting, user_id=user_id) if waiting else 0
    news = [one for one in marked if one.before != one.after]
    found = sum(one.after is not None for one in news)
    return Checked(found, len(news) - found, withdrawn)


def mark(leads: QuerySet[Lead], *, stamp_before: datetime | None = None) -> list[Marked]:
    """The first half of `check`: no status changes. Returns the leads that were written."""
    if stamp_before and not anything_in_force():
        stamp_before = None  # a look at nothing is no check
    try:
        ids, values = _ids_of(leads)
    except EmptyResultSet:
        return []
    statement = sql.SQL(MARK).format(leads=sql.Identifier(Lead._meta.db_table), ids=ids)
    values |= {
        **today(),
        "now": timezone.now(),
        "stamps": stamp_before is not None,
        "stamp_before": stamp_before or timezone.now(),
    }
    with connection.cursor() as cursor:
        cursor.execute(FRESH_PLANS)
        cursor.execute(statement.as_string(cursor.connection), values)
        marked = [Marked(*row) for row in cursor.fetchall()]
        cursor.execute(FRESH_PLANS)
    return marked


def _ids_of(leads: QuerySet[Lead]) -> tuple[sql.SQL, dict[str, Any]]:
    """The ids of the leads as SQL with named values. Raises EmptyResultSet where it is none."""
    text, values = leads.order_by().values("pk").query.sql_with_params()
    named = {f"chosen_{place}": value for place, value in enumerate(values)}
    names = iter(named)
    return sql.SQL(_PLACE.sub(lambda _: f"%({next(names)})s", text)), named


def withdraw(ids: Iterable[int], *, user_id: int | None = None) -> int:
    """Let approved and queued leads wait for a reviewer again; return how many did."""
    leads = Lead.objects.filter(pk__in=list(ids))
    with because(WITHDRAWN, user_id=user_id):
        lifecycle.move(leads, S.APPROVED, only_from={S.QUEUED}, batch=None, dialer=None)
        return lifecycle.move(
            leads,
            S.STAGED,
            only_from={S.APPROVED},
            decided_by=None,
            decision_reason="",
            decision_comment="",
        )

"""Counting up what has happened since the last time: calls by hour, and leads by status.

A beat task calls `count_up` every few minutes; days without a worker are caught up with. Pages add
what came after it (`leads.reports.counted`), so their numbers are right without it as well.
"""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from leads.models import TallyState

AT_ONCE = 500_000  # calls in one transaction
# Counting millions of leads takes seconds: at most this part of the time goes into it.
SHARE_OF_TIME = 0.01

HOUR = "date_trunc('hour', opened_at, %(zone)s)"
# Each bucket is 5 % wide, so its middle is within 3 % of every value in it.
BUCKETS = 20
BUCKET = f"floor(ln(greatest(milliseconds, 1)) * {BUCKETS})::smallint"
MIDDLE = f"exp((bucket + 0.5) / {BUCKETS})"

_NEW = """
    SELECT * FROM leads_pushattempt WHERE id > %(after)s AND id <= %(upto)s
    UNION ALL
    SELECT * FROM leads_pushattempt WHERE id = ANY(%(still_open)s)
"""
# All in one statement, for a call that is sealed between two of them would be in none or in both.
_COUNT_CALLS = f"""
WITH calls AS MATERIALIZED (
    SELECT id, {HOUR} AS hour, batch_id, dialer_id, kind, outcome, reason,
        CASE WHEN kind = 'add' AND milliseconds IS NOT NULL THEN {BUCKET} END AS bucket
    FROM ({_NEW}) fresh
), pushes AS (
    INSERT INTO leads_pushtally (hour, batch_id, kind, outcome, reason, calls)
    SELECT hour, batch_id, kind, outcome, reason, count(*) FROM calls WHERE outcome <> ''
    GROUP BY hour, batch_id, kind, outcome, reason
    ON CONFLICT (hour, batch_id, kind, outcome, reason)
    DO UPDATE SET calls = leads_pushtally.calls + excluded.calls
), latencies AS (
    INSERT INTO leads_latencytally (hour, dialer_id, bucket, calls)
    SELECT hour, dialer_id, bucket, count(*) FROM calls WHERE outcome <> '' AND bucket IS NOT NULL
    GROUP BY hour, dialer_id, bucket
    ON CONFLICT (hour, dialer_id, bucket)
    DO UPDATE SET calls = leads_latencytally.calls + excluded.calls
)
SELECT coalesce(array_agg(id) FILTER (WHERE outcome = ''), '{{}}') FROM calls
"""  # noqa: S608 - our own words
# What was inserted by a transaction that still runs may have an id below the highest that is seen.
_LOOK = """
SELECT coalesce((SELECT max(id) FROM leads_pushattempt), 0), clock_timestamp(),
    (SELECT min(xact_start) FROM pg_stat_activity WHERE datname = current_database()
        AND backend_xid IS NOT NULL AND pid <> pg_backend_pid())
"""
# Each change of a status is a row of the history, and so is a deletion.
_MARK = """concat_ws(' ', (SELECT max(id) FROM leads_lead),
    (SELECT max(pgh_id) FROM leads_leadstanding))"""
_TO_DO = f"""
SELECT still_open <> '{{}}'
        OR calls_upto < coalesce((SELECT max(id) FROM leads_pushattempt), 0),
    {_MARK}, leads_mark, leads_at
FROM leads_tallystate
"""  # noqa: S608 - our own words
# By the index of the imports, which is an eighth of the table.
LEADS_NOW = """
    SELECT run.lead_source_id, each.status, sum(each.leads) AS leads
    FROM (SELECT import_run_id, status, count(*) AS leads FROM leads_lead
          GROUP BY import_run_id, status) each
    JOIN leads_import run ON run.id = each.import_run_id
    GROUP BY run.lead_source_id, each.status
"""
_COUNT_LEADS = f"""
INSERT INTO leads_leadtally (day, lead_source_id, status, leads)
SELECT %(today)s, lead_source_id, status, leads FROM ({LEADS_NOW}) now
"""  # noqa: S608 - our own words


def count_up() -> None:
    """Bring the tallies up to date; of two at once, the second does nothing.

    A broken-off count changes nothing, and one that comes twice counts nothing twice. Where nothing
    has happened it is one short query.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TO_DO)
        row = cursor.fetchone()
    new_calls, mark, last_mark, leads_at = row or (False, "", "", None)
    if new_calls:
        while _count_calls():
            pass
    if mark != last_mark or (mark and _is_new_day(leads_at)):
        _count_leads()


def _state() -> TallyState | None:
    """The state, locked; None while somebody else has it."""
    return TallyState.objects.select_for_update(skip_locked=True).first()


@transaction.atomic
def _count_calls() -> bool:
    """Count some calls; return whether there may be more to count at once."""
    state = _state()
    if state is None:
        return False
    with connection.cursor() as cursor:
        cursor.execute(_LOOK)
        highest, now, oldest_running = cursor.fetchone()
        # Transactions that ran when this id was the highest are all at their end.
        settled = state.seen_at and (oldest_running is None or oldest_running > state.seen_at)
        new = state.seen_upto > state.calls_upto or bool(state.still_open)
        if settled and not new and highest == state.seen_upto:
            return False
        if settled and new:
            upto = min(state.seen_upto, state.calls_upto + AT_ONCE)
            values: dict[str, Any] = {
                "after": state.calls_upto,
                "upto": upto,
                "still_open": state.still_open,
            }
            cursor.execute(_COUNT_CALLS, {**values, "zone": settings.TIME_ZONE})
            (state.still_open,) = cursor.fetchone()
            state.calls_upto = upto
            if upto < state.seen_upto:
                state.save()
                return True
        if settled:
            state.calls_at = state.seen_at
        if settled or state.seen_at is None:
            state.seen_upto, state.seen_at = highest, now
    state.save()
    return False


@transaction.atomic
def _count_leads() -> None:
    state = _state()
    if state is None:
        return
    now = timezone.now()
    today = timezone.localdate(now, timezone.get_default_timezone())
    is_new_day = _is_new_day(state.leads_at)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_MARK}")
        (mark,) = cursor.fetchone()
        if not is_new_day and (mark == state.leads_mark or _too_soon(state)):
            return
        start = time.monotonic()
        cursor.execute("DELETE FROM leads_leadtally WHERE day = %s", [today])
        cursor.execute(_COUNT_LEADS, {"today": today})
    state.leads_at, state.leads_mark = now, mark
    state.leads_seconds = time.monotonic() - start
    state.save()


def _is_new_day(leads_at: datetime | None) -> bool:
    zone = timezone.get_default_timezone()
    return leads_at is None or timezone.localdate(leads_at, zone) != timezone.localdate(None, zone)


def _too_soon(state: TallyState) -> bool:
    age = (timezone.now() - state.leads_at).total_seconds() if state.leads_at else 0.0
    return age < state.leads_seconds / SHARE_OF_TIME

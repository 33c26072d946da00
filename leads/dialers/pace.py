"""A dialer's limits, held over all workers on all machines by PostgreSQL.

Connections at once: every connection to the dialer holds one of its numbered slots, an advisory
lock of the worker's database session. A killed worker's session ends, and with it its locks.

Calls per second: the dialer's row says when the next call may leave; a worker moves that moment
forward by what it takes. Calls per day: the row counts them. PostgreSQL's clock is the only one
that counts.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import F
from django.utils import timezone

from leads.dialers.locks import Kind, try_lock, unlock
from leads.models import AttemptKind, Dialer, PushAttempt
from leads.sentence import say


class Slots:
    """The connection slots of a dialer that we hold."""

    def __init__(self, dialer: Dialer) -> None:
        self._kind = Kind.SLOT + dialer.pk
        self._all = range(dialer.connections)
        self._held: list[int] = []

    def __len__(self) -> int:
        return len(self._held)

    def take(self, most: int) -> int:
        """Take free slots until we hold `most`; return how many there were."""
        before = len(self._held)
        for number in self._all:
            if len(self._held) >= most:
                break
            # A session can take its own lock twice, which must not count as two.
            if number not in self._held and try_lock(self._kind, number):
                self._held.append(number)
        return len(self._held) - before

    def free(self) -> None:
        unlock(self._kind, self._held)
        self._held = []


@contextmanager
def slots(dialer: Dialer, most: int) -> Iterator[Slots]:
    """Take up to `most` of the dialer's connection slots while inside.

    None means that other workers hold them all. Must run on one database session throughout.
    """
    held = Slots(dialer)
    try:
        held.take(most)
        yield held
    finally:
        held.free()


def reserve(dialer_id: int, calls: int, per_second: int) -> list[float]:
    """Moments (of `time.monotonic`) at which the next `calls` calls may leave.

    At once for a dialer without a limit (`per_second` 0).
    """
    now = time.monotonic()
    if not per_second:
        return [now] * calls
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE leads_dialer SET next_call_at = greatest(next_call_at, clock_timestamp())"
            " + make_interval(secs => %s) WHERE id = %s"
            " RETURNING extract(epoch FROM next_call_at - clock_timestamp())",
            [calls / per_second, dialer_id],
        )
        row = cursor.fetchone()
    end = now + float(row[0]) if row else now
    return [max(now, end - (calls - i) / per_second) for i in range(calls)]


def opens_at(dialer: Dialer, now: datetime | None = None) -> datetime | None:
    """When the dialer's hours begin next, in its time zone; None if they are now, or always."""
    if dialer.call_from is None or dialer.call_until is None:
        return None
    here = (now or timezone.now()).astimezone(dialer.zone)
    since, until, clock = dialer.call_from, dialer.call_until, here.time()
    within = since <= clock < until if since < until else clock >= since or clock < until
    if within:
        return None
    day = here.date() if clock < since else here.date() + timedelta(days=1)
    return datetime.combine(day, since, tzinfo=dialer.zone)


def take_today(dialer: Dialer, calls: int) -> int:
    """Take up to `calls` of what the dialer may still get today; return how many there were."""
    if not dialer.calls_per_day:
        return calls
    today = timezone.now().astimezone(dialer.zone).date()
    yesterday = Dialer.objects.filter(pk=dialer.pk).exclude(calls_day=today)
    if yesterday.exists():
        # Counted anew rather than begun with none: the limit may be younger than the day.
        midnight = datetime.combine(today, datetime.min.time(), tzinfo=dialer.zone)
        made = PushAttempt.objects.filter(
            dialer=dialer, kind=AttemptKind.ADD, opened_at__gte=midnight
        ).count()
        yesterday.update(calls_day=today, calls_today=made)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE leads_dialer d SET calls_today = before.calls_today + before.free"
            " FROM (SELECT id, calls_today, greatest(0, least(%s, calls_per_day - calls_today))"
            "  AS free FROM leads_dialer WHERE id = %s FOR UPDATE) before"
            " WHERE d.id = before.id RETURNING before.free",
            [calls, dialer.pk],
        )
        taken = cursor.fetchone()
    return int(taken[0]) if taken else 0


def give_back(dialer: Dialer, calls: int) -> None:
    """Calls of today that were taken and not made."""
    if dialer.calls_per_day and calls:
        Dialer.objects.filter(pk=dialer.pk, calls_today__gte=calls).update(
            calls_today=F("calls_today") - calls
        )


def why_closed(dialer: Dialer) -> str:
    """Why the dialer gets no leads just now, in a sentence; empty if it does."""
    if not dialer.enabled:
        return say("The dialer is switched off.")
    if dialer.is_paused:
        return dialer.paused_text
    if (at := opens_at(dialer)) is not None:
        return say(
            "Outside the dialer's hours: it goes on at %(at)s.", at=f"{at:%H:%M (%Z), %d %b}"
        )
    today = timezone.now().astimezone(dialer.zone).date()
    if dialer.calls_day == today and 0 < dialer.calls_per_day <= dialer.calls_today:
        return say(
            "The %(calls_per_day)s calls of today are used up; it goes on tomorrow.",
            calls_per_day=f"{dialer.calls_per_day:,}",
        )
    return ""

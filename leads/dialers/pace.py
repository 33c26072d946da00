"""A dialer's limits, held over all workers on all machines by PostgreSQL.

Connections at once: every connection to the dialer holds one of its numbered slots, an advisory
lock of the worker's database session. A killed worker's session ends, and with it its locks.

Calls per second: the dialer's row says when the next call may leave; a worker moves that moment
forward by what it takes. PostgreSQL's clock is the only one that counts.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import DatabaseError, connection

from leads.models import Dialer

# The first key of our advisory locks, so that they meet no others; the second tells them apart.
SLOT_LOCKS = 0x4C50_0000
SETTLE_LOCKS = 0x4C51_0000


@contextmanager
def slots(dialer: Dialer, most: int) -> Iterator[int]:
    """Take up to `most` of the dialer's connection slots while inside; yield how many.

    Zero means that other workers hold them all. Must run on one database session throughout.
    """
    held: list[int] = []
    try:
        for number in range(dialer.connections):
            if len(held) == most:
                break
            if _try_lock(SLOT_LOCKS + dialer.pk, number):
                held.append(number)
        yield len(held)
    finally:
        _unlock(SLOT_LOCKS + dialer.pk, held)


@contextmanager
def alone(dialer: Dialer) -> Iterator[bool]:
    """Whether we are the only one to settle this dialer just now."""
    locked = _try_lock(SETTLE_LOCKS, dialer.pk)
    try:
        yield locked
    finally:
        _unlock(SETTLE_LOCKS, [dialer.pk] if locked else [])


def _try_lock(first: int, second: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [first, second])
        row = cursor.fetchone()
    return bool(row and row[0])


def _unlock(first: int, seconds: list[int]) -> None:
    if not seconds or connection.connection is None or connection.connection.closed:
        return  # a session that has ended holds nothing
    # An error that ends the block must be seen, not one of letting go after it.
    with suppress(DatabaseError), connection.cursor() as cursor:
        for second in seconds:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [first, second])


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

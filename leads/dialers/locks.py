"""Advisory locks of PostgreSQL: held by a worker's database session, and gone with it.

What must be done by one worker at a time, or by a live one, over all machines. They need sessions
of their own: a pooler between must not share sessions between transactions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from enum import IntEnum

from django.db import DatabaseError, connection


class Kind(IntEnum):
    """The first key of our locks, so that they meet no others; the second says of what."""

    SETTLING = 0x4C51_0000  # a dialer
    WORKER = 0x4C52_0000  # a run of the engine, by the hash of its name
    PROVING = 0x4C53_0000  # a dialer whose login is not known to be right
    UNDOING = 0x4C54_0000  # a batch
    FOLLOWING_UP = 0x4C55_0000  # an import
    SUPPRESSING = 0x4C56_0000  # all leads against the DNC lists
    SLOT = 0x4C60_0000  # plus the dialer: one of its connections


@contextmanager
def only_one(kind: Kind, number: int) -> Iterator[bool]:
    """Whether we are the only ones inside; False at once if another session is."""
    locked = try_lock(kind, number)
    try:
        yield locked
    finally:
        if locked:
            unlock(kind, [number])


def try_lock(first: int, second: int) -> bool:
    """Take the lock for this session unless another one has it; return whether it is ours."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [first, second])
        row = cursor.fetchone()
    return bool(row and row[0])


def unlock(first: int, seconds: Iterable[int]) -> None:
    """Give locks of this session back; a session that has ended holds none."""
    if connection.connection is None or connection.connection.closed:
        return
    # An error that ends the block must be seen, not one of letting go after it.
    with suppress(DatabaseError), connection.cursor() as cursor:
        for second in seconds:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [first, second])

"""Rows from the database in their binary form, which numpy reads as they are."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg
from django.db import connection

Connection = psycopg.Connection[Any]
# Of array_send: dimensions, flags, type, length, lower bound.
_ARRAY_HEADER = 20


# A connection can do one thing at a time, and a COPY is one until its end.
_turn = threading.Lock()


def raw() -> Connection:
    """Django's connection as psycopg has it, for the transaction at hand, also in other threads."""
    connection.ensure_connection()
    found: Connection = connection.connection
    return found


@contextmanager
def cursor(on: Connection) -> Iterator[psycopg.Cursor[Any]]:
    """A cursor on this connection, while no other thread uses one."""
    with _turn, psycopg.Cursor(on) as found:
        yield found


def rows(on: Connection, query: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
    """The rows of a query on this connection."""
    with cursor(on) as reading:
        reading.execute(query, values, binary=True)
        return reading.fetchall()


def numbers(sent: bytes | None, size: int) -> npt.NDArray[np.int64]:
    """What `array_send(array_agg(…))` made of whole numbers of `size` bytes; None is no rows."""
    if sent is None:
        return np.empty(0, dtype=np.int64)
    pairs = np.frombuffer(sent, [("length", ">i4"), ("number", f">i{size}")], offset=_ARRAY_HEADER)
    return pairs["number"].astype(f"i{size}")

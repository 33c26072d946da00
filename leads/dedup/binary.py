"""Rows from the database in their binary form, which numpy reads as they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg
from django.db import connection

# Of array_send: dimensions, flags, type, length, lower bound.
_ARRAY_HEADER = 20


def raw() -> psycopg.Connection[Any]:
    """Django's connection as psycopg has it: other threads may use it too, one at a time, in the
    transaction at hand."""
    connection.ensure_connection()
    found: psycopg.Connection[Any] = connection.connection
    return found


def rows(query: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
    """The rows of a query on Django's connection, in its transaction."""
    return rows_on(raw(), query, values)


def rows_on(
    on: psycopg.Connection[Any], query: str, values: Sequence[object]
) -> list[tuple[Any, ...]]:
    """The rows of a query on this connection."""
    with psycopg.Cursor(on) as cursor:
        cursor.execute(query, values, binary=True)
        return cursor.fetchall()


def numbers(sent: bytes | None, size: int) -> npt.NDArray[np.int64]:
    """What `array_send(array_agg(…))` made of whole numbers of `size` bytes; None is no rows."""
    if sent is None:
        return np.empty(0, dtype=np.int64)
    pairs = np.frombuffer(sent, [("length", ">i4"), ("number", f">i{size}")], offset=_ARRAY_HEADER)
    return pairs["number"].astype(f"i{size}")

"""Rows from the database in their binary form, which numpy reads as they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg
from django.db import connection

# Of array_send: dimensions, flags, type, length, lower bound.
_ARRAY_HEADER = 20


def rows(query: str, values: Sequence[object]) -> Iterator[tuple[Any, ...]]:
    """The rows of a query on Django's connection, in its transaction."""
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(query, values, binary=True)  # type: ignore[arg-type]
        yield from cursor


def numbers(sent: bytes | None, size: int) -> npt.NDArray[np.int64]:
    """What `array_send(array_agg(…))` made of whole numbers of `size` bytes; None is no rows."""
    if sent is None:
        return np.empty(0, dtype=np.int64)
    pairs = np.frombuffer(sent, [("length", ">i4"), ("number", f">i{size}")], offset=_ARRAY_HEADER)
    return pairs["number"].astype(f"i{size}")

"""Rows from the database in their binary form, which numpy reads as they are."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import psycopg
from django.db import connection

Connection = psycopg.Connection[Any]
_Of = TypeVar("_Of")
_Made = TypeVar("_Made")
_AHEAD = 2  # so many are made before they are asked for
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


def copied(
    on: Connection, query: str, values: Sequence[object], types: Sequence[str]
) -> list[tuple[Any, ...]]:
    """All rows of a query, its columns of these types, where values are large: `rows` has all of
    them in memory twice."""
    with (
        cursor(on) as reading,
        reading.copy(f"COPY ({query}) TO STDOUT (FORMAT BINARY)", values) as copy,
    ):
        copy.set_types(types)
        return list(copy.rows())


def array(numbers: Iterable[int]) -> str:
    """Whole numbers as PostgreSQL writes an array: psycopg would make it number by number."""
    return f"{{{','.join(map(str, numbers))}}}"


@contextmanager
def ahead(make: Callable[[_Of], _Made], of: Iterable[_Of]) -> Iterator[Iterator[_Made]]:
    """What is made of each, in order: of the next ones in another thread, while one is used.

    Of the first they are made at once. On leaving, nothing is being made any more.
    """
    coming: deque[Future[_Made]] = deque()
    with ThreadPoolExecutor(1) as thread:
        left = (thread.submit(make, one) for one in of)
        coming.extend(islice(left, _AHEAD))

        def made() -> Iterator[_Made]:
            while coming:
                coming.extend(islice(left, 1))
                yield coming.popleft().result()

        try:
            yield made()
        finally:
            for one in coming:
                one.cancel()


def numbers(sent: bytes | None, size: int) -> npt.NDArray[np.int64]:
    """What `array_send(array_agg(…))` made of whole numbers of `size` bytes; None is no rows."""
    if sent is None:
        return np.empty(0, dtype=np.int64)
    pairs = np.frombuffer(sent, [("length", ">i4"), ("number", f">i{size}")], offset=_ARRAY_HEADER)
    return pairs["number"].astype(f"i{size}")

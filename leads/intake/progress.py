"""How far an import is, for whoever looks: written beside its one long transaction."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from types import TracebackType
from typing import Self

from django.db import connection
from django.utils import timezone

from leads.models import Import

EVERY = 1.0  # seconds
Told = Callable[[int, int], None]


class Cancelled(Exception):
    """Somebody has cancelled the import."""


class Progress:
    """Writes rows and bytes done about once a second, over a connection of its own.

    `started_at` marks whose import it is: a worker that was taken for dead writes nothing more.
    `told` hears the same numbers (rows, bytes).
    """

    def __init__(self, run: Import, started_at: datetime, told: Told | None = None) -> None:
        self._key = (run.pk, started_at)
        self._told = told
        self._next = time.monotonic() + EVERY
        self._rows = self._bytes = 0
        # Inside somebody's transaction the Import row may be out of sight, or locked by it.
        self._beside = None if connection.in_atomic_block else connection.copy()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._beside is not None:
            self._beside.close()

    def show(self, rows: int | None = None, bytes_done: int | None = None) -> None:
        """So many rows and bytes are done; without numbers: still alive. Raises Cancelled."""
        self._rows = self._rows if rows is None else rows
        self._bytes = self._bytes if bytes_done is None else bytes_done
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + EVERY
        if self._told:
            self._told(self._rows, self._bytes)
        if self._beside is None:
            return
        with self._beside.cursor() as cursor:
            cursor.execute(
                f"UPDATE {Import._meta.db_table}"  # noqa: S608
                " SET heartbeat_at = %s, rows_read = %s, bytes_done = %s"
                " WHERE id = %s AND started_at = %s AND status = 'running'"
                " RETURNING stop_asked_at",
                [timezone.now(), self._rows, self._bytes, *self._key],
            )
            mine = cursor.fetchone()
        if mine and mine[0] is not None:
            raise Cancelled

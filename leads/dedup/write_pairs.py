"""Pairs into their table, many at once; what is there already stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple, Self

from leads.dedup import binary
from leads.dedup.binary import Connection

_TEMPORARY = "found_pairs"
CREATE = f"""
CREATE TEMPORARY TABLE IF NOT EXISTS {_TEMPORARY} (
    lead_id bigint, import_run_id bigint, other_id bigint, kind text, score double precision,
    rule text, reasons jsonb
) ON COMMIT DROP
"""
INSERT = f"""
INSERT INTO leads_pair (
    lead_id, import_run_id, other_id, kind, score, rule, reasons, found_at, state, comment)
SELECT lead_id, import_run_id, other_id, kind, score, rule, reasons, now(), 'open', ''
FROM {_TEMPORARY}
ON CONFLICT (lead_id, other_id) DO NOTHING
"""  # noqa: S608 - our own words


class FoundPair(NamedTuple):
    """A pair to be written: the newer lead and its import, the older lead, and what was found."""

    lead: int
    import_run: int
    other: int
    kind: str
    score: float
    rule: str
    reasons: str  # JSON


class Writer:
    """Writes pairs that are not there, whatever became of those, in a thread of its own: who
    finds pairs need not wait for the database. Leave it by `with`; `written` says how many."""

    def __init__(self) -> None:
        self._on = binary.raw()
        self._thread = ThreadPoolExecutor(1)
        self._written: list[Future[int]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.shutdown()

    def write(self, find: Callable[[Connection], Iterable[FoundPair]]) -> None:
        """Write what `find` returns; it is called in the thread, with the connection to use."""
        self._written.append(self._thread.submit(_write, self._on, find))

    def written(self) -> int:
        """How many were new, when all is written."""
        return sum(number.result() for number in self._written)


def _write(on: Connection, find: Callable[[Connection], Iterable[FoundPair]]) -> int:
    lines = [
        f"{pair.lead}\t{pair.import_run}\t{pair.other}\t{pair.kind}\t{pair.score}\t{pair.rule}\t"
        + pair.reasons.replace("\\", "\\\\")
        for pair in find(on)
    ]
    with binary.cursor(on) as cursor:
        cursor.execute(CREATE)
        with cursor.copy(f"COPY {_TEMPORARY} FROM STDIN") as copy:
            copy.write("\n".join([*lines, ""]))
        cursor.execute(INSERT)
        number = int(cursor.rowcount)
        cursor.execute(f"TRUNCATE {_TEMPORARY}")
    return number

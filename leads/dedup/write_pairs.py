"""Pairs into their table, many at once; what is there already stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt
import psycopg

from leads.dedup import binary
from leads.dedup.binary import Connection
from leads.dedup.keys import RULES
from leads.dedup.score import KINDS, Scored, reasons_json

Ids = npt.NDArray[np.int64]
NOT_READ = -1
IMPORTS = "SELECT id, import_run_id FROM leads_lead WHERE id = ANY(%s::bigint[])"

_TEMPORARY = "found_pairs"
CREATE = f"""
CREATE TEMPORARY TABLE IF NOT EXISTS {_TEMPORARY} (
    lead_id bigint, import_run_id bigint, other_id bigint, kind text, score double precision,
    rule text, said int
) ON COMMIT DROP
"""
CHECK_AT_ONCE = "SET CONSTRAINTS ALL IMMEDIATE"
INSERT = f"""
INSERT INTO leads_pair (
    lead_id, import_run_id, other_id, kind, score, rule, reasons, found_at, state, comment)
SELECT lead_id, import_run_id, other_id, kind, score, rule, reasons, now(), 'open', ''
FROM {_TEMPORARY}
JOIN jsonb_array_elements(%s::jsonb) WITH ORDINALITY AS each (reasons, place) ON place = said
ON CONFLICT (lead_id, other_id) DO NOTHING
"""  # noqa: S608 - our own words


class FoundPairs(NamedTuple):
    """Pairs to be written, an array for each column: the newer leads and the import of each
    (NOT_READ where that is to be looked up), the older leads, the place of each rule in RULES, and
    what was found."""

    leads: Ids
    imports: Ids
    others: Ids
    rules: Ids
    scored: Scored


class Writer:
    """Writes in a thread of its own, one thing after the other: who finds pairs need not wait for
    the database. Leave it by `with`; `written` says how many pairs were not there before."""

    def __init__(self) -> None:
        self._on = binary.raw()
        self._thread = ThreadPoolExecutor(1)
        self._writing: list[Future[int | None]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: object, error: BaseException | None, *more: object) -> None:
        self._thread.shutdown(cancel_futures=error is not None)
        if isinstance(error, psycopg.errors.InFailedSqlTransaction):
            # What went wrong before, in writing, says why.
            for one in self._writing:
                if not one.cancelled() and (cause := one.exception()):
                    raise cause from error

    def also(self, write: Callable[[Connection], None]) -> None:
        """Have something else written on this connection."""
        self._writing.append(self._thread.submit(write, self._on))

    def write(self, found: FoundPairs) -> None:
        """Have these pairs written, but those that are there, whatever became of them."""
        if len(found.leads):
            self._writing.append(self._thread.submit(_write, self._on, found))

    def written(self) -> int:
        """How many pairs were new, when all is written; raises what went wrong in writing."""
        return sum(one.result() or 0 for one in self._writing)


def _write(on: Connection, found: FoundPairs) -> int:
    with binary.cursor(on) as cursor:
        cursor.execute(CREATE)
        cursor.execute(CHECK_AT_ONCE)
    # Of many pairs fields say few different things: each is sent once.
    levels, said = np.unique(found.scored.levels, axis=0, return_inverse=True)
    lines = [*_lines(found, _imports(on, found), said + 1), ""]
    with binary.cursor(on) as cursor:
        with cursor.copy(f"COPY {_TEMPORARY} FROM STDIN") as copy:
            copy.write("\n".join(lines))
        cursor.execute(
            INSERT, [f"[{','.join(reasons_json(tuple(row)) for row in levels.tolist())}]"]
        )
        number = int(cursor.rowcount)
        cursor.execute(f"TRUNCATE {_TEMPORARY}")
    return number


def _imports(on: Connection, found: FoundPairs) -> list[int]:
    """The import of each newer lead."""
    missing = np.unique(found.leads[found.imports == NOT_READ])
    read: dict[int, int] = {}
    if len(missing):
        read = dict(binary.rows(on, IMPORTS, [binary.array(missing.tolist())]))
    both = zip(found.leads.tolist(), found.imports.tolist(), strict=True)
    return [read[lead] if run == NOT_READ else run for lead, run in both]


def _lines(found: FoundPairs, imports: list[int], said: Ids) -> Iterator[str]:
    """The pairs as COPY wants them; `said` is the place of what the fields of each say."""
    columns = (
        found.leads.tolist(),
        imports,
        found.others.tolist(),
        found.scored.kinds.tolist(),
        found.scored.scores.tolist(),
        found.rules.tolist(),
        said.ravel().tolist(),
    )
    for lead, run, other, kind, points, rule, place in zip(*columns, strict=True):
        yield f"{lead}\t{run}\t{other}\t{KINDS[kind]}\t{points}\t{RULES[rule]}\t{place}"

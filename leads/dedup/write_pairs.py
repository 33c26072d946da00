"""Pairs into their table, many at once; what is there already stays as it is."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from leads.dedup import binary
from leads.dedup.binary import Connection
from leads.dedup.keys import RULES
from leads.dedup.score import KINDS, Scored, reasons_json

Ids = npt.NDArray[np.int64]
NOT_READ = -1
IMPORTS = "SELECT id, import_run_id FROM leads_lead WHERE id = ANY(%s)"

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

    def write(self, found: FoundPairs) -> None:
        """Have these written."""
        if len(found.leads):
            self._written.append(self._thread.submit(_write, self._on, found))

    def written(self) -> int:
        """How many were new, when all is written."""
        return sum(number.result() for number in self._written)


def _write(on: Connection, found: FoundPairs) -> int:
    with binary.cursor(on) as cursor:
        cursor.execute(CREATE)
    lines = [*_lines(found, _imports(on, found)), ""]
    with binary.cursor(on) as cursor:
        with cursor.copy(f"COPY {_TEMPORARY} FROM STDIN") as copy:
            copy.write("\n".join(lines))
        cursor.execute(INSERT)
        number = int(cursor.rowcount)
        cursor.execute(f"TRUNCATE {_TEMPORARY}")
    return number


def _imports(on: Connection, found: FoundPairs) -> list[int]:
    """The import of each newer lead."""
    missing = np.unique(found.leads[found.imports == NOT_READ]).tolist()
    read: dict[int, int] = dict(binary.rows(on, IMPORTS, [missing])) if missing else {}
    both = zip(found.leads.tolist(), found.imports.tolist(), strict=True)
    return [read[lead] if run == NOT_READ else run for lead, run in both]


def _lines(found: FoundPairs, imports: list[int]) -> Iterator[str]:
    """The pairs as COPY wants them."""
    columns = (
        found.leads.tolist(),
        imports,
        found.others.tolist(),
        found.scored.kinds.tolist(),
        found.scored.scores.tolist(),
        found.rules.tolist(),
        map(tuple, found.scored.levels.tolist()),
    )
    for lead, run, other, kind, points, rule, row in zip(*columns, strict=True):
        # What fields say has no sign that COPY reads as another.
        yield (
            f"{lead}\t{run}\t{other}\t{KINDS[kind]}\t{points}\t{RULES[rule]}\t{reasons_json(row)}"
        )

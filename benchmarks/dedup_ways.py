"""The ways of finding duplicates that `benchmarks/dedup.py` compares, each a process of its own.

`python -m benchmarks.dedup_ways WAY ARGUMENT…` works on the database of the environment and prints
one JSON object.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from django.db import connection, transaction

from benchmarks import intake_ways
from benchmarks.dedup_rows import COLUMNS, People
from benchmarks.rig import peak_mb
from leads.dedup import likely
from leads.dedup.exact import leads_with, prefer_index
from leads.models import Import, Lead, Pair, Source
from leads.models.status import KNOWN, quoted

LOOKED_UP = 5_000  # phones at a time, as an import does it
TEXTS = [
    field.column
    for field in Lead._meta.concrete_fields
    if not field.null and field.get_internal_type() in ("TextField", "CharField")
]


def fill(count: str, seed: str) -> dict[str, Any]:
    """Invented leads into the table, as an import that is done; and as a file for Splink."""
    source, _ = Source.objects.get_or_create(name="Benchmark")
    run = Import.objects.create(
        lead_source=source, filename="made.csv", sha256="0" * 64, status="done"
    )
    given_elsewhere = (*COLUMNS, "status", "phone_number", "phone_code")
    empty = [name for name in TEXTS if name not in given_elsewhere]
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE made ({', '.join(f'{c} text' for c in COLUMNS)}, n serial)"
        )
        with cursor.copy(f"COPY made ({', '.join(COLUMNS)}) FROM STDIN") as copy:
            for row in People(int(seed)).rows(int(count)):
                copy.write_row(row)
        given = [f"nullif({c}, '')::date" if c == "date_of_birth" else c for c in COLUMNS]
        cursor.execute(
            "INSERT INTO leads_lead (lead_source_id, import_run_id, line, raw, created_at, status,"
            f" reasons, warnings, phone_code, phone_number, {', '.join([*COLUMNS, *empty])})"
            " SELECT %s, %s, n, '[]', now(), 'staged', '{}', '{}', '1', substr(phone_e164, 3),"
            f" {', '.join([*given, *(['%s'] * len(empty))])} FROM made ORDER BY n",
            [source.pk, run.pk, *([""] * len(empty))],
        )
        cursor.execute("ANALYZE leads_lead")
        cursor.execute("CHECKPOINT")
    return {"import": run.pk}


def dump(import_id: str, file: str) -> dict[str, Any]:
    """An import's leads as a CSV file."""
    with connection.cursor() as cursor, Path(file).open("wb") as target:
        query = (
            f"COPY (SELECT id AS unique_id, {', '.join(COLUMNS)} FROM leads_lead"
            f" WHERE import_run_id = {int(import_id)}) TO STDOUT (FORMAT CSV, HEADER)"
        )
        with cursor.copy(query) as copy:
            for block in copy:
                target.write(block)
    return {}


def portal(import_id: str) -> dict[str, Any]:
    """The portal's own match: keys, pairs, scores, and all written and committed."""
    watch = Backend()
    started = time.monotonic()
    found = likely.match_import(int(import_id))
    seconds = time.monotonic() - started
    return {
        "seconds": seconds,
        "rss_mb": peak_mb(),
        "backend_mb": watch.stop(),
        "compared": found.compared,
        "duplicates": found.duplicates,
        "to_decide": found.to_decide,
        "kinds": found.kinds,
        "too_common": found.too_common,
        "keys_mb": _size("leads_matchkeys"),
        "atoms_mb": _size("leads_matchatoms"),
        "pairs_mb": _size("leads_pair"),
    }


def known(count: str) -> dict[str, Any]:
    """Invented leads that are there already, and as many phones of a file as a fifth of them.

    One in ten of those phones is known.
    """
    intake_ways.fill(count)
    with connection.cursor() as cursor:
        cursor.execute('CREATE TABLE of_file (phone text COLLATE "C")')
        cursor.execute(
            "INSERT INTO of_file SELECT CASE WHEN n %% 10 = 0 THEN lead.phone_e164"
            " ELSE '+1' || 200 + n %% 800 || '555' || lpad((n / 800)::text, 4, '0') END"
            " FROM generate_series(1, %s) AS n LEFT JOIN leads_lead AS lead"
            " ON n %% 10 = 0 AND lead.line = n * 4 + 1",
            [int(count) // 5],
        )
        cursor.execute("VACUUM ANALYZE of_file")
    return {}


def join() -> dict[str, Any]:
    """A bare join of the file's phones with the leads: the oldest lead of each number."""
    started = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), sum(first) FROM (SELECT phone, min(lead.id) AS first FROM of_file"
            " JOIN leads_lead AS lead ON lead.phone_e164 = phone"
            f" WHERE lead.status IN ({quoted(KNOWN)}) GROUP BY phone) AS found"
        )
        found = cursor.fetchone()
    return {"seconds": time.monotonic() - started, "found": found[0], "sum": int(found[1])}


def exact() -> dict[str, Any]:
    """The same as an import does it: a few thousand phones at a time, read and looked up."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM of_file")
        phones = [row[0] for row in cursor.fetchall()]
    found: dict[str, list[int]] = {}
    started = time.monotonic()
    with transaction.atomic():
        prefer_index()
        for start in range(0, len(phones), LOOKED_UP):
            found |= leads_with(phones[start : start + LOOKED_UP])
    seconds = time.monotonic() - started
    return {"seconds": seconds, "found": len(found), "sum": sum(ids[0] for ids in found.values())}


def unmatched(import_id: str) -> dict[str, Any]:
    """As if the import had not been compared yet, and no other one either."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE leads_pair, leads_matchkeys, leads_matchatoms")
        cursor.execute("CHECKPOINT")
    Import.objects.filter(pk=import_id).update(matched_at=None)
    return {}


def compared_again(import_id: str) -> dict[str, Any]:
    """The same as `portal` for an import that was compared already, as if it had not been."""
    with transaction.atomic():
        likely.lock_matches()
        likely.forget(int(import_id))
        Pair.objects.filter(import_run_id=import_id).delete()
        Import.objects.filter(pk=import_id).update(matched_at=None)
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
    return portal(import_id)


class Backend:
    """The most private memory that the database process of this connection holds meanwhile."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            self._file = Path(f"/proc/{cursor.fetchone()[0]}/smaps_rollup")
        self._most, self._done = 0.0, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        while not self._done.wait(0.1):
            lines = self._file.read_text(encoding="ascii").splitlines()
            kilobytes = [int(line.split()[1]) for line in lines if line.startswith("Private_")]
            self._most = max(self._most, sum(kilobytes) / 1024)

    def stop(self) -> float:
        self._done.set()
        self._thread.join()
        return round(self._most, 1)


def _size(table: str) -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_total_relation_size(%s) / 1048576.0", [table])
        return round(float(cursor.fetchone()[0]), 1)


WAYS: dict[str, Callable[..., dict[str, Any]]] = {
    way.__name__: way for way in (fill, dump, portal, compared_again, unmatched, known, join, exact)
}

if __name__ == "__main__":
    print(json.dumps(WAYS[sys.argv[1]](*sys.argv[2:])))

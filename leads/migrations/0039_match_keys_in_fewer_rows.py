"""Kept keys of 38 bits in 64 buckets: they were of 40 bits in 256, four times as many rows to read.

The last two bits of each key go, and four buckets become one: what is kept stays what the leads'
keys are now. Back again those bits are not known any more: keys are dropped, and all imports are
compared anew.
"""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

# That of matches: leads.dedup.likely.
_LOCK = "SELECT pg_advisory_xact_lock(7275550101)"
_BUCKETS = 64
_TAKE = """
DELETE FROM leads_matchkeys WHERE kind = %s AND bucket BETWEEN %s AND %s
RETURNING import_run_id, bucket, first_lead, keys, leads
"""
_PUT = """
INSERT INTO leads_matchkeys
    (import_run_id, kind, bucket, number, first_lead, last_lead, keys, leads)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
"""


class _Row(NamedTuple):
    keys: npt.NDArray[np.uint64]
    leads: npt.NDArray[np.int64]


def shorten(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    with editor.connection.cursor() as cursor:
        cursor.execute(_LOCK)
        cursor.execute("SELECT DISTINCT kind FROM leads_matchkeys")
        kinds = [kind for (kind,) in cursor.fetchall()]
        for kind in kinds:
            # From the first on: what was put is never taken again.
            for bucket in range(_BUCKETS):
                cursor.execute(_TAKE, [kind, 4 * bucket, 4 * bucket + 3])
                taken = defaultdict(list)
                for run, old, first, keys, leads in cursor.fetchall():
                    long = np.frombuffer(keys, "<u4") + (np.uint64(old) << np.uint64(32))
                    ids = np.frombuffer(leads, "<u4") + np.int64(first)
                    # No key is 0.
                    taken[run].append(_Row(np.maximum(long >> np.uint64(2), np.uint64(1)), ids))
                cursor.executemany(
                    _PUT, [(run, kind, bucket, *_packed(rows)) for run, rows in taken.items()]
                )


def _packed(rows: list[_Row]) -> tuple[int, int, int, bytes, bytes]:
    keys, leads = (np.concatenate(column) for column in zip(*rows, strict=True))
    order = np.argsort(keys, kind="stable")
    low, high = int(leads.min()), int(leads.max())
    packed = keys[order].astype("<u4").tobytes(), (leads[order] - low).astype("<u4").tobytes()
    return len(keys), low, high, *packed


def start_again(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    with editor.connection.cursor() as cursor:
        cursor.execute(_LOCK)
        cursor.execute("DELETE FROM leads_matchkeys")
        cursor.execute("DELETE FROM leads_matchatoms")
        cursor.execute("UPDATE leads_import SET matched_at = NULL WHERE matched_at IS NOT NULL")


class Migration(migrations.Migration):
    dependencies = [("leads", "0038_pair_import_by_lead")]

    operations = [migrations.RunPython(shorten, start_again)]

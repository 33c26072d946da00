"""Kept keys of 38 bits in 64 buckets: they were of 40 bits in 256, four times as many rows to read.

The last two bits of each key go, and four buckets become one: what is kept stays what the leads'
keys are now. Back again those bits are not known any more: keys are dropped, and the leads that were
compared are compared again (`leads.dedup.likely.match_again`). A worker that still runs the former
code may not keep its keys: its match fails, and is done by the next one.
"""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from django.apps.registry import Apps
from django.db import migrations, models
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
_AGAIN = """
INSERT INTO leads_matchagain (lead_id, asked_at)
SELECT lead.id, now() FROM leads_lead lead JOIN leads_import run ON run.id = lead.import_run_id
WHERE run.matched_at IS NOT NULL AND lead.status <> 'invalid'
ON CONFLICT DO NOTHING
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
        cursor.execute(_AGAIN)


class Migration(migrations.Migration):
    dependencies = [("leads", "0038_pair_import_by_lead")]

    operations = [
        migrations.RunPython(shorten, start_again),
        migrations.AlterField(
            model_name="matchkeys",
            name="first_lead",
            field=models.BigIntegerField(help_text="No lead's id is lower."),
        ),
        migrations.AlterField(
            model_name="matchkeys",
            name="last_lead",
            field=models.BigIntegerField(help_text="None is higher."),
        ),
        migrations.AddConstraint(
            model_name="matchkeys",
            constraint=models.CheckConstraint(
                condition=models.Q(("bucket__range", (0, _BUCKETS - 1))), name="match_keys_buckets"
            ),
        ),
    ]

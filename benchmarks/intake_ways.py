"""The ways of bringing rows in that `benchmarks/intake.py` compares, each in a process of its own.

`python -m benchmarks.intake_ways WAY ARGUMENT…` works on the database of the environment and
prints one JSON object.
"""

from __future__ import annotations

import csv
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from django.db import connection, transaction
from import_export import resources
from tablib import Dataset

from leads.intake.stage import load
from leads.intake.upload import receive
from leads.models import Import, Lead, Source
from leads.vicidial.fields import FIELDS

BLOCK = 1024 * 1024
SOURCE = "Benchmark"
COLUMNS = ", ".join(str(field.column) for field in Lead._meta.concrete_fields)


def portal(file: str) -> dict[str, Any]:
    """The portal's own import, from the file on disk to the last commit."""
    source, _ = Source.objects.get_or_create(name=SOURCE)
    started = time.monotonic()
    with Path(file).open("rb") as stream:
        run = load(receive(stream, "leads.csv", source))
    seconds = time.monotonic() - started
    if run.status != "done":
        raise SystemExit(run.error)
    return {
        "import": run.pk,
        "rows": run.rows_read,
        "staged": run.rows_staged,
        "invalid": run.rows_invalid,
        "duplicate": run.rows_duplicate,
        "seconds": seconds,
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def dump(import_id: str, file: str) -> dict[str, Any]:
    """The rows of an import as they stand in the table, as a file for `raw`."""
    with connection.cursor() as cursor, Path(file).open("wb") as target:
        query = f"COPY (SELECT {COLUMNS} FROM leads_lead WHERE import_run_id = {int(import_id)}"
        with cursor.copy(query + " ORDER BY id) TO STDOUT") as copy:
            for block in copy:
                target.write(block)
    return {}


def forget(import_id: str) -> dict[str, Any]:
    """Take an import's rows out again, as if they had not been."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("DELETE FROM leads_lead WHERE import_run_id = %s", [int(import_id)])
        cursor.execute("VACUUM ANALYZE leads_lead")
        cursor.execute("CHECKPOINT")
    return {}


def raw(import_id: str, file: str) -> dict[str, Any]:
    """Nothing but a COPY of the prepared file by psycopg into the same table, and its commit."""
    source, _ = Source.objects.get_or_create(name=SOURCE)
    Import.objects.get_or_create(pk=int(import_id), lead_source=source)
    started = time.monotonic()
    with Path(file).open("rb") as prepared, transaction.atomic(), connection.cursor() as cursor:
        with cursor.copy(f"COPY leads_lead ({COLUMNS}) FROM STDIN") as copy:
            while block := prepared.read(BLOCK):
                copy.write(block)
        rows = cursor.rowcount
    return {"rows": rows, "seconds": time.monotonic() - started}


def fill(count: str) -> dict[str, Any]:
    """Leads of other numbers than the files have, made by the database itself, with statistics.

    The table's indexes are made anew at the end, as small as they can be.
    """
    source, _ = Source.objects.get_or_create(name="Filler")
    run = Import.objects.create(lead_source=source, filename="filler", status="waiting")
    sql = Path(__file__).with_name("fill_leads.sql").read_text(encoding="utf-8")
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "SELECT indexdef FROM pg_indexes WHERE tablename = 'leads_lead'"
            " AND indexname NOT LIKE '%pkey'"
        )
        indexes = [row[0] for row in cursor.fetchall()]
        cursor.execute(
            "SELECT indexname FROM pg_indexes WHERE tablename = 'leads_lead'"
            " AND indexname NOT LIKE '%pkey'"
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP INDEX "{name}"')
        values = {"count": int(count), "source": source.pk, "run": run.pk}
        cursor.execute(sql, values)
        for definition in indexes:
            cursor.execute(definition)
        cursor.execute("VACUUM ANALYZE leads_lead")
        cursor.execute("CHECKPOINT")
    return {}


class LeadResource(resources.ModelResource):
    """django-import-export as fast as it goes: bulk mode, nothing compared, nothing reported."""

    class Meta:
        model = Lead
        fields = ("line", "raw", "phone_e164", *FIELDS)
        import_id_fields = ()
        use_bulk = True
        batch_size = 5000
        force_init_instance = True
        skip_diff = True
        skip_html_diff = True
        use_transactions = True

    def __init__(self, run: Import) -> None:
        super().__init__()
        self._run = run

    def init_instance(self, row: Any = None) -> Lead:
        # As fields of the file, source and import would be looked up for each row.
        return Lead(lead_source_id=self._run.lead_source_id, import_run_id=self._run.pk)


def import_export(import_id: str, file: str, count: str) -> dict[str, Any]:
    """The first rows of a prepared file by django-import-export: cleaned already, no duplicates."""
    source, _ = Source.objects.get_or_create(name=SOURCE)
    run, _ = Import.objects.get_or_create(pk=int(import_id), lead_source=source)
    names = [field.name for field in Lead._meta.concrete_fields]
    columns = LeadResource.Meta.fields
    dataset = Dataset(headers=columns)
    with Path(file).open(encoding="utf-8", newline="") as prepared:
        for cells in csv.reader(prepared, delimiter="\t", quoting=csv.QUOTE_NONE):
            row = dict(zip(names, cells, strict=True))
            row["raw"] = row["raw"].replace("\\\\", "\\")
            if row["status"] == "staged":
                dataset.append(["" if row[name] == r"\N" else row[name] for name in columns])
            if len(dataset) == int(count):
                break
    started = time.monotonic()
    result = LeadResource(run).import_data(dataset, raise_errors=True)
    return {"rows": result.totals["new"], "seconds": time.monotonic() - started}


WAYS: dict[str, Callable[..., dict[str, Any]]] = {
    way.__name__: way for way in (portal, dump, forget, raw, fill, import_export)
}

if __name__ == "__main__":
    print(json.dumps(WAYS[sys.argv[1]](*sys.argv[2:])))

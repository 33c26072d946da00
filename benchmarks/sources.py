"""The sources report with many leads: python benchmarks/sources.py [--leads N] [--days D]

N leads (1,000,000) of 20 sources came in over D days (60), in files of 5,000: 8 of 100 are invalid,
12 duplicates (a third of them within their file), 5 rejected, 3 on a DNC list. Prints what the
pages and the suppliers' files take, at first and then (counts that take long are kept for a while),
and the bare SQL of the numbers beside them.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.rig import PROJECT, servers

SOURCES, ROWS = 20, 5000
RUNS = 7
FILL = PROJECT / "benchmarks" / "fill_leads.sql"
# What became of each row, by its id.
BECAME = """
UPDATE leads_lead lead SET
    status = CASE WHEN part < 8 THEN 'invalid' WHEN part < 20 THEN 'duplicate'
                  WHEN part < 25 THEN 'rejected' WHEN part < 60 THEN 'approved' ELSE 'staged' END,
    reasons = CASE WHEN part < 8 THEN ARRAY['PHONE_LENGTH'] ELSE '{}' END,
    duplicate_of_id = CASE WHEN part BETWEEN 8 AND 11 AND lead.id > file.first THEN file.first
                           WHEN part BETWEEN 8 AND 19 THEN greatest(lead.id - 500000, 1) END,
    duplicate_why = CASE WHEN part BETWEEN 8 AND 19
                         THEN (ARRAY['PHONE', 'HOUSEHOLD', 'NUMBER'])[1 + lead.id %% 3] ELSE '' END,
    decision_reason = CASE WHEN part BETWEEN 20 AND 24 THEN 'BAD_DATA' ELSE '' END,
    decided_at = CASE WHEN part BETWEEN 20 AND 59 THEN now() END,
    dnc_list_id = CASE WHEN part BETWEEN 60 AND 62 THEN %(list)s::bigint END
FROM (SELECT id, (hashint8(id) & 2147483647) %% 100 AS part FROM leads_lead) AS hashed,
     (SELECT import_run_id, min(id) AS first FROM leads_lead GROUP BY 1) AS file
WHERE hashed.id = lead.id AND file.import_run_id = lead.import_run_id AND lead.id > 1
"""
BARE = """
SELECT import_run_id, status, count(*) FROM leads_lead
WHERE import_run_id IN (SELECT id FROM leads_import WHERE created_at >= %s) GROUP BY 1, 2
"""


def fill(leads: int, days: int) -> int:
    """Fill the table; return the id of one of the sources."""
    from django.db import connection
    from django.utils import timezone

    from leads.models import Import
    from tests.factories import make_dnc_list, make_import, make_source

    sources = [make_source(price_per_lead="0.12", currency="USD") for _ in range(SOURCES)]
    listed, files = make_dnc_list("+17275550123"), leads // ROWS
    with connection.cursor() as cursor:
        for number in range(files):
            run = make_import(sources[number % SOURCES], rows_read=ROWS, rows_staged=ROWS)
            came = timezone.now() - timedelta(days=days * (files - 1 - number) / files)
            Import.objects.filter(pk=run.pk).update(created_at=came)
            values = {"source": run.lead_source_id, "run": run.pk, "count": ROWS}
            cursor.execute(FILL.read_text(), values)
        cursor.execute("ALTER TABLE leads_lead DISABLE TRIGGER USER")
        cursor.execute(BECAME, {"list": listed.pk})
        cursor.execute("ALTER TABLE leads_lead ENABLE TRIGGER USER")
        cursor.execute("VACUUM ANALYZE leads_lead")
        cursor.execute("ANALYZE leads_import")
    return sources[0].pk


def median(run: Callable[[], Any]) -> float:
    """Milliseconds."""
    times = []
    for _ in range(RUNS):
        started = time.perf_counter()
        run()
        times.append(1000 * (time.perf_counter() - started))
    return statistics.median(times)


def measure(source: int, days: int) -> dict[str, float]:
    """Print what each page takes; return the figures by name."""
    from django.core.cache import cache
    from django.db import connection
    from django.test import Client
    from django.utils import timezone

    from tests.factories import make_user

    client = Client(headers={"Host": "localhost"})
    client.force_login(make_user("Auditor"))
    whole = f"?first={timezone.localdate() - timedelta(days=days - 1)}"
    found = {}
    for name, query in (("7", "?period=7-days"), ("30", "?period=30-days"), (str(days), whole)):
        for page in ("report/", f"{source}/report/"):
            address = f"/admin/leads/source/{page}{query}"
            client.get("/admin/leads/source/")  # all is imported
            cache.clear()
            started = time.perf_counter()
            shown: Any = client.get(address)
            first = (time.perf_counter() - started) * 1000
            one = "line" in shown.context_data
            rows = (shown.context_data["line"].cells if one else shown.context_data["total"])[0]
            what = f"{'one source' if one else 'all sources'}, {name} days"
            found[what] = median(lambda address=address: client.get(address))
            print(
                f"{what}: {first:.0f} ms at first, then {found[what]:.0f} ms;"
                f" {rows.number:,} rows, before {rows.before:,}"
            )
    with connection.cursor() as cursor:
        since = timezone.now() - timedelta(days=30)
        bare = median(lambda: cursor.execute(BARE, [since]))
    print(f"bare SQL of the numbers of 30 days: {bare:.0f} ms")
    started = time.perf_counter()
    file: Any = client.get(f"/admin/leads/source/{source}/report/rejected.csv{whole}")
    lines = sum(part.count(b"\n") for part in file.streaming_content) - 1
    print(f"rejected rows of one source as CSV: {lines:,} in {time.perf_counter() - started:.1f} s")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leads", type=int, default=1_000_000)
    parser.add_argument("--days", type=int, default=60)
    options = parser.parse_args()
    with servers(HTTPS="off"):
        found = measure(fill(options.leads, options.days), options.days)
    slowest = max(found, key=found.__getitem__)
    print(json.dumps({"slowest_page": slowest, "slowest_ms": round(found[slowest])}))


if __name__ == "__main__":
    main()

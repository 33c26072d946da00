"""The review desk with millions of leads: how long the next item and a bulk approval take.

    python benchmarks/desk.py [--quick]

Starts the embedded PostgreSQL by itself. Prints the server's time of each page (median of nine, in
the same process) and of approving 100,000 clean leads, beside a bare UPDATE of the same rows with
all triggers off. The last line is one JSON object: `next_ms` (the slowest of the pages that bring
the next item), `bulk_of_bare` (1 = as fast as the bare UPDATE; history included).
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import rig

LEADS, QUICK_LEADS = 5_000_000, 200_000
IMPORTS = 50
BULK = 100_000
TIMES = 9

# Of each hundred: some with a warning, some invalid, most decided long ago.
SPREAD = """
UPDATE leads_lead SET
    status = CASE WHEN id % 100 < 3 THEN 'invalid' ELSE status END,
    reasons = CASE WHEN id % 100 < 3 THEN '{PHONE_LENGTH}'::text[] ELSE '{}' END,
    warnings = CASE WHEN id % 100 BETWEEN 3 AND 12 THEN '{WIRE_LOSS}'::text[] ELSE '{}' END
WHERE id % 100 < 13
"""
PAIRED = """
INSERT INTO leads_pair (
    lead_id, import_run_id, other_id, kind, score, rule, reasons, found_at, state, comment)
SELECT id, import_run_id, id - 50, 'person', 0.6, 'email', '[]', now(), 'open', '' FROM leads_lead
WHERE id % 250 = 99 AND id > (SELECT min(id) + 50 FROM leads_lead)
"""


def fill(leads: int) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE leads_lead DISABLE TRIGGER USER")
        for number in range(IMPORTS):
            # The older half is decided, as it is in a table that has grown for years.
            rig.make_leads(leads // IMPORTS, "approved" if number < IMPORTS // 2 else "staged")
        cursor.execute(SPREAD)
        cursor.execute(PAIRED)
        cursor.execute("ALTER TABLE leads_lead ENABLE TRIGGER USER")
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE leads_lead")
        cursor.execute("VACUUM ANALYZE leads_pair")


def pages() -> float:
    """The slowest page that brings the next item, in milliseconds."""
    from django.contrib.auth.models import User
    from django.test import Client
    from django.test.utils import setup_test_environment
    from django.urls import reverse

    from leads.review.desk import Queue

    user = User.objects.create_superuser("reviewer")
    setup_test_environment()
    client = Client()
    client.force_login(user)
    client.get(reverse("admin:leads_desk"))
    slowest = 0.0
    show("overview", median(lambda: client.get(reverse("admin:leads_desk"))))
    for queue in Queue:
        address = reverse("admin:leads_desk_queue", args=[queue.value])
        first = client.get(address)
        show(f"{queue}: the queue opened", median(lambda at=address: client.get(at)))
        took = []
        for _ in range(TIMES):
            lead = first.context["lead"]
            data = {"queue": queue, "lead": lead.pk, "seen": lead.status}
            verb = {"verb": "reject:BAD_DATA"}
            if queue is Queue.DUPLICATES:
                verb = {"verb": "duplicate", "other": first.context["others"][0].lead.pk}
            start = time.perf_counter()
            first = client.post(
                reverse("admin:leads_desk_act"),
                {**data, **verb},
                headers={"HX-Request": "true"},
            )
            took.append((time.perf_counter() - start) * 1000)
            assert first.context["lead"] != lead
        show(f"{queue}: decided, and the next one shown", statistics.median(took))
        slowest = max(slowest, statistics.median(took))
    return slowest


def bulk() -> float:
    """Approving all clean leads of an import by the portal's one statement, over a bare UPDATE."""
    from django.db import connection

    from leads.models import Lead
    from leads.review.decide import approve

    first, last = rig.make_leads(BULK, "staged")
    where = "id BETWEEN %s AND %s"
    rows = Lead.objects.filter(pk__range=(first, last), warnings=[])
    ratios = []
    with connection.cursor() as cursor:
        for number in range(3):
            cursor.execute("ALTER TABLE leads_lead DISABLE TRIGGER USER")
            bare = timed(
                lambda: cursor.execute(
                    "UPDATE leads_lead SET status = 'approved', decided_at = now(),"
                    f" decision_comment = '' WHERE status = 'staged' AND {where}",
                    [first, last],
                )
            )
            back(cursor, first, last)
            cursor.execute("ALTER TABLE leads_lead ENABLE TRIGGER USER")
            ours = timed(lambda: approve(rows, by=None, comment=""))
            cursor.execute("ALTER TABLE leads_lead DISABLE TRIGGER USER")
            back(cursor, first, last)
            cursor.execute("ALTER TABLE leads_lead ENABLE TRIGGER USER")
            print(f"  {BULK:,} approved, run {number + 1}: {ours:.2f} s, bare {bare:.2f} s")
            ratios.append(ours / bare)
    return statistics.median(ratios)


def back(cursor: Any, first: int, last: int) -> None:
    """Both ways find the same rows as fresh as the other did."""
    cursor.execute(
        "UPDATE leads_lead SET status = 'staged' WHERE id BETWEEN %s AND %s", [first, last]
    )
    cursor.execute("VACUUM ANALYZE leads_lead")


def timed(work: Any) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def median(work: Any) -> float:
    return statistics.median(timed(work) * 1000 for _ in range(TIMES))


def show(what: str, milliseconds: float) -> None:
    print(f"  {milliseconds:7.1f} ms  {what}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_LEADS:,} leads")
    leads = QUICK_LEADS if parser.parse_args().quick else LEADS
    with rig.servers():
        fill(leads)
        print(f"The desk with {leads:,} leads:")
        figures = {"next_ms": round(pages(), 1)}
        print("In bulk:")
        figures["bulk_of_bare"] = round(bulk(), 2)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()

"""What the benchmarks stand on: real servers of their own, a simulated dialer, and leads.

Everything runs in a folder that is gone afterwards; PostgreSQL writes every commit to disk, as it
does in production. Django is set up by `servers`, so models are imported inside functions here.
"""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django

from portal.embedded.children import Children
from portal.embedded.folder import DataFolder
from portal.embedded.servers import embedded_servers, throwaway_folder, throwaway_values

PROJECT = Path(__file__).resolve().parent.parent
USER, PASSWORD = "6666", "1234"
LIST_ID = 101

# Leads as an import leaves them, approved: seeded by their number, on the 555 exchange.
APPROVED = """
INSERT INTO leads_lead (
    lead_source_id, import_run_id, line, raw, created_at, status, reasons, warnings,
    vendor_lead_code, source_id, phone_code, phone_number, title, first_name, middle_initial,
    last_name, address1, address2, address3, city, state, province, postal_code, country_code,
    gender, date_of_birth, alt_phone, email, security_phrase, comments, rank, owner,
    multi_alt_phones, entry_list_id, gmt_offset_now, phone_e164, duplicate_why, decided_at,
    decision_reason, decision_comment, settle_note, vicidial_status, refusal_reason
)
SELECT %(source)s, %(import)s, n, '[]', now(), %(status)s, '{}', '{}',
    '', '', '1', phone, '', 'Ann', '', 'Sample' || n, n || ' Main St', '', '', 'Clearwater',
    'FL', '', '33755', 'USA', 'F', '1970-01-01'::date + (n %% 15000)::int, '',
    'ann' || n || '@example.com', '', 'asked for a call', '', '', '', '', '',
    '+1' || phone, '', now(), '', '', '', '', ''
FROM (
    SELECT n, (201 + n / 10000 %% 700)::text || '555' || lpad((n %% 10000)::text, 4, '0') AS phone
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) n
) numbers
"""


@dataclass
class Servers:
    """The running servers; `environment` is that of processes which work on them."""

    folder: DataFolder
    children: Children
    environment: dict[str, str]


@contextmanager
def servers(**settings: str) -> Iterator[Servers]:
    """PostgreSQL and Valkey with the portal's tables, and this process set up to use them."""
    with throwaway_folder("lead-portal-benchmark-") as folder:
        made = throwaway_values(folder) | {"LOG_LEVEL": "ERROR"} | settings
        os.environ.update(made)
        os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
        path = os.pathsep.join(filter(None, [str(PROJECT), os.environ.get("PYTHONPATH")]))
        os.environ["PYTHONPATH"] = path
        with embedded_servers(folder) as children:
            django.setup()
            from django.core.management import call_command

            call_command("migrate", verbosity=0)
            yield Servers(folder, children, dict(os.environ))


def start(*arguments: object, **options: Any) -> subprocess.Popen[str]:
    """Start Python with these arguments in the project, its output to be read as text."""
    options = {"stdout": subprocess.PIPE, "text": True} | options
    return subprocess.Popen([sys.executable, *map(str, arguments)], cwd=PROJECT, **options)


@contextmanager
def simulator(latency_ms: float = 0.0, *more: object) -> Iterator[str]:
    """A simulated dialer in a process of its own; yields its URL."""
    words = ["manage.py", "vicidial_simulator", "--port", 0, "--user", USER]
    process = start(*words, "--password", PASSWORD, "--latency", latency_ms, *more)
    try:
        assert process.stdout is not None
        address = re.search(r"http://\S+", process.stdout.readline())
        assert address, "the simulator did not start"
        yield address[0]
    finally:
        process.terminate()
        process.wait()


def make_dialer(url: str, name: str, *, tested: bool = True, **columns: Any) -> Any:
    """The simulator as a dialer of the portal, tested, with the list LIST_ID."""
    from leads.dialers import probe
    from leads.dialers.connect import seal
    from leads.models import Dialer, DialerList

    made = Dialer.objects.create(
        name=name, base_url=url, api_user=USER, password_token=seal(PASSWORD), **columns
    )
    DialerList.objects.create(
        dialer=made, list_id=LIST_ID, duplicate_check="", dnc_check="Y", confirmed=True
    )
    if tested:
        probe.test(made)
    return made


def make_leads(number: int, status: str = "approved") -> tuple[int, int]:
    """Add `number` leads by one statement; return the lowest and highest of their ids."""
    from django.db import connection
    from django.utils import timezone

    from leads.models import Import, ImportStatus, Lead, Source

    source, _ = Source.objects.get_or_create(name="Benchmark")
    run = Import.objects.create(
        lead_source=source,
        filename="made.csv",
        sha256="0" * 64,
        status=ImportStatus.DONE,
        compared_at=timezone.now(),
    )
    before = Lead.objects.order_by("-id").values_list("pk", flat=True).first() or 0
    with connection.cursor() as cursor:
        cursor.execute(
            APPROVED,
            {"source": source.pk, "import": run.pk, "status": status, "first": 1, "last": number},
        )
        cursor.execute("ANALYZE leads_lead")
    return before + 1, before + number


def queue(dialer: Any, ids: tuple[int, int]) -> Any:
    """Put these leads into a batch for LIST_ID of the dialer; return the batch."""
    from leads.models import Lead
    from leads.push.queue import queue as put

    target = dialer.lists.select_related("dialer").get(list_id=LIST_ID)
    queued = put(Lead.objects.filter(pk__range=ids), target, by=None)
    assert queued.queued == ids[1] - ids[0] + 1, queued
    return queued.batch


def measured(program: str, jobs: Sequence[Sequence[object]]) -> list[dict[str, float]]:
    """Run `program` once for each of `jobs` (arguments), all at the same time.

    Each says that it is ready, is told to go, and ends with one JSON line, which is returned.
    """
    running = [start(program, *job, stdin=subprocess.PIPE) for job in jobs]
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "ready"
    for process in running:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    results = []
    for process in running:
        out, _ = process.communicate()
        assert process.returncode == 0, f"{program} failed"
        results.append(json.loads(out.splitlines()[-1]))
    return results


def ready() -> float:
    """In a measured program: wait for the word to go; return the moment."""
    print("ready", flush=True)
    sys.stdin.readline()
    return time.monotonic()


def peak_mb() -> float:
    """The most memory that this process has held, in MB."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)

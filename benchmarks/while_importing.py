"""What a page costs while a file is being imported, over what it costs when nothing is.

    python benchmarks/while_importing.py

Starts the embedded PostgreSQL by itself, imports 600,000 rows in a process of its own, and asks for
pages meanwhile (median of nine, Django's test client). The last line is one JSON object:
`slowest` is the largest of the ratios.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import rig

ROWS, THERE, TIMES = 600_000, 50_000, 9
PAGES = [
    "/admin/",
    "/admin/leads/lead/",
    "/admin/leads/lead/?status__exact=staged",
    "/admin/leads/import/",
    "/admin/leads/lead/desk/",
]
UNDER_WAY = 5  # seconds until the import is in the middle of its work


def write(path: Path) -> None:
    with path.open("w") as file:
        file.write("phone,first name,last name,address,city,state,zip,email,comments\n")
        for n in range(ROWS):
            phone = f"{201 + n // 10000 % 700}555{n % 10000:04}"
            file.write(
                f"{phone},Ann,Sample{n},{n} Main St,Clearwater,FL,33755,a{n}@example.com,a call\n"
            )


def medians(client: Any) -> list[float]:
    """Milliseconds of each page."""
    found = []
    for page in PAGES:
        took = []
        for _ in range(TIMES):
            start = time.perf_counter()
            assert client.get(page).status_code == 200
            took.append((time.perf_counter() - start) * 1000)
        found.append(statistics.median(took))
    return found


def measure(path: Path) -> float:
    from django.contrib.auth.models import User
    from django.test import Client

    rig.make_leads(THERE, "staged")
    client = Client()
    client.force_login(User.objects.create_superuser("somebody"))
    medians(client)
    idle = medians(client)
    importing = rig.start("manage.py", "import_leads", path, "--source", "Vendor", "--json")
    time.sleep(UNDER_WAY)
    busy = medians(client)
    assert importing.poll() is None, "the import was over before the pages were"
    importing.communicate()
    for page, before, now in zip(PAGES, idle, busy, strict=True):
        print(f"  {now / before:4.2f} times: {now:6.1f} ms, idle {before:6.1f} ms  {page}")
    return max(now / before for before, now in zip(idle, busy, strict=True))


def main() -> None:
    with rig.servers(), tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "leads.csv"
        write(path)
        print(json.dumps({"slowest": round(measure(path), 2)}))


if __name__ == "__main__":
    main()

"""A bad night: does every lead end up on the dialer exactly once? See docs/performance.md.

    python benchmarks/chaos.py [--quick] [--leads N] [--seed N]

Starts its own PostgreSQL, Valkey, beat, two Celery workers and a dialer that spoils a fifth of its
calls in every way the fault plan knows, look-ups included. While the leads are pushed a worker is
killed with -9 three times, and the broker and the database are restarted once each. In the end the
dialer's table and the portal's rows must be the same set, one to one, each with the same lead_id.

The last line is one JSON object; the exit status is 1 if anything is wrong.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import rig
from leads.vicidial.simulator.faults import AFTER, BEFORE, FaultPlan
from leads.vicidial.simulator.server import Simulator
from portal.embedded.account import server_account
from portal.embedded.postgres import start_postgres
from portal.embedded.valkey import start_valkey

SHARE = 0.2
READ_TIMEOUT = 0.8
# What is slow answers after the client has gone; what is late inserts after it.
LATE_SECONDS = 1.2
SETTINGS = {"SETTLE_GRACE_SECONDS": "2", "SWEEP_SECONDS": "1"}
WORKERS = 2
KILLS = 3
FUNCTIONS = ("add_lead", "lead_search", "lead_field_info", "update_lead", "version")


def say(text: str) -> None:
    print(f"    {text}", flush=True)


class Workers:
    """Two Celery workers and beat, each a process group of its own that can be killed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        for number in range(WORKERS):
            self.start(f"worker{number}")
        self.start("beat")

    def start(self, name: str) -> None:
        words = ["beat", "--schedule", self.folder / "beat"]
        if name != "beat":
            words = ["worker", "--concurrency", 2, "--hostname", f"{name}@%h"]
        command = [sys.executable, "-m", "celery", "-A", "portal", *map(str, words)]
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                command, cwd=rig.PROJECT, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self, name: str) -> None:
        """The worker and its children, without a word."""
        process = self.running[name]
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        for name in self.running:
            self.kill(name)


class Night:
    """One run: `leads` leads in two batches, and what befalls them."""

    def __init__(self, servers: rig.Servers, dialer: Simulator, leads: int) -> None:
        self.servers = servers
        self.dialer = dialer
        self.leads = leads
        self.kills = 0
        self.workers = Workers(servers.folder.path)

    def counts(self) -> Counter[str]:
        from django.db import Error, connection
        from django.db.models import Count

        from leads.models import Lead

        try:
            rows = Lead.objects.order_by().values_list("status").annotate(n=Count("pk"))
            return Counter(dict(rows))
        except Error:  # it is being restarted
            connection.close()
            return Counter()

    def when(self, share: float, what: str, do: Callable[[], None]) -> None:
        """Do it when `share` of the leads have been pushed."""
        self.wait_for(lambda now: now["pushed"] >= share * self.leads, f"before {what}")
        say(f"{self.counts()['pushed']:6} pushed: {what}")
        do()

    def wait_for(self, reached: Callable[[Counter[str]], bool], what: str) -> None:
        end = time.monotonic() + 120 + self.leads / 20
        while not reached(self.counts()):
            assert time.monotonic() < end, f"stuck {what}: {self.counts()}"
            time.sleep(0.1)

    def kill(self, name: str) -> None:
        self.workers.kill(name)
        self.kills += 1
        self.workers.start(name)

    def restart(self, name: str) -> None:
        """Stop a server as a restart of its machine's service does, and start it again."""
        folder, children = self.servers.folder, self.servers.children
        server = next(child for child in children._children if child.name == name)
        children.stop(server)
        start = start_postgres if name == "postgres" else start_valkey
        start(folder, children, server_account(folder.postgres), durable=True, say=say)

    def pass_by(self) -> None:
        self.when(0.05, "a worker is killed", lambda: self.kill("worker0"))
        self.when(0.20, "the broker is restarted", lambda: self.restart("valkey"))
        self.when(0.35, "the other worker is killed", lambda: self.kill("worker1"))
        self.when(0.50, "the database is restarted", lambda: self.restart("postgres"))
        self.when(0.65, "a worker is killed", lambda: self.kill("worker0"))
        say("the rest, and what is unclear")
        self.wait_for(
            lambda now: bool(now) and not now["queued"] + now["sending"] + now["unclear"],
            "at the end",
        )


def compare(dialer: Simulator, leads: int) -> dict[str, int]:
    """The dialer's table beside the portal's rows."""
    from leads.models import Lead, PushAttempt

    there = {lead["lead_id"]: lead["phone_number"] for lead in dialer.store.leads()}
    rows = Lead.objects.filter(status="pushed").values_list("phone_number", "vicidial_lead_id")
    ours = dict(rows)
    doubles = sum(number - 1 for number in Counter(there.values()).values())
    return {
        "leads": leads,
        "doubles": doubles,
        "lost": leads - len(set(there.values()) & set(ours)),
        "wrong_ids": sum(there.get(lead_id) != phone for phone, lead_id in ours.items()),
        "unclear_left": Lead.objects.filter(status="unclear").count()
        + PushAttempt.objects.filter(sealed_at=None).count(),
    }


def run(leads: int, seed: int) -> dict[str, int]:
    faults = FaultPlan(SHARE, BEFORE + AFTER, seed, FUNCTIONS, LATE_SECONDS)
    with rig.servers(**SETTINGS) as servers, Simulator(password=rig.PASSWORD) as dialer:
        dialer.store.add_campaign("TESTCAMP")
        dialer.store.add_list(rig.LIST_ID, "Outbound", "TESTCAMP")
        timeouts = {"connect_timeout": 1.0, "read_timeout": READ_TIMEOUT}
        ours = rig.make_dialer(dialer.url, "night", connections=8, **timeouts)
        first, last = rig.make_leads(leads)
        middle = (first + last) // 2
        for ids in ((first, middle), (middle + 1, last)):
            rig.queue(ours, ids)
        dialer.faults, dialer.latency = faults, 0.005
        started = time.monotonic()
        night = Night(servers, dialer, leads)
        try:
            night.pass_by()
        finally:
            night.workers.stop()
        faults.share = 0.0
        seconds = time.monotonic() - started
        found = compare(dialer, leads) | {"kills": night.kills}
        calls: Any = dialer.store.calls
    spoilt = ", ".join(f"{kind} {number}" for kind, number in sorted(faults.done.items()))
    say(f"{seconds:.0f} s, {calls['add_lead']} calls of add_lead; spoilt: {spoilt}")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="600 leads, under 50 s")
    parser.add_argument("--leads", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    leads = 600 if options.quick else options.leads
    print(f"{leads} leads, faults on {SHARE:.0%} of the calls, {WORKERS} workers")
    found = run(leads, options.seed)
    print(json.dumps(found))
    if any(found[name] for name in ("doubles", "lost", "wrong_ids", "unclear_left")):
        raise SystemExit(1)


if __name__ == "__main__":
    main()

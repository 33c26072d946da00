"""How fast the push engine is, beside what it is made of. See docs/performance.md.

    python benchmarks/push.py [--quick]

(a) the engine beside a bare loop of requests sessions that keeps no record of anything, at 0, 5
    and 20 ms server time, 8 connections each;
(b) one, two and four worker processes;
(c) the database's part alone (claim, attempts committed, sealed after) beside the same with
    commits per call, and with 10 thousand and 5 million leads in the table;
(d) 10,000 unclear leads settled.

Every ratio is of one run on one machine. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import json
import statistics
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import rig

CONNECTIONS = 8
PARAMETERS = {
    "phone_code": "1",
    "first_name": "Ann",
    "last_name": "Sample",
    "address1": "1 Main St",
    "city": "Clearwater",
    "state": "FL",
    "postal_code": "33755",
    "country_code": "USA",
    "gender": "F",
    "date_of_birth": "1970-01-01",
    "email": "ann@example.com",
    "comments": "asked for a call",
    "list_id": str(rig.LIST_ID),
    "list_exists_check": "Y",
    "dnc_check": "Y",
}


# --- Programs of their own, started by `rig.measured` ------------------------------------------


def bare_loop(url: str, calls: int) -> None:
    """The thing compared with: sessions of requests in threads, and nothing kept."""
    import requests

    login = {
        "user": rig.USER,
        "pass": rig.PASSWORD,
        "source": "bench",
        "function": "add_lead",
    }
    numbers = iter(range(calls))
    lock = threading.Lock()
    wrong: list[str] = []

    def work() -> None:
        session = requests.Session()
        while True:
            with lock:
                n = next(numbers, None)
            if n is None:
                return
            phone = f"{201 + n // 10000 % 700}555{n % 10000:04}"
            lead = {**PARAMETERS, "phone_number": phone, "vendor_lead_code": f"BARE{n}", **login}
            text = session.post(url, data=lead, timeout=(5, 30)).text
            if not text.startswith("SUCCESS"):
                wrong.append(text)

    started = rig.ready()
    threads = [threading.Thread(target=work) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.monotonic() - started
    assert not wrong, wrong[0]
    print(json.dumps({"leads": calls, "seconds": seconds, "mb": rig.peak_mb()}))


def engine(dialer_id: int) -> None:
    """One worker process: the engine until nothing is queued."""
    import django

    django.setup()
    from leads.models import Dialer
    from leads.push.runner import run

    dialer = Dialer.objects.get(pk=dialer_id)
    started = rig.ready()
    ran = run(dialer, seconds=600, most_connections=CONNECTIONS)
    seconds = time.monotonic() - started
    assert ran.ended == "nothing is queued", ran
    print(json.dumps({"leads": ran.leads, "seconds": seconds, "mb": rig.peak_mb()}))


def settling(dialer_id: int) -> None:
    """One worker process: settle until nothing is unclear."""
    import django

    django.setup()
    from leads.models import Dialer
    from leads.push.settle import settle

    dialer = Dialer.objects.get(pk=dialer_id)
    started = rig.ready()
    settled = settle(dialer)
    seconds = time.monotonic() - started
    assert not settled.problems, settled
    leads = settled.pushed + settled.queued
    print(json.dumps({"leads": leads, "seconds": seconds, "mb": rig.peak_mb()}))


PROGRAM = str(Path(__file__).resolve())


# --- The parts ------------------------------------------------------------------------------------


def server_ms(url: str) -> float:
    """What one call takes the server, timer and all: one connection, the leanest of clients."""
    address = urlsplit(url)
    body = urlencode(
        {**PARAMETERS, "user": rig.USER, "pass": rig.PASSWORD, "source": "bench"}
        | {"function": "add_lead", "phone_number": "2015550100"}
    )
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    connection = http.client.HTTPConnection(address.netloc)
    times = []
    for _ in range(60):
        started = time.monotonic()
        connection.request("POST", address.path, body, headers)
        connection.getresponse().read()
        times.append(time.monotonic() - started)
    return statistics.median(times) * 1000


def rate(results: list[dict[str, float]]) -> float:
    return sum(r["leads"] for r in results) / max(r["seconds"] for r in results)


def engine_rate(url: str, leads: int, workers: int = 1) -> tuple[float, float]:
    """Leads a second of `workers` processes on a dialer of their own, and the most memory."""
    dialer = rig.make_dialer(url, f"d{time.monotonic_ns()}", connections=CONNECTIONS * workers)
    rig.queue(dialer, rig.make_leads(leads))
    results = rig.measured(PROGRAM, [["--engine", dialer.pk]] * workers)
    assert sum(r["leads"] for r in results) == leads, results
    return rate(results), max(r["mb"] for r in results)


def beside_bare_loop(leads: dict[int, int], rounds: int) -> dict[str, float]:
    print(f"(a) the engine beside a bare loop of requests, {CONNECTIONS} connections")
    found: dict[str, float] = {}
    for latency, number in leads.items():
        ratios, rates, bares, memory = [], [], [], 0.0
        with rig.simulator(latency) as url:
            alone = server_ms(url)
            for _ in range(rounds):
                bares.append(rate(rig.measured(PROGRAM, [["--bare", url, number]])))
                mine, mb = engine_rate(url, number)
                rates.append(mine)
                ratios.append(mine / bares[-1])
                memory = max(memory, mb)
        ratio = statistics.median(ratios)
        found[f"of_bare_loop_{latency}ms"] = round(ratio, 2)
        found["rss_mb"] = max(memory, found.get("rss_mb", 0))
        of_full = ""
        if latency:
            nominal, real = CONNECTIONS / latency * 1000, CONNECTIONS / alone * 1000
            of_full = (
                f", {statistics.median(rates) / nominal:.2f} of connections/latency"
                f" ({statistics.median(rates) / real:.2f} with the {alone:.1f} ms a call takes)"
            )
        print(
            f"    {latency:2} ms: bare {statistics.median(bares):5.0f}/s, engine"
            f" {statistics.median(rates):5.0f}/s = {ratio:.2f}{of_full}; {memory:.0f} MB"
        )
    return found


# What commits per call come to at their leanest: plain SQL, nothing but what must be written.
TAKE = """
SELECT id, phone_number FROM leads_lead WHERE batch_id = %s AND status = 'queued'
ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
"""
OPEN = """
INSERT INTO leads_pushattempt (lead_id, batch_id, dialer_id, kind, number, request,
    vendor_lead_code, asked_list_id, highest_before, worker, opened_at, outcome, reason, answer,
    notices)
VALUES (%s, %s, %s, 'add', 1, %s, %s, 101, 0, 'bench', now(), '', '', '', '[]') RETURNING id
"""
SENDING = "UPDATE leads_lead SET status = 'sending', lease_until = now() WHERE id = %s"
SEAL = """
UPDATE leads_pushattempt SET sealed_at = now(), outcome = 'added', http_status = 200,
    milliseconds = 3, answer = %s, answered_lead_id = %s, answered_list_id = 101 WHERE id = %s
"""
PUSHED = """
UPDATE leads_lead SET status = 'pushed', lease_until = NULL, vicidial_lead_id = %s,
    vicidial_list_id = 101, vicidial_status = 'NEW', pushed_at = now() WHERE id = %s
"""
ANSWER = "SUCCESS: add_lead LEAD HAS BEEN ADDED - {phone}|101|{lead_id}|-5|6666\n"


def commits_per_call(dialer: Any, batch: Any, ids: Iterator[int]) -> float:
    """Leads a second when each call has its two commits: before it leaves, and after."""
    from django.db import connection, transaction

    done, started = 0, time.monotonic()
    with connection.cursor() as cursor:
        while True:
            with transaction.atomic():
                cursor.execute(TAKE, [batch.pk])
                if (lead := cursor.fetchone()) is None:
                    break
                phone, code = lead[1], f"{dialer.code_prefix}{lead[0]}"
                request = {**PARAMETERS, "phone_number": phone, "vendor_lead_code": code}
                cursor.execute(OPEN, [lead[0], batch.pk, dialer.pk, json.dumps(request), code])
                attempt = cursor.fetchone()[0]
                cursor.execute(SENDING, [lead[0]])
            with transaction.atomic():
                lead_id = next(ids)
                answer = ANSWER.format(phone=phone, lead_id=lead_id)
                cursor.execute(SEAL, [answer, lead_id, attempt])
                cursor.execute(PUSHED, [lead_id, lead[0]])
            done += 1
    return done / (time.monotonic() - started)


def in_groups(dialer: Any, ids: Iterator[int]) -> float:
    """Leads a second of the engine's own claim and record, with answers that come at once."""
    from leads.push.claim import claim
    from leads.push.record import record
    from leads.push.runner import LARGEST_CHUNK
    from leads.push.send import Sent
    from leads.vicidial.answers import AddLeadAnswer

    done, started = 0, time.monotonic()
    while claims := claim(dialer, LARGEST_CHUNK, worker="bench", connections=CONNECTIONS):
        sent = []
        for each in claims:
            lead_id = next(ids)
            text = ANSWER.format(phone=each.params["phone_number"], lead_id=lead_id)
            answer = AddLeadAnswer(
                "added", "", lead_id, 101, text=text, http_status=200, milliseconds=3
            )
            sent.append(Sent(each, answer))
        record(dialer, sent)
        done += len(sent)
    return done / (time.monotonic() - started)


def database_alone(leads: int, rounds: int) -> dict[str, float]:
    print("(c) the database's part alone: claim, attempts committed before sending, sealed after")
    dialer = rig.make_dialer("http://127.0.0.1:9/", "alone", tested=False)
    ids = itertools.count(1)
    ratios, fast, slow = [], [], []
    for _ in range(rounds):
        batch = rig.queue(dialer, rig.make_leads(leads // 8))
        slow.append(commits_per_call(dialer, batch, ids))
        rig.queue(dialer, rig.make_leads(leads))
        fast.append(in_groups(dialer, ids))
        ratios.append(fast[-1] / slow[-1])
    ratio = statistics.median(ratios)
    print(
        f"    commits per call {statistics.median(slow):5.0f}/s, in groups"
        f" {statistics.median(fast):5.0f}/s = {ratio:.1f} times"
    )
    return {"of_per_call_commits": round(ratio, 1)}


def growth(many: int) -> dict[str, float]:
    """Claim and record with 10 thousand leads in the table, and with `many`."""
    from leads.models import Lead

    dialer = rig.make_dialer("http://127.0.0.1:9/", "growing", tested=False)
    ids, rates = itertools.count(1_000_000_000), []
    for total in (10_000, many):
        for first in range(Lead.objects.count(), total, 500_000):
            rig.make_leads(min(500_000, total - first), "staged")
        measured = []
        for _ in range(4):
            rig.queue(dialer, rig.make_leads(5_000))
            measured.append(in_groups(dialer, ids))
        rates.append(statistics.median(measured[1:]))  # the first one warms the caches
        print(f"    with {total:9,} leads in the table: {rates[-1]:5.0f}/s")
    ratio = rates[0] / rates[1]
    print(f"    cost of a lead: {ratio:.2f} times")
    return {"growth_5m": round(ratio, 2)}


def workers(leads: int, processes: Sequence[int], latency: int) -> float:
    """Rates with several worker processes; returns two processes over one."""
    rates: dict[int, float] = {}
    with rig.simulator(latency) as url:
        for number in processes:
            rates[number], _ = engine_rate(url, leads * number, number)
    told = ", ".join(f"{n}: {r:.0f}/s ({r / rates[1]:.2f})" for n, r in rates.items())
    print(f"    {latency:2} ms, {CONNECTIONS} connections each: {told}")
    return rates[2] / rates[1]


def settled(leads: int) -> None:
    """Leads whose worker was killed: four of five had been inserted."""
    from django.utils import timezone

    from leads.models import Lead
    from leads.push.claim import claim
    from leads.push.lapse import lapse
    from leads.vicidial.simulator.server import Simulator

    with Simulator(password=rig.PASSWORD) as there:
        there.store.add_campaign("TESTCAMP")
        there.store.add_list(rig.LIST_ID, "Outbound", "TESTCAMP")
        dialer = rig.make_dialer(there.url, "settled", connections=CONNECTIONS)
        rig.queue(dialer, rig.make_leads(leads))
        while claims := claim(dialer, 1000, worker="killed", connections=CONNECTIONS):
            for number, each in enumerate(claims):
                if number % 5:
                    there.store.add_lead(dict(each.params))
        lapse()
        Lead.objects.filter(status="unclear").update(settle_at=timezone.now())
        result = rig.measured(PROGRAM, [["--settle", dialer.pk]])
        assert result[0]["leads"] == leads, result
        calls = sum(there.store.calls.values())
    print(
        f"(d) {leads:,} unclear leads settled: {result[0]['seconds']:.1f} s,"
        f" {rate(result):.0f}/s, {calls} calls; {result[0]['mb']:.0f} MB"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller, under 50 s")
    parser.add_argument("--bare", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--engine", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--growth", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--settle", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.bare:
        bare_loop(options.bare[0], int(options.bare[1]))
    elif options.engine:
        engine(options.engine)
    elif options.settle:
        settling(options.settle)
    elif options.growth:
        with rig.servers():
            print(json.dumps(growth(options.growth)))
    else:
        everything(quick=options.quick)


def everything(*, quick: bool) -> None:
    found: dict[str, Any] = {}
    rounds = 1 if quick else 3
    with rig.servers():
        sizes = {0: 2000, 5: 2000, 20: 1200} if quick else {0: 6000, 5: 6000, 20: 4000}
        found |= beside_bare_loop(sizes, rounds)
        print("(b) worker processes")
        processes = (1, 2) if quick else (1, 2, 4)
        twice = [workers(1500 if quick else 5000, processes, 20) for _ in range(rounds)]
        if not quick:
            workers(6000, processes, 5)
        found["two_processes"] = round(statistics.median(twice), 2)
        found |= database_alone(2000 if quick else 10_000, rounds)
        settled(1000 if quick else 10_000)
    if not quick:
        # With servers of its own, and so in a process of its own: Django's settings are made once.
        grown = rig.start(PROGRAM, "--growth", 5_000_000)
        out, _ = grown.communicate()
        *told, last = out.splitlines()
        print("\n".join(told))
        found |= json.loads(last)
    print(json.dumps(found))


if __name__ == "__main__":
    main()

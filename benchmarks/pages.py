"""Every list, filter and search of the pages with millions of leads and attempts.

    python benchmarks/pages.py [--quick]

Starts the embedded PostgreSQL by itself. Asks each page with Django's test client, as the role
that works with it (median of five after one more; mean of two with --quick), and prints its time on
the server, its queries, and beside it the bare SQL that fetches the same rows. With 1 and 5 million
leads and about as many attempts in two databases that are asked in turn; with --quick 200,000 of
each, in one. The last line is one JSON object:

`slowest_page`, `slowest_ms`  of all pages but home, with the larger table
`home_ms`                     of home, for the role for which it takes longest
`growth`                      how many times as long the pages take with the larger table, in the
                              median of rounds that ask both: the worst of those that take 20 ms
                              and more, less than which is noise, and that show as many rows as
                              with the smaller one: a filter that finds eight rows of a million
                              finds forty of five. What seems to grow is asked again, 25 times;
                              null with --quick
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import statistics
import sys
import time
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import rig

SIZES, QUICK_SIZES = (1_000_000, 5_000_000), (200_000,)
EACH = 10_000  # leads of an import and of a batch
AT_ONCE = 1_000_000  # leads made by one statement
SOURCES, PEOPLE = 20, 5
TIMES, QUICK_TIMES = 5, 2
NOISE_MS = 20.0
DOUBTFUL, DOUBTFUL_TIMES = 1.1, 25  # what seems to grow is asked again, so often
DAYS = 180
LEAD = "admin/leads/lead/"
ATTEMPT = "admin/leads/pushattempt/"
MIDDLE = "created_at_from={0:%Y-%m-%d}&created_at_to={0:%Y-%m-%d}"
OPENED = "opened_at_from={0:%Y-%m-%d}&opened_at_to={0:%Y-%m-%d}"
DAY_SQL = "{1} >= '{0:%Y-%m-%d}' AND {1} < '{0:%Y-%m-%d}'::date + 1"


class Page(NamedTuple):
    """A page: what it is called, who asks, its address, and the SQL that fetches the same rows."""

    name: str
    role: str
    address: str
    sql: str = ""


def fill(first: int, last: int) -> None:
    """Add the leads with these numbers, their imports, batches and attempts."""
    from django.contrib.auth.models import Group, User
    from django.db import connection
    from django.utils import timezone

    from leads.models import Dialer, DialerList, Import, Lead, PushBatch, Source

    now = timezone.now()
    if first == 1:
        for role in ("Reviewer", "Admin", "Auditor"):
            User.objects.create_user(role, is_staff=True).groups.add(Group.objects.get(name=role))
        User.objects.bulk_create(User(username=f"admin{n}", is_staff=True) for n in range(PEOPLE))
        Source.objects.bulk_create(Source(name=f"Vendor {n}") for n in range(SOURCES))
        for number in range(3):
            dialer = Dialer.objects.create(
                name=f"dialer{number}", base_url="http://127.0.0.1:9/", api_user="6666"
            )
            DialerList.objects.bulk_create(
                DialerList(dialer=dialer, list_id=101 + n, name=f"List {n}", confirmed=True)
                for n in range(5)
            )
    people = list(User.objects.filter(username__startswith="admin").order_by("pk"))
    sources, lists = list(Source.objects.order_by("pk")), list(DialerList.objects.order_by("pk"))
    runs, batches = [], []
    for number in range((first - 1) // EACH, last // EACH):
        # The first source delivers a third, the first list takes half.
        source = sources[0 if number % 3 == 0 else number % SOURCES]
        target = lists[0 if number % 2 == 0 else number % len(lists)]
        by, done = people[number % PEOPLE], {"status": "done", "finished_at": now}
        runs.append(
            Import(
                lead_source=source,
                filename=f"leads-{number}.csv",
                sha256=f"{number:064x}",
                rows_read=EACH,
                rows_staged=EACH * 88 // 100,
                rows_invalid=EACH * 4 // 100,
                rows_duplicate=EACH * 8 // 100,
                created_by=by,
                compared_at=now,
                matched_at=now,
                **done,
            )
        )
        batches.append(
            PushBatch(
                dialer=target.dialer,
                dialer_list=target,
                options={},
                selected=EACH,
                created_by=by,
                **done,
            )
        )
    Import.objects.bulk_create(runs)
    PushBatch.objects.bulk_create(batches)
    leads, attempts = Path(__file__).with_name("fill_pages.sql").read_text().split(";\n")[:2]
    with connection.cursor() as cursor:
        for table in ("leads_import", "leads_pushbatch"):
            # Half a year of work, evenly; an import and its batch on one day.
            cursor.execute(
                f"UPDATE {table} SET created_at = now() - interval '{DAYS} days' * (1 - (SELECT"
                f" count(*) FROM {table} AS older WHERE older.id < {table}.id)::float"
                f" / (SELECT count(*) FROM {table}))"
            )
            cursor.execute(f"UPDATE {table} SET finished_at = created_at + interval '5 minutes'")
        for table in ("leads_lead", "leads_pushattempt"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        # The very first alone: others are its duplicates.
        for start in [first, *range(first + 1, last + 1, AT_ONCE)]:
            upto = first if start == first else min(start + AT_ONCE - 1, last)
            highest = Lead.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
            cursor.execute(leads, {"first": start, "last": upto, "leads": last, "each": EACH})
            cursor.execute(attempts, {"after": highest})
        for table in ("leads_lead", "leads_pushattempt"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            cursor.execute(f"VACUUM ANALYZE {table}")
        cursor.execute("VACUUM ANALYZE leads_import, leads_pushbatch")


def pages() -> list[Page]:
    """What is asked: each filter with a common and a rare value, none, and together with others."""
    from django.utils import timezone

    from leads.models import Dialer, Import, Lead, PushAttempt, PushBatch, Source

    day = timezone.localdate() - timedelta(days=DAYS // 2)
    source, few = Source.objects.order_by("pk").first(), Source.objects.order_by("pk").last()
    run, batch = Import.objects.order_by("pk")[3], PushBatch.objects.order_by("pk")[3]
    pushed = Lead.objects.filter(status="pushed").order_by("pk")[1000]
    dialer, other = Dialer.objects.order_by("pk").first(), Dialer.objects.order_by("pk").last()
    assert source is not None
    assert few is not None
    assert dialer is not None
    assert other is not None
    assert batch.created_by is not None
    user = batch.created_by.pk
    phone = pushed.phone_e164
    created, opened = MIDDLE.format(day), OPENED.format(day)
    leads = [
        ("all", "", "true"),
        ("status pushed", "status__exact=pushed", "status = 'pushed'"),
        ("status staged", "status__exact=staged", "status = 'staged'"),
        ("status unclear (few)", "status__exact=unclear", "status = 'unclear'"),
        ("status sending (none)", "status__exact=sending", "status = 'sending'"),
        ("source, common", f"lead_source__id__exact={source.pk}", f"lead_source_id = {source.pk}"),
        ("source, rare", f"lead_source__id__exact={few.pk}", f"lead_source_id = {few.pk}"),
        (
            "source and status",
            f"lead_source__id__exact={few.pk}&status__exact=refused",
            f"lead_source_id = {few.pk} AND status = 'refused'",
        ),
        (
            "source and staged",
            f"lead_source__id__exact={few.pk}&status__exact=staged",
            f"lead_source_id = {few.pk} AND status = 'staged'",
        ),
        ("import", f"import_run__id__exact={run.pk}", f"import_run_id = {run.pk}"),
        (
            "import and status",
            f"import_run__id__exact={run.pk}&status__exact=refused",
            f"import_run_id = {run.pk} AND status = 'refused'",
        ),
        ("batch", f"batch__id__exact={batch.pk}", f"batch_id = {batch.pk}"),
        ("list", "list_id=103", "list_id = 103"),
        ("list (none)", "list_id=999", "list_id = 999"),
        (
            "list and status",
            "list_id=103&status__exact=staged",
            "list_id = 103 AND status = 'staged'",
        ),
        ("any warning", "finding=any", "warnings <> '{}'"),
        ("no warning", "finding=none", "warnings = '{}'"),
        ("finding, common", "finding=WIRE_LOSS", "warnings @> '{WIRE_LOSS}'"),
        ("finding, rare", "finding=EMAIL_INVALID", "warnings @> '{EMAIL_INVALID}'"),
        ("finding, common in invalid", "finding=PHONE_LENGTH", "reasons @> '{PHONE_LENGTH}'"),
        ("finding (none)", "finding=GENDER_UNKNOWN", "warnings @> '{GENDER_UNKNOWN}'"),
        (
            "warning and staged",
            "finding=any&status__exact=staged",
            "warnings <> '{}' AND status = 'staged'",
        ),
        ("on a DNC list", "dnc=any", "dnc_list_id IS NOT NULL"),
        ("never checked for DNC", "dnc=unchecked", "dnc_checked_at IS NULL"),
        ("a day in the middle", created, DAY_SQL.format(day, "created_at")),
        (
            "a day and a status",
            f"{created}&status__exact=refused",
            DAY_SQL.format(day, "created_at") + " AND status = 'refused'",
        ),
        ("search: phone", f"q=%2B{phone[1:]}", f"phone_e164 = '{phone}'"),
        ("search: part of a phone", f"q={phone[2:8]}", f"phone_e164 LIKE '{phone[:8]}%'"),
        ("search: area code", f"q={phone[2:5]}", f"phone_e164 LIKE '{phone[:5]}%'"),
        ("search: family name", "q=Lee77", "lower(last_name) LIKE 'lee77%' AND last_name <> ''"),
        ("search: common name", "q=Lee", "lower(last_name) LIKE 'lee%' AND last_name <> ''"),
        ("search: both names", "q=Ann7+Lee7", "lower(last_name) LIKE 'lee7%' AND last_name <> ''"),
        ("search: lead_id", f"q={pushed.vicidial_lead_id}",
         f"vicidial_lead_id = {pushed.vicidial_lead_id}"),
        ("search: vendor code", f"q={pushed.vendor_lead_code}",
         f"vendor_lead_code = '{pushed.vendor_lead_code}'"),
        ("search: nobody", "q=Nobody", "lower(last_name) LIKE 'nobody%' AND last_name <> ''"),
        (
            "search in a status",
            "q=Lee77&status__exact=staged",
            "lower(last_name) LIKE 'lee77%' AND last_name <> '' AND status = 'staged'",
        ),
        ("page 100", "p=100", "true"),
    ]  # fmt: skip
    first = PushAttempt.objects.order_by("-pk").values_list("pk", flat=True)[5]
    attempts = [
        ("all", "", "true"),
        ("added", "outcome__exact=added", "outcome = 'added'"),
        ("refused", "outcome__exact=refused", "outcome = 'refused'"),
        ("stopped (few)", "outcome__exact=stop", "outcome = 'stop'"),
        ("kept (none)", "outcome__exact=kept", "outcome = 'kept'"),
        ("add_lead", "kind__exact=add", "kind = 'add'"),
        ("look-up", "kind__exact=look-up", "kind = 'look-up'"),
        ("delete (none)", "kind__exact=delete", "kind = 'delete'"),
        ("dialer", f"dialer__id__exact={dialer.pk}", f"dialer_id = {dialer.pk}"),
        ("another dialer", f"dialer__id__exact={other.pk}", f"dialer_id = {other.pk}"),
        (
            "dialer and outcome",
            f"dialer__id__exact={other.pk}&outcome__exact=refused",
            f"dialer_id = {other.pk} AND outcome = 'refused'",
        ),
        (
            "dialer and outcome (few)",
            f"dialer__id__exact={other.pk}&outcome__exact=stop",
            f"dialer_id = {other.pk} AND outcome = 'stop'",
        ),
        ("user", f"user__id__exact={user}", f"user_id = {user}"),
        ("user (none)", "user__id__exact=1", "user_id = 1"),
        ("user and day", f"user__id__exact={user}&{opened}",
         f"user_id = {user} AND " + DAY_SQL.format(day, "opened_at")),
        ("reason, common", "reason__exact=DNC", "reason = 'DNC'"),
        ("reason, rare", "reason__exact=AUTH", "reason = 'AUTH'"),
        ("reason (none)", "reason__exact=DUPLIST", "reason = 'DUPLIST'"),
        ("list", "asked_list_id=103", "asked_list_id = 103"),
        ("list (none)", "asked_list_id=999", "asked_list_id = 999"),
        (
            "list and outcome",
            "asked_list_id=104&outcome__exact=refused",
            "asked_list_id = 104 AND outcome = 'refused'",
        ),
        (
            "list and reason, rare",
            "asked_list_id=104&reason__exact=AUTH",
            "asked_list_id = 104 AND reason = 'AUTH'",
        ),
        ("a day in the middle", opened, DAY_SQL.format(day, "opened_at")),
        (
            "a day and an outcome",
            f"{opened}&outcome__exact=refused",
            DAY_SQL.format(day, "opened_at") + " AND outcome = 'refused'",
        ),
        ("batch", f"batch__id__exact={batch.pk}", f"batch_id = {batch.pk}"),
        ("search: phone", f"q=%2B{phone[1:]}", f"lead_id = {pushed.pk}"),
        ("search: lead_id", f"q={pushed.vicidial_lead_id}",
         f"answered_lead_id = {pushed.vicidial_lead_id}"),
        ("search: common name", "q=Lee", ""),
        ("search: nobody", "q=Nobody", ""),
    ]  # fmt: skip
    newest = "SELECT * FROM {} WHERE {} ORDER BY id DESC LIMIT 50"
    found = [Page(f"home of {role}", role, "admin/") for role in ("Reviewer", "Admin", "Auditor")]
    found += [
        Page(f"leads: {name}", "Admin", f"{LEAD}?{query}", newest.format("leads_lead", where))
        for name, query, where in leads
    ]
    found += [
        Page(f"push history: {name}", "Auditor", f"{ATTEMPT}?{query}",
             where and newest.format("leads_pushattempt", where))
        for name, query, where in attempts
    ]  # fmt: skip
    found += [
        Page("imports", "Reviewer", "admin/leads/import/", newest.format("leads_import", "true")),
        Page("imports of a source", "Reviewer",
             f"admin/leads/import/?lead_source__id__exact={few.pk}",
             newest.format("leads_import", f"lead_source_id = {few.pk}")),
        Page("imports: search", "Reviewer", "admin/leads/import/?q=leads-7"),
        Page("batches", "Admin", "admin/leads/pushbatch/",
             newest.format("leads_pushbatch", "true")),
        Page("batches of a dialer", "Admin",
             f"admin/leads/pushbatch/?dialer__id__exact={dialer.pk}",
             newest.format("leads_pushbatch", f"dialer_id = {dialer.pk}")),
        Page("a lead", "Admin", f"{LEAD}{pushed.pk}/change/"),
        Page("a batch", "Admin", f"admin/leads/pushbatch/{batch.pk}/change/"),
        Page("an import", "Reviewer", f"admin/leads/import/{run.pk}/change/"),
        Page("an attempt", "Auditor", f"{ATTEMPT}{first}/change/"),
        Page("a dialer", "Admin", f"admin/leads/dialer/{dialer.pk}/change/"),
        Page("a source", "Admin", f"admin/leads/source/{source.pk}/change/"),
        Page("the desk", "Reviewer", f"{LEAD}desk/"),
        *(Page(f"the desk: {queue}", "Reviewer", f"{LEAD}desk/{queue}/")
          for queue in ("duplicates", "warnings", "invalid", "clean")),
        *(Page(name, "Admin", f"admin/leads/{name}/")
          for name in ("dialer", "source", "duplicatepolicy", "dnclist")),
        Page("exports", "Auditor", "admin/leads/export/"),
    ]  # fmt: skip
    return found


class Measured(NamedTuple):
    """Milliseconds of a page, its queries, the rows that it shows, milliseconds of the bare SQL."""

    milliseconds: float
    queries: int
    rows: int
    bare: float | None


def serve(database: str, orders: Connection) -> None:
    try:
        obey(database, orders)
    except BaseException as error:
        orders.send(error)
        raise


def obey(database: str, orders: Connection) -> None:
    """Ask the pages of one database as it is ordered, in a process of its own: an order is the
    place of a page and whether its bare SQL is meant, the answer milliseconds; the first order is
    answered by the names of the pages, and the first one for a page by its queries and rows."""
    from django.contrib.auth.models import User
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    connection.settings_dict["NAME"] = database
    clients: dict[str, Client] = {}

    def ask(page: Page) -> Any:
        if page.role not in clients:
            clients[page.role] = Client(headers={"host": "localhost"})
            clients[page.role].force_login(User.objects.get(username=page.role))
        answer = clients[page.role].get(f"/{page.address}")
        assert answer.status_code == 200, f"{page.name}: {answer.status_code} {page.address}"
        return answer

    def fetch(page: Page) -> None:
        with connection.cursor() as cursor:
            cursor.execute(page.sql)
            cursor.fetchall()

    found, seen = pages(), set()
    orders.send([(page.name, bool(page.sql)) for page in found])
    while order := orders.recv():
        place, bare = order
        page = found[place]
        if place not in seen:
            seen.add(place)
            with CaptureQueriesContext(connection) as captured:
                shown = (ask(page).context_data or {}).get("cl")
            orders.send((len(captured), len(shown.result_list) if shown else 0))
            continue
        start = time.perf_counter()
        (fetch if bare else ask)(page)
        orders.send((time.perf_counter() - start) * 1000)


def ordered(orders: Connection, order: tuple[int, bool]) -> Any:
    orders.send(order)
    return answer_of(orders)


def answer_of(orders: Connection) -> Any:
    answer = orders.recv()
    if isinstance(answer, BaseException):
        raise answer
    return answer


def in_turn(all_orders: list[Connection], order: tuple[int, bool], times: int) -> list[list[float]]:
    """Milliseconds with each database, round by round; every second round the other way about."""
    rounds = []
    for number in range(times):
        turn = all_orders if number % 2 == 0 else all_orders[::-1]
        taken = {orders: ordered(orders, order) for orders in turn}
        rounds.append([taken[orders] for orders in all_orders])
    return rounds


def growth_of(rounds: list[list[float]]) -> float:
    """How many times as long it takes with the last database as with the first, in the median of
    rounds: what slows the machine for a moment slows both of one."""
    return statistics.median(one[-1] / one[0] for one in rounds)


def measured(
    databases: list[str], times: int
) -> tuple[dict[str, list[Measured]], dict[str, float]]:
    """Each page with each of these databases, and by how much those grow that show as many rows in
    the last one as in the first."""
    fork = multiprocessing.get_context("fork")  # all is imported and set up, nothing connected
    pipes = [fork.Pipe() for _ in databases]
    served = [
        fork.Process(target=serve, args=(database, theirs), daemon=True)
        for database, (_ours, theirs) in zip(databases, pipes, strict=True)
    ]
    for process in served:
        process.start()
    ours = [pipe[0] for pipe in pipes]
    found: dict[str, list[Measured]] = {}
    growth: dict[str, float] = {}
    print("     page  queries  rows  bare SQL, with each number of leads; growth", flush=True)
    named = [answer_of(one) for one in ours]
    for place, (name, has_sql) in enumerate(named[0]):
        firsts = [ordered(one, (place, False)) for one in ours]
        rounds = in_turn(ours, (place, False), times)
        bare = medians(in_turn(ours, (place, True), times)) if has_sql else [None] * len(ours)
        found[name] = [
            Measured(took, *first, sql)
            for took, first, sql in zip(medians(rounds), firsts, bare, strict=True)
        ]
        if firsts[0][1] == firsts[-1][1] and max(medians(rounds)) >= NOISE_MS:
            growth[name] = growth_of(rounds)
            if growth[name] > DOUBTFUL:
                growth[name] = growth_of(in_turn(ours, (place, False), DOUBTFUL_TIMES))
        for one in found[name]:
            beside = f"{one.bare:8.1f}" if one.bare is not None else " " * 8
            print(f"  {one.milliseconds:7.1f}  {one.queries:7}  {one.rows:4}  {beside}", end="")
        grown = f"{growth[name]:7.2f}" if name in growth and len(ours) > 1 else " " * 7
        print(f"{grown if len(ours) > 1 else ''}  {name}", flush=True)
    for one, process in zip(ours, served, strict=True):
        one.send(None)
        process.join()
    return found, growth if len(databases) > 1 else {}


def medians(rounds: list[list[float]]) -> list[float]:
    return [statistics.median(one) for one in zip(*rounds, strict=True)]


def filled(sizes: tuple[int, ...]) -> list[str]:
    """The names of databases with so many leads, each a copy of the next one on its way."""
    from django.db import connection

    names, first = [], 1
    name = connection.settings_dict["NAME"]
    for size in sizes:
        fill(first, size)
        first = size + 1
        if size != sizes[-1]:
            names.append(f"{name}_{size}")
            connection.close()
            connection.settings_dict["NAME"] = "postgres"  # a database in use cannot be copied
            with connection.cursor() as cursor:
                cursor.execute(f'CREATE DATABASE "{names[-1]}" TEMPLATE "{name}"')
            connection.close()
            connection.settings_dict["NAME"] = name
    connection.close()
    return [*names, name]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_SIZES[0]:,} leads, once")
    quick = parser.parse_args().quick
    sizes, times = (QUICK_SIZES, QUICK_TIMES) if quick else (SIZES, TIMES)
    # As in production: neither Django's debugging nor what its tests watch of templates.
    with rig.servers(DEBUG="off", ALLOWED_HOSTS="localhost", HTTPS="off"):
        databases = filled(sizes)
        print("With", " and with ".join(f"{size:,}" for size in sizes), "leads:")
        taken, growth = measured(databases, times)
    if growth:
        worst = max(growth, key=lambda name: growth[name])
        print(f"grows most: {worst}, {growth[worst]:.2f} times")
        print(f"in the median {statistics.median(growth.values()):.2f} times")
    times_of = {name: one[-1].milliseconds for name, one in taken.items()}
    homes = {name: one for name, one in times_of.items() if name.startswith("home")}
    others = {name: one for name, one in times_of.items() if name not in homes}
    slowest = max(others, key=lambda name: others[name])
    figures = {
        "slowest_page": slowest,
        "slowest_ms": round(others[slowest], 1),
        "home_ms": round(max(homes.values()), 1),
        "growth": round(max(growth.values()), 2) if growth else None,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()

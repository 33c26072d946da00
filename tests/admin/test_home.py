"""Home: how things stand, what is to do for one's role, and the first steps."""

from __future__ import annotations

import json
import os
import re
from datetime import time, timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from leads import tally
from leads.admin import home, home_parts
from leads.dialers import breaker
from leads.models import BatchStatus, Export, Import, ImportStatus, LeadStatus, TallyState
from leads.reports import counted, overview
from leads.review.desk import Queue
from tests.admin.test_query_counts import COUNTS
from tests.factories import (
    make_attempt,
    make_batch,
    make_dialer,
    make_dialer_list,
    make_import,
    make_lead,
    make_source,
    make_user,
)

pytestmark = pytest.mark.django_db
S = LeadStatus
CHARTS = ["pushes", "leads", "latency", "funnel"]
HOME = reverse("admin:index")
LEADS = reverse("admin:leads_lead_changelist")
ROLES = ["Reviewer", "Admin", "Auditor", "superuser"]
STEPS = {
    "leads_dialer_add": "Add the dialer",
    "leads_source_add": "Add a source",
    "leads_import_add": "Import the first file",
}


def visit(client: Client, role: str | None) -> Any:
    client.force_login(make_user(role))
    response = client.get(HOME)
    assert response.status_code == 200
    return response


@pytest.mark.parametrize("role", ROLES)
def test_every_status_has_its_number_and_leads_to_its_list(role: str, client: Client) -> None:
    for _ in range(3):
        make_lead(S.APPROVED)
    response = visit(client, role)
    page = response.content.decode()
    numbers = {line["status"]: line["number"] for line in response.context["statuses"]}
    assert numbers == {**dict.fromkeys(S, 0), S.APPROVED: 3}
    for status in S:
        assert f'href="{LEADS}?status__exact={status.value}"' in page


def test_a_number_too_large_to_count_fast_is_said_so(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home, "capped_counts", lambda: overview.capped_counts(2))
    monkeypatch.setattr(home, "MOST", 2)
    for _ in range(5):
        make_lead()
    page = visit(client, "Auditor").content.decode()
    assert "over 2" in " ".join(page.split())


@pytest.mark.parametrize(
    ("role", "to_do"),
    [
        ("Reviewer", ["Correct the invalid leads"]),
        ("Admin", ["Correct the invalid leads", "Queue the approved leads for push"]),
        ("superuser", ["Correct the invalid leads", "Queue the approved leads for push"]),
        ("Auditor", []),
    ],
)
def test_what_is_to_do_is_what_the_role_may_do(role: str, to_do: list[str], client: Client) -> None:
    for status in (S.STAGED, S.INVALID, S.APPROVED):
        make_lead(status)
    assert [str(line["text"]) for line in visit(client, role).context["next"]] == to_do


def test_an_upload_of_ones_own_that_waits_is_to_be_done_by_oneself(client: Client) -> None:
    user = make_user("Reviewer")
    own = make_import(status=ImportStatus.NEW, filename="mine.csv", created_by=user)
    make_import(status=ImportStatus.NEW, filename="theirs.csv", created_by=make_user("Reviewer"))
    client.force_login(user)
    page = client.get(HOME).content.decode()
    assert "Look at your file mine.csv" in page
    assert reverse("admin:leads_import_change", args=[own.pk]) in page
    assert "theirs.csv" not in page


PARTS = {
    "queues": {"Reviewer", "Admin", "superuser"},
    "dialers": {"Admin", "superuser"},
    "approved": {"Admin", "superuser"},
    "chart-pushes": {"Admin", "Auditor", "superuser"},
    "chart-leads": set(ROLES),
    "chart-latency": {"Admin", "superuser"},
    "chart-funnel": set(ROLES),
    "refused": {"Admin", "Auditor", "superuser"},
    "pushers": {"Admin", "Auditor", "superuser"},
    "exports": {"Admin", "Auditor", "superuser"},
}


def make_everything() -> None:
    make_lead(S.APPROVED)
    sealed = {"sealed_at": timezone.now(), "milliseconds": 21}
    make_attempt(make_lead(S.PUSHED), outcome="added", **sealed)
    make_attempt(make_lead(S.REFUSED), outcome="refused", reason="DNC", **sealed)
    Export.objects.create(what="push history", kind="csv", by=make_user("Auditor"), rows=3)


@pytest.mark.parametrize("role", ROLES)
def test_each_part_is_for_the_roles_that_it_is_about(role: str, client: Client) -> None:
    make_everything()
    page = visit(client, role).content.decode()
    shown = {part for part in PARTS if f'id="{part}"' in page}
    assert shown == {part for part, roles in PARTS.items() if role in roles}


@pytest.mark.parametrize("role", ["Reviewer", "Admin", "superuser"])
def test_each_queue_of_the_desk_has_its_number_age_and_address(role: str, client: Client) -> None:
    run = make_import()
    Import.objects.filter(pk=run.pk).update(created_at=timezone.now() - timedelta(days=3))
    make_lead(S.INVALID, import_run=run)
    page = visit(client, role).content.decode()
    assert "the oldest since 3\xa0days" in page
    for queue in Queue:
        assert reverse("admin:leads_desk_queue", args=[queue.value]) in page


def test_a_dialer_has_its_state_its_speed_and_its_answers(client: Client) -> None:
    batch = make_batch()
    for outcome in ["added"] * 9 + ["refused"]:
        sealed = {"sealed_at": timezone.now(), "outcome": outcome}
        make_attempt(make_lead(S.PUSHED), batch=batch, **sealed)
    closed = make_dialer(call_from=time(0, 0), call_until=time(0, 1), time_zone="UTC")
    off = make_dialer(enabled=False)
    response = visit(client, "Admin")
    lines = {line["dialer"]: line for line in response.context["dialers"]}
    assert lines[batch.dialer]["recent"].calls_per_minute == 2
    assert "Outside the dialer's hours" in lines[closed]["waits"]
    assert "switched off" in lines[off]["waits"]
    page = " ".join(response.content.decode().split())
    assert "Added: 9 (90 %)" in page
    assert "Refused: 1 (10 %)" in page


def test_approved_leads_are_one_click_from_being_pushed(client: Client) -> None:
    lead = make_lead(S.APPROVED)
    page = visit(client, "Admin").content.decode()
    link = f"{LEADS}?status__exact=approved&amp;lead_source__id__exact={lead.lead_source_id}"
    assert link in page
    assert lead.phone_e164 in client.get(link.replace("&amp;", "&")).content.decode()


def test_an_auditor_reads_who_pushed_what_and_why_it_was_refused(client: Client) -> None:
    user = make_user("Admin", username="pat")
    batch = make_batch(make_dialer_list(name="Spring"), created_by=user)
    sealed = {"sealed_at": timezone.now(), "batch": batch, "user": user}
    make_attempt(make_lead(S.PUSHED), outcome="added", **sealed)
    make_attempt(make_lead(S.REFUSED), outcome="refused", reason="DNC", **sealed)
    page = visit(client, "Auditor").content.decode()
    assert f"101 Spring on {batch.dialer}" in page
    history = reverse("admin:leads_pushattempt_changelist")
    links = re.findall(rf'href="({history}\?[^"]+)"', page)
    assert len(links) == 2
    for link in links:
        answer = client.get(link.replace("&amp;", "&"))
        assert answer.status_code == 200
        assert answer.context["cl"].result_count == 1


@pytest.mark.parametrize("tallied", [False, True])
def test_the_table_of_a_chart_has_the_numbers_that_are_drawn(tallied: bool, client: Client) -> None:
    make_everything()
    if tallied:
        tally.count_up()
        tally.count_up()
    response = visit(client, "superuser")
    page = response.content.decode()
    assert [chart.name for chart in response.context["charts"]] == list(CHARTS)
    for name in CHARTS:
        part = page.partition(f'id="chart-{name}"')[2].partition("</details>")[0]
        drawn = json.loads(unescape(re.findall(r'data-value="([^"]*)"', part)[0]))
        rows = re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', part, re.DOTALL)
        numbers = [
            [None if cell == "–" else int(cell.replace(",", "")) for cell in cells]
            for cells in (re.findall(r"<td[^>]*>(.*?)</td>", row) for _, row in rows)
        ]
        assert [list(column) for column in zip(*numbers, strict=True)] == [
            series["data"] for series in drawn["datasets"]
        ]
        assert any(any(series["data"]) for series in drawn["datasets"])
        assert [re.sub("<[^>]*>", "", label) for label, _ in rows] == drawn["labels"]
        heads = re.findall(r'<th scope="col"[^>]*>(.*?)</th>', part)
        assert heads[1:] == [series["label"] for series in drawn["datasets"]]
        assert "<caption>" in part


def test_numbers_that_are_not_of_this_moment_say_so(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_everything()
    monkeypatch.setattr(counted, "MOST_FRESH", 0)
    assert "still being counted" in visit(client, "Auditor").content.decode()
    tally.count_up()
    tally.count_up()
    make_attempt(make_lead(S.PUSHED), outcome="added", sealed_at=timezone.now())
    assert "it is counted anew every few minutes" in visit(client, "Auditor").content.decode()
    TallyState.objects.update(calls_at=timezone.now() - timedelta(hours=1))
    assert "are a worker and its beat running?" in visit(client, "Auditor").content.decode()


def test_a_source_of_the_funnel_leads_to_its_page(client: Client) -> None:
    lead = make_lead()
    page = visit(client, "Reviewer").content.decode()
    address = reverse("admin:leads_source_change", args=[lead.lead_source_id])
    assert f'href="{address}">{lead.lead_source}</a>' in page


@pytest.mark.parametrize(
    ("role", "linked"),
    [
        ("Admin", set(STEPS)),
        ("superuser", set(STEPS)),
        ("Reviewer", {"leads_import_add"}),
        ("Auditor", set()),
    ],
)
def test_with_nothing_there_the_first_steps_are_shown_and_linked_for_who_may(
    role: str, linked: set[str], client: Client
) -> None:
    page = visit(client, role).content.decode()
    for name, text in STEPS.items():
        assert text in page
        link = f'<a class="text-link" href="{reverse(f"admin:{name}")}">'
        assert (link in page) is (name in linked)


def test_a_step_that_was_taken_is_not_shown_again(client: Client) -> None:
    make_dialer_list()
    make_source()
    steps = visit(client, "Admin").context["steps"]
    assert [step["text"] for step in steps] == ["Import the first file of leads"]


@pytest.mark.parametrize("address", [HOME, reverse("under_way")])
def test_imports_and_batches_under_way_are_shown_with_how_far_they_are(
    address: str, client: Client
) -> None:
    make_import(status=ImportStatus.RUNNING, filename="spring.csv", size=100, bytes_done=40)
    make_import(filename="finished.csv")
    running = make_batch(selected=4)
    for status in (S.QUEUED, S.PUSHED, S.PUSHED, S.PUSHED):
        make_lead(status, batch=running)
    make_attempt(running.leads.all()[0], batch=running, outcome="added", sealed_at=timezone.now())
    done = make_batch(status=BatchStatus.DONE)
    client.force_login(make_user("Admin"))
    page = client.get(address).content.decode()
    assert "spring.csv" in page
    assert "width: 40%" in page
    assert "finished.csv" not in page
    assert reverse("admin:leads_pushbatch_change", args=[running.pk]) in page
    assert "width: 75%" in page
    assert "1 of 4 leads to go" in page
    assert "about 5 minutes left" in page
    assert f'hx-get="{reverse("under_way")}"' in page
    assert reverse("admin:leads_pushbatch_change", args=[done.pk]) not in page


def test_a_batch_whose_dialer_waits_says_why_and_not_how_long(client: Client) -> None:
    batch = make_batch(selected=1)
    make_attempt(make_lead(S.QUEUED, batch=batch), outcome="unclear", sealed_at=timezone.now())
    breaker.pause(batch.dialer_id, "LOGIN", "The password is wrong.")
    page = visit(client, "Reviewer").content.decode()
    under_way = page.partition('id="under-way"')[2]
    assert "The password is wrong." in under_way.partition("chart-leads")[0]
    assert "left" not in re.findall(r"leads to go[^<]*", under_way)[0]


def test_a_reviewer_sees_imports_of_their_own_under_way(client: Client) -> None:
    user = make_user("Reviewer")
    make_import(status=ImportStatus.RUNNING, filename="mine.csv", created_by=user)
    make_import(status=ImportStatus.RUNNING, filename="theirs.csv", created_by=make_user("Admin"))
    client.force_login(user)
    page = client.get(HOME).content.decode()
    assert "mine.csv" in page
    assert "theirs.csv" not in page


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [(0, 9, "0"), (1, 900, "<1"), (899, 900, ">99"), (9, 9, "100"), (1, 3, "33")],
)
def test_a_part_never_looks_like_all_or_none(part: int, whole: int, words: str) -> None:
    assert home_parts.percentage(part, whole) == words


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (1, "about 1 minute left"),
        (59, "about 59 minutes left"),
        (61, "about 1 hour left"),
        (300, "about 5 hours left"),
        (4_000, "about 3 days left"),
    ],
)
def test_time_left_is_said_as_roughly_as_it_is_known(minutes: int, words: str) -> None:
    assert home_parts.in_words(minutes) == words


def test_nothing_under_way_asks_for_nothing_again(client: Client) -> None:
    client.force_login(make_user("Reviewer"))
    assert "hx-get" not in client.get(reverse("under_way")).content.decode()


@pytest.mark.parametrize(("role", "status"), [*((role, 200) for role in ROLES), (None, 403)])
def test_what_is_under_way_is_for_every_role(role: str | None, status: int, client: Client) -> None:
    client.force_login(make_user(role))
    assert client.get(reverse("under_way")).status_code == status


def test_what_is_under_way_is_for_who_is_signed_in_and_only_looked_at(client: Client) -> None:
    assert "login" in client.get(reverse("under_way")).headers["Location"]
    client.force_login(make_user("Admin"))
    assert client.post(reverse("under_way")).status_code == 405


@pytest.mark.parametrize("role", ROLES)
def test_a_paused_dialer_is_shown_with_its_reason(role: str, client: Client) -> None:
    dialer, _open = make_dialer(), make_dialer()
    breaker.pause(dialer.pk, "LOGIN", "The password is wrong. Set it anew.")
    response = visit(client, role)
    assert list(response.context["paused"]) == [dialer]
    page = response.content.decode()
    assert f"Dialer {dialer} is paused." in page
    assert "The password is wrong. Set it anew." in page


def test_who_has_no_role_yet_is_told_so_and_sees_nothing(client: Client) -> None:
    make_lead()
    page = visit(client, None).content.decode()
    assert "no role yet" in page
    assert LEADS not in page


@pytest.mark.parametrize("role", ROLES)
def test_home_costs_as_many_queries_as_are_written_down(role: str, client: Client) -> None:
    client.force_login(make_user(role))
    costs = []
    for number in (1, 4):
        for _ in range(number):
            make_everything()
            make_import(status=ImportStatus.RUNNING)
            make_lead(S.QUEUED, batch=make_batch(selected=1))
        with CaptureQueriesContext(connection) as queries:
            client.get(HOME)
        costs.append(len(queries))
    assert costs[0] == costs[1]
    written_down(role, costs[0])


def written_down(role: str, queries: int) -> None:
    known = json.loads(COUNTS.read_text())
    name = f"home of {role}"
    if os.environ.get("PORTAL_UPDATE_QUERY_COUNTS"):
        text = json.dumps({**known, name: queries}, indent=2, sort_keys=True)
        COUNTS.write_text(text + "\n")
    else:
        assert known.get(name) == queries, "PORTAL_UPDATE_QUERY_COUNTS=1 writes them down."


def test_the_portal_has_an_icon(client: Client) -> None:
    answer = client.get("/favicon.ico")
    assert answer.status_code == 302
    assert finders.find(answer.headers["Location"].removeprefix("/static/"))
    assert (
        f'href="{answer.headers["Location"]}"'
        in client.get(reverse("admin:login")).content.decode()
    )

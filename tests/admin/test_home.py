"""Home: how things stand, what is to do for one's role, and the first steps."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from leads.admin import home
from leads.dialers import breaker
from leads.models import BatchStatus, ImportStatus, LeadStatus
from leads.reports import overview
from tests.factories import (
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
        ("Reviewer", ["staged", "invalid"]),
        ("Admin", ["staged", "invalid", "approved"]),
        ("superuser", ["staged", "invalid", "approved"]),
        ("Auditor", []),
    ],
)
def test_what_is_to_do_is_what_the_role_may_do(role: str, to_do: list[str], client: Client) -> None:
    for status in (S.STAGED, S.INVALID, S.APPROVED):
        make_lead(status)
    lines = visit(client, role).context["next"]
    assert [line["url"].partition("status__exact=")[2] for line in lines] == to_do


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


def test_imports_and_batches_under_way_are_shown_with_how_far_they_are(client: Client) -> None:
    make_import(status=ImportStatus.RUNNING, filename="spring.csv", size=100, bytes_done=40)
    make_import(filename="finished.csv")
    running = make_batch(selected=4)
    for status in (S.QUEUED, S.PUSHED, S.PUSHED, S.PUSHED):
        make_lead(status, batch=running)
    done = make_batch(status=BatchStatus.DONE)
    page = visit(client, "Reviewer").content.decode()
    assert "spring.csv" in page
    assert "width: 40%" in page
    assert "finished.csv" not in page
    assert reverse("admin:leads_pushbatch_change", args=[running.pk]) in page
    assert "width: 75%" in page
    assert reverse("admin:leads_pushbatch_change", args=[done.pk]) not in page


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


def test_home_costs_as_many_queries_with_much_under_way_as_with_little(client: Client) -> None:
    costs = []
    client.force_login(make_user("Admin"))
    for number in (1, 4):
        for _ in range(number):
            make_import(status=ImportStatus.RUNNING)
            make_lead(S.QUEUED, batch=make_batch(selected=1))
        with CaptureQueriesContext(connection) as queries:
            client.get(HOME)
        costs.append(len(queries))
    assert costs[0] == costs[1]

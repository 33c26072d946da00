"""The page that asks before many leads are decided: its numbers hold, and so does its selection."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from leads.admin.lead_actions import BY_NAME
from leads.dedup.suppress_mark import check
from leads.models import Import, Lead, LeadStatus
from leads.review import beforehand
from leads.review.decide import reject
from tests.admin.test_lead_actions import client_of, confirm, said, start, statuses
from tests.factories import make_dialer_list, make_dnc_list, make_import, make_lead
from tests.review.test_desk import make_pair

pytestmark = pytest.mark.django_db
S = LeadStatus
PHONE = {"phone_number": "7275550123", "phone_e164": "+17275550123"}


@pytest.fixture(autouse=True)
def kicks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leads.admin.lead_actions.kick", lambda *_: None)


@pytest.fixture
def run() -> Import:
    return make_import()


def text_of(page: Any) -> str:
    return " ".join(page.content.decode().split())


def all_of(client: Client, run: Import, name: str = "approve", more: str = "") -> Any:
    """All leads of an import are ticked on the list, and an action is chosen."""
    query = f"import_run__id__exact={run.pk}{more}"
    return start(client, name, *Lead.objects.filter(import_run=run), query=query, across=True)


def by_filter(client: Client, run: Import, leads: list[Lead]) -> Any:
    return all_of(client, run, more="&status__exact=staged&finding=none")


def by_ticks(client: Client, run: Import, leads: list[Lead]) -> Any:
    return start(client, "approve", *leads)


def by_desk(client: Client, run: Import, leads: list[Lead]) -> Any:
    return client.get(reverse("admin:leads_desk_approve"), {"import": run.pk})


Chosen = Callable[[Client, Import, list[Lead]], Any]


@pytest.mark.parametrize("chosen", [by_filter, by_ticks, by_desk])
def test_a_lead_that_was_corrected_meanwhile_is_not_approved_unseen(
    run: Import, chosen: Chosen
) -> None:
    client, leads = client_of("Reviewer"), [make_lead(import_run=run) for _ in range(3)]
    page = chosen(client, run, leads)
    new = {"phone_number": "2125550177", "phone_e164": "+12125550177"}
    Lead.objects.filter(pk=leads[0].pk).update(**new)
    again = confirm(client, page)
    assert "some of them were changed. Nothing was done; look at it again." in text_of(again)
    assert "2125550177" in text_of(again)
    assert set(statuses(*leads)) == {"staged"}
    assert said(confirm(client, again)) == ["Approved 3."]


@pytest.mark.parametrize("chosen", [by_filter, by_desk])
def test_a_lead_that_takes_another_ones_place_is_not_approved_unseen(
    run: Import, chosen: Chosen
) -> None:
    client, leads = client_of("Reviewer"), [make_lead(import_run=run) for _ in range(3)]
    warned = make_lead(import_run=run, warnings=["EMAIL_INVALID"])
    page = chosen(client, run, leads)
    reject(Lead.objects.filter(pk=leads[0].pk), by=None, reason="BAD_DATA")
    Lead.objects.filter(pk=warned.pk).update(warnings=[])
    assert "as many would be taken, but not the same ones" in text_of(confirm(client, page))
    assert statuses(*leads, warned) == ["rejected", "staged", "staged", "staged"]


def test_a_lead_that_turns_clean_while_it_is_confirmed_is_not_taken(
    run: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, lead = client_of("Reviewer"), make_lead(import_run=run)
    warned = make_lead(import_run=run, warnings=["EMAIL_INVALID"])
    page, hold = by_desk(client, run, [lead]), beforehand.hold

    def hold_a_little(*given: Any) -> Any:
        held = hold(*given)
        Lead.objects.filter(pk=warned.pk).update(warnings=[])
        return held

    monkeypatch.setattr(beforehand, "hold", hold_a_little)
    assert said(confirm(client, page)) == ["Approved 1."]
    assert statuses(lead, warned) == ["approved", "staged"]


@pytest.mark.parametrize("chosen", [by_filter, by_ticks, by_desk])
def test_how_many_fewer_would_be_taken_is_said(run: Import, chosen: Chosen) -> None:
    client, leads = client_of("Reviewer"), [make_lead(import_run=run) for _ in range(3)]
    page = chosen(client, run, leads)
    reject(Lead.objects.filter(pk=leads[0].pk), by=None, reason="BAD_DATA")
    again = confirm(client, page)
    assert "1 fewer would be taken, 2 in all" in text_of(again)
    assert again.context["takes"] == 2
    assert statuses(*leads) == ["rejected", "staged", "staged"]


def test_that_nothing_is_left_to_take_is_said_as_well() -> None:
    client, lead = client_of("Reviewer"), make_lead()
    page = start(client, "approve", lead)
    reject(Lead.objects.filter(pk=lead.pk), by=None, reason="BAD_DATA")
    text = text_of(confirm(client, page))
    assert "1 fewer would be taken, 0 in all" in text
    assert "There is nothing to do for these leads." in text


@pytest.mark.parametrize(
    ("name", "status"), [("reject", S.STAGED), ("queue", S.APPROVED), ("reopen", S.APPROVED)]
)
@pytest.mark.parametrize("across", [True, False])
def test_every_action_takes_only_what_was_seen(
    run: Import, name: str, status: LeadStatus, across: bool
) -> None:
    client, leads = client_of("Admin"), [make_lead(status, import_run=run) for _ in range(2)]
    inputs = {"reason": "BAD_DATA", "dialer_list": make_dialer_list().pk}
    page = all_of(client, run, name) if across else start(client, name, *leads)
    Lead.objects.filter(pk=leads[0].pk).update(first_name="Bob")
    again = confirm(client, page, **inputs)
    assert "some of them were changed" in text_of(again)
    assert set(statuses(*leads)) == {status.value}
    confirm(client, again, **inputs)
    assert set(statuses(*leads)) != {status.value}


def test_nothing_is_decided_without_the_page_that_asks() -> None:
    client, lead = client_of("Reviewer"), make_lead()
    address = reverse("admin:leads_lead_decide", args=["approve"])
    answer = client.post(address, {"ids": lead.pk, "comment": ""})
    assert "Look at what is selected first." in text_of(answer)
    assert statuses(lead) == ["staged"]


def test_the_number_on_the_button_is_the_number_that_is_approved(run: Import) -> None:
    client, other = client_of("Reviewer"), make_lead()
    clean = [make_lead(import_run=run) for _ in range(3)]
    held = make_lead(import_run=run)
    make_pair(held, other)
    listed = make_lead(import_run=run, **PHONE)
    make_dnc_list(PHONE["phone_e164"])
    make_lead(S.INVALID, import_run=run)
    page = all_of(client, run)
    text = text_of(page)
    assert "6 leads are selected; 3 of them will be taken." in text
    assert "Approve: 3" in text
    assert [(line["number"], line.get("why", "")[:24]) for line in page.context["statuses"]] == [
        (1, ""),
        (3, ""),
        (1, "is on the DNC list “DNC "),
        (1, "may be a duplicate; deci"),
    ]
    assert page.context["sample"] == clean
    listed.refresh_from_db()
    assert listed.dnc_list is None  # a page that asks changes nothing
    (sentence,) = said(confirm(client, page))
    assert sentence.startswith("Approved 3. Left 3: ")
    assert set(statuses(*clean)) == {"approved"}
    assert statuses(held, listed) == ["staged", "staged"]


def test_a_comment_lets_as_many_more_go_as_the_page_says(run: Import) -> None:
    client = client_of("Reviewer")
    leads = [make_lead(import_run=run), make_lead(import_run=run, warnings=["EMAIL_INVALID"])]
    page = all_of(client, run)
    assert "Approve: 1, with a comment: 2" in text_of(page)
    assert page.context["sample"] == leads[:1]
    assert said(confirm(client, page, comment="as agreed")) == ["Approved 2."]


def test_a_single_lead_with_a_warning_can_be_approved_with_a_comment() -> None:
    client, lead = client_of("Reviewer"), make_lead(warnings=["EMAIL_INVALID"])
    page = start(client, "approve", lead)
    assert "Left: has a warning; say in the comment" in text_of(page)
    assert said(confirm(client, page, comment="as agreed")) == ["Approved 1."]


def test_an_import_of_ones_own_is_not_counted_with_four_eyes(settings: Any) -> None:
    settings.FOUR_EYES = True
    client = client_of("Reviewer")
    own = make_import(created_by_id=client.session["_auth_user_id"])
    leads = [make_lead(import_run=own), make_lead()]
    page = start(client, "approve", *leads)
    assert (page.context["takes"], page.context["sample"]) == (1, leads[1:])
    assert "Left: was imported by you" in text_of(page)
    confirm(client, page)
    assert statuses(*leads) == ["staged", "approved"]


def test_an_override_counts_only_what_is_on_a_list(run: Import) -> None:
    listed, other = make_lead(import_run=run, **PHONE), make_lead(import_run=run)
    make_dnc_list(PHONE["phone_e164"])
    check(Lead.objects.all())
    client = client_of("Admin")
    page = start(client, "override-dnc", listed, other)
    assert "Override DNC: 1" in text_of(page)
    assert said(confirm(client, page, comment="Signed"))[0].startswith(
        f"{BY_NAME['override-dnc'].did} 1."
    )
    assert statuses(listed, other) == ["approved", "staged"]


def test_the_page_costs_as_many_queries_for_thirty_leads_as_for_one(run: Import) -> None:
    client, costs = client_of("Reviewer"), []
    for number in (1, 29):
        for _ in range(number):
            make_lead(import_run=run)
        by_desk(client, run, [])
        with CaptureQueriesContext(connection) as queries:
            by_desk(client, run, [])
        costs.append(len(queries))
    assert costs[0] >= costs[1]

"""Actions over a selection: asked first, then done as one statement, and reported."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from leads.admin.lead_actions import ABOUT_DNC, ACTIONS, BY_NAME
from leads.models import Lead, LeadStatus, PushBatch
from leads.tasks import match_again
from tests.factories import make_dialer_list, make_dnc_list, make_import, make_lead, make_user

pytestmark = pytest.mark.django_db
S = LeadStatus
LIST = reverse("admin:leads_lead_changelist")
REVIEWS = ["approve", "reject", "reopen", "not-a-duplicate", "overrule"]
PHONE = {"phone_number": "7275550123", "phone_e164": "+17275550123"}
INPUTS = {"reason": "BAD_DATA", "comment": "as agreed", "note": "a note"}


@pytest.fixture(autouse=True)
def kicks(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The dialers that were kicked, in place of a broker; and tasks that are for none."""
    kicked: list[object] = []
    monkeypatch.setattr(
        "leads.admin.lead_actions.kick", lambda task, *given: kicked.extend(given or [task])
    )
    return kicked


def client_of(role: str | None) -> Client:
    client = Client()
    client.force_login(make_user(role))
    return client


def decide(name: str) -> str:
    return reverse("admin:leads_lead_decide", args=[name])


def start(client: Client, name: str, *leads: Lead, query: str = "", across: bool = False) -> Any:
    """Tick leads on the list and run an action, as a browser does."""
    ticked = [lead.pk for lead in leads]
    data = {"action": name, "_selected_action": ticked, "select_across": "1" if across else "0"}
    return client.post(f"{LIST}?{query}", {**data, "index": "0"})


def confirm(client: Client, page: Any, **inputs: Any) -> Any:
    """Press the button of the confirmation page."""
    return client.post(page.context["confirm_url"], {**page.context["hidden"], **inputs})


def said(response: HttpResponse) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]  # type: ignore[attr-defined]


def statuses(*leads: Lead) -> list[str]:
    now = dict(Lead.objects.values_list("pk", "status"))
    return [now[lead.pk] for lead in leads]


def test_an_action_asks_first_and_says_what_it_would_leave() -> None:
    staged, invalid = make_lead(), make_lead(S.INVALID)
    page = start(client_of("Reviewer"), "approve", staged, invalid)
    text = page.content.decode()
    assert page.context["takes"] == 1
    assert page.context["total"] == 2
    assert "Approve: 1" in text
    assert "Left: is invalid" in text
    assert statuses(staged, invalid) == ["staged", "invalid"]


def test_what_was_done_and_what_was_left_is_said_afterwards() -> None:
    client, leads = client_of("Reviewer"), [make_lead(), make_lead(), make_lead(S.INVALID)]
    done = confirm(client, start(client, "approve", *leads))
    assert done.url == LIST
    assert said(done) == ["Approved 2. Left 1: is invalid, not staged."]
    assert statuses(*leads) == ["approved", "approved", "invalid"]


def test_several_reasons_for_leaving_are_said_with_their_numbers() -> None:
    client = client_of("Reviewer")
    leads = [make_lead(), make_lead(S.INVALID), make_lead(S.REJECTED), make_lead(S.REJECTED)]
    (sentence,) = said(confirm(client, start(client, "approve", *leads)))
    assert sentence.startswith("Approved 1. Left 3: ")
    assert "is invalid, not staged (1)" in sentence
    assert "is rejected, not staged (2)" in sentence


def test_all_that_match_are_taken_and_no_others() -> None:
    client = client_of("Reviewer")
    run = make_import()
    inside = [make_lead(import_run=run, last_name="Example") for _ in range(3)]
    outside = [make_lead(last_name="Example"), make_lead(import_run=run, last_name="Other")]
    query = f"import_run__id__exact={run.pk}&q=exam&p=1"
    page = start(client, "approve", inside[0], query=query, across=True)
    assert page.context["takes"] == 3
    done = confirm(client, page)
    assert set(statuses(*inside)) == {"approved"}
    assert set(statuses(*outside)) == {"staged"}
    assert done.url == f"{LIST}?import_run__id__exact={run.pk}&q=exam"


def test_leads_that_arrive_while_the_question_is_read_are_not_taken() -> None:
    client, early = client_of("Reviewer"), make_lead()
    page = start(client, "approve", early, across=True)
    late = make_lead()
    confirm(client, page)
    assert statuses(early, late) == ["approved", "staged"]


@pytest.mark.parametrize("across", [False, True])
def test_thirty_leads_cost_as_many_queries_as_one(across: bool) -> None:
    costs = []
    for number in (1, 30):
        client, run = client_of("Reviewer"), make_import()
        leads = [make_lead(import_run=run, last_name="Example") for _ in range(number)]
        query = f"import_run__id__exact={run.pk}&q=example"
        page = start(client, "approve", *leads, query=query, across=across)
        with CaptureQueriesContext(connection) as queries:
            confirm(client, page)
        costs.append(len(queries))
        updates = [q for q in queries.captured_queries if 'UPDATE "leads_lead"' in q["sql"]]
        assert len(updates) == 1
        assert set(statuses(*leads)) == {"approved"}
    assert costs[0] == costs[1]


@pytest.mark.parametrize("name", REVIEWS)
@pytest.mark.parametrize("status", S)
def test_the_page_promises_what_is_then_done(name: str, status: LeadStatus) -> None:
    lead = make_lead(status)
    if status == S.INVALID:
        Lead.objects.filter(pk=lead.pk).update(reasons=["PHONE_UNASSIGNED"])
    client = client_of("Reviewer")
    page = client.get(decide(name), {"ids": lead.pk})
    confirm(client, page, **INPUTS)
    moved = statuses(lead) != [status.value]
    assert (page.context["takes"] == 1) == moved


def test_a_rejection_keeps_its_reason_and_comment() -> None:
    client, lead = client_of("Reviewer"), make_lead()
    confirm(client, start(client, "reject", lead), reason="WRONG_AREA", comment="far away")
    lead.refresh_from_db()
    assert (lead.status, lead.decision_reason, lead.decision_comment) == (
        "rejected",
        "WRONG_AREA",
        "far away",
    )


@pytest.mark.parametrize(
    ("name", "status", "inputs", "sentence"),
    [
        ("reject", S.STAGED, {"reason": "OTHER", "comment": ""}, "what the other reason is"),
        ("reject", S.STAGED, {"reason": "", "comment": "kept words"}, "This field is required"),
        ("overrule", S.INVALID, {"comment": " "}, "why these numbers may be called"),
    ],
)
def test_an_answer_that_is_missing_is_asked_for_and_nothing_is_lost(
    name: str, status: LeadStatus, inputs: dict[str, str], sentence: str
) -> None:
    lead, client = make_lead(status), client_of("Reviewer")
    page = start(client, name, lead)
    again = confirm(client, page, **inputs)
    assert sentence in again.content.decode()
    assert inputs["comment"] in again.content.decode()
    assert again.context["hidden"] == page.context["hidden"]
    assert statuses(lead) == [status.value]


def test_queueing_makes_one_batch_kicks_the_dialer_and_links_to_it(kicks: list[object]) -> None:
    target, client = make_dialer_list(), client_of("Admin")
    leads = [make_lead(S.APPROVED), make_lead(S.APPROVED), make_lead()]
    page = start(client, "queue", *leads)
    done = confirm(client, page, dialer_list=target.pk, note="first of March")
    batch = PushBatch.objects.get()
    assert (batch.selected, batch.note, batch.dialer_list) == (2, "first of March", target)
    assert kicks == [target.dialer_id]
    assert statuses(*leads) == ["queued", "queued", "staged"]
    link = reverse("admin:leads_pushbatch_change", args=[batch.pk])
    assert said(done) == [
        f'Queued 2 in <a href="{link}" class="underline">batch {batch.pk}</a>.'
        " Left 1: is staged, not approved."
    ]


def test_a_list_that_the_dialer_does_not_have_is_refused_on_the_same_page(
    kicks: list[object],
) -> None:
    target = make_dialer_list(seen_at=None, list_id=555)
    client, lead = client_of("Admin"), make_lead(S.APPROVED)
    again = confirm(client, start(client, "queue", lead), dialer_list=target.pk, note="my note")
    text = again.content.decode()
    assert "List 555 has not been seen" in text
    assert "my note" in text
    assert statuses(lead) == ["approved"]
    assert kicks == []


def test_the_lists_that_leads_were_meant_for_are_shown_before_queueing() -> None:
    leads = [make_lead(S.APPROVED, list_id=102), make_lead(S.APPROVED)]
    page = start(client_of("Admin"), "queue", *leads)
    assert page.context["wanted"] == [(102, 1), (None, 1)]


def test_lists_that_are_switched_off_are_not_offered() -> None:
    make_dialer_list(enabled=False)
    page = start(client_of("Admin"), "queue", make_lead(S.APPROVED))
    assert list(page.context["form"].fields["dialer_list"].queryset) == []


def test_nothing_ticked_is_said() -> None:
    client = client_of("Reviewer")
    done = client.post(decide("approve"), {"ids": "", "comment": ""})
    assert said(done) == ["No leads are selected. Tick some, or change the filters."]


@pytest.mark.parametrize("ids", ["x", "1,x", "9" * 30, "-1", "٣"])
def test_ids_that_are_none_select_nothing(ids: str) -> None:
    lead = make_lead()
    client_of("Reviewer").post(decide("approve"), {"ids": ids, "comment": ""})
    assert statuses(lead) == ["staged"]


@pytest.mark.parametrize(
    ("role", "names"),
    [
        ("Reviewer", [*REVIEWS, "check-dnc"]),
        ("Admin", [*REVIEWS, "check-dnc", "override-dnc", "queue"]),
        ("superuser", [*REVIEWS, "check-dnc", "override-dnc", "queue"]),
        ("Auditor", []),
    ],
)
def test_a_role_is_offered_what_it_may_do(role: str, names: list[str]) -> None:
    make_lead()
    page = client_of(role).get(LIST)
    form = page.context["action_form"]
    offered = [value for value, _label in form.fields["action"].choices if value] if form else []
    assert sorted(offered) == sorted(names)


@pytest.mark.parametrize("name", list(BY_NAME))
@pytest.mark.parametrize("role", ["Reviewer", "Admin", "superuser", "Auditor", None])
def test_a_right_is_asked_for_by_url_as_well(role: str | None, name: str) -> None:
    allowed = {
        "Reviewer": [*REVIEWS, "check-dnc"],
        "Admin": list(BY_NAME),
        "superuser": list(BY_NAME),
        "Auditor": [],
        None: [],
    }[role]
    action = BY_NAME[name]
    lead = make_lead(sorted(action.only)[0], **PHONE)
    if name in ABOUT_DNC:  # an approved lead on a list loses its approval by a check
        make_dnc_list(PHONE["phone_e164"])
    if name == "overrule":
        Lead.objects.filter(pk=lead.pk).update(reasons=["PHONE_UNASSIGNED"])
    client = client_of(role)
    target = make_dialer_list()
    wanted = 200 if name in allowed else 403
    assert start(client, name, lead).status_code == wanted
    page = client.get(decide(name), {"ids": lead.pk})
    assert page.status_code == wanted
    inputs = {**INPUTS, "dialer_list": target.pk, "ids": lead.pk}
    seen = page.context["hidden"] if name in allowed else {}
    done = client.post(decide(name), {**inputs, **seen})
    assert done.status_code == (302 if name in allowed else 403)
    assert (statuses(lead) != [lead.status]) == (name in allowed)


def test_every_action_starts_from_statuses_that_exist_on_its_way() -> None:
    assert all(action.only for action in ACTIONS)
    assert client_of("Admin").get(decide("no-such-action")).status_code == 404


@pytest.mark.parametrize(
    ("name", "lead"),
    [
        ("not-a-duplicate", {"status": S.DUPLICATE}),
        ("overrule", {"status": S.INVALID, "reasons": ["PHONE_UNASSIGNED"]}),
    ],
)
def test_who_stands_for_itself_now_is_compared_at_once(
    name: str, lead: dict[str, Any], kicks: list[object]
) -> None:
    reviewer = client_of("Reviewer")
    confirm(reviewer, start(reviewer, name, make_lead(**lead)), **INPUTS)
    assert kicks == [match_again]

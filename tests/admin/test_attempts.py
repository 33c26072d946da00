"""The push history: each call as it was, for those who may see it, changed by nobody."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from leads.admin import attempts
from leads.models import LeadStatus, Outcome, PushAttempt
from leads.vicidial.reasons import sentence_for
from tests.factories import make_attempt, make_import, make_lead, make_user

pytestmark = pytest.mark.django_db
LIST = reverse("admin:leads_pushattempt_changelist")


def page_of(attempt: PushAttempt) -> str:
    return reverse("admin:leads_pushattempt_change", args=[attempt.pk])


def sealed(**columns: Any) -> PushAttempt:
    """An attempt with its answer, about a pushed lead."""
    lead = columns.pop("lead", None) or make_lead(LeadStatus.PUSHED, **columns.pop("of", {}))
    values = {
        "sealed_at": timezone.now(),
        "outcome": Outcome.ADDED,
        "answer": "SUCCESS: add_lead LEAD HAS BEEN ADDED",
        "milliseconds": 41,
        "answered_lead_id": lead.vicidial_lead_id,
        "answered_list_id": 101,
    }
    return make_attempt(lead, **{**values, **columns})


def listed(client: Client, **query: object) -> set[int]:
    response = client.get(LIST, query)
    assert response.status_code == 200
    return {attempt.pk for attempt in response.context["cl"].result_list}


@pytest.fixture
def auditor(client: Client) -> Client:
    client.force_login(make_user("Auditor"))
    return client


@pytest.mark.parametrize("role", ["Admin", "Auditor", "superuser"])
def test_these_roles_see_every_attempt(role: str, client: Client) -> None:
    both = {sealed().pk, sealed().pk}
    client.force_login(make_user(role))
    assert listed(client) == both


def test_a_reviewer_sees_only_attempts_about_leads_of_own_imports(client: Client) -> None:
    reviewer = make_user("Reviewer")
    own = sealed(of={"import_run": make_import(created_by=reviewer)})
    other = sealed(of={"import_run": make_import(created_by=make_user("Reviewer"))})
    client.force_login(reviewer)
    assert listed(client) == {own.pk}
    assert listed(client, q=other.lead.phone_e164) == set()
    assert listed(client, batch__id__exact=other.batch_id) == set()
    assert client.get(page_of(own)).status_code == 200
    assert client.get(page_of(other)).status_code == 302
    for name in ("history", "change"):
        address = reverse(f"admin:leads_pushattempt_{name}", args=[other.pk])
        assert other.lead.phone_e164 not in client.get(address, follow=True).content.decode()


def test_without_a_role_there_is_nothing_to_see(client: Client) -> None:
    client.force_login(make_user(None))
    assert client.get(LIST).status_code == 403
    assert client.get(page_of(sealed())).status_code == 403


def test_a_page_shows_what_was_sent_the_whole_answer_and_what_was_said_beside_it(
    auditor: Client,
) -> None:
    attempt = sealed(
        request={"phone_number": "7275550123", "comments": "<b>José</b>"},
        answer="NOTICE: added to hopper\nSUCCESS: " + "x" * 3000,
        notices=["added to hopper", "<i>second</i>"],
        vendor_lead_code="LPXYZA1",
        worker="worker@one",
        user=make_user("Admin", username="ann"),
    )
    page = auditor.get(page_of(attempt)).content.decode()
    for text in ("&quot;7275550123&quot;", "José", "x" * 3000, "LPXYZA1", "worker@one", "ann"):
        assert text in page
    assert "added to hopper · &lt;i&gt;second&lt;/i&gt;" in page
    assert "<b>José" not in page
    assert "Added" in page


def test_a_page_says_why_it_was_refused_and_when_to_the_second(auditor: Client) -> None:
    when = datetime(2026, 3, 5, 23, 59, 58, tzinfo=UTC)
    attempt = sealed(outcome=Outcome.REFUSED, reason="DNC", opened_at=when)
    page = auditor.get(page_of(attempt)).content.decode()
    assert escape(sentence_for("DNC")) in page
    assert "5 Mar 2026 23:59:58" in page
    assert "5 Mar 2026 23:59:58" in auditor.get(LIST).content.decode()


def test_an_open_attempt_is_on_its_way(auditor: Client) -> None:
    attempt = make_attempt(make_lead(LeadStatus.SENDING))
    assert "on its way" in auditor.get(LIST).content.decode()
    assert auditor.get(page_of(attempt)).status_code == 200


@pytest.mark.parametrize("ask", ["phone", "lead_id", "code"])
def test_an_attempt_is_found_by_phone_lead_id_and_vendor_code(ask: str, auditor: Client) -> None:
    found = sealed(of={"vendor_lead_code": "CRM-77"})
    sealed(of={"vendor_lead_code": "CRM-78"})
    text = {
        "phone": found.lead.phone_number,
        "lead_id": str(found.lead.vicidial_lead_id),
        "code": "CRM-77",
    }[ask]
    assert listed(auditor, q=text) == {found.pk}


def test_without_a_search_no_attempt_is_left_out(
    auditor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "MOST_LEADS", 1)
    both = {sealed().pk, sealed().pk}
    assert listed(auditor) == both
    assert listed(auditor, q=" ") == both


@pytest.mark.parametrize("text", ["%", "' OR 1=1", "9" * 40, "\0", "٣"])
def test_a_search_for_nonsense_finds_nothing_and_breaks_nothing(text: str, auditor: Client) -> None:
    sealed()
    response = auditor.get(LIST, {"q": text}, follow=True)
    assert response.status_code == 200


def test_filters_keep_the_others_out(auditor: Client) -> None:
    added, refused = sealed(), sealed(outcome=Outcome.REFUSED, reason="DNC")
    look_up = sealed(kind="look-up", outcome=Outcome.FOUND)
    assert listed(auditor, outcome__exact="refused") == {refused.pk}
    assert listed(auditor, kind__exact="look-up") == {look_up.pk}
    assert listed(auditor, dialer__id__exact=added.dialer_id) == {added.pk}
    assert listed(auditor, batch__id__exact=added.batch_id) == {added.pk}


def test_a_day_is_wholly_inside_a_filter_that_ends_with_it(auditor: Client) -> None:
    late = sealed(opened_at=datetime(2026, 3, 5, 23, 59, tzinfo=UTC))
    sealed(opened_at=datetime(2026, 3, 6, 0, 1, tzinfo=UTC))
    sealed(opened_at=datetime(2026, 3, 4, 23, 59, tzinfo=UTC))
    query = {"opened_at_from": "2026-03-05", "opened_at_to": "2026-03-05"}
    assert listed(auditor, **query) == {late.pk}


@pytest.mark.parametrize(
    "query",
    [
        {"outcome__exact": "gone"},
        {"dialer__id__exact": "x"},
        {"batch__id__exact": "x"},
        {"opened_at_from": "yesterday"},
    ],
)
def test_a_filter_that_makes_no_sense_is_no_error(query: dict[str, str], auditor: Client) -> None:
    sealed()
    assert auditor.get(LIST, query, follow=True).status_code == 200


def test_thirty_attempts_cost_as_many_queries_as_one(auditor: Client) -> None:
    costs = []
    for number in (1, 29):
        for _ in range(number):
            sealed(user=make_user())
        with CaptureQueriesContext(connection) as queries:
            auditor.get(LIST)
        costs.append(len(queries))
    assert costs[0] == costs[1]


@pytest.mark.parametrize("role", ["Reviewer", "Admin", "Auditor", "superuser"])
def test_nobody_adds_changes_or_deletes_an_attempt(role: str, client: Client) -> None:
    user = make_user(role)
    attempt = sealed(of={"import_run": make_import(created_by=user)})
    client.force_login(user)
    assert client.post(reverse("admin:leads_pushattempt_add")).status_code == 403
    assert client.post(page_of(attempt), {"answer": "other"}).status_code == 403
    delete = reverse("admin:leads_pushattempt_delete", args=[attempt.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 403
    assert 'name="_save"' not in client.get(page_of(attempt)).content.decode()
    assert PushAttempt.objects.get().answer == attempt.answer


def test_an_empty_list_says_what_will_be_here(auditor: Client) -> None:
    assert "Every call to a dialer about a lead" in auditor.get(LIST).content.decode()


def test_an_attempt_is_found_by_the_lead_id_that_its_lead_no_longer_has(client: Client) -> None:
    lead = make_lead(LeadStatus.APPROVED)
    attempt = make_attempt(lead)
    PushAttempt.objects.filter(pk=attempt.pk).update(
        sealed_at=timezone.now(), outcome="added", answered_lead_id=987654
    )
    client.force_login(make_user("Auditor"))
    page = client.get("/admin/leads/pushattempt/?q=987654").content.decode()
    assert lead.phone_e164 in page


def answer_of(attempt: PushAttempt) -> str:
    return reverse("admin:leads_pushattempt_answer", args=[attempt.pk])


def test_a_whole_answer_opens_in_its_row(auditor: Client) -> None:
    attempt = sealed(
        outcome=Outcome.REFUSED,
        reason="DNC",
        request={"comments": "<b>José</b>"},
        answer="ERROR: " + "x" * 3000,
        notices=["<i>second</i>"],
    )
    page = auditor.get(LIST).content.decode()
    assert f'hx-get="{answer_of(attempt)}"' in page
    assert "x" * 3000 not in page, "it is fetched when it is opened"
    opened = auditor.get(answer_of(attempt)).content.decode()
    for text in ("x" * 3000, "José", "&lt;i&gt;second", escape(sentence_for("DNC"))):
        assert text in opened
    assert "<b>José" not in opened


def test_an_answer_is_seen_by_whoever_sees_its_attempt(client: Client) -> None:
    reviewer = make_user("Reviewer")
    own = sealed(of={"import_run": make_import(created_by=reviewer)})
    other = sealed()
    client.force_login(reviewer)
    assert client.get(answer_of(own)).status_code == 200
    assert client.get(answer_of(other)).status_code == 404
    assert client.post(answer_of(own)).status_code == 403
    client.force_login(make_user(None))
    assert client.get(answer_of(own)).status_code == 403

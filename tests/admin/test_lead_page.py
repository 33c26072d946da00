"""A lead's own page, and the page that corrects it."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from leads.admin.lead_values import rows_of
from leads.models import Lead, LeadStatus
from leads.review.decide import approve
from tests.factories import make_attempt, make_import, make_lead, make_user

pytestmark = pytest.mark.django_db
S = LeadStatus
ROLES = ["Reviewer", "Admin", "Auditor", "superuser"]


def client_of(role: str | None) -> Client:
    client = Client()
    client.force_login(make_user(role))
    return client


def page_of(lead: Lead, role: str = "Auditor") -> Any:
    return client_of(role).get(reverse("admin:leads_lead_change", args=[lead.pk]))


def correct_url(lead: Lead) -> str:
    return reverse("admin:leads_lead_correct", args=[lead.pk])


@pytest.mark.parametrize("status", S)
@pytest.mark.parametrize("role", ROLES)
def test_every_role_may_look_at_a_lead_in_every_status(role: str, status: LeadStatus) -> None:
    lead = make_lead(status)
    page = page_of(lead, role)
    assert page.status_code == 200
    assert status.means in page.content.decode().replace("&#x27;", "'")


def test_somebody_without_a_role_may_not_look() -> None:
    lead = make_lead()
    client = client_of(None)
    assert client.get(reverse("admin:leads_lead_change", args=[lead.pk])).status_code == 403


@pytest.mark.parametrize("pk", ["0", "999999999", "x", "9" * 30])
def test_a_lead_that_is_not_there_is_said_in_words(pk: str) -> None:
    done = client_of("Auditor").get(reverse("admin:leads_lead_change", args=[pk]))
    assert done.status_code == 302
    assert "exist" in str(next(iter(get_messages(done.wsgi_request))))


def test_what_came_in_stands_beside_what_it_is_and_what_the_dialer_holds() -> None:
    run = make_import(
        header=["Phone", "First", "Shoe size"], mapping=["phone_number", "first_name", None]
    )
    lead = make_lead(
        import_run=run,
        raw=["(212) 555-0142", "José", "44", "one too many"],
        phone_number="2125550142",
        first_name="José",
    )
    rows = rows_of(lead)
    phone, name = (
        next(row for row in rows if row.name == n) for n in ("phone_number", "first_name")
    )
    assert phone.cells == [("Phone", "(212) 555-0142")]
    assert (phone.now, phone.stored, phone.changed) == ("2125550142", "2125550142", True)
    assert (name.now, name.stored) == ("José", "Jose")
    assert "Jose" in name.loss
    unused = [row.cells for row in rows if not row.name]
    assert unused == [[("Shoe size", "44")], [("column 4", "one too many")]]


def test_findings_are_sentences_by_severity() -> None:
    finding = {"severity": "warns", "code": "EMAIL_INVALID", "text": "email is no address."}
    page = page_of(make_lead(warnings=["EMAIL_INVALID"], findings=[finding]))
    assert "email is no address." in page.content.decode()
    assert [group["colour"] for group in page.context["findings"]] == ["warning"]


def test_duplicates_are_linked_both_ways() -> None:
    twin = make_lead(S.DUPLICATE)
    first = Lead.objects.get(pk=twin.duplicate_of_id)
    assert reverse("admin:leads_lead_change", args=[first.pk]) in page_of(twin).content.decode()
    assert reverse("admin:leads_lead_change", args=[twin.pk]) in page_of(first).content.decode()


def test_a_refusal_names_the_lead_that_is_there_already() -> None:
    lead = make_lead(S.REFUSED, existing_lead_id=98765, existing_list_id=101)
    text = page_of(lead).content.decode()
    assert "lead_id 98765" in text
    assert "list_id 101" in text


def test_an_unclear_lead_says_what_a_person_should_look_at() -> None:
    lead = make_lead(S.UNCLEAR, settle_note="Two leads there have its code.")
    assert "Two leads there have its code." in page_of(lead).content.decode()


def test_attempts_show_request_answer_and_time() -> None:
    lead = make_lead(S.PUSHED)
    make_attempt(
        lead,
        request={"phone_number": "2125550142", "pass": "XXXX"},
        sealed_at=timezone.now(),
        outcome="added",
        answer="SUCCESS: add_lead LEAD HAS BEEN ADDED <b>",
        milliseconds=321,
        http_status=200,
    )
    text = page_of(lead).content.decode()
    assert "LEAD HAS BEEN ADDED &lt;b&gt;" in text
    assert "321" in text
    assert "2125550142" in text


def test_the_steps_say_when_and_by_whom() -> None:
    lead, reviewer = make_lead(), make_user("Reviewer", username="rosa")
    approve(Lead.objects.filter(pk=lead.pk), by=reviewer)
    steps = page_of(lead).context["steps"]
    assert [step.who for step in steps] == ["", "rosa", "", ""]
    assert [bool(step.at) for step in steps] == [True, True, False, False]


def test_the_cost_of_the_page_does_not_grow_with_attempts_and_duplicates() -> None:
    lead, client = make_lead(S.PUSHED), client_of("Admin")
    address = reverse("admin:leads_lead_change", args=[lead.pk])
    costs = []
    for _ in range(2):
        for _ in range(3):
            make_attempt(lead, sealed_at=timezone.now(), outcome="added", user=make_user("Admin"))
            make_lead(S.DUPLICATE, duplicate_of=lead)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        costs.append(len(queries))
    assert costs[0] == costs[1]


@pytest.mark.parametrize(
    ("role", "status", "labels"),
    [
        ("Reviewer", S.STAGED, ["Approve", "Reject"]),
        ("Reviewer", S.APPROVED, ["Reopen"]),
        ("Admin", S.APPROVED, ["Queue for push", "Reopen"]),
        ("Reviewer", S.REJECTED, ["Reopen"]),
        ("Reviewer", S.DUPLICATE, ["Reject", "Not a duplicate"]),
        ("Reviewer", S.INVALID, ["Reject"]),
        ("Admin", S.SENDING, []),
        ("superuser", S.PUSHED, []),
        ("Auditor", S.STAGED, []),
    ],
)
def test_only_possible_moves_are_offered_to_whoever_may_make_them(
    role: str, status: LeadStatus, labels: list[str]
) -> None:
    page = page_of(make_lead(status), role)
    assert [str(button["label"]) for button in page.context["buttons"]] == labels


def test_a_button_decides_on_this_lead_alone_and_comes_back_to_its_page() -> None:
    lead, other, client = make_lead(), make_lead(), client_of("Reviewer")
    address = reverse("admin:leads_lead_change", args=[lead.pk])
    button = client.get(address).context["buttons"][0]
    question = client.get(button["url"])
    done = client.post(question.context["confirm_url"], {**question.context["hidden"]})
    assert done.url == address
    lead.refresh_from_db()
    other.refresh_from_db()
    assert (lead.status, other.status) == ("approved", "staged")


def test_overrule_is_offered_only_where_it_can_be_done() -> None:
    lead = make_lead(S.INVALID, reasons=["PHONE_UNASSIGNED"])
    labels = [str(button["label"]) for button in page_of(lead, "Reviewer").context["buttons"]]
    assert "Overrule" in labels


def test_a_correction_says_the_new_status_and_what_was_found() -> None:
    lead, client = make_lead(S.INVALID, phone_number="12", phone_e164=""), client_of("Reviewer")
    form = client.get(correct_url(lead)).context["form"]
    values = {**form.initial, "phone_number": "2125550142", "email": "not-an-address"}
    done = client.post(correct_url(lead), values)
    lead.refresh_from_db()
    assert lead.status == "staged"
    assert lead.phone_e164 == "+12125550142"
    (message,) = map(str, get_messages(done.wsgi_request))
    assert message.startswith("Corrected. It is staged now.")
    assert "not-an-address" in message


def test_a_correction_that_cannot_be_made_says_why_and_keeps_what_was_typed() -> None:
    lead, client = make_lead(S.PUSHED), client_of("Reviewer")
    values = {**client.get(correct_url(lead)).context["form"].initial, "city": "Springfield"}
    again = client.post(correct_url(lead), values)
    assert "can no longer be" in again.content.decode()
    assert "Springfield" in again.content.decode()
    lead.refresh_from_db()
    assert lead.city == ""


def test_line_ends_of_a_browser_are_no_change() -> None:
    lead, client = make_lead(comments="one\ntwo"), client_of("Reviewer")
    values = {**client.get(correct_url(lead)).context["form"].initial, "comments": "one\r\ntwo"}
    done = client.post(correct_url(lead), values)
    assert "Nothing was changed" in str(next(iter(get_messages(done.wsgi_request))))


@pytest.mark.parametrize(
    ("role", "allowed"),
    [("Reviewer", True), ("Admin", True), ("superuser", True), ("Auditor", False), (None, False)],
)
def test_only_reviewers_and_admins_correct(role: str | None, allowed: bool) -> None:
    lead, client = make_lead(), client_of(role)
    assert client.get(correct_url(lead)).status_code == (200 if allowed else 403)
    done = client.post(
        correct_url(lead), {"phone_number": lead.phone_number, "city": "Springfield"}
    )
    assert done.status_code == (302 if allowed else 403)
    lead.refresh_from_db()
    assert (lead.city == "Springfield") == allowed


def test_the_page_offers_a_correction_only_where_it_can_be_made() -> None:
    staged, pushed = make_lead(), make_lead(S.PUSHED)
    assert correct_url(staged) in page_of(staged, "Reviewer").content.decode()
    assert correct_url(pushed) not in page_of(pushed, "Reviewer").content.decode()
    assert correct_url(staged) not in page_of(staged, "Auditor").content.decode()

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
from leads.models import Lead, LeadStatus, Pair
from leads.push.errors import PushError
from leads.review.correct import correct
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


def test_a_correction_leaves_what_somebody_else_has_corrected_meanwhile() -> None:
    lead, client = make_lead(city="Tampa", email="old@example.com"), client_of("Reviewer")
    page = client.get(correct_url(lead))
    assert 'name="was_city" value="Tampa"' in page.content.decode()
    shown = page.context["form"].initial
    values = {**shown, **{f"was_{name}": text for name, text in shown.items()}}
    correct(lead, {"email": "right@example.com"}, by=make_user("Reviewer"))
    client.post(correct_url(lead), values | {"city": "Miami"})
    lead.refresh_from_db()
    assert (lead.city, lead.email) == ("Miami", "right@example.com")


def test_a_correction_overwrites_no_field_that_somebody_else_has_corrected() -> None:
    lead, client = make_lead(city="Tampa", email="old@example.com"), client_of("Reviewer")
    shown = client.get(correct_url(lead)).context["form"].initial
    values = {**shown, **{f"was_{name}": text for name, text in shown.items()}, "city": "Miami"}
    bob = make_user("Reviewer", username="bob")
    correct(lead, {"city": "Orlando", "email": "right@example.com"}, by=bob)
    again = client.post(correct_url(lead), values)
    assert "was corrected by bob meanwhile: city “Orlando”" in again.content.decode()
    lead.refresh_from_db()
    assert lead.city == "Orlando"
    form = again.context["form"]
    assert (form["city"].value(), form["email"].value()) == ("Miami", "right@example.com")
    assert form.initial["city"] == "Orlando", "it is overwritten by whoever saves again"


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


def test_a_pushed_lead_shows_what_was_really_sent() -> None:
    lead = make_lead(S.PUSHED, first_name="Corrected")
    make_attempt(lead, request={"first_name": "Anne", "vendor_lead_code": "LPAAAA1"})
    now = timezone.now()
    lookup = {"first_name": "no call"}
    make_attempt(lead, kind="look-up", request=lookup, sealed_at=now, outcome="found")
    page = page_of(lead)
    rows = {row.name: row for row in page.context["rows"]}
    assert (rows["first_name"].now, rows["first_name"].sent) == ("Corrected", "Anne")
    assert rows["vendor_lead_code"].sent == "LPAAAA1", "made by the portal"
    assert "What was sent" in page.content.decode()
    assert "What would be sent" in page_of(make_lead()).content.decode()


@pytest.mark.parametrize(
    ("status", "states", "last"),
    [
        (S.STAGED, ["done", "now", "ahead", "ahead"], "Pushed"),
        (S.INVALID, ["done", "stopped", "ahead", "ahead"], "Pushed"),
        (S.DUPLICATE, ["done", "stopped", "ahead", "ahead"], "Pushed"),
        (S.REJECTED, ["done", "stopped", "ahead", "ahead"], "Pushed"),
        (S.APPROVED, ["done", "done", "now", "ahead"], "Pushed"),
        (S.QUEUED, ["done", "done", "done", "now"], "Waits to be sent"),
        (S.SENDING, ["done", "done", "done", "now"], "Being sent"),
        (S.UNCLEAR, ["done", "done", "done", "stopped"], "Unclear"),
        (S.REFUSED, ["done", "done", "done", "stopped"], "Refused"),
        (S.PUSHED, ["done", "done", "done", "done"], "Pushed"),
    ],
)
def test_the_line_of_steps_says_where_a_lead_stands(
    status: LeadStatus, states: list[str], last: str
) -> None:
    page = page_of(make_lead(status))
    steps = page.context["steps"]
    assert [step.state for step in steps] == states
    assert steps[-1].name == last
    text = page.content.decode()
    assert text.count('aria-current="step"') == (0 if status == S.PUSHED else 1)
    assert "<ol" in text


def test_pairs_say_kind_likeness_reasons_and_who_decided() -> None:
    older, newer, rosa = make_lead(), make_lead(), make_user("Reviewer", username="rosa")
    pair = Pair.objects.create(
        lead=newer,
        other=older,
        import_run=newer.import_run,
        kind="household",
        score=0.83,
        rule="address",
        reasons=[{"field": "address1", "says": "the same"}],
    )
    page = page_of(newer, "Reviewer")
    text = page.content.decode()
    assert "Same household" in text
    assert "alike to 83 %" in text
    assert "address1: the same" in text
    assert "duplicates" in page.context["on_desk"]
    pair.state, pair.decided_by, pair.decided_at = "different", rosa, timezone.now()
    pair.save()
    assert "decided by rosa" in page_of(older, "Auditor").content.decode()


def test_an_approval_that_would_be_refused_is_not_offered(settings: Any) -> None:
    older, newer = make_lead(), make_lead()
    Pair.objects.create(
        lead=newer, other=older, import_run=newer.import_run, kind="person", score=0.9, rule="name"
    )
    labels = [str(one["label"]) for one in page_of(newer, "Reviewer").context["buttons"]]
    assert labels == ["Reject"], "that it may be a duplicate is decided first"
    assert "Decide on the desk" in page_of(newer, "Reviewer").content.decode()
    settings.FOUR_EYES = True
    ada = make_user("Admin")
    client = Client()
    client.force_login(ada)
    mine = make_lead(S.APPROVED, decided_by=ada)
    by_rule = make_lead(S.APPROVED, import_run=make_import(created_by=ada))
    for lead in (mine, by_rule):
        page = client.get(reverse("admin:leads_lead_change", args=[lead.pk]))
        assert [str(one["label"]) for one in page.context["buttons"]] == ["Reopen"]


def settle_url(lead: Lead, name: str) -> str:
    return reverse("admin:leads_lead_settle", args=[lead.pk, name])


@pytest.mark.parametrize(
    ("role", "allowed"),
    [("Admin", True), ("superuser", True), ("Reviewer", False), ("Auditor", False), (None, False)],
)
@pytest.mark.parametrize("name", ["it-is", "not-there"])
def test_only_who_may_push_says_what_became_of_an_unclear_lead(
    name: str, role: str | None, allowed: bool
) -> None:
    lead, client = make_lead(S.UNCLEAR, settle_note="Cannot be told."), client_of(role)
    assert client.get(settle_url(lead, name)).status_code == (200 if allowed else 403)
    assert client.post(settle_url(lead, name), {}).status_code == (200 if allowed else 403)
    if role:
        text = page_of(lead, role).content.decode()
        assert (settle_url(lead, name) in text) is allowed


def test_a_lead_that_will_be_looked_up_by_itself_has_no_such_button() -> None:
    assert page_of(make_lead(S.UNCLEAR), "Admin").context["settle_buttons"] == []


def test_what_a_person_says_is_handed_on_and_what_is_wrong_with_it_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lead, client = make_lead(S.UNCLEAR, settle_note="Cannot be told."), client_of("Admin")
    given: list[tuple[int, str]] = []

    def it_is(lead: Lead, number: int, *, by: object, comment: str) -> bool:
        if number == 9:
            raise PushError("The dialer has no lead 9.")
        given.append((number, comment))
        return True

    monkeypatch.setattr("leads.admin.lead_settle.it_is", it_is)
    wrong = client.post(settle_url(lead, "it-is"), {"lead_id": "9", "comment": "seen"})
    assert "The dialer has no lead 9." in wrong.content.decode()
    for bad in ({"lead_id": "x", "comment": "seen"}, {"lead_id": "4"}, {"comment": "seen"}):
        assert client.post(settle_url(lead, "it-is"), bad).status_code == 200
    done = client.post(settle_url(lead, "it-is"), {"lead_id": "4", "comment": "seen"})
    assert done.url == reverse("admin:leads_lead_change", args=[lead.pk])
    assert given == [(4, "seen")]


def test_a_settled_lead_leads_back_to_its_page() -> None:
    lead, client = make_lead(S.PUSHED), client_of("Admin")
    done = client.get(settle_url(lead, "it-is"), follow=True)
    assert "no longer possible" in done.content.decode()
    assert client.get(settle_url(lead, "other")).status_code == 404

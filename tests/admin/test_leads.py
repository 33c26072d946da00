"""The list of leads: what it shows, finds and filters, and what it costs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from leads.admin.lead_search import search
from leads.models import Import, Lead, LeadStatus
from tests.factories import make_dialer_list, make_import, make_lead, make_user

pytestmark = pytest.mark.django_db
S = LeadStatus
LIST = reverse("admin:leads_lead_changelist")
ROLES = ["Reviewer", "Admin", "Auditor", "superuser"]


def client_of(role: str | None) -> Client:
    client = Client()
    client.force_login(make_user(role))
    return client


def found(text: str) -> set[int]:
    return set(search(Lead.objects.all(), text).values_list("pk", flat=True))


def listed(client: Client, **query: object) -> set[int]:
    response = client.get(LIST, query)
    assert response.status_code == 200
    return {lead.pk for lead in response.context["cl"].result_list}


@pytest.mark.parametrize("role", ROLES)
def test_every_role_may_look_at_the_list(role: str) -> None:
    lead = make_lead(first_name="Ann", last_name="Example")
    page = client_of(role).get(LIST).content.decode()
    assert lead.phone_e164 in page
    assert "Ann Example" in page
    assert "Staged" in page


def test_somebody_without_a_role_sees_no_leads() -> None:
    assert client_of(None).get(LIST).status_code == 403


def test_a_pushed_lead_shows_what_the_dialer_answered() -> None:
    make_lead(S.PUSHED, vicidial_lead_id=4711)
    assert "4711 / 101 / NEW" in client_of("Auditor").get(LIST).content.decode()


def test_what_was_found_is_shown_in_short_words() -> None:
    make_lead(warnings=["WIRE_LOSS", "EMAIL_INVALID", "DATE_INVALID", "STATE_UNKNOWN"])
    page = client_of("Reviewer").get(LIST).content.decode()
    assert "wire loss, email invalid, date invalid, +1" in page


def test_an_empty_list_says_what_to_do_first() -> None:
    assert "Upload a file" in client_of("Reviewer").get(LIST).content.decode()


def test_a_search_without_result_says_how_to_search() -> None:
    make_lead()
    page = client_of("Reviewer").get(LIST, {"q": "nobody"}).content.decode()
    assert "No lead matches" in page


def test_thirty_leads_cost_as_many_queries_as_one() -> None:
    client = client_of("Admin")
    costs = []
    for number in (1, 29):
        for _ in range(number):
            make_lead(S.PUSHED)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(LIST)
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_nothing_on_the_list_counts_or_sorts_all_different_values() -> None:
    make_lead()
    client = client_of("Admin")
    with CaptureQueriesContext(connection) as queries:
        client.get(LIST, {"q": "Example", "finding": "any", "_facets": "True"})
    assert not [query for query in queries.captured_queries if "DISTINCT" in query["sql"]]


@pytest.mark.parametrize(
    "text", ["+12125550142", "2125550142", "(212) 555-0142", "212555", "12125550142", "+1 212"]
)
def test_a_phone_is_found_however_it_is_written(text: str) -> None:
    lead = make_lead(phone_e164="+12125550142", phone_number="2125550142")
    make_lead(phone_e164="+13035550142", phone_number="3035550142")
    assert found(text) == {lead.pk}


def test_a_british_number_is_found_with_its_country_code() -> None:
    lead = make_lead(phone_code="44", phone_e164="+447700900123", phone_number="7700900123")
    assert found("+44 7700 900123") == found("447700900123") == {lead.pk}


def test_a_lead_is_found_by_the_dialers_lead_id() -> None:
    lead = make_lead(S.PUSHED, vicidial_lead_id=98765)
    make_lead(S.PUSHED, vicidial_lead_id=987651)
    assert found("98765") == {lead.pk}


@pytest.mark.parametrize("code", ["77001", "CRM-A 5", "crm"])
def test_a_vendor_code_is_found_if_it_is_written_whole(code: str) -> None:
    lead = make_lead(vendor_lead_code=code)
    make_lead(vendor_lead_code=f"{code}9")
    assert found(code) == {lead.pk}


@pytest.mark.parametrize("text", ["exa", "EXAMPLE", "ann exa", "Ann Example"])
def test_a_name_is_found_by_its_beginning(text: str) -> None:
    lead = make_lead(first_name="Ann", last_name="Example")
    make_lead(first_name="Ben", last_name="Sample")
    assert found(text) == {lead.pk}


@pytest.mark.parametrize("text", ["%", "_", "\\", "' OR 1=1", "9" * 40, "٣", "+", "()"])
def test_signs_that_mean_something_in_sql_find_nothing_and_break_nothing(text: str) -> None:
    make_lead(last_name="Example")
    assert found(text) == set()


@pytest.mark.parametrize("text", ["example", "12125550142", "2125550142", "Ann Example", "A_b%"])
def test_every_search_is_answered_by_indexes(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = search(Lead.objects.order_by(), text).explain()
    assert "Seq Scan" not in plan
    assert "Index" in plan


def test_a_filter_by_status_keeps_the_others_out() -> None:
    staged, _approved = make_lead(), make_lead(S.APPROVED)
    assert listed(client_of("Reviewer"), status__exact="staged") == {staged.pk}


def test_a_filter_by_import_takes_any_import_by_its_address() -> None:
    lead = make_lead()
    for _ in range(51):
        make_import()
    make_lead()
    query = {"import_run__id__exact": lead.import_run_id}
    assert listed(client_of("Reviewer"), **query) == {lead.pk}


def test_a_filter_by_source_and_by_list_keeps_the_others_out() -> None:
    lead, _other = make_lead(list_id=101), make_lead(list_id=102)
    client = client_of("Reviewer")
    assert listed(client, lead_source__id__exact=lead.lead_source_id) == {lead.pk}
    assert listed(client, list_id=101) == {lead.pk}


def test_a_filter_by_finding_takes_what_warns_and_what_stops() -> None:
    make_lead()
    warned = make_lead(warnings=["WIRE_LOSS"])
    invalid = make_lead(S.INVALID, reasons=["PHONE_LENGTH"])
    client = client_of("Reviewer")
    assert listed(client, finding="any") == {warned.pk}
    assert listed(client, finding="WIRE_LOSS") == {warned.pk}
    assert listed(client, finding="PHONE_LENGTH") == {invalid.pk}


def test_a_day_is_wholly_inside_a_filter_that_ends_with_it() -> None:
    lead, other = make_lead(), make_lead()
    late, early = (
        datetime(2026, 3, 5, 23, 30, tzinfo=UTC),
        datetime(2026, 3, 6, 0, 30, tzinfo=UTC),
    )
    for one, at in ((lead, late), (other, early)):
        Lead.objects.filter(pk=one.pk).update(created_at=at)
        # The leads of an import are made while it is at work.
        Import.objects.filter(pk=one.import_run_id).update(
            created_at=at - timedelta(minutes=45), finished_at=at + timedelta(minutes=45)
        )
    query = {"created_at_from": "2026-03-05", "created_at_to": "2026-03-05"}
    assert listed(client_of("Reviewer"), **query) == {lead.pk}


@pytest.mark.parametrize(
    "query",
    [
        {"import_run__id__exact": "x"},
        {"finding": "NO_SUCH"},
        {"created_at_from": "yesterday"},
        {"list_id": "abc"},
        {"status__exact": "gone"},
        {"q": "\0"},
    ],
)
def test_a_filter_that_makes_no_sense_is_no_error(query: dict[str, str]) -> None:
    make_lead()
    assert client_of("Reviewer").get(LIST, query, follow=True).status_code == 200


@pytest.mark.parametrize("role", ROLES)
def test_nobody_adds_changes_or_deletes_a_lead_here(role: str) -> None:
    lead = make_lead()
    make_dialer_list()
    client = client_of(role)
    assert client.get(reverse("admin:leads_lead_add")).status_code == 403
    assert client.post(reverse("admin:leads_lead_delete", args=[lead.pk])).status_code == 403
    change = reverse("admin:leads_lead_change", args=[lead.pk])
    assert client.post(change, {"first_name": "Other"}).status_code == 403
    lead.refresh_from_db()
    assert lead.first_name == "Ann"

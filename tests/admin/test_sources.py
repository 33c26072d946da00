"""Sources: changed by admins, looked at by the others, kept while leads refer to them."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from leads.models import Source
from tests.factories import make_import, make_source, make_user

pytestmark = pytest.mark.django_db
LIST, ADD = reverse("admin:leads_source_changelist"), reverse("admin:leads_source_add")
FORM = {"name": "Vendor", "country": "GB", "unassigned_numbers": "warn", "date_order": "dmy"}


def change(source: Source) -> str:
    return reverse("admin:leads_source_change", args=[source.pk])


def delete(source: Source) -> str:
    return reverse("admin:leads_source_delete", args=[source.pk])


@pytest.fixture
def admin(client: Client) -> Client:
    client.force_login(make_user("Admin"))
    return client


def test_an_admin_adds_and_changes_a_source(admin: Client) -> None:
    assert admin.post(ADD, FORM).status_code == 302
    source = Source.objects.get()
    assert (source.name, source.country, source.date_order) == ("Vendor", "GB", "dmy")
    assert admin.post(change(source), {**FORM, "default_list_id": "102"}).status_code == 302
    source.refresh_from_db()
    assert source.default_list_id == 102


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("country", "England", "at most 2 characters"),
        ("country", "G1", "no country"),
        ("country", "XX", "no country"),
        ("default_list_id", "12", "3 to 12 digits"),
        ("name", "", "required"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    field: str, value: str, says: str, admin: Client
) -> None:
    response = admin.post(ADD, {**FORM, field: value})
    assert response.status_code == 200
    assert says in str(response.context["adminform"].form.errors[field])
    assert not Source.objects.exists()


def test_a_country_may_be_typed_in_small_letters(admin: Client) -> None:
    admin.post(ADD, {**FORM, "country": "gb"})
    assert Source.objects.get().country == "GB"


@pytest.mark.parametrize("role", ["Reviewer", "Auditor"])
def test_others_look_and_change_nothing(role: str, client: Client) -> None:
    source = make_source()
    client.force_login(make_user(role))
    assert source.name in client.get(LIST).content.decode()
    page = client.get(change(source))
    assert page.status_code == 200
    assert 'name="_save"' not in page.content.decode()
    assert client.post(change(source), FORM).status_code == 403
    assert client.post(ADD, FORM).status_code == 403
    assert client.post(delete(source), {"post": "yes"}).status_code == 403
    assert Source.objects.get().name == source.name


def test_a_source_that_leads_came_from_is_kept_and_the_page_says_why(admin: Client) -> None:
    source = make_source()
    run = make_import(source)
    page = admin.get(delete(source)).content.decode()
    assert run.filename in page
    admin.post(delete(source), {"post": "yes"})
    assert Source.objects.filter(pk=source.pk).exists()


def test_a_source_of_nothing_can_be_deleted(admin: Client) -> None:
    source = make_source()
    assert admin.post(delete(source), {"post": "yes"}).status_code == 302
    assert not Source.objects.exists()


def test_the_list_says_how_many_imports_each_has(admin: Client) -> None:
    source = make_source()
    for _ in range(3):
        make_import(source)
    make_source()
    counts = {row.pk: row.import_count for row in admin.get(LIST).context["cl"].result_list}
    assert counts[source.pk] == 3


def test_an_empty_list_says_what_a_source_is(admin: Client) -> None:
    assert "A source is who supplies leads" in admin.get(LIST).content.decode()


def test_each_source_leads_to_its_report(admin: Client) -> None:
    report = reverse("admin:leads_source_report", args=[make_source().pk])
    assert f'href="{report}"' in admin.get(LIST).content.decode()


def test_the_rule_that_approves_clean_rows_is_switched_on_where_the_docs_say() -> None:
    client = Client()
    client.force_login(make_user("Admin"))
    page = client.get(reverse("admin:leads_source_change", args=[make_source().pk]))
    assert 'name="auto_approve"' in page.content.decode()
    assert "somebody else than who imported them must push them" in page.content.decode()

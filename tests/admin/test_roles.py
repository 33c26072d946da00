"""Who sees which page, and what stands in the sidebar: each role, by link and by address."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from portal.navigation import SIDEBAR
from tests.factories import (
    make_attempt,
    make_batch,
    make_dialer,
    make_dnc_list,
    make_import,
    make_lead,
    make_source,
    make_user,
)

pytestmark = pytest.mark.django_db
ROLES = ["Reviewer", "Admin", "Auditor", "superuser"]
WORK = [
    "lead",
    "import",
    "pushbatch",
    "pushattempt",
    "dialer",
    "source",
    "duplicatepolicy",
    "dnclist",
]
PEOPLE = ["auth_user", "auth_group"]
MAY_ADD = {
    "import": {"Reviewer", "Admin", "superuser"},
    "dialer": {"Admin", "superuser"},
    "source": {"Admin", "superuser"},
    "duplicatepolicy": {"Admin", "superuser"},
    "dnclist": {"Admin", "superuser"},
    "lead": set(),
    "pushbatch": set(),
    "pushattempt": set(),
}


def visit(role: str | None) -> Client:
    client = Client()
    client.force_login(make_user(role))
    return client


def listing(name: str) -> str:
    return reverse(f"admin:{name}_changelist")


def links_of(client: Client) -> set[str]:
    """The addresses in the sidebar, as the page of home has them."""
    response: Any = client.get(reverse("admin:index"))
    assert response.status_code == 200
    return {
        str(item["link"])
        for group in response.context["sidebar_navigation"]
        for item in group["items"]
        if item["has_permission"]
    }


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("model", WORK)
def test_every_role_looks_at_every_list(model: str, role: str) -> None:
    assert visit(role).get(listing(f"leads_{model}")).status_code == 200


@pytest.mark.parametrize("model", WORK)
def test_without_a_role_no_list_can_be_seen(model: str) -> None:
    assert visit(None).get(listing(f"leads_{model}")).status_code == 403


@pytest.mark.parametrize("model", WORK)
def test_a_stranger_is_sent_to_the_login(model: str) -> None:
    response: Any = Client().get(listing(f"leads_{model}"))
    assert response.status_code == 302
    assert reverse("admin:login") in response.url


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("model", WORK)
def test_who_may_add_is_as_the_table_says(model: str, role: str) -> None:
    allowed = role in MAY_ADD[model]
    assert visit(role).get(reverse(f"admin:leads_{model}_add")).status_code == (
        200 if allowed else 403
    )


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    "model", ["lead", "import", "pushbatch", "pushattempt", "dialer", "dnclist"]
)
def test_no_role_deletes_what_is_history(model: str, role: str) -> None:
    made = {
        "lead": make_lead,
        "import": make_import,
        "pushbatch": make_batch,
        "pushattempt": lambda: make_attempt(make_lead()),
        "dialer": make_dialer,
        "dnclist": make_dnc_list,
    }[model]()
    address = reverse(f"admin:leads_{model}_delete", args=[made.pk])
    assert visit(role).post(address, {"post": "yes"}).status_code == 403
    made.refresh_from_db()


@pytest.mark.parametrize("role", [*ROLES, None])
def test_the_sidebar_has_what_the_role_may_see(role: str | None) -> None:
    expected = {reverse("admin:index")}
    if role:
        expected |= {listing(f"leads_{model}") for model in WORK}
        expected.add(reverse("admin:leads_dnclist_number"))
        expected.add(reverse("admin:leads_sources_report"))
    if role and role != "Reviewer":
        expected.add(listing("leads_export"))
    if role and role != "Auditor":
        expected.add(reverse("admin:leads_desk"))
    if role == "superuser":
        expected |= {listing(name) for name in PEOPLE}
    assert links_of(visit(role)) == expected


def test_everything_in_the_sidebar_can_be_opened() -> None:
    client = visit("superuser")
    for group in SIDEBAR["navigation"]:
        for item in group["items"]:
            assert client.get(str(item["link"])).status_code == 200


@pytest.mark.parametrize("role", ["Reviewer", "Admin", "Auditor"])
@pytest.mark.parametrize("name", PEOPLE)
def test_users_and_roles_are_for_superusers_only(name: str, role: str) -> None:
    client = visit(role)
    assert client.get(listing(name)).status_code == 403
    assert client.post(reverse(f"admin:{name}_add"), {"name": "x"}).status_code == 403
    some = User.objects.latest("pk") if name == "auth_user" else Group.objects.latest("pk")
    change = reverse(f"admin:{name}_change", args=[some.pk])
    assert client.get(change).status_code == 403
    assert client.post(change, {"is_superuser": "on", "name": "x"}).status_code == 403
    assert not User.objects.filter(is_superuser=True).exists()
    assert set(Group.objects.values_list("name", flat=True)) == {"Reviewer", "Admin", "Auditor"}


def test_a_superuser_makes_a_user_of_a_role() -> None:
    client = visit("superuser")
    data = {
        "username": "newcomer",
        "usable_password": "true",
        "password1": "a-long-Enough-1",
        "password2": "a-long-Enough-1",
    }
    assert client.post(reverse("admin:auth_user_add"), data).status_code == 302
    user = User.objects.get(username="newcomer")
    page = client.get(reverse("admin:auth_user_change", args=[user.pk])).content.decode()
    assert "Reviewer" in page


@pytest.mark.parametrize("role", ROLES)
def test_a_source_with_leads_stays_whoever_asks(role: str) -> None:
    source = make_source()
    make_import(source)
    address = reverse("admin:leads_source_delete", args=[source.pk])
    visit(role).post(address, {"post": "yes"})
    source.refresh_from_db()

"""Saved filters: one's own, shared by admins, never a way to rows that somebody may not see."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from leads.admin import saved_filters
from leads.admin.saved_filters import query_of
from leads.models import LeadStatus, Outcome, SavedFilter
from tests.factories import make_attempt, make_import, make_lead, make_user

pytestmark = pytest.mark.django_db
HISTORY = reverse("admin:leads_pushattempt_changelist")
NEW = reverse("admin:leads_pushattempt_filter_new")
PAGES = ["lead", "pushattempt"]


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def save(client: Client, query: str, name: str = "Mine", **data: Any) -> Any:
    return client.post(f"{NEW}?{query}", {"name": name, **data}, follow=True)


def text(response: Any) -> str:
    return str(response.content.decode())


def make_filter(user: User, **columns: Any) -> SavedFilter:
    values = {"page": "pushattempt", "name": "Refused", "query": "outcome__exact=refused"}
    return SavedFilter.objects.create(user=user, **{**values, **columns})


def one(saved: SavedFilter) -> str:
    return reverse(f"admin:leads_{saved.page}_filter", args=[saved.pk])


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", ["Reviewer", "Admin", "Auditor", "superuser"])
def test_whoever_sees_a_list_keeps_filters_of_it(role: str, page: str) -> None:
    user = make_user(role)
    client = client_of(user)
    column = "status__exact" if page == "lead" else "outcome__exact"
    query = f"{column}=refused"
    address = reverse(f"admin:leads_{page}_changelist")
    new = reverse(f"admin:leads_{page}_filter_new") + f"?{query}"
    assert f'href="{new}"' in text(client.get(f"{address}?{query}"))
    answer = client.post(new, {"name": "  My   refused "})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{address}?{query}")
    saved = SavedFilter.objects.get()
    assert (saved.user, saved.page, saved.name, saved.query, saved.shared) == (
        user, page, "My refused", query, False,
    )  # fmt: skip
    shown = text(client.get(address))
    assert f'href="{address}?{query}">My refused</a>' in shown
    assert "Save this filter" not in text(client.get(f"{address}?{query}")), "it is saved already"


def test_the_link_shows_the_rows_that_the_filter_has_now() -> None:
    client = client_of(make_user("Auditor"))
    save(client, "outcome__exact=refused")
    now = make_attempt(
        make_lead(LeadStatus.REFUSED), sealed_at=timezone.now(), outcome=Outcome.REFUSED
    )
    make_attempt(make_lead(LeadStatus.PUSHED), sealed_at=timezone.now(), outcome=Outcome.ADDED)
    found = client.get(f"{HISTORY}?{SavedFilter.objects.get().query}")
    assert [each.pk for each in found.context["cl"].result_list] == [now.pk]


def test_a_filter_of_somebody_else_is_seen_only_if_it_is_shared() -> None:
    admin = make_user("Admin", username="ruth")
    make_filter(admin, name="Private one")
    make_filter(admin, name="Shared one", shared=True)
    make_filter(admin, name="On the other list", shared=True, page="lead")
    shown = text(client_of(make_user("Auditor")).get(HISTORY))
    assert "Shared one" in shown
    assert "by ruth" in shown
    assert "Private one" not in shown
    assert "On the other list" not in shown


def test_a_shared_filter_leads_a_reviewer_to_own_rows_only() -> None:
    reviewer = make_user("Reviewer")
    shared = make_filter(make_user("Admin"), shared=True)
    refused = {"sealed_at": timezone.now(), "outcome": Outcome.REFUSED}
    own = make_attempt(
        make_lead(LeadStatus.REFUSED, import_run=make_import(created_by=reviewer)), **refused
    )
    make_attempt(make_lead(LeadStatus.REFUSED), **refused)
    found = client_of(reviewer).get(f"{HISTORY}?{shared.query}").context["cl"].result_list
    assert [each.pk for each in found] == [own.pk]


@pytest.mark.parametrize(
    ("role", "shares"), [("Reviewer", False), ("Auditor", False), ("Admin", True)]
)
def test_only_admins_share(role: str, shares: bool) -> None:
    client = client_of(make_user(role))
    assert ('name="shared"' in text(client.get(f"{NEW}?q=Ann"))) is shares
    save(client, "q=Ann", shared="on")
    assert SavedFilter.objects.get().shared is shares


def test_a_filter_is_renamed_shared_and_deleted_by_its_owner() -> None:
    admin = make_user("Admin")
    saved, client = make_filter(admin), client_of(admin)
    client.post(one(saved), {"name": "Not taken", "shared": "on"})
    saved.refresh_from_db()
    assert (saved.name, saved.shared) == ("Not taken", True)
    answer = client.post(one(saved), {"delete": "1", "name": "Not taken"}, follow=True)
    assert "is deleted" in text(answer)
    assert not SavedFilter.objects.exists()


@pytest.mark.parametrize("role", ["Reviewer", "Admin", "superuser"])
def test_nobody_changes_or_deletes_a_filter_of_somebody_else(role: str) -> None:
    saved = make_filter(make_user("Auditor"), shared=True)
    client = client_of(make_user(role))
    assert client.get(one(saved)).status_code == 404
    assert client.post(one(saved), {"name": "Taken"}).status_code == 404
    assert client.post(one(saved), {"delete": "1"}).status_code == 404
    saved.refresh_from_db()
    assert saved.name == "Refused"


def test_whoever_may_not_see_the_list_keeps_no_filters_of_it() -> None:
    nobody = make_user(None)
    saved, client = make_filter(nobody), client_of(nobody)
    assert client.get(f"{NEW}?q=Ann").status_code == 403
    assert client.post(f"{NEW}?q=Ann", {"name": "x"}).status_code == 403
    assert client.post(one(saved), {"delete": "1"}).status_code == 403


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "There is nothing to save"),
        ("p=3&q=&outcome__exact=", "There is nothing to save"),
        ("outcome__exact=refused&user__id__exact=x", "cannot be filtered like that"),
        ("lead__import_run__created_by__password__startswith=a", "cannot be filtered like that"),
        ("opened_in=some-day", "cannot be filtered like that"),
        ("q=" + "x" * 2000, "longer than 2,000 characters"),
    ],
)
def test_what_is_no_filter_is_not_saved_and_said(query: str, said: str) -> None:
    client = client_of(make_user("Auditor"))
    assert said in text(save(client, query))
    assert not SavedFilter.objects.exists()


def test_names_that_cannot_be_are_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    user = make_user("Auditor")
    client = client_of(user)
    make_filter(user)
    assert "take another name" in text(save(client, "q=Ann", "Refused"))
    assert "This field is required" in text(save(client, "q=Ann", "  "))
    assert "at most 60 characters" in text(save(client, "q=Ann", "x" * 61))
    monkeypatch.setattr(saved_filters, "MOST", 1)
    assert "delete one that you no longer use" in text(save(client, "q=Ann", "Other"))
    assert SavedFilter.objects.count() == 1


def test_a_second_click_in_the_same_moment_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def taken(*_: Any, **__: Any) -> None:
        raise IntegrityError

    client = client_of(make_user("Auditor"))
    monkeypatch.setattr(SavedFilter, "save", taken)
    assert "take another name" in text(save(client, "q=Ann"))


def test_two_people_may_use_one_name() -> None:
    make_filter(make_user("Auditor"))
    save(client_of(make_user("Auditor")), "q=Ann", "Refused")
    assert SavedFilter.objects.count() == 2


def test_a_name_is_text_and_nothing_else() -> None:
    user = make_user("Auditor")
    make_filter(user, name="<script>alert(1)</script>", query="q=%3Cb%3E")
    shown = text(client_of(user).get(HISTORY))
    assert "<script>alert(1)" not in shown
    assert "&lt;script&gt;alert(1)" in shown


def test_the_order_of_a_query_and_its_page_make_no_other_filter() -> None:
    assert query_of("q=Ann&outcome__exact=added&p=4&e=1") == query_of("outcome__exact=added&q=Ann")
    assert query_of("a=1&a=2") == "a=1&a=2"


def test_a_period_is_kept_as_a_period() -> None:
    client = client_of(make_user("Auditor"))
    save(client, "opened_in=yesterday")
    assert SavedFilter.objects.get().query == "opened_in=yesterday"
    now = timezone.now()
    made = [make_attempt(make_lead(), opened_at=now - timedelta(days=days)) for days in (0, 1, 2)]
    found = client.get(f"{HISTORY}?opened_in=yesterday").context["cl"].result_list
    assert [each.pk for each in found] == [made[1].pk]


def test_a_saved_filter_goes_with_its_owner() -> None:
    user = make_user("Auditor")
    make_filter(user)
    user.delete()
    assert not SavedFilter.objects.exists()

"""The page of duplicate policies, and its dry run."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from leads.models import DuplicatePolicy, Lead, LeadStatus
from tests.factories import make_import, make_lead, make_source, make_user
from tests.review.test_desk import make_pair

pytestmark = pytest.mark.django_db
ADD = "admin:leads_duplicatepolicy_add"
DRY_RUN = "admin:leads_duplicatepolicy_try"
GIVEN = {
    "scope": "everything",
    "never_after": "SALE, dnc",
    "same_person": "mark",
    "same_household": "hold",
    "same_number": "mark",
    "likely": "hold",
}


def logged_in(client: Client, role: str) -> Client:
    client.force_login(make_user(role))
    return client


def post(client: Client, name: str, **changes: Any) -> Any:
    return client.post(reverse(name), {**GIVEN, **changes})


def test_an_admin_makes_a_policy_and_is_named(client: Client) -> None:
    logged_in(client, "Admin")
    source = make_source()
    assert post(client, ADD, lead_source=source.pk, window_days="30").status_code == 302
    policy = DuplicatePolicy.objects.get()
    assert (policy.lead_source, policy.window_days, policy.same_household) == (source, 30, "hold")
    assert policy.never_after == ["SALE", "DNC"]
    assert policy.changed_by
    listed = client.get(reverse("admin:leads_duplicatepolicy_changelist")).content.decode()
    assert "30 days" in listed


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"list_id": "12"}, "no list ID of VICIdial"),
        ({"window_days": "0"}, "greater than or equal to 1"),
        ({"scope": "town"}, "not one of the available choices"),
        ({"never_after": "SALE, sold to somebody"}, "“SOLD TO SOMEBODY” is no status"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    client: Client, changes: dict[str, str], says: str
) -> None:
    logged_in(client, "Admin")
    assert says in post(client, ADD, **changes).content.decode()
    assert not DuplicatePolicy.objects.exists()


def test_a_comma_too_many_between_statuses_is_no_status(client: Client) -> None:
    logged_in(client, "Admin")
    assert post(client, ADD, never_after="SALE,, dnc ,").status_code == 302
    assert DuplicatePolicy.objects.get().never_after == ["SALE", "DNC"]


def test_there_is_one_policy_for_a_source_and_list(client: Client) -> None:
    logged_in(client, "Admin")
    DuplicatePolicy.objects.create()
    assert "There is a policy for this source" in post(client, ADD).content.decode()


@pytest.mark.parametrize("role", ["Reviewer", "Auditor"])
def test_others_look_and_change_nothing(client: Client, role: str) -> None:
    logged_in(client, role)
    policy = DuplicatePolicy.objects.create()
    assert client.get(reverse("admin:leads_duplicatepolicy_changelist")).status_code == 200
    change = reverse("admin:leads_duplicatepolicy_change", args=[policy.pk])
    assert client.get(change).status_code == 200
    assert client.post(change, GIVEN).status_code == 403
    assert post(client, ADD).status_code == 403
    assert post(client, DRY_RUN).status_code == 403
    assert post(client, DRY_RUN, policy=policy.pk).status_code == 403


def test_a_dry_run_tells_of_the_last_import_and_changes_nothing(client: Client) -> None:
    logged_in(client, "Admin")
    source = make_source()
    people = {"phone_e164": "+17275550142", "phone_number": "7275550142"}
    first = make_lead(**people, first_name="Ann", last_name="Sample")
    run = make_import(source)
    duplicate = LeadStatus.DUPLICATE
    make_lead(duplicate, **people, first_name="Ann", last_name="Sample", import_run=run,
              duplicate_of=first)  # fmt: skip
    make_lead(duplicate, **people, first_name="Robert", last_name="Miller", import_run=run,
              duplicate_of=first)  # fmt: skip
    make_lead(import_run=run)
    before = list(Lead.objects.order_by("pk").values())
    found = post(client, DRY_RUN, lead_source=source.pk).context
    counts = {one.value: number for one, number in found["trial"].counts.items()}
    assert counts == {"mark": 1, "hold": 1, "pass": 0}
    assert (found["trial"].rows, found["trial"].now_duplicates) == (3, 2)
    assert list(Lead.objects.order_by("pk").values()) == before
    assert not DuplicatePolicy.objects.exists()


@pytest.mark.parametrize("treatment", ["mark", "hold", "pass"])
def test_a_dry_run_counts_who_perhaps_is_the_same(client: Client, treatment: str) -> None:
    logged_in(client, "Admin")
    known, run = make_lead(), make_import()
    for score in (0.5, 0.6):
        make_pair(make_lead(import_run=run), known, score=score)
    make_pair(make_lead(import_run=run), known, score=0.5, state="different",
              decided_at=timezone.now())  # fmt: skip
    found = post(client, DRY_RUN, lead_source=run.lead_source_id, likely=treatment).context["trial"]
    assert {one.value: number for one, number in found.counts.items() if number} == {treatment: 2}


def test_a_dry_run_of_the_general_policy_leaves_out_imports_that_have_their_own(
    client: Client,
) -> None:
    logged_in(client, "Admin")
    common, special = make_import(), make_import()
    make_lead(import_run=common)
    DuplicatePolicy.objects.create(lead_source=special.lead_source)
    assert post(client, DRY_RUN).context["trial"].run == common
    chosen = post(client, DRY_RUN, lead_source=special.lead_source_id, list_id="101").context
    assert "no import yet" in chosen["problem"]


def test_a_dry_run_without_an_import_or_with_an_error_says_so(client: Client) -> None:
    logged_in(client, "Admin")
    assert "no import yet" in post(client, DRY_RUN).content.decode()
    assert "Correct what is marked" in post(client, DRY_RUN, window_days="x").content.decode()

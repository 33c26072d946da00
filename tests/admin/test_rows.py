"""The portal's own rows of a list are those of the theme."""

from __future__ import annotations

import re

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import DateTimeField, Model
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from unfold.templatetags import unfold_list

from leads.admin import rows
from leads.models import LeadStatus
from tests.factories import (
    make_attempt,
    make_batch,
    make_dnc_list,
    make_import,
    make_lead,
    make_user,
)

pytestmark = pytest.mark.django_db
MODELS = [model for model in admin.site._registry if model._meta.app_label == "leads"]


def shown(made: dict[str, object]) -> list[str]:
    """Each row's HTML, in which white space between tags means nothing."""
    return [re.sub(r">\s+<", "><", "".join(map(str, row))) for row in made["results"]]  # type: ignore[attr-defined]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.model_name)
@pytest.mark.parametrize("query", [{}, {"_popup": "1"}])
def test_rows_and_headers_are_those_of_the_theme(model: type[Model], query: dict[str, str]) -> None:
    make_dnc_list("+17275550123")
    make_batch()
    for status in LeadStatus:
        lead = make_lead(status, first_name="Ann & Co", last_name="<Sample>")
    make_attempt(lead, sealed_at=timezone.now(), outcome="added")
    request = RequestFactory().get("/", query)
    user: User = make_user("superuser")
    request.user = user
    model_admin = admin.site._registry[model]
    context = {"request": request}
    lists = [model_admin.get_changelist_instance(request) for _ in range(2)]
    for one in lists:
        one.formset = None  # type: ignore[attr-defined]  # as changelist_view does
    ours = rows.result_list(context, lists[0])
    theirs = unfold_list.result_list(context, lists[1])
    assert len(shown(ours)) == len(lists[0].result_list)
    assert shown(ours) == shown(theirs)
    for name in ("result_headers", "num_sorted_fields", "result_hidden_fields", "actions_row"):
        assert str(ours[name]) == str(theirs[name])
    assert set(ours) == set(theirs)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.model_name)
def test_no_list_shows_a_moment_without_its_exact_utc(model: type[Model]) -> None:
    request = RequestFactory().get("/")
    request.user = make_user("superuser")
    columns = set(admin.site._registry[model].get_list_display(request))
    moments = {one.name for one in model._meta.fields if isinstance(one, DateTimeField)}
    assert not columns & moments, "`when` shows them"


def test_numbers_of_rows_have_their_thousands_apart(client: Client) -> None:
    make_import(rows_read=1_234_567, rows_staged=1_234_567)
    make_batch(selected=2_345_678)
    client.force_login(make_user("Admin"))
    for name, number in (("import", "1,234,567"), ("pushbatch", "2,345,678")):
        page = client.get(reverse(f"admin:leads_{name}_changelist")).content.decode()
        assert f">{number}</td>" in page

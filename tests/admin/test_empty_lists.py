"""An empty list says what to do first, and leads there whoever may do it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from leads.admin.dnc import DncListAdmin
from leads.models import DncList
from tests.factories import make_import, make_user

pytestmark = pytest.mark.django_db
ROLES = ["Reviewer", "Admin", "Auditor", "superuser"]
APPROVED = reverse("admin:leads_lead_changelist") + "?status__exact=approved"
PUSHERS = ["Admin", "superuser"]

# The list, what it says, where it leads, and whom.
EMPTY = [
    ("lead", "There are no leads yet", reverse("admin:leads_import_add"), ["Reviewer", *PUSHERS]),
    (
        "import",
        "No file was imported yet",
        reverse("admin:leads_import_add"),
        ["Reviewer", *PUSHERS],
    ),
    ("pushbatch", "Nothing was pushed yet", APPROVED, PUSHERS),
    ("source", "There is no source yet", reverse("admin:leads_source_add"), PUSHERS),
    ("dialer", "There is no dialer yet", reverse("admin:leads_dialer_add"), PUSHERS),
    (
        "duplicatepolicy",
        "There is no policy yet",
        reverse("admin:leads_duplicatepolicy_add"),
        PUSHERS,
    ),
    ("dnclist", "There is no DNC list yet", reverse("admin:leads_dnclist_add"), PUSHERS),
    (
        "export",
        "Nothing was taken out yet",
        reverse("admin:leads_pushattempt_changelist"),
        ["Auditor", *PUSHERS],
    ),
    ("pushattempt", "No call is recorded yet", APPROVED, PUSHERS),
]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("model", "says", "leads_to", "may"), EMPTY)
def test_an_empty_list_says_what_to_do_first(
    model: str,
    says: str,
    leads_to: str,
    may: list[str],
    role: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The internal list is always there, and only a portal without it would show this.
    monkeypatch.setattr(DncListAdmin, "get_queryset", lambda *_: DncList.objects.none())
    client = Client()
    client.force_login(make_user(role))
    page = client.get(reverse(f"admin:leads_{model}_changelist"))
    if model == "export" and role == "Reviewer":
        assert page.status_code == 403
        return
    text = page.content.decode()
    assert says in text
    told = text.split('id="nothing"')[1].split("</div>")[0]
    assert (f'href="{leads_to}"' in told) == (role in may)


@pytest.mark.parametrize("model", ["lead", "import", "pushbatch", "pushattempt"])
def test_a_filter_that_nothing_matches_leads_to_all(model: str) -> None:
    make_import(filename="spring.csv")
    client = Client()
    client.force_login(make_user("Admin"))
    query = "?status__exact=cancelled" if model != "pushattempt" else "?outcome__exact=kept"
    text = client.get(reverse(f"admin:leads_{model}_changelist") + query).content.decode()
    told = text.split('id="nothing"')[1]
    assert "matches" in told
    assert 'href="?"' in told

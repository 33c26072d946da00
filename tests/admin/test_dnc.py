"""DNC lists: admins load and switch them, reviewers add a number, everybody looks."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from leads import tasks
from leads.dedup.suppress_mark import check
from leads.dedup.suppress_own import add_number, internal
from leads.intake.dnc_load import load
from leads.models import DncEdition, DncEntry, DncList, DncNumber, Lead, LeadStatus, Source
from tests.factories import make_dnc_list, make_lead, make_source, make_user

pytestmark = pytest.mark.django_db
S = LeadStatus
PHONE = 17275550123
LIST, ADD = reverse("admin:leads_dnclist_changelist"), reverse("admin:leads_dnclist_add")
NUMBER = reverse("admin:leads_dnclist_number")
ROLES = ["Reviewer", "Admin", "Auditor", "superuser"]
ADMINS = {"Admin", "superuser"}


@pytest.fixture(autouse=True)
def kicks(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any) -> list[str]:
    """The tasks that were kicked, in place of a broker; files go to the test's own folder."""
    settings.MEDIA_ROOT = tmp_path / "media"
    kicked: list[str] = []
    for module in ("dnc", "dnc_settings"):
        monkeypatch.setattr(
            f"leads.admin.{module}.kick", lambda task, *_: kicked.append(task.name.split(".")[-1])
        )
    return kicked


def client_of(role: str | None) -> Client:
    client = Client()
    client.force_login(make_user(role))
    return client


def url(name: str, *args: Any) -> str:
    return reverse(f"admin:leads_{name}", args=args)


def page_of(dnc_list: DncList, role: str = "Auditor") -> str:
    page = client_of(role).get(url("dnclist_change", dnc_list.pk))
    assert page.status_code == 200
    return " ".join(page.content.decode().split())


def form(content: str = "7275550123\n", **values: Any) -> dict[str, Any]:
    data = {"name": "Federal", "origin": "federal", "country": "US", "as_of": "2026-11-01"}
    return {**data, "upload": SimpleUploadedFile("dnc.txt", content.encode()), **values}


def said(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def lead_with(status: LeadStatus = S.STAGED, **columns: Any) -> Lead:
    return make_lead(status, phone_number="7275550123", phone_e164=f"+{PHONE}", **columns)


# --- Lists --------------------------------------------------------------------------------


def test_an_admin_loads_a_list_and_its_page_has_the_account(kicks: list[str]) -> None:
    client = client_of("Admin")
    done: Any = client.post(ADD, form("7275550123\n12\n7275550123\n", expires_on="2099-12-02"))
    dnc_list = DncList.objects.get(name="Federal")
    assert done.url == url("dnclist_change", dnc_list.pk)
    assert kicks == ["load_dnc"]
    assert "is being loaded" in page_of(dnc_list)
    load(DncEdition.objects.get(dnc_list=dnc_list))
    text = page_of(dnc_list)
    assert "One number, as of 1 Nov 2026. It counts through 2 Dec 2099." in text
    assert "3 rows = 1 stored + 1 repeated" in text
    assert "The number &quot;12&quot; has 2 digits" in text
    assert "line 2" in text


def test_pasted_numbers_are_a_file_too() -> None:
    client_of("Admin").post(ADD, form(upload="", pasted="7275550123\n7275550124"))
    assert load(DncEdition.objects.get(dnc_list__name="Federal")).rows_stored == 2


@pytest.mark.parametrize(
    ("values", "field", "says"),
    [
        ({"upload": ""}, "upload", "Choose a file"),
        ({"pasted": "7275550123"}, "pasted", "not both"),
        ({"as_of": "2999-01-01"}, "upload", "future"),
        ({"expires_on": "2020-01-01"}, "upload", "before its own date"),
        ({"name": "Internal"}, "name", "New edition"),
        ({"origin": "internal"}, "origin", "valid choice"),
        ({"country": "XX"}, "upload", "no country"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(
    values: dict[str, str], field: str, says: str
) -> None:
    page: Any = client_of("Admin").post(ADD, form(**values))
    assert page.status_code == 200
    assert says in str(page.context["adminform"].form.errors[field])
    assert not DncList.objects.exclude(origin="internal").exists()


def test_a_new_edition_takes_the_place_of_the_one_before(kicks: list[str]) -> None:
    dnc_list = make_dnc_list(PHONE, as_of=date(2026, 10, 1))
    data = form("7275550124\n")
    client_of("Admin").post(url("dnclist_edition", dnc_list.pk), data)
    assert kicks == ["load_dnc"]
    load(DncEdition.objects.latest("pk"))
    dnc_list.refresh_from_db()
    assert dnc_list.current
    assert dnc_list.current.as_of == date(2026, 11, 1)
    assert "Replaced" in page_of(dnc_list)


def test_an_older_edition_is_refused() -> None:
    dnc_list = make_dnc_list(PHONE, as_of=date(2026, 11, 2))
    page: Any = client_of("Admin").post(url("dnclist_edition", dnc_list.pk), form())
    assert "newer than 2026-11-01" in page.content.decode()
    assert dnc_list.editions.count() == 1


def test_name_and_expiry_can_be_changed_and_leads_are_looked_at_again(kicks: list[str]) -> None:
    dnc_list = make_dnc_list(PHONE, as_of=date(2026, 11, 1))
    address = url("dnclist_settings", dnc_list.pk)
    client = client_of("Admin")
    assert "before the date" in str(
        client.post(address, {"name": "X", "expires_on": "2026-10-31"}).content
    )
    client.post(address, {"name": "Renamed", "expires_on": "2026-11-02"})
    dnc_list.refresh_from_db()
    assert dnc_list.current
    assert (dnc_list.name, dnc_list.current.expires_on) == ("Renamed", date(2026, 11, 2))
    assert kicks == ["check_dnc"]


def test_a_list_is_switched_off_and_on(kicks: list[str]) -> None:
    dnc_list, client = make_dnc_list(PHONE), client_of("Admin")
    for name, enabled in (("off", False), ("on", True)):
        assert client.post(url("dnclist_verb", dnc_list.pk, name)).status_code == 302
        dnc_list.refresh_from_db()
        assert dnc_list.enabled is enabled
    assert kicks == ["check_dnc", "check_dnc"]


def test_each_list_says_its_state_in_words() -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    make_dnc_list(PHONE, name="A")
    expired = make_dnc_list(PHONE, name="B", as_of=yesterday, expires_on=yesterday)
    off = make_dnc_list(PHONE, name="C", enabled=False)
    text = client_of("Auditor").get(LIST).content.decode()
    for words in ("In force", "Expired", "Off", "Empty"):
        assert words in text
    assert f"It expired on {yesterday}: it blocks nothing and clears nothing." in page_of(expired)
    assert "It is switched off" in page_of(off)


def edition(pk: int) -> tuple[str, dict[str, Any]]:
    return url("dnclist_edition", pk), form("7275550199\n")


def settings_of(pk: int) -> tuple[str, dict[str, Any]]:
    return url("dnclist_settings", pk), {"name": "Changed"}


def switched(pk: int) -> tuple[str, dict[str, Any]]:
    return url("dnclist_verb", pk, "off"), {}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("deed", [edition, settings_of, switched])
def test_only_admins_change_a_list_by_page_and_by_url(
    deed: Callable[[int], tuple[str, dict[str, Any]]], role: str
) -> None:
    dnc_list = make_dnc_list(PHONE, as_of=date(2026, 11, 1))
    address, data = deed(dnc_list.pk)
    client, allowed = client_of(role), role in ADMINS
    page = client.get(url("dnclist_change", dnc_list.pk)).content.decode()
    assert (address in page) == allowed
    assert client.get(address).status_code == (200 if allowed else 403)
    before = DncEdition.objects.count(), str(dnc_list), dnc_list.enabled
    assert client.post(address, data).status_code == (302 if allowed else 403)
    dnc_list.refresh_from_db()
    now = DncEdition.objects.count(), str(dnc_list), dnc_list.enabled
    assert (now != before) == allowed


@pytest.mark.parametrize("role", ["Reviewer", "Auditor"])
def test_others_add_no_list(role: str) -> None:
    assert client_of(role).post(ADD, form()).status_code == 403
    assert not DncList.objects.filter(name="Federal").exists()


def test_the_internal_list_takes_no_file_and_stays_on() -> None:
    client, own = client_of("superuser"), internal()
    assert client.get(url("dnclist_edition", own.pk)).status_code == 404
    assert client.get(url("dnclist_settings", own.pk)).status_code == 404
    client.post(url("dnclist_verb", own.pk, "off"))
    assert internal().enabled


# --- One number ---------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_every_role_looks_a_number_up(role: str) -> None:
    make_dnc_list(PHONE, name="Federal", as_of=date(2026, 11, 1))
    lead = lead_with()
    page = client_of(role).get(NUMBER, {"number": "(727) 555-0123"}).content.decode()
    assert f"+{PHONE}: must not be called" in page
    assert "1 Nov 2026" in page
    assert url("lead_change", lead.pk) in page


def test_without_a_role_no_number_can_be_looked_up() -> None:
    assert client_of(None).get(NUMBER, {"number": PHONE}).status_code == 403


def test_numbers_are_read_as_those_of_the_sources_countries() -> None:
    make_source(country="GB")
    page = client_of("Auditor").get(NUMBER, {"number": "020 7946 0123"}).content.decode()
    assert "+442079460123: is on no DNC list" in page
    page = client_of("Auditor").get(NUMBER, {"number": "<b>"}).content.decode()
    assert "“&lt;b&gt;” is no phone number" in page


@pytest.mark.parametrize("role", ROLES)
def test_reviewers_and_admins_add_a_number(role: str) -> None:
    client, allowed = client_of(role), role != "Auditor"
    address = url("dnclist_number_add", PHONE)
    page = client.get(NUMBER, {"number": f"+{PHONE}"}).content.decode()
    assert (address in page) == allowed
    assert client.get(address).status_code == (200 if allowed else 403)
    done = client.post(address, {"comment": "Asked us"})
    assert done.status_code == (302 if allowed else 403)
    assert DncNumber.objects.filter(phone=PHONE).exists() == allowed


@pytest.mark.parametrize("role", ROLES)
def test_only_admins_remove_a_number_and_only_with_a_comment(role: str) -> None:
    reviewer = make_user("Reviewer")
    add_number(PHONE, by=reviewer, comment="Asked us")
    client, allowed = client_of(role), role in ADMINS
    address = url("dnclist_number_remove", PHONE)
    for page in (client.get(NUMBER, {"number": f"+{PHONE}"}), client.get(page_url(internal()))):
        assert (address in page.content.decode()) == allowed
    assert client.post(address, {"comment": " "}).status_code == (200 if allowed else 403)
    assert DncNumber.objects.filter(phone=PHONE).exists()
    client.post(address, {"comment": "Customer again"})
    assert DncNumber.objects.filter(phone=PHONE).exists() != allowed
    entry = DncEntry.objects.get()
    assert (entry.added_by, entry.comment) == (reviewer, "Asked us")
    assert entry.removal_comment == ("Customer again" if allowed else "")


def page_url(dnc_list: DncList) -> str:
    return url("dnclist_change", dnc_list.pk)


def test_a_number_that_is_not_on_it_cannot_be_removed() -> None:
    client = client_of("Admin")
    assert client.get(url("dnclist_number_remove", PHONE)).status_code == 404
    assert client.get(url("dnclist_number_add", 10**16)).status_code == 404


# --- A lead's page ------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_never_call_this_number_again_from_a_leads_page(role: str) -> None:
    lead, client, allowed = lead_with(S.APPROVED), client_of(role), role != "Auditor"
    address = url("lead_never_call", lead.pk)
    page = client.get(url("lead_change", lead.pk)).content.decode()
    assert (address in page) == allowed
    assert client.get(address).status_code == (200 if allowed else 403)
    done: Any = client.post(address, {"comment": "Asked us"})
    lead.refresh_from_db()
    if not allowed:
        assert done.status_code == 403
        assert lead.status == S.APPROVED
        return
    assert done.url == url("lead_change", lead.pk)
    assert "Approved or queued ones that wait for a reviewer again: 1." in said(done)[0]
    assert (lead.status, lead.dnc_list) == (S.STAGED, internal())
    assert DncEntry.objects.get().lead_id == lead.pk
    assert address not in client.get(url("lead_change", lead.pk)).content.decode()


def test_never_call_needs_a_comment_and_a_number() -> None:
    client, lead = client_of("Reviewer"), lead_with()
    assert client.post(url("lead_never_call", lead.pk), {"comment": ""}).status_code == 200
    assert not DncEntry.objects.exists()
    mute = make_lead(S.INVALID, phone_e164="")
    assert client.get(url("lead_never_call", mute.pk)).status_code == 404


def lead_text(lead: Lead, role: str = "Auditor") -> str:
    page = client_of(role).get(url("lead_change", lead.pk))
    return " ".join(page.content.decode().split())


def test_the_match_is_on_the_leads_page() -> None:
    dnc_list = make_dnc_list(PHONE, 17275550124, name="Federal", as_of=date(2026, 11, 1))
    lead, other = lead_with(), make_lead(alt_phone="7275550124")
    clear = make_lead()
    check(Lead.objects.all(), stamp_before=timezone.now())
    assert "1 Nov 2026. It cannot be approved." in lead_text(lead)
    assert "The alternative phone +17275550124 is on" in lead_text(other)
    assert "On no list" in lead_text(clear)
    dnc_list.enabled = False
    dnc_list.save()
    assert "It is switched off" in lead_text(lead)


def test_a_lead_on_the_dialer_says_that_somebody_must_act_there() -> None:
    make_dnc_list(PHONE)
    lead = lead_with(S.PUSHED)
    check(Lead.objects.all())
    assert "somebody must act there" in lead_text(lead)


def test_a_lead_that_was_never_looked_at_says_so() -> None:
    assert "held against no DNC list yet" in lead_text(make_lead())


@pytest.mark.parametrize(("role", "offered"), [("Admin", True), ("Reviewer", False)])
def test_an_override_is_offered_to_admins_where_there_is_something_to_override(
    role: str, offered: bool
) -> None:
    make_dnc_list(PHONE)
    lead, other = lead_with(), make_lead()
    check(Lead.objects.all())
    address = url("lead_decide", "override-dnc")
    assert (address in lead_text(lead, role)) is offered
    assert address not in lead_text(other, role)


def checked(*leads: Lead) -> Any:
    """Look at the page that asks, and press its button."""
    client = client_of("Reviewer")
    ids = ",".join(str(lead.pk) for lead in leads)
    page = client.get(url("lead_decide", "check-dnc"), {"ids": ids})
    return client.post(page.context["confirm_url"], page.context["hidden"])


def test_check_again_says_what_it_found() -> None:
    make_dnc_list(PHONE)
    lead, other = lead_with(S.APPROVED), make_lead()
    done = checked(lead, other)
    assert said(done) == ["Checked 2. Newly found on a DNC list: 1. No longer approved: 1."]
    other.refresh_from_db()
    assert other.dnc_checked_at is not None


def test_check_again_without_a_list_says_so() -> None:
    done = checked(make_lead())
    assert said(done) == ["Checked 1. There is no DNC list in force to check against."]


def test_the_list_of_leads_is_filtered_by_match() -> None:
    dnc_list = make_dnc_list(PHONE)
    lead, other = lead_with(), make_lead()
    overridden = make_lead(S.APPROVED, decision_reason="DNC_OVERRIDE")
    check(Lead.objects.filter(pk=lead.pk), stamp_before=timezone.now())
    client = client_of("Auditor")

    def found(asked: object) -> set[int]:
        page = client.get(url("lead_changelist"), {"dnc": asked})
        return {row.pk for row in page.context["cl"].result_list}

    assert found(dnc_list.pk) == found("any") == {lead.pk}
    assert found("none") == found("unchecked") == {other.pk, overridden.pk}
    assert found("overridden") == {overridden.pk}
    assert client.get(url("lead_changelist"), {"dnc": "x"}).status_code == 302


# --- On the dialer already, and files -----------------------------------------------------


def rows_of(response: Any) -> list[dict[str, str]]:
    text = b"".join(response.streaming_content).decode()
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("role", ROLES)
def test_what_is_on_the_dialer_already_is_listed_and_exported(role: str) -> None:
    dnc_list = make_dnc_list(PHONE)
    lead = lead_with(S.PUSHED)
    make_lead(S.PUSHED)
    check(Lead.objects.all())
    client = client_of(role)
    text = client.get(page_url(dnc_list)).content.decode()
    assert f"lead_id {lead.vicidial_lead_id}" in text
    address = url("dnclist_gone", dnc_list.pk)
    allowed = role != "Reviewer"
    assert (address in text) == allowed
    response: Any = client.get(address)
    assert response.status_code == (200 if allowed else 403)
    if allowed:
        (row,) = rows_of(response)
        assert row["vicidial_lead_id"] == str(lead.vicidial_lead_id)
        assert row["dnc_number"] == str(PHONE)


def test_unreadable_rows_are_a_file_with_line_reason_and_suggestion() -> None:
    client_of("Admin").post(ADD, form("7275550123\n=12\n"))
    made = load(DncEdition.objects.get(dnc_list__name="Federal"))
    address = url("dnclist_unreadable", made.dnc_list_id, made.pk)
    (row,) = rows_of(client_of("Auditor").get(address))
    assert (row["line"], row["given"]) == ("2", "'=12")
    assert row["suggestion"]
    other = url("dnclist_unreadable", internal().pk, made.pk)
    assert client_of("Auditor").get(other).status_code == 404


# --- Sources ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "days"),
    [
        ({}, None),
        ({"dnc_max_days": "7"}, None),
        ({"demand_dnc_check": "on"}, 31),
        ({"demand_dnc_check": "on", "dnc_max_days": "7"}, 7),
    ],
)
def test_a_source_may_demand_a_recent_check(values: dict[str, str], days: int | None) -> None:
    given = {"name": "Vendor", "country": "US", "unassigned_numbers": "warn", "date_order": "mdy"}
    client_of("Admin").post(reverse("admin:leads_source_add"), {**given, **values})
    assert Source.objects.get().dnc_max_days == days


# --- Tasks --------------------------------------------------------------------------------


def test_a_lost_kick_is_found_by_the_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks.load_dnc, "delay", tasks.load_dnc)
    monkeypatch.setattr(tasks.check_dnc, "delay", tasks.check_dnc)
    lead = lead_with(S.QUEUED)
    batch = lead.batch
    client_of("Admin").post(ADD, form())
    tasks.sweep_dnc()
    lead.refresh_from_db()
    assert (lead.status, lead.batch) == (S.STAGED, None)
    assert batch is not None
    batch.refresh_from_db()
    assert batch.status == "done"  # nothing else was in it

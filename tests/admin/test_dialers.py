"""Dialers: settings by admins, a password that goes in and never comes out, and the buttons."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from leads import tasks
from leads.dialers import breaker
from leads.dialers.connect import client_for, seal
from leads.models import Dialer, DialerList
from leads.vicidial.simulator.server import Simulator
from tests.conftest import API_PASSWORD
from tests.factories import make_dialer, make_dialer_list, make_user

pytestmark = pytest.mark.django_db
LIST, ADD = reverse("admin:leads_dialer_changelist"), reverse("admin:leads_dialer_add")
SECRET = "Zebra-77_crossing"
VERBS = ["test", "pause", "resume"]


def change(dialer: Dialer) -> str:
    return reverse("admin:leads_dialer_change", args=[dialer.pk])


def do(dialer: Dialer, verb: str) -> str:
    return reverse("admin:leads_dialer_verb", args=[dialer.pk, verb])


def form(*lists: dict[str, Any], **values: Any) -> dict[str, Any]:
    """What the page of a dialer posts; each of `lists` is a new list."""
    data = {
        "name": "main",
        "base_url": "https://dialer.example.com/vicidial/",
        "api_user": "6666",
        "password": SECRET,
        "api_source": "leadportal",
        "verify_tls": "on",
        "enabled": "on",
        "connections": "8",
        "calls_per_second": "0",
        "calls_per_day": "0",
        "connect_timeout": "5",
        "read_timeout": "30",
        "lists-TOTAL_FORMS": str(len(lists)),
        "lists-INITIAL_FORMS": "0",
    }
    for number, given in enumerate(lists):
        new = {"list_id": "101", "enabled": "on", "duplicate_check": "DUPLIST", "dnc_check": "Y"}
        new |= {"campaign_dnc_check": "N", "hopper_priority": "0", **given}
        data |= {f"lists-{number}-{name}": value for name, value in new.items()}
    return {**data, **values}


@pytest.fixture
def admin(client: Client) -> Client:
    client.force_login(make_user("Admin"))
    return client


def test_hours_that_cannot_be_are_refused_in_words(admin: Client) -> None:
    wrong = [
        ({"call_from": "08:00"}, "Give both hours"),
        ({"call_from": "08:00", "call_until": "08:00"}, "Give both hours"),
        ({"time_zone": "Mars/Olympus"}, "There is no time zone Mars/Olympus."),
    ]
    for values, sentence in wrong:
        page = admin.post(reverse("admin:leads_dialer_add"), form(**values))
        assert sentence in page.content.decode()
    assert not Dialer.objects.exists()


def test_outside_its_hours_a_dialer_says_when_it_goes_on(admin: Client) -> None:
    there = timezone.now() + timedelta(hours=2)
    dialer = make_dialer(
        call_from=there.time(), call_until=(there + timedelta(hours=1)).time(), time_zone="UTC"
    )
    page = admin.get(reverse("admin:leads_dialer_change", args=[dialer.pk])).content.decode()
    assert f"it goes on at {there:%H:%M}" in page
    assert (
        "Waits for its hours"
        in admin.get(reverse("admin:leads_dialer_changelist")).content.decode()
    )


@pytest.fixture
def live(simulator: Simulator) -> Dialer:
    """A dialer that answers, with a list that it has."""
    dialer = make_dialer(base_url=simulator.url, password_token=seal(API_PASSWORD))
    make_dialer_list(dialer, list_id=101, seen_at=None)
    return dialer


def errors_of(response: Any) -> str:
    assert response.status_code == 200
    context = response.context
    inlines = [str(each.formset.errors) for each in context["inline_admin_formsets"]]
    sets = [str(each.formset.non_form_errors()) for each in context["inline_admin_formsets"]]
    return " ".join([str(context["adminform"].form.errors), *inlines, *sets])


def test_an_admin_adds_a_dialer_with_its_lists(admin: Client) -> None:
    response = admin.post(ADD, form({"list_id": "101"}, {"list_id": "102"}))
    assert response.status_code == 302
    dialer = Dialer.objects.get()
    assert dialer.base_url == "https://dialer.example.com/vicidial/non_agent_api.php"
    assert [each.list_id for each in dialer.lists.all()] == [101, 102]
    with client_for(dialer) as client:
        assert client is not None


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"base_url": "dialer"}, "starts with https://"),
        ({"base_url": "ftp://dialer.example.com/"}, "starts with https://"),
        ({"base_url": "https://u:p@dialer.example.com/"}, "holds a user or a password"),
        ({"base_url": "https://dialer.example.com/?pass=x"}, "must end before the ?"),
        ({"password": ""}, "no password yet"),
        ({"password": "with space"}, "letters, digits, - and _"),
        ({"api_source": "no-dash"}, "letters and digits"),
        ({"connections": "0"}, "greater than or equal to 1"),
        ({"connections": "65"}, "less than or equal to 64"),
    ],
)
def test_what_is_wrong_is_said_in_words(values: dict[str, str], says: str, admin: Client) -> None:
    assert says in errors_of(admin.post(ADD, form(**values))).replace("&#x27;", "'")
    assert not Dialer.objects.exists()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"duplicate_check": "DUPLISTS"}, "which VICIdial does not know"),
        ({"duplicate_check": "DUPSYS5DAY"}, "knows only windows of"),
        ({"list_id": "99"}, "greater than or equal to 100"),
        ({"list_id": "1234567890123"}, "less than or equal to"),
        ({"campaign_dnc_check": "Y"}, "name it, or switch it off"),
        ({"hopper_priority": "100"}, "less than or equal to 99"),
    ],
)
def test_a_list_with_options_that_would_do_harm_is_refused(
    given: dict[str, str], says: str, admin: Client
) -> None:
    assert says in errors_of(admin.post(ADD, form(given)))
    assert not Dialer.objects.exists()


def test_the_same_list_twice_is_refused(admin: Client) -> None:
    assert "duplicate" in errors_of(admin.post(ADD, form({}, {})))


def test_a_duplicate_check_is_kept_in_capitals(admin: Client) -> None:
    admin.post(ADD, form({"duplicate_check": "duplist-dupsys90day "}))
    assert DialerList.objects.get().duplicate_check == "DUPLIST-DUPSYS90DAY"


def test_an_empty_password_keeps_the_one_that_is_there(admin: Client) -> None:
    admin.post(ADD, form())
    dialer = Dialer.objects.get()
    before = dialer.password_token
    assert admin.post(change(dialer), form(password="", name="renamed")).status_code == 302
    dialer.refresh_from_db()
    assert (dialer.name, dialer.password_token) == ("renamed", before)


def test_a_new_password_takes_the_place_of_the_old_one(admin: Client, live: Dialer) -> None:
    before = live.password_token
    admin.post(change(live), form(password="another1"))
    live.refresh_from_db()
    assert live.password_token != before


def test_the_password_is_on_no_page_and_in_no_log_entry(admin: Client) -> None:
    admin.post(ADD, form())
    dialer = Dialer.objects.get()
    admin.post(change(dialer), form(password=f"{SECRET}2"))
    dialer.refresh_from_db()
    rejected = admin.post(change(dialer), form(name=""))
    history = reverse("admin:leads_dialer_history", args=[dialer.pk])
    pages = [admin.get(each).content.decode() for each in (LIST, change(dialer), history)]
    logged = [entry.change_message + entry.object_repr for entry in LogEntry.objects.all()]
    assert logged
    for text in [*pages, rejected.content.decode(), *logged]:
        assert SECRET not in text
        assert dialer.password_token not in text


@pytest.mark.parametrize("role", ["Reviewer", "Auditor"])
def test_others_look_and_change_nothing(role: str, client: Client) -> None:
    dialer = make_dialer_list().dialer
    client.force_login(make_user(role))
    page = client.get(change(dialer)).content.decode()
    assert dialer.base_url in page
    assert 'name="_save"' not in page
    assert 'name="password"' not in page
    assert client.post(change(dialer), form()).status_code == 403
    assert client.post(ADD, form()).status_code == 403
    assert Dialer.objects.get().name == dialer.name


@pytest.mark.parametrize("role", ["Reviewer", "Auditor", None])
@pytest.mark.parametrize("verb", VERBS)
def test_who_may_not_has_no_button_and_is_refused(
    verb: str, role: str | None, client: Client
) -> None:
    dialer = make_dialer()
    if verb == "resume":
        breaker.pause(dialer.pk, "LOGIN", "Wrong password.")
    client.force_login(make_user(role))
    assert client.get(do(dialer, verb)).status_code == 403
    assert client.post(do(dialer, verb)).status_code == 403
    dialer.refresh_from_db()
    assert (dialer.tested_at, dialer.is_paused) == (None, verb == "resume")
    if role:
        assert do(dialer, verb) not in client.get(change(dialer)).content.decode()


@pytest.mark.parametrize("verb", ["test", "pause"])
def test_looking_at_a_button_changes_nothing(verb: str, admin: Client, live: Dialer) -> None:
    assert do(live, verb) in admin.get(change(live)).content.decode()
    asks = admin.get(do(live, verb))
    assert asks.status_code == 200
    assert 'method="post"' in asks.content.decode()
    live.refresh_from_db()
    assert (live.tested_at, live.is_paused) == (None, False)


def test_a_button_without_the_token_of_its_page_is_refused(live: Dialer) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_user("Admin"))
    assert strict.post(do(live, "pause")).status_code == 403
    live.refresh_from_db()
    assert not live.is_paused


def test_a_test_shows_each_check_and_marks_the_lists_that_are_there(
    admin: Client, live: Dialer
) -> None:
    page = admin.post(do(live, "test"), follow=True).content.decode()
    live.refresh_from_db()
    assert live.tested_at is not None
    assert live.lists.get().seen_at is not None
    assert live.test_result
    for check in live.test_result:
        assert check["name"] in page
    assert "Tested" in page


def test_a_test_with_a_wrong_password_says_what_to_do(admin: Client, live: Dialer) -> None:
    Dialer.objects.filter(pk=live.pk).update(password_token=seal("wrong"))
    response = admin.post(do(live, "test"), follow=True)
    page = response.content.decode()
    assert "checks failed" in page
    assert "failed" in page[page.index('id="checks"') :]
    assert [message.level_tag for message in response.context["messages"]] == ["error"]


def test_a_test_of_a_dialer_that_is_not_there_is_a_failed_check_and_no_error(
    admin: Client,
) -> None:
    dialer = make_dialer(base_url="http://127.0.0.1:9/", password_token=seal("x"))
    assert "checks failed" in admin.post(do(dialer, "test"), follow=True).content.decode()


def test_a_check_that_cannot_be_told_is_said_so(admin: Client) -> None:
    result = [{"name": "list 101", "ok": None, "sentence": "This release cannot be asked."}]
    dialer = make_dialer(test_result=result, tested_at=timezone.now())
    page = admin.get(change(dialer)).content.decode()
    assert "cannot be told" in page
    assert "This release cannot be asked." in page


def test_pause_and_resume_say_who_and_let_the_queue_go_on(
    admin: Client,
    live: Dialer,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    kicked: list[int] = []
    monkeypatch.setattr(tasks.push_runner, "delay", kicked.append)
    page = admin.post(do(live, "pause"), follow=True).content.decode()
    live.refresh_from_db()
    assert live.paused_by is not None
    assert live.retry_at is None
    assert f"Paused by {live.paused_by}" in page
    assert do(live, "pause") not in page
    with django_capture_on_commit_callbacks(execute=True):
        page = admin.post(do(live, "resume"), follow=True).content.decode()
    live.refresh_from_db()
    assert not live.is_paused
    assert kicked == [live.pk]
    assert do(live, "resume") not in page


def test_a_button_that_came_too_late_does_nothing(admin: Client, live: Dialer) -> None:
    breaker.pause(live.pk, "LOGIN", "Wrong password.")
    page = admin.post(do(live, "pause"), follow=True).content.decode()
    assert "no longer possible" in page
    live.refresh_from_db()
    assert live.paused_reason == "LOGIN"


def test_a_paused_dialer_says_why_and_what_to_do(client: Client) -> None:
    dialer = make_dialer()
    breaker.pause(dialer.pk, "LOGIN", "The password is wrong. Set it anew, then press Resume.")
    client.force_login(make_user("Auditor"))
    assert "Set it anew, then press Resume." in client.get(change(dialer)).content.decode()
    assert "Paused: LOGIN" in client.get(LIST).content.decode()


@pytest.mark.parametrize("verb", ["test", "sell"])
def test_a_button_of_nothing_is_not_found(verb: str, admin: Client) -> None:
    pk = make_dialer().pk if verb == "sell" else 4711
    assert admin.post(reverse("admin:leads_dialer_verb", args=[pk, verb])).status_code == 404


def test_an_empty_list_says_what_to_do_first(admin: Client) -> None:
    assert "Add the VICIdial server" in admin.get(LIST).content.decode()

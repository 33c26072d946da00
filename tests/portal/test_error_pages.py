"""What went wrong is said in the portal's look, with what to do next; 500 needs no database."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory, override_settings
from django.urls import include, path, reverse
from django.views.defaults import server_error

from portal.errors import csrf_failure
from tests.factories import make_user

HOME = 'href="/admin/"'


def fails(request: HttpRequest, how: str) -> Any:
    raise {"400": SuspiciousOperation, "403": PermissionDenied, "404": Http404}.get(how, ValueError)


urlpatterns = [path("fails/<str:how>", fails), path("", include("portal.urls"))]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "says"),
    [
        (400, "Nothing was changed. Go back"),
        (403, "ask a superuser of the portal for the role"),
        (404, "Look for a lead by its phone"),
        (500, "tell whoever runs the portal the time"),
    ],
)
@override_settings(ROOT_URLCONF=__name__)
def test_each_error_says_what_to_do_next(status: int, says: str) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(make_user("Reviewer"))
    page = client.get(f"/fails/{status}")
    assert page.status_code == status
    text = page.content.decode()
    assert says in text
    assert HOME in text
    assert "Lead portal" in text


def test_the_page_of_a_server_error_needs_no_database_and_no_static_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """There is no database in this test."""
    monkeypatch.setattr(finders, "find", lambda *_, **__: pytest.fail("A file was asked for."))
    page = server_error(RequestFactory().get("/admin/"))
    assert page.status_code == 500
    assert HOME in page.content.decode()
    assert "http://" not in page.content.decode().replace("http://www.w3.org", "")


@pytest.mark.django_db
def test_who_is_not_allowed_reads_as_whom_they_are_signed_in() -> None:
    client = Client()
    client.force_login(make_user("Auditor", username="iris"))
    page = client.get(reverse("admin:leads_import_add"))
    assert page.status_code == 403
    assert "You are signed in as iris" in page.content.decode()


@pytest.mark.django_db
def test_a_name_with_markup_is_harmless_on_the_page() -> None:
    request = RequestFactory().get("/")
    user = make_user("Auditor", username="<script>alert(1)</script>")
    assert "<script>alert" not in render_to_string("403.html", {"user": user}, request)


@pytest.mark.django_db
def test_a_form_of_an_old_page_is_refused_with_the_way_out() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user("Admin"))
    page = client.post(reverse("admin:leads_source_add"), {"name": "Vendor"})
    assert page.status_code == 403
    text = page.content.decode()
    assert "so nothing was changed" in text
    assert "load the page again, and do it once more" in text


@pytest.mark.parametrize(
    ("reason", "says"),
    [
        ("CSRF cookie not set.", "sent no cookie"),
        ("Referer checking failed - no Referer.", "privacy extensions"),
        ("CSRF token from POST incorrect.", "in another tab"),
    ],
)
def test_what_kept_a_form_from_being_trusted_is_told_apart(reason: str, says: str) -> None:
    page = csrf_failure(RequestFactory().post("/"), reason)
    assert says in page.content.decode()


@pytest.mark.django_db
def test_the_login_says_that_a_session_ends_where_a_page_was_asked_for(client: Client) -> None:
    asked: Any = client.get(reverse("admin:leads_lead_changelist"), follow=True)
    assert "your session has ended" in asked.content.decode()
    home: Any = client.get(reverse("admin:index"), follow=True)
    assert "your session has ended" not in home.content.decode()


@pytest.mark.django_db
def test_a_script_is_told_that_the_session_has_ended(client: Client) -> None:
    address = reverse("admin:leads_import_add")
    answer: Any = client.post(address, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()) == (401, {"login": "/admin/login/"})


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("shown", "back"),
    [
        ("http://portal/admin/leads/import/7/change/?x=1", "/admin/leads/import/7/change/"),
        ("https://evil.example/", "/"),
        ("", "/admin/"),
        ("javascript:alert(1)", "/admin/"),
    ],
)
def test_a_page_that_asks_again_by_itself_is_led_to_the_login_as_a_whole(
    shown: str, back: str, client: Client
) -> None:
    address = reverse("admin:leads_import_progress", args=[7])
    answer = client.get(address, headers={"HX-Request": "true", "HX-Current-URL": shown})
    assert answer.status_code == 200
    assert answer.content == b""
    to = answer.headers["HX-Redirect"].replace("%2F", "/")
    assert to == f"/admin/login/?next={back}"


@pytest.mark.django_db
def test_whoever_is_signed_in_is_led_nowhere_else(client: Client) -> None:
    client.force_login(make_user("Auditor"))
    answer = client.get(reverse("admin:index"), headers={"HX-Request": "true"})
    assert "HX-Redirect" not in answer.headers

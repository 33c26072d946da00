"""Times are those of the reader's zone, and the exact UTC is beside each."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.template import Context, Template
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from leads.admin.when import TO_THE_SECOND, when
from leads.models import Export, Import
from portal.zone import zone_of
from tests.factories import make_dialer, make_dnc_list, make_import, make_user

MOMENT = datetime(2026, 11, 3, 19, 2, 11, tzinfo=UTC)
UTC_BESIDE = 'datetime="2026-11-03T19:02:11Z" title="2026-11-03 19:02:11 UTC"'


def test_a_moment_is_in_the_zone_with_its_utc_beside() -> None:
    with timezone.override("America/New_York"):
        assert when(MOMENT) == f"<time {UTC_BESIDE}>3 Nov 2026 14:02</time>"
        assert "14:02:11</time>" in when(MOMENT, TO_THE_SECOND)


def test_a_template_can_put_a_moment_into_a_sentence() -> None:
    shown = Template(
        "{% load i18n when %}{% when moment as at %}"
        "{% blocktranslate %}Undone at {{ at }}.{% endblocktranslate %}"
    ).render(Context({"moment": MOMENT}))
    assert shown == f"Undone at <time {UTC_BESIDE}>3 Nov 2026 19:02</time>."


def test_what_has_not_happened_is_a_dash() -> None:
    assert when(None) == "–"


@pytest.mark.parametrize(
    "name",
    ["", "Mars/Olympus", "../../etc/passwd", "/etc/passwd", "x" * 5000, "%00", "<b>", "utc\n"],
)
def test_a_zone_that_nobody_knows_is_none(name: str) -> None:
    assert zone_of(name) is None


@pytest.mark.parametrize("cookie", ["Europe/Madrid", "Europe%2FMadrid"])
def test_a_zone_is_known_as_the_browser_writes_it(cookie: str) -> None:
    assert str(zone_of(cookie)) == "Europe/Madrid"


def page(client: Client, run: Import, cookie: str) -> str:
    if cookie:
        client.cookies["zone"] = cookie
    return client.get(reverse("admin:leads_import_change", args=[run.pk])).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("cookie", "shown", "zone"),
    [
        ("Asia%2FTokyo", "4 Nov 2026 04:02", "Asia/Tokyo"),
        ("Nowhere%2FLand", "3 Nov 2026 19:02", "UTC"),
        ("", "3 Nov 2026 19:02", "UTC"),
    ],
)
def test_a_page_shows_the_browsers_zone_and_says_which(
    cookie: str, shown: str, zone: str, client: Client, settings: Any
) -> None:
    settings.TIME_ZONE = "UTC"
    client.force_login(make_user("Auditor"))
    run = make_import()
    Import.objects.filter(pk=run.pk).update(created_at=MOMENT)
    text = page(client, run, cookie)
    assert f"<time {UTC_BESIDE}>{shown}</time>" in text
    assert f"Times are of the zone {zone};" in text
    assert timezone.get_current_timezone_name() == "UTC", "the next request starts anew"


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["import", "export", "dialer"])
def test_the_times_of_lists_have_their_utc_beside(name: str, client: Client) -> None:
    auditor = make_user("Auditor")
    client.force_login(auditor)
    make_import()
    make_dialer(tested_at=MOMENT)
    Export.objects.create(what="push history", kind="csv", by=auditor)
    text = client.get(reverse(f"admin:leads_{name}_changelist")).content.decode()
    assert "<time datetime=" in text


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["dialer", "dnclist"])
def test_the_times_of_pages_have_their_utc_beside(name: str, client: Client) -> None:
    client.force_login(make_user("Auditor"))
    one = make_dialer(tested_at=MOMENT) if name == "dialer" else make_dnc_list("+17275550123")
    text = client.get(reverse(f"admin:leads_{name}_change", args=[one.pk])).content.decode()
    assert "<time datetime=" in text

"""The main job as three people do it in a browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from leads.dialers import probe
from leads.dialers.connect import seal
from leads.models import Lead, LeadStatus
from leads.vicidial.simulator.server import Simulator
from tests.conftest import API_PASSWORD
from tests.factories import make_dialer, make_dialer_list, make_lead, make_source, make_user

pytestmark = pytest.mark.browser

ROWS = "\n".join(f"201-555-01{n:02},Ann{n},Lee" for n in range(30))
FILE = f"phone,first name,last name\n{ROWS}\n12,Too,Short\n201-555-0100,Ann,Again\n"


SignIn = Callable[..., Page]


def choose(page: Page, status: str, action: str) -> None:
    """All leads of that status, and an action on them: the page that asks is open then."""
    page.goto(f"admin/leads/lead/?status__exact={status}")
    page.check("#action-toggle", force=True)
    page.select_option("select[name=action]", action)
    page.click("button[name=index]")
    expect(page.locator("#by-status")).to_contain_text("30")


def confirm(page: Page) -> None:
    page.click("form[action*=decide] button[type=submit]")


def test_a_file_is_uploaded_approved_pushed_and_audited(
    in_browser: Callable[..., None], simulator: Simulator
) -> None:
    dialer = make_dialer(base_url=simulator.url, password_token=seal(API_PASSWORD))
    make_dialer_list(dialer, seen_at=None, name="Outbound")
    probe.test(dialer)
    source = make_source(name="Vendor")
    reviewer, admin, auditor = (
        make_user(role).username for role in ("Reviewer", "Admin", "Auditor")
    )

    def steps(sign_in: SignIn) -> None:
        page = sign_in(reviewer)
        page.goto("admin/leads/import/add/")
        page.select_option("select[name=lead_source]", str(source.pk))
        file = {"name": "leads.csv", "mimeType": "text/csv", "buffer": FILE.encode()}
        page.set_input_files("input[name=upload]", file)  # type: ignore[arg-type]
        page.click("button[name=_save], input[name=_save]")
        expect(page.locator("#summary")).to_contain_text("Of the first 32 rows 1 would be invalid")
        page.click("button[name=load]")
        # The page asks by itself until the worker is done.
        expect(page.locator("#counts")).to_contain_text("30", timeout=30_000)
        choose(page, "staged", "approve")
        confirm(page)
        expect(page.locator("body")).to_contain_text("Approved 30")

        page = sign_in(admin)
        choose(page, "approved", "queue")
        page.select_option("form[action*=decide] select", index=1)
        confirm(page)
        page.goto("admin/leads/pushbatch/")
        page.locator("#result_list tbody a").first.click()
        expect(page.locator("#progress")).to_contain_text("Pushed", timeout=30_000)

        page = sign_in(auditor)
        page.goto("admin/leads/pushattempt/?q=12015550100")
        expect(page.locator("#result_list")).to_contain_text("+12015550100")

    in_browser(steps)
    pushed = Lead.objects.filter(status=LeadStatus.PUSHED)
    there = {lead["lead_id"] for lead in simulator.store.leads()}
    assert set(pushed.values_list("vicidial_lead_id", flat=True)) == there
    assert len(there) == 30


def test_no_list_is_wider_than_the_screen(in_browser: Callable[..., None]) -> None:
    username = make_user("superuser").username
    source = make_lead().lead_source_id

    def steps(sign_in: SignIn) -> None:
        for width in (1280, 390):
            page = sign_in(username, width)
            names = ("lead", "import", "pushbatch", "pushattempt", "dialer", "source")
            for name in (*names, "import/add", "source/report", f"source/{source}/report"):
                page.goto(f"admin/leads/{name}/")
                wide = page.evaluate("document.documentElement.scrollWidth")
                assert wide <= width, f"{name} is {wide} wide at {width}"

    in_browser(steps)

"""The main job as three people do it in a browser."""

from __future__ import annotations

import csv
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from leads.dialers import probe
from leads.dialers.connect import seal
from leads.models import Export, Lead, LeadStatus
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


def test_a_file_is_uploaded_approved_pushed_audited_and_taken_out(
    in_browser: Callable[..., None], simulator: Simulator
) -> None:
    dialer = make_dialer(base_url=simulator.url, password_token=seal(API_PASSWORD), connections=1)
    make_dialer_list(dialer, seen_at=None, name="Outbound")
    probe.test(dialer)
    simulator.latency = 0.25  # slow enough to see the bar move
    source = make_source(name="Vendor")
    reviewer, admin, auditor = (
        make_user(role).username for role in ("Reviewer", "Admin", "Auditor")
    )
    taken: list[dict[str, str]] = []

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
        approve_clean_leads(page)

        page = sign_in(admin)
        choose(page, "approved", "queue")
        page.select_option("form[action*=decide] select", index=1)
        confirm(page)
        page.goto("admin/leads/pushbatch/")
        page.locator("#result_list tbody a").first.click()
        watch(page)

        page = sign_in(auditor)
        page.goto("admin/leads/pushattempt/?q=12015550100")
        expect(page.locator("#result_list")).to_contain_text("+12015550100")
        page.goto("admin/leads/pushattempt/?kind__exact=add")
        with page.expect_download() as download:
            page.locator("a[href*='export.csv']").first.click()
        with download.value.path().open(encoding="utf-8-sig", newline="") as rows:
            taken.extend(csv.DictReader(rows))

    in_browser(steps)
    pushed = Lead.objects.filter(status=LeadStatus.PUSHED)
    there = {lead["lead_id"] for lead in simulator.store.leads()}
    assert set(pushed.values_list("vicidial_lead_id", flat=True)) == there
    assert len(there) == 30
    assert {int(row["lead_id"]) for row in taken} == there
    exported = Export.objects.get()
    assert (exported.by.username, exported.rows, exported.filters) == (
        auditor, 30, "kind__exact=add",
    )  # fmt: skip


def approve_clean_leads(page: Page) -> None:
    """All clean leads of the one import, on the desk: the sample is shown, the number is said."""
    page.goto("admin/leads/lead/desk/")
    # It is compared with all others first, a second or two after it is loaded.
    page.locator("a[href*='desk/approve/']").first.click()
    expect(page.locator("#by-status")).to_contain_text("30")
    confirm(page)
    expect(page.locator("body")).to_contain_text("Approved 30")


def watch(page: Page) -> None:
    """The bar moves by itself: nothing is loaded anew but the part of the page that it is in."""
    page.evaluate("window.stillTheSamePage = true")
    done = page.locator("#progress").get_by_text("have their final answer").first
    first = done.inner_text()
    expect(done).not_to_have_text(first, timeout=10_000)
    expect(page.locator("#progress")).to_contain_text("100 % have", timeout=30_000)
    assert page.evaluate("window.stillTheSamePage")


@pytest.mark.parametrize(
    ("role", "theirs", "not_theirs"),
    [
        ("Reviewer", ["Review desk", "Imports"], ["Exports", "Users"]),
        ("Admin", ["Batches", "Dialers", "Push history"], ["Users"]),
        ("Auditor", ["Push history", "Exports"], ["Review desk", "Users"]),
        ("superuser", ["Review desk", "Batches", "Exports", "Users"], []),
    ],
)
def test_each_role_signs_in_and_sees_what_is_theirs(
    role: str, theirs: list[str], not_theirs: list[str], in_browser: Callable[..., None]
) -> None:
    username = make_user(role).username

    def steps(sign_in: SignIn) -> None:
        page = sign_in(username)
        bar = page.locator("#nav-sidebar")
        for name in theirs:
            expect(bar.get_by_role("link", name=name, exact=False).first).to_be_visible()
        for name in not_theirs:
            expect(bar.get_by_role("link", name=name, exact=False)).to_have_count(0)

    in_browser(steps)


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

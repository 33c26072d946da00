"""A file is dropped, its upload is watched and cancelled, and what is wrong is said in place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from leads.models import Import
from tests.factories import PASSWORD, make_source, make_user

pytestmark = pytest.mark.browser
SignIn = Callable[..., Page]

HEADER = "phone,first name\n"
ROW = "201-555-0100,Ann\n"
# Files with these names and numbers of rows, as if dragged from a folder and dropped.
DROP = """([files, header, row]) => {
    const carried = new DataTransfer();
    for (const [name, rows] of files) {
        carried.items.add(new File([header, row.repeat(rows)], name, {type: "text/csv"}));
    }
    const zone = document.querySelector("[data-drop]");
    for (const name of ["dragenter", "dragover", "drop"]) {
        const options = {dataTransfer: carried, bubbles: true, cancelable: true};
        zone.dispatchEvent(new DragEvent(name, options));
    }
}"""
CHOSEN = "document.querySelector('input[name=upload]').files[0]?.name ?? ''"


def drop(page: Page, *files: tuple[str, int]) -> None:
    page.evaluate(DROP, [list(files), HEADER, ROW])


def slowly(page: Page, bytes_a_second: int) -> None:
    """Let the browser upload no faster; -1 as fast as it can."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": 0,
            "downloadThroughput": -1,
            "uploadThroughput": bytes_a_second,
        },
    )


def save(page: Page) -> None:
    page.click("button[name=_save]")


@pytest.fixture
def importing(in_browser: Callable[..., None]) -> Callable[[Callable[[Page], None]], None]:
    """Run steps on the page of a new import, its source chosen, as a reviewer."""
    reviewer, source = make_user("Reviewer").username, make_source().pk

    def run(steps: Callable[[Page], None], width: int = 1280) -> None:
        def signed_in(sign_in: SignIn) -> None:
            page = sign_in(reviewer, width)
            page.goto("admin/leads/import/add/")
            page.select_option("select[name=lead_source]", str(source))
            steps(page)

        in_browser(signed_in)

    return run


def test_a_dropped_file_is_uploaded_with_a_bar_that_moves(importing: Callable[..., Any]) -> None:
    def steps(page: Page) -> None:
        drop(page, ("spring.csv", 60_000))
        assert page.evaluate(CHOSEN) == "spring.csv"
        slowly(page, 300_000)
        save(page)
        bar = page.locator("[data-drop-bar]")
        expect(bar).to_be_visible()
        expect(page.locator("[data-drop-status]")).to_contain_text("spring.csv is being uploaded")
        expect(page.locator("[data-drop-done]")).to_contain_text("MB,")
        seen = {float(bar.evaluate("bar => bar.value"))}
        for _ in range(10):
            page.wait_for_timeout(250)
            seen.add(float(bar.evaluate("bar => bar.value")))
        assert len(seen) > 2, "it moves"
        expect(page.locator("button[name=_save]")).to_be_disabled()
        page.wait_for_url("**/mapping/", timeout=30_000)
        expect(page.locator("#summary")).to_contain_text("rows")

    importing(steps)
    assert Import.objects.get().filename == "spring.csv"


def test_an_upload_is_cancelled_and_sent_again(importing: Callable[..., Any]) -> None:
    def steps(page: Page) -> None:
        drop(page, ("spring.csv", 20_000))
        slowly(page, 100_000)
        save(page)
        page.click("[data-drop-cancel]")
        expect(page.locator("[data-drop-status]")).to_contain_text("was cancelled")
        expect(page.locator("[data-drop-going]")).to_be_hidden()
        assert page.evaluate(CHOSEN) == "spring.csv"
        slowly(page, -1)
        save(page)
        page.wait_for_url("**/mapping/", timeout=30_000)

    importing(steps)
    assert Import.objects.count() == 1


def test_what_cannot_be_taken_is_said_before_it_is_sent(importing: Callable[..., Any]) -> None:
    def steps(page: Page) -> None:
        sent: list[str] = []
        page.on("request", lambda one: sent.append(one.method))
        said = page.locator("[data-drop-error]")
        drop(page, ("a.csv", 1), ("b.csv", 1))
        expect(said).to_contain_text("2 files were dropped, and none of them is taken")
        assert page.evaluate(CHOSEN) == ""
        drop(page)
        expect(said).to_contain_text("is no file")
        page.evaluate("document.querySelector('[data-drop]').dataset.most = 1048576")
        drop(page, ("large.csv", 100_000))
        expect(said).to_contain_text("large.csv has 1.6 MB, and the limit is 1 MB.")
        assert page.evaluate(CHOSEN) == ""
        drop(page, ("small.csv", 1))
        expect(said).to_be_hidden()
        assert page.evaluate(CHOSEN) == "small.csv"
        assert "POST" not in sent

    importing(steps)
    assert not Import.objects.exists()


def test_what_the_server_finds_is_said_in_place_and_the_file_stays(
    importing: Callable[..., Any],
) -> None:
    def steps(page: Page) -> None:
        drop(page, ("spring.csv", 3))
        page.fill("input[name=country]", "XX")
        save(page)
        said = page.locator("[data-drop-error]")
        expect(said).to_contain_text('There is no country "XX"')
        assert page.evaluate(CHOSEN) == "spring.csv"
        page.fill("input[name=country]", "US")
        save(page)
        page.wait_for_url("**/mapping/")

    importing(steps)
    assert Import.objects.count() == 1


def test_a_server_that_fails_or_is_gone_is_said_in_words(importing: Callable[..., Any]) -> None:
    def steps(page: Page) -> None:
        drop(page, ("spring.csv", 3))
        said = page.locator("[data-drop-error]")
        for status, words in ((502, "HTTP status 502"), (413, "web server in front")):
            answer = {"status": status, "body": "<h1>Oh</h1>"}
            page.route("**/import/add/", lambda route, _, answer=answer: route.fulfill(**answer))  # type: ignore[misc]
            save(page)
            expect(said).to_contain_text(words)
            page.unroute("**/import/add/")
        page.route("**/import/add/", lambda route: route.abort())
        save(page)
        expect(said).to_contain_text("The connection broke")
        assert page.evaluate(CHOSEN) == "spring.csv"
        page.unroute("**/import/add/")
        save(page)
        page.wait_for_url("**/mapping/")

    importing(steps)


def test_whose_session_ended_signs_in_beside_it_and_goes_on(importing: Callable[..., Any]) -> None:
    names = {user.username for user in type(make_user())._default_manager.all()}

    def steps(page: Page) -> None:
        drop(page, ("spring.csv", 3))
        page.context.clear_cookies(name="sessionid")
        save(page)
        said = page.locator("[data-drop-error]")
        expect(said).to_contain_text("Your session has ended")
        with page.expect_popup() as opened:
            said.locator("a").click()
        login = opened.value
        login.fill("input[name=username]", next(n for n in names if n.startswith("reviewer")))
        login.fill("input[name=password]", PASSWORD)
        login.click("button[type=submit]")
        login.wait_for_url("**/admin/")
        assert page.evaluate(CHOSEN) == "spring.csv"
        save(page)
        page.wait_for_url("**/mapping/")

    importing(steps)
    assert Import.objects.count() == 1


def test_a_file_is_chosen_and_sent_by_keyboard_on_a_narrow_screen(
    importing: Callable[..., Any],
) -> None:
    def steps(page: Page) -> None:
        # Asked for early: the browser is told of it a while after.
        page.on("filechooser", lambda _: None)
        page.focus("select[name=lead_source]")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.name") == "upload"
        with page.expect_file_chooser() as chooser:
            page.keyboard.press("Enter")
        content = (HEADER + ROW).encode()
        file = {"name": "keys.csv", "mimeType": "text/csv", "buffer": content}
        chooser.value.set_files(file)  # type: ignore[arg-type]
        # The page hides what is wider than it, so the form is asked.
        assert page.evaluate("document.querySelector('#import_form fieldset').offsetWidth") < 375
        page.focus("button[name=_save]")
        page.keyboard.press("Enter")
        page.wait_for_url("**/mapping/")

    importing(steps, 390)


def test_pasted_rows_go_on_without_a_file(importing: Callable[..., Any]) -> None:
    def steps(page: Page) -> None:
        page.fill("textarea[name=pasted]", HEADER + ROW)
        save(page)
        page.wait_for_url("**/mapping/")

    importing(steps)


def test_the_browser_tells_its_zone_before_the_first_page(in_browser: Callable[..., None]) -> None:
    username = make_user("Auditor").username

    def steps(sign_in: SignIn) -> None:
        page = sign_in(username)
        zone = page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone")
        expect(page.locator("#zone")).to_contain_text(f"Times are of the zone {zone};")
        page.context.add_cookies(
            [{"name": "zone", "value": "Asia%2FTokyo", "domain": "127.0.0.1", "path": "/"}]
        )
        page.goto("admin/leads/import/")
        expect(page.locator("#zone")).to_contain_text("Asia/Tokyo")
        page.goto("admin/leads/lead/")
        expect(page.locator("#zone")).to_contain_text(zone)

    in_browser(steps)

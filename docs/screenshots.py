"""Make the README's screenshots from a running demo: docs/screenshots.py URL LOGINS [FOLDER].

URL is where `manage.py demo` says the portal is open, LOGINS its `.demo/logins.json`. Needs
Chromium at /usr/bin/chromium. Makes each page at 1280 and 390 pixels, light and dark; the ones
without a suffix are those of the README.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

PAGES = {
    "reviewer": {
        "home": "admin/",
        "leads": "admin/leads/lead/?finding=any",
        "lead": "admin/leads/lead/?status__exact=pushed",
        "invalid": "admin/leads/lead/?status__exact=invalid",
        "import": "admin/leads/import/",
        "upload": "admin/leads/import/add/",
        "desk": "admin/leads/lead/desk/duplicates/",
    },
    "admin": {
        "home-admin": "admin/",
        "dialer": "admin/leads/dialer/",
        "batch": "admin/leads/pushbatch/",
        "batches": "admin/leads/pushbatch/",
    },
    "auditor": {
        "home-auditor": "admin/",
        "sources": "admin/leads/source/report/",
        "history": "admin/leads/pushattempt/",
        "attempt": "admin/leads/pushattempt/",
    },
}
# These open the first object of the list.
FIRST = {"lead", "invalid", "import", "dialer", "batch", "attempt"}
SIZES = {"": (1280, 860, "light"), "-dark": (1280, 860, "dark"), "-phone": (390, 844, "light")}
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def sign_in(page: Page, url: str, user: str, password: str) -> None:
    page.goto(f"{url}admin/login/")
    page.fill("input[name=username]", user)
    page.fill("input[name=password]", password)
    page.click("button[type=submit]")
    page.wait_for_url(f"{url}admin/")


def main(url: str, logins: dict[str, str], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        for suffix, (width, height, scheme) in SIZES.items():
            for role, pages in PAGES.items():
                context = browser.new_context(
                    viewport={"width": width, "height": height}, color_scheme=scheme
                )
                page = context.new_page()
                sign_in(page, url, role, logins[role])
                for name, path in pages.items():
                    page.goto(f"{url}{path}")
                    if name in FIRST:
                        link = page.locator("#result_list tbody th a, #result_list tbody td a")
                        page.goto(f"{url.rstrip('/')}{link.first.get_attribute('href')}")
                    page.wait_for_load_state("networkidle")
                    page.screenshot(path=folder / f"{name}{suffix}.png")
                context.close()
        browser.close()


if __name__ == "__main__":
    main(
        sys.argv[1],
        json.loads(Path(sys.argv[2]).read_text()),
        Path(sys.argv[3]) if len(sys.argv) > 3 else Path(__file__).parent / "screenshots",
    )

"""The review desk in a browser: by keys alone, and at both widths."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from leads.models import Lead, LeadStatus, Pair, PairState
from tests.factories import make_import, make_lead, make_user
from tests.review.test_desk import make_pair

pytestmark = pytest.mark.browser
S = LeadStatus
SignIn = Callable[..., Page]


def status_of(lead: Lead) -> str:
    return Lead.objects.get(pk=lead.pk).status


def test_a_reviewer_works_through_the_queues_by_keys_alone(in_browser: Callable[..., None]) -> None:
    username = make_user("Reviewer").username
    run = make_import()
    first, second, third = (
        make_lead(import_run=run, first_name=name) for name in ("Ann", "Bea", "Cleo")
    )
    warned = make_lead(import_run=run, warnings=["EMAIL_INVALID"], first_name="Dora")
    invalid = make_lead(
        S.INVALID, import_run=run, phone_number="12", phone_e164="", first_name="Eve"
    )

    def steps(sign_in: SignIn) -> None:
        page = sign_in(username)
        heading, said = page.locator("[data-heading]"), page.locator(".desk-said")
        page.goto("admin/leads/lead/desk/clean/")
        expect(heading).to_contain_text("Ann")
        page.keyboard.press("j")
        expect(heading).to_contain_text("Bea")
        page.keyboard.press("k")
        expect(heading).to_contain_text("Ann")
        page.keyboard.press("a")
        expect(heading).to_contain_text("Bea")
        expect(heading).to_be_focused()
        page.keyboard.press("r")
        page.keyboard.press("2")
        expect(said).to_contain_text("Rejected.")
        expect(heading).to_contain_text("Cleo")
        page.keyboard.press("u")
        expect(said).to_contain_text("Taken back")
        expect(heading).to_contain_text("Bea")

        # A key that is held, as the browser tells it, decides nothing.
        page.evaluate(
            "document.body.dispatchEvent(new KeyboardEvent('keydown',"
            " {key: 'a', repeat: true, bubbles: true}))"
        )
        expect(heading).to_contain_text("Bea")

        page.keyboard.press("?")
        expect(page.locator("#desk-help")).to_be_visible()
        page.keyboard.press("a")
        page.keyboard.press("Escape")
        expect(page.locator("#desk-help")).to_be_hidden()
        expect(heading).to_contain_text("Bea")

        page.goto("admin/leads/lead/desk/warnings/")
        page.keyboard.press("a")
        expect(page.locator("[data-comment]")).to_be_focused()
        page.keyboard.type("an a and an r are typed here, not pressed")
        page.keyboard.press("Enter")
        expect(page.locator("#desk")).to_contain_text("Nothing waits here.")

        page.goto("admin/leads/lead/desk/invalid/")
        expect(heading).to_contain_text("Eve")
        # The form is open already: the key goes to the first field that has something wrong.
        page.keyboard.press("e")
        number = page.locator("input[name=field_phone_number]")
        number.fill("7275550133")
        number.press("Enter")
        expect(said).to_contain_text("It is staged now.")
        # It is compared with the others first.
        page.keyboard.press("a")
        expect(page.locator("#desk")).to_contain_text("Nothing waits here.", timeout=15_000)

    in_browser(steps)
    statuses = [status_of(lead) for lead in (first, second, third, warned, invalid)]
    assert statuses == [S.APPROVED, S.STAGED, S.STAGED, S.APPROVED, S.APPROVED]
    kept = Lead.objects.get(pk=warned.pk)
    assert kept.decision_comment == "an a and an r are typed here, not pressed"


def test_possible_duplicates_are_decided_side_by_side(in_browser: Callable[..., None]) -> None:
    username = make_user("Reviewer").username
    older = [make_lead(S.APPROVED, first_name="Anne", city="Tampa") for _ in range(3)]
    newer = [make_lead(first_name="Ann", email="ann@example.com") for _ in range(3)]
    for new, old in zip(newer, older, strict=True):
        make_pair(new, old)

    def steps(sign_in: SignIn) -> None:
        page = sign_in(username)
        page.goto("admin/leads/lead/desk/duplicates/")
        said = page.locator(".desk-said")
        expect(page.locator('tr:has(th:text-is("first_name")) .desk-differs')).to_contain_text(
            "Anne"
        )
        page.keyboard.press("d")
        expect(said).to_contain_text("Marked as a duplicate.")
        page.keyboard.press("n")
        expect(said).to_contain_text("Kept apart")
        page.locator("input[name=take_first_name]").first.check()
        page.keyboard.press("m")
        expect(said).to_contain_text("Merged.")
        expect(page.locator("#desk")).to_contain_text("Nothing waits here.")

    in_browser(steps)
    assert [status_of(lead) for lead in newer] == [S.DUPLICATE, S.STAGED, S.DUPLICATE]
    merged = Lead.objects.get(pk=older[2].pk)
    assert (merged.first_name, merged.city, merged.email) == ("Ann", "Tampa", "ann@example.com")
    states = list(Pair.objects.order_by("pk").values_list("state", flat=True))
    assert states == [PairState.SAME, PairState.DIFFERENT, PairState.SAME]


def test_what_was_decided_is_said_in_a_region_that_stays(in_browser: Callable[..., None]) -> None:
    username = make_user("Reviewer").username
    run = make_import()
    for name in ("Ann", "Bea", "Cleo"):
        make_lead(import_run=run, first_name=name)

    def steps(sign_in: SignIn) -> None:
        page = sign_in(username)
        page.goto("admin/leads/lead/desk/clean/")
        region = page.get_by_role("status")
        expect(region).to_have_count(1)
        page.evaluate("document.querySelector('[role=status]').dataset.mine = 'first'")
        page.keyboard.press("a")
        expect(page.locator("[data-heading]")).to_be_focused()
        expect(page.locator("[role=status][data-mine=first]")).to_have_text("Approved.")
        page.keyboard.press("r")
        page.keyboard.press("1")
        expect(page.locator("[role=status][data-mine=first]")).to_have_text("Rejected.")
        expect(region).to_have_count(1)

    in_browser(steps)


def test_values_are_chosen_for_the_lead_that_is_picked(in_browser: Callable[..., None]) -> None:
    username = make_user("Reviewer").username
    near, far = (make_lead(S.APPROVED, first_name=name) for name in ("Rob", "Bobby"))
    newer = make_lead(first_name="Bob")
    make_pair(newer, near, score=0.9)
    make_pair(newer, far, score=0.6)

    def steps(sign_in: SignIn) -> None:
        page = sign_in(username)
        page.goto("admin/leads/lead/desk/duplicates/")
        choice = page.get_by_role("radio", name=f"first_name: Bob, lead {newer.pk}")
        expect(choice).to_be_visible()
        page.locator(f'input[name=other][value="{far.pk}"]').check()
        expect(choice).to_be_hidden()
        page.keyboard.press("m")
        expect(page.locator(".desk-said")).to_contain_text(f"Now lead {far.pk} stands beside")
        choice.check()
        page.keyboard.press("m")
        expect(page.locator(".desk-said")).to_contain_text("Merged.")

    in_browser(steps)
    assert Lead.objects.get(pk=near.pk).first_name == "Rob"
    assert Lead.objects.get(pk=far.pk).first_name == "Bob"


def test_the_desk_fits_the_screen(in_browser: Callable[..., None]) -> None:
    username = make_user("Reviewer").username
    beside = {}
    for number in (1, 2, 4):
        older = [make_lead(S.APPROVED, email=f"{'a' * 30}@example.com") for _ in range(number)]
        newer = make_lead(address1="1 Main Street " * 4)
        for one in older:
            make_pair(newer, one)
        beside[number] = f"duplicates/?lead={newer.pk}"
    make_lead(S.INVALID)

    def steps(sign_in: SignIn) -> None:
        for width in (1280, 390):
            page = sign_in(username, width)
            for name in ("", "invalid/", *beside.values()):
                page.goto(f"admin/leads/lead/desk/{name}")
                wide = page.evaluate("document.documentElement.scrollWidth")
                assert wide <= width, f"{name} is {wide} wide at {width}"
        page = sign_in(username)
        for name in beside.values():
            page.goto(f"admin/leads/lead/desk/{name}")
            phones = page.locator('tr:has(th:text-is("phone_e164")) td').all()
            for box in [phone.bounding_box() for phone in phones]:
                assert box
                assert box["width"] >= 150, name
                assert box["height"] < 45, f"{name}: a number is broken over lines"

    in_browser(steps)


def test_the_desk_works_without_javascript(in_browser: Callable[..., None]) -> None:
    username = make_user("Reviewer").username
    lead = make_lead(first_name="Ann")

    def steps(sign_in: SignIn) -> None:
        page = sign_in(username, java_script_enabled=False)
        page.goto("admin/leads/lead/desk/clean/")
        expect(page.locator("[data-heading]")).to_be_visible()
        page.click("button[value=approve]")
        expect(page.get_by_role("status")).to_have_text("Approved.")

    in_browser(steps)
    assert status_of(lead) == S.APPROVED

"""What a dialer can do, and why it cannot be pushed to."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs

import pytest
import requests
import responses

from leads.vicidial.client import Client
from leads.vicidial.doctor import Check, examine
from leads.vicidial.errors import NoAnswer, Stop
from leads.vicidial.releases import HARMLESS, RELEASES, Capabilities, probe

from .corpus import pair

URL = "https://dialer.test/vicidial/non_agent_api.php"
NOW = 1795408680.0
NO_FUNCTION = "ERROR: NO FUNCTION SPECIFIED\n"
GOOD = {
    "version": pair("version").body,
    "add_lead": "ERROR: add_lead INVALID PHONE NUMBER LENGTH - 1|6666\n",
    "update_lead": "NOTICE: update_lead NO MATCHES FOUND IN THE SYSTEM: "
    "|6666||NO-SUCH-LEAD-CODE|\n",
    "lead_search": "ERROR: lead_search NO MATCHES FOUND IN THE SYSTEM: |6666||NO-SUCH-LEAD-CODE|\n",
    "lead_field_info": "ERROR: lead_field_info LEAD NOT FOUND: 6666|4294967294\n",
    "lead_all_info": "ERROR: lead_all_info LEAD NOT FOUND: 6666|4294967294|\n",
    "list_info": pair("list_info").body,
    "list_custom_fields": pair("list_custom_fields").body,
    "campaigns_list": pair("campaigns_list").body,
    "check_phone_number": "ERROR: check_phone_number INVALID PHONE NUMBER LENGTH - 1|6666\n",
}


class Dialer:
    def __init__(self) -> None:
        self.bodies = dict(GOOD)
        self.asked: list[str] = []
        self.client = Client("https://dialer.test", "6666", "CANARY-pw-123")

    def answer(self, request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        function = parse_qs(str(request.body))["function"][0]
        self.asked.append(function)
        return 200, {}, self.bodies[function]


@pytest.fixture
def dialer() -> Iterator[Dialer]:
    dialer = Dialer()
    with responses.RequestsMock() as mock:
        mock.add_callback(responses.POST, URL, callback=dialer.answer)
        yield dialer


def examined(dialer: Dialer, *list_ids: int) -> dict[str, Check]:
    checks = examine(dialer.client, list_ids, now=lambda: NOW)
    return {check.name: check for check in checks}


def test_a_probe_asks_every_function_once_and_harmlessly(dialer: Dialer) -> None:
    can = probe(dialer.client)
    assert dialer.asked == ["version", *HARMLESS]
    assert can.release == "2.14-202"
    assert set(can.functions.values()) == {"yes"}
    assert can.list_exists_check
    assert can.bulk_look_up


def test_no_harmless_call_can_add_or_change_a_lead() -> None:
    assert len(HARMLESS["add_lead"]["phone_number"]) < 6
    assert HARMLESS["update_lead"]["no_update"] == "Y"


def test_what_an_old_release_lacks_is_missing(dialer: Dialer) -> None:
    for function in ("lead_search", "lead_all_info", "list_info"):
        dialer.bodies[function] = NO_FUNCTION
    can = probe(dialer.client)
    assert can.functions["lead_search"] == "missing"
    assert can.can("add_lead")
    assert not can.can("list_info")
    assert not can.list_exists_check


def test_a_missing_right_is_told_from_a_missing_function(dialer: Dialer) -> None:
    dialer.bodies["lead_search"] = pair("function not allowed").body
    can = probe(dialer.client)
    assert can.functions["lead_search"] == "not allowed"
    assert not can.bulk_look_up
    assert can.list_exists_check


def test_capabilities_survive_being_stored() -> None:
    can = Capabilities("2.14-202", "250720-1841", {"add_lead": "yes", "lead_search": "missing"})
    assert Capabilities.from_json(json.loads(json.dumps(can.to_json()))) == can
    assert not Capabilities.from_json({}).can("add_lead")


@pytest.mark.parametrize("ask", [probe, examine])
@pytest.mark.parametrize("name", ["bad password, printed back", "locked"])
def test_at_most_one_login_ever_fails(
    dialer: Dialer, ask: Callable[[Client], object], name: str
) -> None:
    for function in HARMLESS:
        dialer.bodies[function] = pair(name).body
    if ask is probe:
        with pytest.raises(Stop):
            probe(dialer.client)
    else:
        examine(dialer.client)
    assert dialer.asked == ["version", "add_lead"]


def test_a_probe_of_something_else_concludes_nothing(dialer: Dialer) -> None:
    dialer.bodies["version"] = "<h1>It works!</h1>"
    with pytest.raises(NoAnswer):
        probe(dialer.client)


def test_the_table_of_releases_names_functions_that_are_asked_for() -> None:
    assert set(HARMLESS) <= set(RELEASES["functions"])
    assert set(HARMLESS) == set(RELEASES["means"]) == set(RELEASES["rights"])
    for row in RELEASES["functions"].values():
        assert row["since"] in RELEASES["read"]


def test_a_healthy_dialer_passes_every_check(dialer: Dialer) -> None:
    checks = examined(dialer, 101)
    assert list(checks) == [
        "reach",
        "clock",
        "login",
        "add_lead",
        "update_lead",
        "lead_search",
        "list 101",
    ]
    assert all(check.ok for check in checks.values())


def test_the_examination_names_the_missing_right_and_where_to_give_it(dialer: Dialer) -> None:
    dialer.bodies["add_lead"] = pair("no permission").body
    checks = examined(dialer)
    assert checks["login"].ok
    assert checks["add_lead"].ok is False
    sentence = checks["add_lead"].sentence
    assert "6666 may log in but may not add leads" in sentence
    assert "user level 8" in sentence
    assert "Modify Leads = 1" in sentence
    assert "Admin > Users" in sentence


def test_a_function_that_is_not_allowed_is_named(dialer: Dialer) -> None:
    dialer.bodies["add_lead"] = pair("function not allowed").body
    sentence = examined(dialer)["add_lead"].sentence
    assert "add add_lead to the user's Allowed API Functions" in sentence


def test_a_wrong_password_is_named_and_not_shown(dialer: Dialer) -> None:
    dialer.bodies["add_lead"] = pair("bad password, printed back").body.replace(
        "SECRETpw", "CANARY-pw-123"
    )
    checks = examined(dialer, 101)
    assert list(checks) == ["reach", "clock", "login"]
    assert checks["login"].ok is False
    assert "letters, digits, - and _" in checks["login"].sentence
    assert "CANARY" not in repr(checks)


def test_an_old_release_is_said_not_to_know_its_lists(dialer: Dialer) -> None:
    dialer.bodies |= {"list_info": NO_FUNCTION, "lead_search": NO_FUNCTION}
    checks = examined(dialer, 101)
    assert checks["list 101"].ok is None
    assert "cannot tell" in checks["list 101"].sentence
    assert checks["lead_search"].ok is None


def test_a_list_that_the_dialer_does_not_have_fails(dialer: Dialer) -> None:
    dialer.bodies["list_info"] = "ERROR: list_info LIST DOES NOT EXIST: |6666|5555\n"
    assert examined(dialer, 5555)["list 5555"].ok is False


def test_a_list_that_is_not_active_is_pointed_out(dialer: Dialer) -> None:
    dialer.bodies["list_info"] = "101|Outbound|TESTCAMP|N|||2099-12-31|0\n"
    check = examined(dialer, 101)["list 101"]
    assert check.ok is None
    assert "not active" in check.sentence


@pytest.mark.parametrize(("seconds", "way"), [(-3600, "behind"), (3600, "ahead of")])
def test_a_wrong_clock_is_pointed_out(dialer: Dialer, seconds: int, way: str) -> None:
    checks = examine(dialer.client, now=lambda: NOW - seconds)
    clock = next(check for check in checks if check.name == "clock")
    assert clock.ok is False
    assert f"3600 s {way}" in clock.sentence


def test_a_dialer_that_is_not_there_is_said_not_to_be() -> None:
    checks = examine(Client("http://127.0.0.1:9", "6666", "x", connect_timeout=1))
    assert [(check.name, check.ok) for check in checks] == [("reach", False)]
    assert "127.0.0.1:9" in checks[0].sentence


def test_a_dialer_that_dies_in_between_is_said_to_be_out_of_reach(dialer: Dialer) -> None:
    dialer.bodies["add_lead"] = ""
    dialer.bodies["update_lead"] = "<h1>502</h1>"
    checks = examined(dialer)
    assert checks["add_lead"].ok is None
    assert checks["update_lead"].ok is None

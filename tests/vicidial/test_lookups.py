"""Look-ups: what the dialer said, and never a guess."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import parse_qs

import pytest
import responses

from leads.vicidial import lookups
from leads.vicidial.client import Client
from leads.vicidial.errors import NoAnswer, NotAllowed, Stop, Unclear, Unsupported
from leads.vicidial.lookups import Campaign, FoundLead

from .corpus import pair

URL = "https://dialer.test/vicidial/non_agent_api.php"
LOGIN = "ERROR: Login incorrect, please try again: |6666|CANARY-pw-123|BAD|\n"


class Dialer:
    """Answers the next calls with the bodies given, and remembers what was asked."""

    def __init__(self, mock: responses.RequestsMock) -> None:
        self.mock = mock
        self.client = Client("https://dialer.test", "6666", "CANARY-pw-123")

    def says(self, *bodies: str, status: int = 200) -> Client:
        for body in bodies:
            self.mock.post(URL, body=body, status=status)
        return self.client

    def plays(self, name: str) -> Client:
        return self.says(pair(name).body)

    @property
    def asked(self) -> list[dict[str, str]]:
        bodies = [parse_qs(str(call.request.body)) for call in self.mock.calls]
        login = ("user", "pass", "source")
        return [{k: v[0] for k, v in body.items() if k not in login} for body in bodies]


@pytest.fixture
def dialer() -> Iterator[Dialer]:
    with responses.RequestsMock() as mock:
        yield Dialer(mock)


def asked_as(name: str) -> dict[str, str]:
    request = pair(name).request
    return {k: v for k, v in request.items() if k not in ("user", "pass", "source")}


def test_the_version_tells_release_build_and_clock(dialer: Dialer) -> None:
    about = lookups.version(dialer.plays("version"))
    assert (about.release, about.build) == ("2.14-202", "250720-1841")
    assert (about.epoch, about.date, about.tz) == (1795408680, "2026-11-23 04:38:00", "-5.00")


@pytest.mark.parametrize("body", ["", "<h1>It works!</h1>", "BUILD: 1|"])
def test_what_is_no_version_is_unclear(dialer: Dialer, body: str) -> None:
    with pytest.raises(Unclear):
        lookups.version(dialer.says(body))


def test_a_lead_is_found_by_its_code(dialer: Dialer) -> None:
    found = lookups.no_update_by_code(dialer.plays("no_update found"), "LP00001")
    assert found == FoundLead(193729, 101, "LP00001", "")
    assert dialer.asked == [asked_as("no_update found")]


def test_a_lead_is_found_by_its_code_in_one_list(dialer: Dialer) -> None:
    client = dialer.plays("no_update found in list")
    found = lookups.no_update_by_code(client, "LP00001", 101)
    assert found == FoundLead(193729, 101, "LP00001", "")
    assert dialer.asked == [asked_as("no_update found in list")]


def test_a_lead_that_is_not_there_is_none(dialer: Dialer) -> None:
    assert lookups.no_update_by_code(dialer.plays("no_update none"), "LP00002") is None


def test_a_lead_is_found_by_its_phone_number(dialer: Dialer) -> None:
    line = "NOTICE: update_lead LEADS FOUND IN THE SYSTEM: |6666|8||7275551212|102|0\n"
    found = lookups.no_update_by_phone(dialer.says(line), "(727) 555-1212")
    assert found == FoundLead(8, 102, "", "7275551212")
    assert dialer.asked[0]["search_method"] == "PHONE_NUMBER"
    assert dialer.asked[0]["no_update"] == "Y"


NO_UPDATE_UNCLEAR = [
    "",
    "OK",
    "NOTICE: update_lead LEADS FOUND IN THE SYSTEM: |6666|8|OTHER||101|0",
    "NOTICE: update_lead LEADS FOUND IN THE SYSTEM: |7777|8|LP00001||101|0",
    "NOTICE: update_lead LEADS FOUND IN THE SYSTEM: |6666|0|LP00001||101|0",
    "NOTICE: update_lead LEADS FOUND IN THE SYSTEM: |6666||LP00001||101|0",
    "NOTICE: update_lead LEADS FOUND IN THE SYSTEM: |6666|8|LP00001||",
    "NOTICE: update_lead LEADS FOUND IN THE SYSTEM: |6666|8|LP00001|",
    "NOTICE: update_lead NO MATCHES FOUND IN THE SYSTEM: |6666||OTHER|",
    "NOTICE: update_lead NO MATCHES FOUND IN THE SYSTEM: |6666|8|LP00001|",
    "NOTICE: update_lead NO MATCHES FOUND IN THE SYSTEM",
    "ERROR: update_lead SOMETHING NEW: |6666||LP00001|",
    "SUCCESS: update_lead LEAD HAS BEEN UPDATED - 6666|8|LP00001||101|0",
    "NOTICE: update_lead LEADS FOUND IN THE SYSTEM: |6666|8|LP00001||101|0\n"
    "NOTICE: update_lead NO MATCHES FOUND IN THE SYSTEM: |6666||LP00001|",
]


@pytest.mark.parametrize("body", NO_UPDATE_UNCLEAR)
def test_an_answer_that_does_not_say_is_never_not_there(dialer: Dialer, body: str) -> None:
    with pytest.raises(Unclear):
        lookups.no_update_by_code(dialer.says(body), "LP00001")


@pytest.mark.parametrize("status", [500, 502, 404, 201])
def test_no_look_up_believes_another_http_status(dialer: Dialer, status: int) -> None:
    body = pair("no_update none").body
    with pytest.raises(Unclear) as caught:
        lookups.no_update_by_code(dialer.says(body, status=status), "LP00002")
    assert caught.value.reason == f"HTTP_{status}"


@pytest.mark.parametrize("code", ["", "a,b", "a|b", "a\\b", "é", "a\nb", ";#"])
def test_a_code_that_cannot_be_asked_for_is_not_asked_for(code: str) -> None:
    client = Client("https://dialer.test", "6666", "x")
    assert not lookups.can_ask(code)
    with pytest.raises(Unclear):
        lookups.no_update_by_code(client, code)
    with pytest.raises(Unclear):
        lookups.search_by_codes(client, ["LP1", code])


def test_many_codes_are_looked_up_with_one_call(dialer: Dialer) -> None:
    client = dialer.plays("lead_search by vendor code")
    found = lookups.search_by_codes(client, ["LP00001", "LP00002"])
    assert found == {"LP00001": [193729], "LP00002": []}
    assert dialer.asked == [asked_as("lead_search by vendor code")]


def test_many_phones_are_looked_up_past_the_broken_header(dialer: Dialer) -> None:
    client = dialer.plays("lead_search by phone")
    found = lookups.search_by_phones(client, ["7275551224", "(727) 555-9999"])
    assert found == {"7275551224": [193729], "(727) 555-9999": []}


def test_several_leads_of_one_key_are_all_found(dialer: Dialer) -> None:
    assert lookups.search_by_codes(dialer.says("B|3|920-320-19\n"), ["B"]) == {"B": [920, 320, 19]}


def test_all_missing_is_an_empty_list_for_every_key(dialer: Dialer) -> None:
    client = dialer.plays("lead_search none")
    assert lookups.search_by_phones(client, ["7275559999"]) == {"7275559999": []}
    client = dialer.says("ERROR: lead_search NO MATCHES FOUND IN THE SYSTEM: |6666||A,B|\n")
    assert lookups.search_by_codes(client, ["A", "B"]) == {"A": [], "B": []}


def test_a_code_is_matched_in_the_form_that_the_server_prints(dialer: Dialer) -> None:
    client = dialer.says("A 1|1|8\nB2|0|\n")
    assert lookups.search_by_codes(client, ["A+1", "B#2"]) == {"A+1": [8], "B#2": []}


def test_hundreds_of_keys_are_asked_for_in_parts(dialer: Dialer) -> None:
    codes = [f"LP{number}" for number in range(lookups.KEYS_A_CALL + 1)]
    first = "".join(f"{code}|0|\n" for code in codes[:-1])
    client = dialer.says(first, f"{codes[-1]}|1|8\n")
    found = lookups.search_by_codes(client, codes)
    assert (len(found), found[codes[-1]], len(dialer.asked)) == (len(codes), [8], 2)


SEARCH_UNCLEAR = [
    "",
    "A|1|8\n",
    "A|1|8\nB|1\n",
    "A|2|8\nB|0|\n",
    "A|0|8\nB|0|\n",
    "A|1|x\nB|0|\n",
    "A|1|0\nB|0|\n",
    "A|1|8\nB|0|\nC|0|\n",
    "A|1|8\nA|0|\nB|0|\n",
    "<h1>Busy</h1>",
    "A|1|8\nB|0|\nERROR: lead_search SOMETHING\n",
    "ERROR: lead_search NO MATCHES FOUND IN THE SYSTEM: |6666||A|\n",
    "ERROR: lead_search NO MATCHES FOUND IN THE SYSTEM\n",
    "NOTICE: lead_search NO MATCHES FOUND IN THE SYSTEM: |6666||A,B|\n",
]


@pytest.mark.parametrize("body", SEARCH_UNCLEAR)
def test_a_key_that_the_answer_lacks_is_never_not_there(dialer: Dialer, body: str) -> None:
    with pytest.raises(NoAnswer):
        lookups.search_by_codes(dialer.says(body), ["A", "B"])


def test_a_field_is_the_bare_value(dialer: Dialer) -> None:
    assert lookups.field_info(dialer.plays("lead_field_info status"), 193715, "status") == "NEW"
    assert dialer.asked == [asked_as("lead_field_info status")]


def test_an_empty_field_is_empty_and_a_missing_lead_is_none(dialer: Dialer) -> None:
    assert lookups.field_info(dialer.says(""), 193715, "comments") == ""
    client = dialer.plays("lead_field_info missing")
    assert lookups.field_info(client, 999999, "status") is None


def test_a_status_word_inside_a_value_is_part_of_it(dialer: Dialer) -> None:
    value = "see mail, ERROR: Login incorrect, they said"
    assert lookups.field_info(dialer.says(value), 1, "comments") == value


@pytest.mark.parametrize(
    "body", ["<h1>Busy</h1>", "ERROR: lead_field_info NEW THING: 1", "NOTICE: x"]
)
def test_a_field_that_is_none_is_unclear(dialer: Dialer, body: str) -> None:
    with pytest.raises(Unclear):
        lookups.field_info(dialer.says(body), 1, "status")


def test_a_list_tells_its_name_campaign_and_counts(dialer: Dialer) -> None:
    info = lookups.list_info(dialer.plays("list_info"), 101)
    assert info
    assert (info.list_id, info.name, info.campaign_id, info.active) == (
        101,
        "Outbound",
        "TESTCAMP",
        True,
    )
    assert (info.all_leads, info.new_leads, info.expires) == (13, 10, "2099-12-31")


def test_a_list_without_counts_is_a_list_all_the_same(dialer: Dialer) -> None:
    info = lookups.list_info(dialer.says("101|Outbound|TESTCAMP|N|||2099-12-31|0\n"), 101)
    assert info
    assert (info.active, info.all_leads, info.new_leads) == (False, None, None)


def test_a_list_that_is_not_there_is_none(dialer: Dialer) -> None:
    assert lookups.list_info(dialer.plays("list_info missing"), 5555) is None


@pytest.mark.parametrize(
    "body", ["", "102|Other|X|Y|||x|0\n", "101|a|b|Y|||x|0\n102|a|b|Y|||x|0\n"]
)
def test_a_list_that_was_not_asked_for_is_unclear(dialer: Dialer, body: str) -> None:
    with pytest.raises(Unclear):
        lookups.list_info(dialer.says(body), 101)


def test_campaigns_come_without_their_header(dialer: Dialer) -> None:
    found = lookups.campaigns(dialer.plays("campaigns_list"))
    assert found == [Campaign("TESTCAMP", "Test Campaign", True)]


def test_custom_fields_are_the_labels_of_the_list(dialer: Dialer) -> None:
    assert lookups.custom_fields(dialer.plays("list_custom_fields"), 102) == ["fav_color"]


def test_custom_fields_that_are_switched_off_are_none(dialer: Dialer) -> None:
    text = "ERROR: CUSTOM LIST FIELDS ARE NOT ENABLED ON THIS SYSTEM: |6666|0|\n"
    assert lookups.custom_fields(dialer.says(text), 102) == []


def test_a_number_that_add_lead_would_take_is_fine(dialer: Dialer) -> None:
    assert lookups.check_phone(dialer.plays("check_phone_number"), "7275551213").ok
    assert dialer.asked == [asked_as("check_phone_number")]


def test_a_number_on_the_do_not_call_list_is_not(dialer: Dialer) -> None:
    check = lookups.check_phone(dialer.plays("check_phone_number dnc"), "7275550001")
    assert (check.ok, check.reason) == (False, "DNC")


@pytest.mark.parametrize("body", ["", "AREACODE: 1|-5#PHONE: 7275551299|1||||\n", "ERROR: x"])
def test_a_number_that_was_not_answered_for_is_unclear(dialer: Dialer, body: str) -> None:
    with pytest.raises(Unclear):
        lookups.check_phone(dialer.says(body), "7275551213")


def test_a_deleted_lead_is_gone(dialer: Dialer) -> None:
    assert lookups.delete_lead(dialer.plays("update_lead delete"), 193716)
    assert dialer.asked == [asked_as("update_lead delete")]


def test_a_lead_that_was_not_there_was_not_deleted(dialer: Dialer) -> None:
    text = "NOTICE: update_lead NO MATCHES FOUND IN THE SYSTEM: |6666|8||\n"
    assert not lookups.delete_lead(dialer.says(text), 8)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "SUCCESS: update_lead LEAD HAS BEEN DELETED 0|0 - 6666|193717|1|0|0|",
        "SUCCESS: update_lead LEAD HAS BEEN DELETED 0|0 - 6666|193716|0|0|0|",
        "SUCCESS: update_lead LEAD HAS BEEN UPDATED - 6666|193716|1|0|0|",
    ],
)
def test_a_delete_that_the_answer_does_not_confirm_is_unclear(dialer: Dialer, body: str) -> None:
    with pytest.raises(Unclear):
        lookups.delete_lead(dialer.says(body), 193716)


CALLS: dict[str, Callable[[Client], object]] = {
    "update_lead": lambda client: lookups.no_update_by_code(client, "LP1"),
    "lead_search": lambda client: lookups.search_by_codes(client, ["LP1"]),
    "lead_field_info": lambda client: lookups.field_info(client, 1, "status"),
    "list_info": lambda client: lookups.list_info(client, 101),
    "campaigns_list": lookups.campaigns,
    "list_custom_fields": lambda client: lookups.custom_fields(client, 101),
    "check_phone_number": lambda client: lookups.check_phone(client, "7275551213"),
    "delete": lambda client: lookups.delete_lead(client, 8),
}


@pytest.mark.parametrize("function", CALLS)
def test_a_wrong_password_stops_every_look_up(dialer: Dialer, function: str) -> None:
    with pytest.raises(Stop) as caught:
        CALLS[function](dialer.says(LOGIN))
    assert caught.value.reason == "LOGIN"
    assert not isinstance(caught.value, NotAllowed)


@pytest.mark.parametrize("function", CALLS)
def test_a_missing_right_is_told_from_a_wrong_password(dialer: Dialer, function: str) -> None:
    text = f"ERROR: {function} USER DOES NOT HAVE PERMISSION TO DO THIS: |6666|0|\n"
    with pytest.raises(NotAllowed) as caught:
        CALLS[function](dialer.says(text))
    assert caught.value.reason == "NO_PERMISSION"


@pytest.mark.parametrize("function", CALLS)
def test_a_function_that_the_release_lacks_is_unsupported(dialer: Dialer, function: str) -> None:
    with pytest.raises(Unsupported):
        CALLS[function](dialer.plays("unknown function"))

"""The simulator does the damage, the locks and the faults that real servers do."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests

from leads.vicidial.simulator.faults import Fault, FaultPlan
from leads.vicidial.simulator.server import Simulator

LOGIN = {"source": "tests", "user": "6666", "pass": "1234"}


def call(simulator: Simulator, function: str = "add_lead", **params: str) -> requests.Response:
    body = {**LOGIN, "function": function, **params}
    return requests.post(simulator.url, data=body, timeout=5)


def added(simulator: Simulator, **params: str) -> dict[str, object]:
    body = call(simulator, **{"phone_number": "2015550123", **params}).text
    assert body.startswith("SUCCESS"), body
    return simulator.store.leads()[-1]


@pytest.mark.parametrize(
    ("field", "sent", "stored"),
    [
        ("email", "bob+tag@gmail.com", "bob tag@gmail.com"),
        ("first_name", "José Ñandú", "Jos and"),
        ("last_name", "O'Brien, Jr. & Sons", "O'Brien Jr.  Sons"),
        ("comments", 'a; b # c "d"', "a b  c d"),
        ("vendor_lead_code", 'A;1"', "A1"),
        ("state", "Florida", "Fl"),
        ("date_of_birth", "13/45/99", "0000-00-00"),
        ("date_of_birth", "1980-02-29", "1980-02-29"),
        ("rank", "-5", "5"),
        ("gender", "male", "U"),
        ("phone_code", "", "1"),
        ("alt_phone", "(201) 555-0124", "2015550124"),
        ("comments", "x" * 300, "x" * 255),
    ],
)
def test_values_are_damaged_without_a_word(
    simulator: Simulator, field: str, sent: str, stored: str
) -> None:
    assert added(simulator, **{field: sent})[field] == stored


@pytest.mark.parametrize(
    ("sent", "used"),
    [("", 999), ("abc", 999), ("12", 999), ("-5", 999), ("101x", 101), ("77777", 77777)],
)
def test_a_list_id_that_is_none_ends_up_in_999(simulator: Simulator, sent: str, used: int) -> None:
    assert added(simulator, list_id=sent)["list_id"] == used


def test_with_use_non_latin_on_letters_stay_and_emoji_do_not(simulator: Simulator) -> None:
    simulator.accents = True
    lead = added(simulator, first_name="José", comments="fine 😀")
    assert (lead["first_name"], lead["comments"]) == ("José", "fine ????")
    body = b"source=tests&user=6666&pass=1234&function=add_lead&phone_number=2015550123"
    requests.post(
        simulator.url,
        data=body + b"&first_name=Jos%E9",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        timeout=5,
    )
    assert simulator.store.leads()[-1]["first_name"] == ""


@pytest.mark.parametrize(
    "params",
    [
        {"comments": "foo\\"},
        {"comments": 'foo\\"bar'},
        {"last_name": "O'Brien", "duplicate_check": "DUPNAMEPHONELIST"},
        {"last_name": "O'Brien", "duplicate_check": "DUPTITLEALTPHONESYS"},
        {"list_id": "55555", "duplicate_check": "DUPCAMP"},
    ],
)
def test_what_kills_the_script_is_an_empty_500_and_inserts_nothing(
    simulator: Simulator, params: dict[str, str]
) -> None:
    answer = call(simulator, **{"phone_number": "2015550123", **params})
    assert (answer.status_code, answer.text) == (500, "")
    assert simulator.store.leads() == []


@pytest.mark.parametrize("params", [{"state": "Florida"}, {"date_of_birth": ""}])
def test_a_strict_database_dies_of_more(simulator: Simulator, params: dict[str, str]) -> None:
    simulator.strict = True
    assert call(simulator, phone_number="2015550123", **params).status_code == 500


def test_ten_wrong_passwords_lock_the_account_for_everybody(simulator: Simulator) -> None:
    for _ in range(10):
        answer = call(simulator, **{"pass": "SECRETpw"})
        assert answer.text == "ERROR: Login incorrect, please try again: |6666|SECRETpw|BAD|\n"
    assert "Too many login attempts" in call(simulator, phone_number="2015550123").text
    now = simulator.store.clock()
    simulator.store.clock = lambda: now + 901
    assert call(simulator, phone_number="2015550123").text.startswith("SUCCESS")


def test_a_password_is_reduced_before_it_is_compared(simulator: Simulator) -> None:
    assert call(simulator, phone_number="2015550123", **{"pass": "1!2.3,4"}).text[:7] == "SUCCESS"


@pytest.mark.parametrize(
    ("release", "function", "known"),
    [
        ("2.4-35", "check_phone_number", False),
        ("2.10-69", "check_phone_number", True),
        ("2.14-107", "list_info", False),
        ("2.14-136", "list_info", True),
        ("2.14-136", "lead_search", False),
        ("2.14-179", "lead_search", True),
        ("2.14-194", "hopper_bulk_insert", False),
        ("3.0.1-2", "list_info", True),
        ("3.0.1-2", "lead_search", False),
        ("3.0.1-2", "lead_field_info", True),
    ],
)
def test_a_release_has_the_functions_that_it_had(
    simulator: Simulator, release: str, function: str, known: bool
) -> None:
    simulator.release = release
    unknown = call(simulator, function).text == "ERROR: NO FUNCTION SPECIFIED\n"
    assert unknown is not known


def test_an_older_release_ignores_the_list_check_without_a_word(simulator: Simulator) -> None:
    params = {"phone_number": "2015550123", "list_id": "55555", "list_exists_check": "Y"}
    assert "NOT A DEFINED LIST" in call(simulator, **params).text
    simulator.release = "2.14-136"
    assert call(simulator, **params).text.startswith("SUCCESS")


def test_a_restarted_simulator_still_has_its_leads_and_counts_on(tmp_path: Path) -> None:
    file = tmp_path / "leads.sqlite"
    with Simulator(password="1234", store=file) as first:
        first_id = added(first)["lead_id"]
    with Simulator(password="1234", store=file) as second:
        assert [lead["lead_id"] for lead in second.store.leads()] == [first_id]
        assert added(second)["lead_id"] == int(str(first_id)) + 1


def test_the_published_order_can_be_had(simulator: Simulator) -> None:
    simulator.published_order = True
    lead = added(simulator, list_id="101")
    simulator.store.delete_lead(int(str(lead["lead_id"])))
    body = call(simulator, phone_number="2015550123", list_id="101").text
    assert body.startswith("SUCCESS: add_lead LEAD HAS BEEN ADDED - 2015550123|6666|101|")


@pytest.mark.parametrize(
    ("kind", "leads", "status"),
    [
        ("closed_before", 0, None),
        ("closed_after", 1, None),
        ("error_before", 0, 500),
        ("error_after", 1, 500),
        ("gateway", 1, 502),
        ("busy", 0, 503),
        ("garbage", 1, 200),
        ("cut", 1, None),
        ("slow", 1, 200),
    ],
)
def test_a_fault_inserts_or_not_as_its_name_says(
    simulator: Simulator, kind: str, leads: int, status: int | None
) -> None:
    simulator.faults = FaultPlan.script([Fault(kind, 0.05)])
    try:
        got = call(simulator, phone_number="2015550123").status_code
    except requests.RequestException:
        got = None
    assert (got, len(simulator.store.leads())) == (status, leads)
    assert simulator.faults.done == {kind: 1}


def test_the_same_seed_plans_the_same_faults() -> None:
    one, other = (FaultPlan(0.3, seed=7) for _ in range(2))
    plan = [one.next("add_lead") for _ in range(200)]
    assert plan == [other.next("add_lead") for _ in range(200)]
    assert 30 < sum(fault is not None for fault in plan) < 90


def test_a_port_in_use_is_told() -> None:
    with Simulator(password="1234") as first, pytest.raises(OSError, match="in use"):
        Simulator(first.port, password="1234").start()


def test_a_password_with_other_signs_can_never_log_in(simulator: Simulator) -> None:
    simulator.store.set_user("6666", password="p@ss")
    assert "Login incorrect" in call(simulator, **{"pass": "p@ss"}).text


def test_the_id_of_a_deleted_lead_is_never_given_again(tmp_path: Path) -> None:
    file = tmp_path / "leads.sqlite"
    with Simulator(password="1234", store=file) as first:
        lead_id = int(str(added(first)["lead_id"]))
        call(first, "update_lead", lead_id=str(lead_id), delete_lead="Y")
    with Simulator(password="1234", store=file) as second:
        assert added(second)["lead_id"] == lead_id + 1

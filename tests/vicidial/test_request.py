"""The form body of add_lead."""

from __future__ import annotations

import pytest

from leads.vicidial.fields import (
    DUPLICATE_CHECKS,
    DUPLICATE_DAYS,
    FIELDS,
    SETTINGS,
    validate_duplicate_check,
)
from leads.vicidial.request import build_add_lead, losses

LEAD = {"phone_number": "7275551212", "list_id": "101", "first_name": "José", "city": ""}


def test_every_field_goes_through_the_wire_and_empty_ones_are_left_out() -> None:
    assert build_add_lead(LEAD, {"dnc_check": "Y", "tz_method": ""}) == {
        "phone_number": "7275551212",
        "list_id": "101",
        "first_name": "Jose",
        "dnc_check": "Y",
    }


def test_accents_are_kept_where_the_dialer_keeps_them() -> None:
    assert build_add_lead(LEAD, {}, accents=True)["first_name"] == "José"


def test_a_phone_number_that_cannot_be_sent_is_left_out_for_the_dialer_to_refuse() -> None:
    assert "phone_number" not in build_add_lead({**LEAD, "phone_number": "abc"}, {})


@pytest.mark.parametrize("list_id", ["", "abc", "12", "-5", "101x"])
def test_a_list_id_that_would_end_in_another_list_is_never_sent(list_id: str) -> None:
    with pytest.raises(ValueError, match="999"):
        build_add_lead({**LEAD, "list_id": list_id}, {})


def test_a_lead_without_a_list_id_is_never_sent() -> None:
    with pytest.raises(ValueError, match="list_id is empty"):
        build_add_lead({"phone_number": "7275551212"}, {})


@pytest.mark.parametrize("check", ["DUPNAMEPHONELIST", "DUPLIST-DUPTITLEALTPHONESYS30DAY"])
def test_an_apostrophe_in_a_name_never_meets_a_check_that_it_breaks(check: str) -> None:
    lead = {**LEAD, "last_name": "O'Brien", "address1": "1 King's Rd", "title": "M'r"}
    options = {"duplicate_check": check}
    built = build_add_lead(lead, options)
    assert (built["last_name"], built["title"]) == ("OBrien", "Mr")
    assert built["address1"] == "1 King's Rd"
    told = {name: sentence for name, _, _, sentence in losses(lead, options=options)}
    assert "apostrophe" in told["last_name"]


def test_an_apostrophe_stays_where_no_check_breaks_on_it() -> None:
    lead = {**LEAD, "last_name": "O'Brien"}
    assert build_add_lead(lead, {"duplicate_check": "DUPLIST"})["last_name"] == "O'Brien"


def test_custom_fields_are_sent_by_their_labels_if_asked_for() -> None:
    lead = {**LEAD, "fav_color": "blue; green\\"}
    assert build_add_lead(lead, {"custom_fields": "Y"})["fav_color"] == "blue, green/"


BAD = [
    ({"no_such": "x"}, {}, "no field"),
    ({"pass": "x"}, {"custom_fields": "Y"}, "custom field"),
    ({"duplicate_check": "x"}, {"custom_fields": "Y"}, "custom field"),
    ({"bad label": "x"}, {"custom_fields": "Y"}, "custom field"),
    ({}, {"no_such": "Y"}, "no setting"),
    ({}, {"first_name": "Bob"}, "no setting"),
    ({}, {"dnc_check": "yes"}, "Y, N, AREACODE"),
    ({}, {"campaign_dnc_check": "Y"}, "campaign_id"),
    ({}, {"campaign_id": "a b"}, "campaign_id"),
    ({}, {"duplicate_check": "DUPLIST7"}, "DUPLIST7"),
    ({}, {"hopper_priority": "100"}, "-99 to 99"),
    ({}, {"tz_method": "GUESS"}, "POSTAL"),
    ({}, {"callback_datetime": "tomorrow"}, "YYYY-MM-DD"),
    ({}, {"callback_comments": "a;b"}, "callback_comments"),
]


@pytest.mark.parametrize(("lead", "options", "words"), BAD)
def test_what_the_server_would_ignore_or_break_on_is_refused_with_a_sentence(
    lead: dict[str, str], options: dict[str, str], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        build_add_lead({**LEAD, **lead}, options)


def test_losses_name_the_field_what_was_given_and_what_will_be_held() -> None:
    found = losses({**LEAD, "email": "a+b@example.com", "phone_code": "", "last_name": "Smith"})
    assert [row[:3] for row in found] == [
        ("first_name", "José", "Jose"),
        ("email", "a+b@example.com", "a b@example.com"),
    ]


def test_there_are_twelve_duplicate_checks_and_thirteen_windows() -> None:
    assert len(DUPLICATE_CHECKS) == 12
    assert len(DUPLICATE_DAYS) == 13
    assert {"DUPLIST", "DUPPHONEALTCAMP", "DUPNAMEPHONESYS"} <= set(DUPLICATE_CHECKS)


@pytest.mark.parametrize(
    "value", ["DUPLIST", "DUPSYS90DAY", "DUPLIST-DUPSYS90DAY", "DUPTITLEALTPHONECAMP360DAY"]
)
def test_a_known_duplicate_check_is_taken(value: str) -> None:
    validate_duplicate_check(value)


@pytest.mark.parametrize(
    "value", ["", "DUPLIST-", "DUP", "duplist", "DUPLIST 90DAY", "DUPLIST90", "DUPLIST91DAY", "N"]
)
def test_a_duplicate_check_that_the_server_would_ignore_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="duplicate_check has"):
        validate_duplicate_check(value)


def test_the_fields_are_those_of_add_lead_in_order() -> None:
    assert list(FIELDS)[:5] == [
        "vendor_lead_code",
        "source_id",
        "phone_code",
        "phone_number",
        "list_id",
    ]
    assert len(FIELDS) == 28
    assert FIELDS["comments"].width == 255
    assert not set(FIELDS) & set(SETTINGS)

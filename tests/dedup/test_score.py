"""Two persons compared: is it one, a household, or only the same number; and what is said of it."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from leads.dedup.levels import FIELDS, LEVELS
from leads.dedup.people import person
from leads.dedup.score import (
    DUPLICATE,
    HOUSEHOLD,
    NUMBER,
    PERSON,
    SHOW,
    WEIGHTS,
    compare,
    reasons_json,
    score,
)

ROBERT: dict[str, Any] = {
    "first_name": "Robert",
    "last_name": "Garcia",
    "date_of_birth": date(1970, 3, 4),
    "address1": "12 Main Street",
    "city": "Tampa",
    "postal_code": "33602",
    "phone_e164": "+18135550100",
    "alt_phone": "",
    "email": "rg@example.com",
}
ANOTHER_PHONE = "+18135550155"


def robert(**other: Any) -> dict[str, Any]:
    return {**ROBERT, **other}


@pytest.mark.parametrize(
    "other",
    [
        robert(),
        robert(first_name="Bob", email=""),
        robert(first_name="R.", phone_e164=ANOTHER_PHONE),
        robert(first_name="Roberto", phone_e164=ANOTHER_PHONE),
        robert(first_name="Garcia", last_name="Robert", phone_e164=ANOTHER_PHONE, email=""),
        robert(last_name="García López", phone_e164=ANOTHER_PHONE, email=""),
        robert(last_name="Gracia", phone_e164=ANOTHER_PHONE),
        robert(date_of_birth="1970-04-03", email=""),
        robert(date_of_birth="1970-03-05", email=""),
        robert(address1="12 MAIN ST.", postal_code="33602-1234"),
        robert(phone_e164=ANOTHER_PHONE, alt_phone="8135550100", email=""),
    ],
)
def test_the_same_person_written_otherwise_is_found_for_certain(other: dict[str, Any]) -> None:
    found = compare(ROBERT, other)
    assert (found.kind, found.score >= DUPLICATE) == (PERSON, True), found


@pytest.mark.parametrize("given", ["José", "Jose", "JOSE", "jose", "Jose\u0301"])
def test_accents_and_case_make_no_difference(given: str) -> None:
    found = compare(robert(first_name="José", last_name="Muñoz"),
                    robert(first_name=given, last_name="MUNOZ"))  # fmt: skip
    said = {reason["field"]: reason["says"] for reason in found.reasons}
    assert said["first_name"] == "the same given name"
    assert said["last_name"] == "the same family name"


@pytest.mark.parametrize(
    "other",
    [
        robert(first_name="Maria", date_of_birth="1972-07-07", email=""),
        robert(first_name="Maria", date_of_birth=None, email=""),
        robert(first_name="Maria", date_of_birth="1972-07-07"),
        # Twins: the day says nothing where the e-mail address is another one.
        robert(first_name="Daniel", email="daniel@example.com"),
        robert(first_name="Daniel", email="", phone_e164=ANOTHER_PHONE),
        # Father and son.
        robert(last_name="Garcia Jr.", date_of_birth="1995-11-23", email="jr@example.com"),
        robert(last_name="Garcia Jr", date_of_birth="1995-11-23", email=""),
        # No relations, under one roof.
        robert(first_name="Ann", last_name="Lee", date_of_birth="1980-01-01", email=""),
    ],
)
def test_housemates_are_a_household_and_not_one_person(other: dict[str, Any]) -> None:
    found = compare(ROBERT, other)
    assert (found.kind, found.score < SHOW) == (HOUSEHOLD, True), found


def test_jr_and_sr_are_two_even_if_nothing_else_is_known_to_differ() -> None:
    found = compare(robert(last_name="Garcia Jr", date_of_birth=""), robert(last_name="Garcia Sr."))
    assert found.kind == HOUSEHOLD
    assert "Jr and Sr" in found.reasons[-1]["says"]


def test_a_father_and_a_son_of_one_name_are_never_joined_without_a_look() -> None:
    found = compare(ROBERT, robert(date_of_birth="1941-11-23", email=""))
    assert found.score < DUPLICATE


def test_the_same_number_with_no_name_is_its_own_kind() -> None:
    found = compare({"phone_e164": "+18135550100"}, ROBERT)
    assert found.kind == NUMBER
    assert [reason["field"] for reason in found.reasons] == ["phone_e164"]


MARY = {"first_name": "Mary", "last_name": "Smith", "phone_e164": "+18135550100", "city": "Tampa",
        "postal_code": "33602"}  # fmt: skip


def test_initials_of_each_other_are_no_swapped_names() -> None:
    smith = MARY | {"first_name": "A.", "last_name": "Smith"}
    adams = MARY | {"first_name": "S.", "last_name": "Adams", "phone_e164": "+18135550123"}
    assert compare(smith, adams).score < SHOW


def test_two_of_one_given_name_in_a_town_are_nothing() -> None:
    other = MARY | {"last_name": "Jones", "phone_e164": "+18135550123"}
    assert compare(MARY, other).score < SHOW


@pytest.mark.parametrize(
    ("first_name", "last_name"),
    [("Bea", "Ray"), ("Robert", "Ray"), ("Bea", "Garcia"), ("Bea", ""), ("", "Ray")],
)
def test_neighbouring_numbers_alone_make_nobody_a_suspect(first_name: str, last_name: str) -> None:
    # A vendor's file may run through a block of numbers, and a family's phones follow each other.
    robert = {"first_name": "Robert", "last_name": "Garcia", "phone_e164": "+18135550100"}
    other = {"first_name": first_name, "last_name": last_name, "phone_e164": "+18135550101"}
    assert compare(robert, other).score < SHOW


@pytest.mark.parametrize("address1", ["5032 Main St", "14 Main St", "12 Main Str Apt 9"])
def test_neighbours_with_neighbouring_numbers_are_two(address1: str) -> None:
    home = {"address1": "12 Main St", "city": "Tampa", "postal_code": "33602"}
    bob = {"first_name": "Bob", "last_name": "Garcia", "phone_e164": "+18135550110"}
    maria = {"first_name": "María José", "last_name": "Ñíguez", "phone_e164": "+18135550111"}
    found = compare(home | bob, home | maria | {"address1": address1})
    assert found.score < SHOW, found


def test_namesakes_of_one_town_are_never_joined_without_a_look() -> None:
    assert compare(MARY, MARY | {"phone_e164": "+18135550123"}).score < DUPLICATE


@pytest.mark.parametrize(
    ("change", "field", "says"),
    [
        ({"first_name": "Bob"}, "first_name", "nickname, initial or part of the same given name"),
        ({"first_name": "R"}, "first_name", "nickname, initial or part of the same given name"),
        ({"first_name": "Robrt"}, "first_name", "the same given name but for a letter or two"),
        ({"first_name": "Maria"}, "first_name", "another given name"),
        ({"last_name": "Garcia-Lopez"}, "last_name", "initial or part of the same family name"),
        ({"last_name": "G."}, "last_name", "initial or part of the same family name"),
        ({"last_name": "Smith"}, "last_name", "another family name"),
        (
            {"first_name": "Garcia", "last_name": "Robert"},
            "last_name",
            "given and family name swapped",
        ),
        (
            {"date_of_birth": "1970-04-03"},
            "date_of_birth",
            "the same date of birth with day and month swapped",
        ),
        (
            {"date_of_birth": "1971-03-04"},
            "date_of_birth",
            "the same date of birth but for a digit",
        ),
        ({"date_of_birth": "1985-12-30"}, "date_of_birth", "another date of birth"),
        ({"address1": "12 North Main St"}, "address1", "the same address, written otherwise"),
        ({"address1": "14 Main Street"}, "address1", "the same street, another house number"),
        ({"address1": "7 Oak Court"}, "address1", "another address"),
        ({"postal_code": "33603"}, "postal_code", "the same postal code but for a digit"),
        ({"phone_e164": "+18135550101"}, "phone_e164", "the same phone number but for a digit"),
        (
            {"phone_e164": ANOTHER_PHONE, "alt_phone": "813-555-0100"},
            "phone_e164",
            "a phone number of one is an alternative number of the other",
        ),
        ({"email": "RG@Example.com"}, "email", "the same e-mail address"),
        ({"email": "rg@example.org"}, "email", "nearly the same e-mail address"),
        ({"last_name": "Garcia Jr"}, "suffix", "only one has a suffix (Jr, Sr, II, …)"),
    ],
)
def test_each_reason_says_what_a_reviewer_sees(
    change: dict[str, str], field: str, says: str
) -> None:
    found = {reason["field"]: reason for reason in compare(ROBERT, robert(**change)).reasons}
    assert found[field]["says"] == says
    column = "last_name" if field == "suffix" else field
    assert found[field]["lead"] == str(ROBERT[column])
    assert found[field]["other"] == change.get(column, str(ROBERT[column]))


def test_what_is_not_known_is_no_reason() -> None:
    found = compare(ROBERT, robert(date_of_birth=None, email="", city=None))
    assert {reason["field"] for reason in found.reasons} == {
        "first_name", "last_name", "address1", "postal_code", "phone_e164"
    }  # fmt: skip


def test_a_comparison_is_the_same_both_ways() -> None:
    other = robert(first_name="Bob", phone_e164=ANOTHER_PHONE, alt_phone="8135550100")
    one, two = compare(ROBERT, other), compare(other, ROBERT)
    assert (one.score, one.kind) == (two.score, two.kind)


@pytest.mark.parametrize("nothing", [{}, {"first_name": " ", "email": "none", "alt_phone": "-"}])
def test_a_person_of_whom_nothing_is_known_compares_with_anybody(nothing: dict[str, str]) -> None:
    found = compare(nothing, ROBERT)
    assert found.reasons == []
    assert 0 <= found.score <= 1


def test_the_reasons_written_are_the_reasons_told() -> None:
    other = robert(first_name='Bob "B\\ob" Ünal', last_name="Garcia Jr", email="")
    found = compare(ROBERT, other)
    row = score(person(ROBERT), person(other)).levels[0].tolist()
    told = [
        {"field": one["field"], "says": one["says"], "weight": one["weight"]}
        for one in found.reasons
    ]
    assert json.loads(reasons_json(tuple(row))) == told


def test_every_level_that_can_be_reached_has_words_and_the_agreeing_ones_weigh_more() -> None:
    for field in FIELDS:
        if field == "suffix":
            continue
        same, differs = (WEIGHTS[field][LEVELS[field].index(n)] for n in ("same", "differs"))
        assert same > differs, field

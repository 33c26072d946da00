"""Columns joined and split, values fixed; what a mapping cannot be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.intake.errors import IntakeError
from leads.intake.mapping import Plan, check, header_key, split, split_name


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Ann Lee", ("Ann", "", "Lee")),
        ("Mary Ann Lee", ("Mary Ann", "", "Lee")),
        ("John Q. Public", ("John", "Q", "Public")),
        ("Lee, Ann", ("Ann", "", "Lee")),
        ("Lee, Ann M.", ("Ann", "M", "Lee")),
        ("Maria de la Cruz", ("Maria", "", "de la Cruz")),
        ("Ludwig van Beethoven", ("Ludwig", "", "van Beethoven")),
        ("Martin Luther King Jr.", ("Martin Luther", "", "King Jr.")),
        ("Martin King, Jr.", ("Martin", "", "King Jr.")),
        ("Cher", ("Cher", "", "")),
        ("  ", ("", "", "")),
        ("", ("", "", "")),
    ],
)
def test_a_full_name_is_split(name: str, parts: tuple[str, str, str]) -> None:
    assert split_name(name) == parts


@given(st.text())
def test_no_letter_of_a_name_is_lost(name: str) -> None:
    whole = sorted(c for c in name if c.isalnum())
    assert sorted(c for part in split_name(name) for c in part if c.isalnum()) == whole


@pytest.mark.parametrize(
    ("cell", "parts"),
    [
        ("Clearwater, FL 33755", ("Clearwater", "FL", "33755")),
        ("St. Louis MO 63101-1234", ("St. Louis", "MO", "63101-1234")),
        ("Salt Lake City, Utah, 84101", ("Salt Lake City", "Utah", "84101")),
        ("Ottawa, ON K1A 0B1", ("Ottawa", "ON", "K1A 0B1")),
        ("Tampa", ("Tampa", "", "")),
    ],
)
def test_a_city_line_is_split_or_left_whole(cell: str, parts: tuple[str, ...]) -> None:
    fields = ("city", "state", "postal_code")
    assert split("city_state_zip", cell) == list(zip(fields, parts, strict=True))


def test_a_plain_mapping_leaves_rows_as_they_are() -> None:
    plan = Plan(["phone_number", None, "email"], {})
    rows = [["1", "2", "3"]]
    assert plan.arrange(rows) is rows
    assert plan.fields == ("phone_number", None, "email")


def test_columns_of_one_field_are_joined_in_their_order_and_empty_ones_left_out() -> None:
    plan = Plan(["address1", "phone_number", "address1"], {})
    assert plan.fields == ("address1", "phone_number")
    assert plan.arrange([["1 Main St", "7", "Apt 2"], ["", "8", "Apt 3"]]) == [
        ["1 Main St Apt 2", "7"],
        ["Apt 3", "8"],
    ]


def test_a_fixed_value_fills_only_what_is_empty() -> None:
    plan = Plan(["phone_number", "phone_code"], {"phone_code": "44", "source_id": "WEB"})
    assert plan.fields == ("phone_number", "phone_code", "source_id")
    assert plan.arrange([["7", "1"], ["8", " "]]) == [["7", "1", "WEB"], ["8", "44", "WEB"]]


@pytest.mark.parametrize(
    ("mapping", "says"),
    [
        (["phone_number"], "for 1 columns, and the file has 2"),
        (["phone_number", "shoe_size"], '"shoe_size" is nothing'),
        (["first_name", None], "No column is the phone_number"),
    ],
)
def test_what_a_mapping_cannot_be(mapping: list[str | None], says: str) -> None:
    with pytest.raises(IntakeError, match=says):
        check(mapping, 2)


def test_a_header_is_the_same_however_it_is_written() -> None:
    assert header_key(["Phone", "First Name"]) == header_key([" phone", "first_name "])
    assert header_key(["a", "b"]) != header_key(["b", "a"])

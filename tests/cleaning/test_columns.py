"""Columns that are cleaned by themselves: dates, e-mail, states, countries, codes."""

from __future__ import annotations

from datetime import date
from typing import Literal

import pytest

from leads.cleaning.address import clean_country, clean_postal_code, clean_state
from leads.cleaning.dates import clean_date
from leads.cleaning.email import clean_email
from leads.cleaning.person import (
    clean_gender,
    clean_list_id,
    clean_middle_initial,
    clean_rank,
    clean_title,
)

TODAY = date(2026, 11, 23)
Order = Literal["mdy", "dmy", "ymd"]


@pytest.mark.parametrize(
    ("given", "order", "expected"),
    [
        ("1980-03-04", "mdy", "1980-03-04"),
        ("3/4/1980", "mdy", "1980-03-04"),
        ("3/4/1980", "dmy", "1980-04-03"),
        ("04.03.1980", "dmy", "1980-03-04"),
        ("80-3-4", "ymd", "1980-03-04"),
        ("1980/3/4", "dmy", "1980-03-04"),
        ("03-04-80", "mdy", "1980-03-04"),
        ("03/04/09", "mdy", "2009-03-04"),
        ("03/04/26", "mdy", "1926-03-04"),
        ("19800304", "mdy", "1980-03-04"),
        ("03041980", "mdy", "1980-03-04"),
        ("1980-03-04 00:00:00", "mdy", "1980-03-04"),
        ("1980-03-04T00:00:00Z", "mdy", "1980-03-04"),
        ("3/4/1980 12:00 AM", "mdy", "1980-03-04"),
        ("4 Mar 1980", "mdy", "1980-03-04"),
        ("March 4th, 1980", "dmy", "1980-03-04"),
        ("4 de marzo de 1980", "mdy", "1980-03-04"),
        ("4. März 1980", "dmy", "1980-03-04"),
        ("1er août 1980", "dmy", "1980-08-01"),
    ],
)
def test_a_date_is_read_in_the_order_of_its_source(given: str, order: Order, expected: str) -> None:
    assert clean_date(given, order, TODAY)[0] == expected


@pytest.mark.parametrize(
    "given", ["13/45/99", "31/31/1980", "2/30/1980", "1850-01-01", "2030-01-01", "soon", "29284"]
)
def test_what_is_no_date_of_birth_is_left_out_with_a_warning(given: str) -> None:
    value, said = clean_date(given, "mdy", TODAY)
    assert value == ""
    assert said is not None
    assert said.code == "DATE_INVALID"


def test_a_date_that_exists_only_in_the_other_order_is_read_so_with_a_warning() -> None:
    value, said = clean_date("25/12/1980", "mdy", TODAY)
    assert value == "1980-12-25"
    assert said is not None
    assert said.code == "DATE_OTHER_ORDER"


@pytest.mark.parametrize("given", ["0000-00-00", "00/00/0000"])
def test_a_date_of_zeros_is_no_date_and_no_warning(given: str) -> None:
    value, said = clean_date(given, "mdy", TODAY)
    assert value == ""
    assert said is not None
    assert said.severity == "tells"


@pytest.mark.parametrize(
    ("given", "expected", "codes"),
    [
        ("bob@example.com", "bob@example.com", []),
        ("Bob.Lee+vip@Example.COM", "Bob.Lee+vip@example.com", []),
        ("mailto:bob@example.com", "bob@example.com", ["EMAIL_UNWRAPPED"]),
        ("Bob Lee <bob@example.com>", "bob@example.com", ["EMAIL_UNWRAPPED"]),
        ("bob@example.com.", "bob@example.com", ["EMAIL_UNWRAPPED"]),
        ("bob@example.com; al@example.com", "bob@example.com", ["EMAIL_MORE"]),
        ("josé@exämple.org", "josé@exämple.org", []),
        ("bob@example", "bob@example", ["EMAIL_INVALID"]),
        ("bob example.com", "bob example.com", ["EMAIL_INVALID"]),
        ("bob..lee@example.com", "bob..lee@example.com", ["EMAIL_INVALID"]),
        ("none", "none", ["EMAIL_INVALID"]),
    ],
)
def test_an_address_is_taken_out_of_its_wrapping(
    given: str, expected: str, codes: list[str]
) -> None:
    value, notes = clean_email(given)
    assert (value, [found.code for found in notes]) == (expected, codes)


@pytest.mark.parametrize(
    ("given", "country", "expected"),
    [
        ("FL", "US", "FL"),
        ("fl", "US", "FL"),
        ("Florida", "US", "FL"),
        ("Fla.", "US", "FL"),
        ("new  york", "US", "NY"),
        ("Québec", "CA", "QC"),
        ("NSW", "AU", "NS"),
        ("Ciudad de México", "MX", "DF"),
        ("Bayern", "DE", "Bayern"),
    ],
)
def test_a_state_has_two_letters(given: str, country: str, expected: str) -> None:
    assert clean_state(given, country)[0] == expected


def test_a_state_that_its_country_does_not_have_warns() -> None:
    value, said = clean_state("Narnia", "US")
    assert value == "Narnia"
    assert said is not None
    assert said.code == "STATE_UNKNOWN"


@pytest.mark.parametrize(
    ("given", "three", "two"),
    [
        ("USA", "USA", "US"),
        ("us", "USA", "US"),
        ("United States of America", "USA", "US"),
        ("Estados Unidos", "USA", "US"),
        ("Deutschland", "DEU", "DE"),
        ("México", "MEX", "MX"),
        ("UK", "GBR", "GB"),
        ("Narnia", "Narnia", ""),
    ],
)
def test_a_country_has_three_letters(given: str, three: str, two: str) -> None:
    assert clean_country(given)[:2] == (three, two)


@pytest.mark.parametrize(
    ("given", "country", "expected", "code"),
    [
        ("33601", "US", "33601", None),
        ("33601-1234", "US", "33601-1234", None),
        ("336011234", "US", "33601-1234", "POSTAL_FORMATTED"),
        ("33601.0", "US", "33601", "POSTAL_FORMATTED"),
        ("2134", "US", "02134", "POSTAL_ZERO_LOST"),
        ("21341234", "US", "02134-1234", "POSTAL_ZERO_LOST"),
        ("ABC", "US", "ABC", "POSTAL_INVALID"),
        ("k1a0b1", "CA", "K1A 0B1", "POSTAL_FORMATTED"),
        ("sw1a 1aa", "GB", "SW1A 1AA", None),
    ],
)
def test_postal_codes_are_mended_where_it_is_certain(
    given: str, country: str, expected: str, code: str | None
) -> None:
    value, said = clean_postal_code(given, country)
    assert value == expected
    assert (said.code if said else None) == code


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("M", "M"),
        ("male", "M"),
        ("Hombre", "M"),
        ("1", "M"),
        ("Frau", "F"),
        ("féminin", "F"),
        ("mulher", "F"),
        ("divers", "U"),
        ("zebra", "U"),
    ],
)
def test_gender_is_one_of_three_letters(given: str, expected: str) -> None:
    assert clean_gender(given)[0] == expected


def test_an_unknown_gender_warns() -> None:
    said = clean_gender("zebra")[1]
    assert said is not None
    assert said.code == "GENDER_UNKNOWN"


@pytest.mark.parametrize(
    ("given", "expected"), [("Q", "Q"), ("Q.", "Q"), ("Quincy", "Q"), ("É", "É"), (".", ".")]
)
def test_a_middle_name_becomes_its_initial(given: str, expected: str) -> None:
    assert clean_middle_initial(given)[0] == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("Mr", "Mr"),
        ("Mrs.", "Mrs."),
        ("Mister", "Mr"),
        ("PROFESSOR", "Prof"),
        ("Señora", "Mrs"),
        ("Doctor.", "Dr"),
        ("Archduke", "Archduke"),
    ],
)
def test_a_title_that_does_not_fit_gets_its_short_form(given: str, expected: str) -> None:
    value, said = clean_title(given)
    assert value == expected
    assert (said is not None) == (value != given)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("5", "5"),
        ("-5", "-5"),
        ("+7", "7"),
        ("3.0", "3"),
        ("99999", ""),
        ("high", ""),
        ("007", "7"),
    ],
)
def test_a_rank_is_a_whole_number_that_the_column_holds(given: str, expected: str) -> None:
    assert clean_rank(given)[0] == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("101", "101"),
        ("101.0", "101"),
        ("12", ""),
        ("abc", ""),
        ("-5", ""),
        ("101x", ""),
        ("0" * 5, ""),
    ],
)
def test_a_list_that_would_land_in_the_default_list_is_left_out(given: str, expected: str) -> None:
    assert clean_list_id(given)[0] == expected

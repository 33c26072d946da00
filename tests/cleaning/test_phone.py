"""Phone numbers: split, judged, and never turned into somebody else's."""

from __future__ import annotations

import pytest

from leads.cleaning.phone import clean_alt_phone, clean_phone, known_country
from leads.cleaning.reasons import Severity


@pytest.mark.parametrize(
    ("given", "country", "code", "number"),
    [
        ("7275550123", "US", "1", "7275550123"),
        ("(727) 555-0123", "US", "1", "7275550123"),
        ("727.555.0123", "US", "1", "7275550123"),
        ("727 - 555 - 0123", "US", "1", "7275550123"),
        ("1-727-555-0123", "US", "1", "7275550123"),
        ("+1 (727) 555-0123", "US", "1", "7275550123"),
        ("17275550123", "CA", "1", "7275550123"),
        ("７２７５５５０１２３", "US", "1", "7275550123"),
        ("020 7946 0123", "GB", "44", "2079460123"),
        ("442079460123", "GB", "44", "2079460123"),
        ("+44 (0)20 7946 0123", "US", "44", "2079460123"),
        ("011 44 20 7946 0123", "US", "44", "2079460123"),
        ("0044 20 7946 0123", "US", "44", "2079460123"),
        ("0113 496 0123", "GB", "44", "1134960123"),
        ("+1 727 555 0123", "GB", "1", "7275550123"),
    ],
)
def test_every_usual_spelling_becomes_country_code_and_national_number(
    given: str, country: str, code: str, number: str
) -> None:
    phone = clean_phone(given, "", country)
    assert (phone.phone_code, phone.phone_number) == (code, number)
    assert phone.e164 == f"+{code}{number}"
    assert phone.notes == ()


def test_an_italian_number_keeps_its_leading_zero() -> None:
    assert clean_phone("06 5555 1234", "", "IT").phone_number == "0655551234"


@pytest.mark.parametrize(
    ("given", "country", "reason"),
    [
        ("", "US", "PHONE_MISSING"),
        ("n/a", "US", "PHONE_MISSING"),
        ("-", "US", "PHONE_MISSING"),
        ("unknown", "US", "PHONE_MISSING"),
        ("12345", "US", "PHONE_LENGTH"),
        ("727555012", "US", "PHONE_IMPOSSIBLE"),
        ("72755501234567", "US", "PHONE_IMPOSSIBLE"),
        ("1" * 25, "US", "PHONE_LENGTH"),
        ("5550123", "US", "PHONE_NO_AREA_CODE"),
        ("020 7946 0123", "US", "PHONE_IMPOSSIBLE"),
        ("727555O123", "US", "PHONE_LETTERS"),
        ("727-555-012O", "US", "PHONE_LETTERS"),
        ("call me", "US", "PHONE_LETTERS"),
        ("7275550123 bob 8135550123", "US", "PHONE_LETTERS"),
        ("7.27555E+09", "US", "PHONE_ROUNDED"),
        ("9995550123", "US", "PHONE_UNASSIGNED"),
        ("07700 900123", "GB", "PHONE_UNASSIGNED"),
    ],
)
def test_what_cannot_be_called_stops_the_lead_and_says_why(
    given: str, country: str, reason: str
) -> None:
    phone = clean_phone(given, "", country)
    assert [found.code for found in phone.notes] == [reason]
    assert phone.stops


@pytest.mark.parametrize("given", ["727555O123", "7.27555E+09", "call me"])
def test_a_number_that_had_to_be_guessed_is_not_kept(given: str) -> None:
    phone = clean_phone(given, "", "US")
    assert (phone.phone_number, phone.e164) == ("", "")


def test_an_unassigned_number_only_warns_if_the_source_says_so() -> None:
    phone = clean_phone("9995550123", "", "US", "warn")
    assert [found.severity for found in phone.notes] == [Severity.WARNS]
    assert phone.e164 == "+19995550123"


@pytest.mark.parametrize(
    ("given", "reason", "number"),
    [
        ("1-800-FLOWERS", "PHONE_VANITY", "8003569377"),
        ("7275550123 home", "PHONE_TEXT_DROPPED", "7275550123"),
        ("cell: 727-555-0123", "PHONE_TEXT_DROPPED", "7275550123"),
        ("727-555-0123, ask for Bob", "PHONE_TEXT_DROPPED", "7275550123"),
        ("727-555-0123 / 0124", "PHONE_TEXT_DROPPED", "7275550123"),
        ("7.275550123E+09", "PHONE_EXPANDED", "7275550123"),
        ("7275550123.0", "PHONE_EXPANDED", "7275550123"),
    ],
)
def test_what_stood_beside_the_number_is_told(given: str, reason: str, number: str) -> None:
    phone = clean_phone(given, "", "US")
    assert phone.phone_number == number
    assert [found.code for found in phone.notes] == [reason]
    assert not phone.stops


@pytest.mark.parametrize(
    "given",
    [
        "7275550123 x12",
        "7275550123x12",
        "7275550123ext12",
        "727-555-0123 ext. 12",
        "727-555-0123 extension 12",
        "7275550123;ext=12",
        "727 555 0123 #12",
        "+1 727 555 0123 (ext 12)",
    ],
)
def test_an_extension_is_split_off(given: str) -> None:
    phone = clean_phone(given, "", "US")
    assert (phone.phone_number, phone.extension) == ("7275550123", "12")
    assert [found.code for found in phone.notes] == ["PHONE_EXTENSION_SPLIT"]


@pytest.mark.parametrize("between", [" / ", ";", ", ", " or ", " | ", " & "])
def test_of_several_numbers_in_a_cell_the_first_counts(between: str) -> None:
    phone = clean_phone(f"727-555-0123{between}813-555-0124", "", "US")
    assert phone.phone_number == "7275550123"
    assert phone.others == ("813-555-0124",)


def test_a_slash_after_the_area_code_does_not_make_two_numbers() -> None:
    assert clean_phone("030/12345678", "", "DE").phone_number == "3012345678"


@pytest.mark.parametrize("code", ["44", "+44", "0044", "044"])
def test_a_phone_code_column_says_whose_national_number_it_is(code: str) -> None:
    phone = clean_phone("020 7946 0123", code, "US")
    assert (phone.phone_code, phone.phone_number) == ("44", "2079460123")
    assert phone.notes == ()


def test_a_number_with_plus_wins_over_the_phone_code_column() -> None:
    phone = clean_phone("+44 20 7946 0123", "1", "US")
    assert phone.phone_code == "44"
    assert [found.code for found in phone.notes] == ["PHONE_CODE_CONFLICT"]


@pytest.mark.parametrize("code", ["999", "abc", "12345", "0"])
def test_a_phone_code_of_no_country_is_told_and_not_used(code: str) -> None:
    phone = clean_phone("7275550123", code, "US")
    assert phone.phone_code == "1"
    assert [found.code for found in phone.notes] == ["PHONE_CODE_UNKNOWN"]


def test_an_alternative_number_is_written_as_its_digits() -> None:
    assert clean_alt_phone("(813) 555-0124", "1", "US") == ("8135550124", ())


@pytest.mark.parametrize("given", ["12", "call me", "9995550123", "+44 20 7946 0123"])
def test_an_alternative_number_that_cannot_be_called_warns_and_stops_nothing(given: str) -> None:
    number, notes = clean_alt_phone(given, "1", "US")
    assert number
    assert [found.code for found in notes] == ["ALT_PHONE_INVALID"]
    assert notes[0].severity is Severity.WARNS


def test_a_country_without_numbers_is_known_as_such() -> None:
    assert known_country("GB")
    assert not known_country("XX")

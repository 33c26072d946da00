"""A whole row: nothing raised, nothing cut, every change told."""

from __future__ import annotations

import random
import re
import unicodedata
from pathlib import Path

import pytest

import leads.cleaning
from leads.cleaning.plain import plain
from leads.cleaning.reasons import REASONS, Severity, note, sentence
from leads.cleaning.row import CleanRow, Rules, clean_row

US = Rules()


def codes(row: CleanRow) -> list[str]:
    return sorted(found.code for found in row.notes)


def test_a_clean_row_comes_out_as_it_went_in() -> None:
    values = {"phone_number": "7275550123", "first_name": "Ann", "state": "FL", "email": ""}
    row = clean_row(values, US)
    assert row.values == {
        "phone_code": "1",
        "phone_number": "7275550123",
        "first_name": "Ann",
        "state": "FL",
    }
    assert row.phone_e164 == "+17275550123"
    assert row.notes == ()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("  Ann  Lee ", "Ann Lee"),
        ("Ann\u00a0Lee", "Ann Lee"),
        ("O\u2019Brien", "O'Brien"),
        ("\u201cBob\u201d", '"Bob"'),
        ("Ann\u200bLee", "AnnLee"),
        ("Jose\u0301", "José"),
        ("a\tb\r\nc", "a b c"),
        ("Ñandú", "Ñandú"),
        ("李小龙", "李小龙"),
        ("half \ud83d pair", "half pair"),
    ],
)
def test_text_is_made_plain_and_keeps_every_letter(given: str, expected: str) -> None:
    assert plain(given) == expected


def test_nul_bytes_go_and_are_told() -> None:
    row = clean_row({"phone_number": "7275550123", "last_name": "Smi␀th"}, US)
    assert row.values["last_name"] == "Smith"
    assert codes(row) == ["NUL_BYTES"]


def test_characters_that_could_not_be_read_are_kept_and_told() -> None:
    row = clean_row({"phone_number": "7275550123", "last_name": "Jos\ufffd"}, US)
    assert row.values["last_name"] == "Jos\ufffd"
    assert codes(row) == ["UNDECODABLE"]


def test_an_empty_row_is_stopped() -> None:
    row = clean_row({"phone_number": "", "first_name": " "}, US)
    assert [found.code for found in row.stops] == ["ROW_EMPTY"]


def test_a_field_of_20_kb_is_kept_whole_with_a_warning() -> None:
    row = clean_row({"phone_number": "7275550123", "comments": "x" * 20_000}, US)
    assert len(row.values["comments"]) == 20_000
    assert [found.code for found in row.warnings] == ["CELL_TOO_LARGE"]
    assert len(row.warnings[0].sentence) < 400


def test_an_extension_goes_to_empty_comments() -> None:
    row = clean_row({"phone_number": "7275550123 x12"}, US)
    assert row.values["comments"] == "ext 12"


def test_an_extension_never_touches_comments_that_somebody_wrote() -> None:
    row = clean_row({"phone_number": "7275550123 x12", "comments": "VIP"}, US)
    assert row.values["comments"] == "VIP"
    assert "PHONE_EXTENSION_SPLIT" in codes(row)


def test_a_second_number_goes_to_a_free_alt_phone() -> None:
    row = clean_row({"phone_number": "7275550123 / (813) 555-0124 / 4075550125"}, US)
    assert row.values["alt_phone"] == "8135550124"
    assert codes(row) == ["PHONE_MORE_NUMBERS", "PHONE_MOVED_TO_ALT"]


def test_a_second_number_never_displaces_an_alt_phone() -> None:
    row = clean_row({"phone_number": "7275550123;8135550124", "alt_phone": "4075550125"}, US)
    assert row.values["alt_phone"] == "4075550125"
    assert codes(row) == ["PHONE_MORE_NUMBERS"]


def test_the_rows_own_country_decides_about_its_state() -> None:
    row = clean_row(
        {"phone_number": "7275550123", "state": "Ontario", "country_code": "Canada"}, US
    )
    assert (row.values["state"], row.values["country_code"]) == ("ON", "CAN")


def test_a_state_too_long_for_its_column_moves_to_province() -> None:
    row = clean_row({"phone_number": "7275550123", "state": "Bayern", "country_code": "DEU"}, US)
    assert "state" not in row.values
    assert row.values["province"] == "Bayern"


def test_unassigned_numbers_follow_the_sources_policy() -> None:
    values = {"phone_number": "9995550123"}
    assert clean_row(values, Rules(unassigned="invalid")).stops
    assert not clean_row(values, Rules(unassigned="warn")).stops
    assert clean_row(values, Rules(unassigned="warn")).warnings


def test_cleaning_a_cleaned_row_changes_nothing() -> None:
    dirty = {
        "phone_number": "+44 20 7946 0123 ext 5",
        "state": "Florida",
        "postal_code": "2134",
        "date_of_birth": "3/4/80",
        "gender": "female",
        "email": "Bob <BOB@Example.com>",
        "middle_initial": "Quincy",
        "country_code": "United States",
    }
    once = clean_row(dirty, US)
    twice = clean_row(once.values, US)
    assert twice.values == once.values
    assert twice.notes == ()


def test_no_row_makes_it_raise() -> None:
    chance = random.Random(7)
    signs = ["7", "5", "0", "+", "(", ")", "-", " ", "x", "/", ";", "@", ".", "é", "\0", "\ud800"]
    signs += ["ext", "or", "E+09", "１", "'", '"', "\\", "\n", "👋", "\u0301"]
    fields = ["phone_number", "phone_code", "alt_phone", "email", "date_of_birth", "state"]
    fields += ["postal_code", "country_code", "gender", "rank", "list_id", "middle_initial"]
    for _ in range(3000):
        values = {field: "".join(chance.choices(signs, k=chance.randrange(16))) for field in fields}
        row = clean_row(values, US)
        assert all(found.sentence for found in row.notes)
        for text in row.values.values():
            assert text == unicodedata.normalize("NFC", text).strip()
            text.encode()


def test_every_reason_is_a_sentence_that_names_what_it_is_about() -> None:
    for reason in REASONS.values():
        words = sentence(reason.code, "first_name", "given text", "new text")
        assert words.endswith((".", "text"))
        assert reason.severity in Severity
        if reason.severity is not Severity.TELLS:
            assert reason.remedy.endswith("."), reason.code


def test_every_code_used_is_in_the_table_and_the_other_way_round() -> None:
    app = Path(leads.cleaning.__file__).parents[1]
    folders = ("assess", "cleaning", "dedup", "intake")
    files = [file for folder in folders for file in app.glob(f"{folder}/*.py")]
    used = {
        code
        for file in files
        for code in re.findall(r'"([A-Z]+(?:_[A-Z]+)*)"', file.read_text(encoding="utf-8"))
    }
    assert set(REASONS) <= used
    assert {code for code in used if code.startswith(("PHONE_", "DATE_", "WIRE_"))} <= set(REASONS)


def test_an_unknown_code_is_shown_rather_than_raised() -> None:
    assert "OLD_CODE" in sentence("OLD_CODE", "rank", "5")


def test_a_note_repeats_only_the_beginning_of_a_long_value() -> None:
    assert len(note("CELL_TOO_LARGE", "comments", "x" * 20_000).given) <= 120

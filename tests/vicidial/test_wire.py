"""What is sent for a value, what the server will hold, and what is said of the loss."""

from __future__ import annotations

import random
import re
import unicodedata

import pytest

from leads.vicidial.fields import FIELDS
from leads.vicidial.wire import clean

# field, value, sent, stored; without "use non latin"
CASES = [
    ("first_name", "José Ñandú", "Jose Nandu", "Jose Nandu"),
    ("last_name", "Straße", "Strasse", "Strasse"),
    ("last_name", "Łukasz Þór Œuvre", "Lukasz Thor Oeuvre", "Lukasz Thor Oeuvre"),
    ("last_name", "O’Brien", "O'Brien", "O'Brien"),
    ("last_name", "O'Brien, Jr. & Sons", "O'Brien Jr. and Sons", "O'Brien Jr. and Sons"),
    ("last_name", "Smith,Jones", "Smith Jones", "Smith Jones"),
    ("last_name", "Smith/Jones (Bob)", "Smith Jones Bob", "Smith Jones Bob"),
    ("first_name", "Ann 🎉", "Ann", "Ann"),
    ("first_name", "🎉", "", ""),
    ("first_name", "???", "", ""),
    ("first_name", "A+B", "A B", "A B"),
    ("first_name", "Ann\x00\x07", "Ann", "Ann"),
    ("first_name", "A\\B", "A B", "A B"),
    ("first_name", "Ann\u200b", "Ann", "Ann"),
    ("first_name", "x" * 31, "x" * 30, "x" * 30),
    ("title", "Professor", "Prof", "Prof"),
    ("middle_initial", "Q.", "Q", "Q"),
    ("address1", "12½ Main St, Apt #5", "12 1/2 Main St Apt No. 5", "12 1/2 Main St Apt No. 5"),
    ("address1", "C:\\x", "C:/x", "C:/x"),
    ("address2", "c/o Bob @ home", "c/o Bob @ home", "c/o Bob @ home"),
    ("city", "Zürich", "Zurich", "Zurich"),
    ("comments", 'a; b # c "d"', "a, b c d", "a, b c d"),
    ("comments", "call at 5 + 6, (urgent) & soon!", "call at 5 6, (urgent) & soon!", None),
    ("comments", "two\r\nlines\tmore", "two lines more", "two lines more"),
    ("comments", "ends\\", "ends/", "ends/"),
    ("comments", "x" * 300, "x" * 255, "x" * 255),
    ("vendor_lead_code", "A;1#2", "A12", "A12"),
    ("vendor_lead_code", "A\\1", "A/1", "A/1"),
    ("source_id", "web+form", "web form", "web form"),
    ("email", "bob+tag@gmail.com", "bob+tag@gmail.com", "bob tag@gmail.com"),
    ("email", "bob@example.com", "bob@example.com", "bob@example.com"),
    ("email", "josé@example.com", "", ""),
    ("email", "a&b@example.com", "", ""),
    ("email", "b" * 70 + "@example.com", "", ""),
    ("state", "FL", "FL", "FL"),
    ("state", "Florida", "", ""),
    ("country_code", "USA", "USA", "USA"),
    ("country_code", "United States", "", ""),
    ("postal_code", "SW1A 1AA", "SW1A 1AA", "SW1A 1AA"),
    ("postal_code", "33701.1234", "337011234", "337011234"),
    ("date_of_birth", "1980-02-29", "1980-02-29", "1980-02-29"),
    ("date_of_birth", "1981-02-29", "", "0000-00-00"),
    ("date_of_birth", "13/45/99", "", "0000-00-00"),
    ("date_of_birth", "0000-00-00", "", "0000-00-00"),
    ("date_of_birth", "19800229", "", "0000-00-00"),
    ("gender", "M", "M", "M"),
    ("gender", "male", "M", "M"),
    ("gender", "f", "F", "F"),
    ("gender", "x", "U", "U"),
    ("rank", "7", "7", "7"),
    ("rank", "-5", "0", "0"),
    ("rank", "5.0", "5", "5"),
    ("rank", "5.5", "", "0"),
    ("rank", "99999", "32767", "32767"),
    ("phone_number", "(727) 555-1213", "7275551213", "7275551213"),
    ("phone_number", "7275551213", "7275551213", "7275551213"),
    ("phone_number", "7275551213,7275551214", "", ""),
    ("phone_number", "7275551213 x12", "", ""),
    ("phone_number", "12345", "", ""),
    ("phone_number", "12345678901234567", "", ""),
    ("phone_number", "٧٢٧٥٥٥١٢١٣", "", ""),
    ("alt_phone", "+44 7700 900123", "447700900123", "447700900123"),
    ("alt_phone", "1234567890123", "", ""),
    ("phone_code", "1", "1", "1"),
    ("phone_code", "+44", "44", "44"),
    ("phone_code", "", "", "1"),
    ("phone_code", "US", "", "1"),
    ("list_id", "101", "101", "101"),
    ("list_id", "", "", "999"),
    ("list_id", "abc", "", "999"),
    ("list_id", "12", "", "999"),
    ("list_id", "-5", "", "999"),
    ("list_id", "101x", "", "999"),
    ("list_id", "1" * 13, "", "999"),
    ("entry_list_id", "101", "101", "101"),
    ("entry_list_id", "x", "", "0"),
    ("gmt_offset_now", "-5", "", ""),
    ("multi_alt_phones", "7275551212_1_work!7275551213_1_home", None, None),
    ("owner", "team #1", "team No. 1", "team No. 1"),
    ("fav_color", "blue; green", "blue, green", "blue, green"),
]


@pytest.mark.parametrize(("field", "value", "sent", "stored"), CASES)
def test_a_value_is_sent_in_a_form_that_the_server_keeps(
    field: str, value: str, sent: str | None, stored: str | None
) -> None:
    wire = clean(field, value)
    assert wire.sent == (value if sent is None else sent)
    assert wire.stored == (wire.sent if stored is None else stored)
    assert bool(wire.loss) == (wire.stored != value)


ACCENTED = [
    ("first_name", "José Ñandú", "José Ñandú"),
    ("first_name", "Jose\u0301", "José"),
    ("first_name", "Ann 😀", "Ann"),
    ("first_name", "हिन्दी", "hindi"),
    ("first_name", "日本", "日本"),
    ("comments", "naïve — ‘x’ 😀", "naïve — ‘x’"),
    ("city", "Zürich", "Zürich"),
    ("last_name", "O’Brien", "O'Brien"),
    ("email", "josé@example.com", "josé@example.com"),
]


@pytest.mark.parametrize(("field", "value", "sent"), ACCENTED)
def test_a_server_with_use_non_latin_gets_its_letters(field: str, value: str, sent: str) -> None:
    wire = clean(field, value, accents=True)
    assert (wire.sent, wire.stored) == (sent, sent)
    assert bool(wire.loss) == (sent != value)


def test_the_loss_says_what_was_given_what_is_held_and_why() -> None:
    loss = clean("first_name", "José").loss
    assert "José" in loss
    assert "Jose”" in loss
    assert "é" in loss
    assert "first_name" in loss


def test_a_plus_in_an_address_is_said_to_be_unavoidable() -> None:
    assert "+" in clean("email", "bob+tag@gmail.com").loss


def test_a_list_that_is_none_is_said_to_end_in_the_default_list() -> None:
    assert "999" in clean("list_id", "abc").loss


def test_a_long_value_does_not_make_a_long_sentence() -> None:
    assert len(clean("comments", "é" * 20_000).loss) < 400


def test_multi_alt_phones_are_never_cut_inside_a_number() -> None:
    entries = [f"727555{number:04}_1_work" for number in range(100)]
    sent = clean("multi_alt_phones", "!".join(entries)).sent
    assert len(sent) <= 1024
    assert sent.split("!") == entries[: len(sent.split("!"))]


ALPHABET = (
    "abcXYZ 0123456789 '-_.,;:#\"&()/@+\\!?*|%<>=~`^$[]{}\t\r\n\x00\x07\x1b\x7f\x85"
    "éÉñüßŁøÞœ½²№€ªº\u0301\u0300\u200b\u200d\u00ad\ufeff\u2028’“—…"
    "日本हिन्दी٣한글אֽ\U0001f389\U0001d409\U00020bb7\ud800\uffff\ue000"
)
VALUES = ["".join(random.Random(seed).choices(ALPHABET, k=seed % 60)) for seed in range(400)] + [
    character * 300 for character in "x é\\+😀#;'"
]


def model(field: str, sent: str, accents: bool) -> str:
    """What the server holds, written down a second time, from the table in docs/vicidial.md."""
    letters = r"0-9a-zA-Z" if not accents else r"0-9\w"
    kept = {
        "name": rf"[^- '+_.{letters}]",
        "word": rf"[^-_{letters}]",
        "country": rf"[^-_{letters}]",
        "address": rf"[^- '+.:/@_{letters}]",
        "email": rf"[^- '+.:/@%_{letters}]",
        "state": rf"[^- {letters}]",
        "postal": rf"[^- '+{letters}]",
        "alts": rf"[^- +!:_{letters}]",
        "free": r"[;#\"]",
        "code": r"[;#\"]",
    }
    known = FIELDS[field]
    return re.sub(kept[known.kind], "", sent).replace("+", " ")[: known.width]


DEFAULTS = {"date": "0000-00-00", "gender": "U", "rank": "0", "list": "999", "number": "0"}
TEXTS = {"name", "word", "country", "address", "email", "state", "postal", "alts", "free", "code"}


@pytest.mark.parametrize("accents", [False, True])
@pytest.mark.parametrize("field", FIELDS)
def test_whatever_the_value_the_promises_of_clean_hold(field: str, accents: bool) -> None:
    known = FIELDS[field]
    for value in VALUES:
        wire = clean(field, value, accents)
        again = clean(field, wire.sent, accents)
        assert again.sent == wire.sent, (value, wire)
        if wire.sent:
            assert again.stored == wire.stored, (value, wire)
        assert len(wire.sent) <= known.width, (value, wire)
        assert "\\" not in wire.sent, (value, wire)
        assert not any(unicodedata.category(c) in ("Cc", "Cs") for c in wire.sent), (value, wire)
        assert all(c <= "\uffff" for c in wire.sent), (value, wire)
        assert accents or wire.sent.isascii(), (value, wire)
        assert bool(wire.loss) == (wire.stored != value) or not value, (value, wire)
        wire.sent.encode()
        if known.kind in TEXTS:
            assert wire.stored == model(field, wire.sent, accents), (value, wire)
        elif wire.sent:
            assert wire.stored == wire.sent, (value, wire)
        elif value:
            assert wire.stored in ("", DEFAULTS.get(known.kind), "1"), (value, wire)


@pytest.mark.parametrize("field", FIELDS)
def test_an_empty_value_is_left_out(field: str) -> None:
    wire = clean(field, "")
    assert wire.sent == ""
    assert bool(wire.loss) == (field in ("list_id", "phone_code"))

"""Whatever the text: nothing is raised, and cleaning what is clean changes nothing."""

from __future__ import annotations

from datetime import date

from hypothesis import example, given, settings
from hypothesis import strategies as st

from leads.cleaning.plain import plain
from leads.cleaning.row import clean_cell, clean_row
from leads.cleaning.rules import Rules
from leads.vicidial.fields import FIELDS

TODAY = date(2026, 11, 23)
COUNTRIES = ("US", "CA", "GB", "DE", "MX", "AU", "IT", "BR")
ALONE = (
    "email", "date_of_birth", "gender", "middle_initial", "rank", "list_id", "entry_list_id",
    "first_name", "last_name", "title", "address1", "city", "comments",
)  # fmt: skip

rules = st.builds(
    Rules,
    country=st.sampled_from(COUNTRIES),
    unassigned=st.sampled_from(["invalid", "warn"]),
    date_order=st.sampled_from(["mdy", "dmy", "ymd"]),
    today=st.sampled_from([TODAY, None]),
)
anything = st.text(st.characters(), max_size=30)
numbers = st.text("0123456789+()-./ ,;x#extorE\u200b７٣²①", max_size=24)
phones = st.sampled_from(
    ["2015550123", "+44 20 7946 0123", "(201) 555-0123 ext 4", "201-555-0123 / 201-555-0124"]
)
words = st.sampled_from(
    ["Florida", "fl", "NSW", "Québec", "UK", "USA", "Narnia", "Bayern", "3/4/80", "19800304",
     "4 de marzo 1980", "0000-00-00", "2134", "k1a0b1", "336011234", "female", "Quincy", "-5",
     "Bob <B@X.com>", "mailto:a@b.co;c@d.co", "O’Brien", "Jose\u0301", "+7", "101.0", "1", "44",
     "Doctor"]
)  # fmt: skip
texts = st.one_of(anything, numbers, phones, words)
rows = st.dictionaries(st.sampled_from([*FIELDS]), texts)


@settings(max_examples=1500, deadline=None, derandomize=True)
@given(values=rows, phone=st.one_of(phones, texts), rules=rules)
def test_a_row_is_cleaned_once_and_for_all(
    values: dict[str, str], phone: str, rules: Rules
) -> None:
    once = clean_row({**values, "phone_number": phone}, rules)
    assert all(found.sentence for found in once.notes)
    twice = clean_row(once.values, rules)
    assert twice.values == once.values
    # What cannot be called may be read in another way, as nobody's number either.
    assert twice.phone_e164 == once.phone_e164 or (once.stops and twice.stops)


@settings(max_examples=1000, deadline=None, derandomize=True)
@given(field=st.sampled_from(ALONE), given_text=texts, rules=rules)
def test_a_cell_alone_is_cleaned_as_in_its_row(field: str, given_text: str, rules: Rules) -> None:
    value, notes = clean_cell(field, given_text, rules)
    row = clean_row({"phone_number": "+12015550123", field: given_text}, rules)
    assert value == row.values.get(field, "")
    assert notes == [found for found in row.notes if found.field == field]
    assert clean_cell(field, value, rules)[0] == value


@settings(max_examples=1000, deadline=None, derandomize=True)
@given(anything)
@example("\u0344\u200b")
@example(" \u200b ")
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert plain(plain(text)) == plain(text)
    plain(text).encode()

"""Many rows at once come to the very same as each row by itself."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leads.assess import assess
from leads.assess import cells as cells_module
from leads.assess.columns import Columns
from leads.cleaning.reasons import Note, note
from leads.cleaning.rules import Rules
from leads.vicidial.fields import FIELDS

TODAY = date(2026, 11, 23)
RULES = [
    Rules(country, unassigned, order, accents, TODAY)
    for country, (unassigned, order), accents in product(
        ("US", "CA", "GB", "DE", "MX", "AU"),
        (("invalid", "mdy"), ("warn", "dmy"), ("invalid", "ymd")),
        (False, True),
    )
]
ORDERS: list[list[str | None]] = [
    [*FIELDS],
    [*reversed(FIELDS)],
    [None, *FIELDS, "fav_color", None],
]
CELLS = [
    "", " ", "  x ", "x  y", "Ann", "ANN LEE", "José", "Jose\u0301", "O’Brien", "“x”", "a\tb",
    "a\nb", "\u200b", "A\u200bB", "␀", "A\0B", "\ufffd", "\ud800", "\x7f", "\\", "a;b", "x" * 31,
    "x" * 60, "y" * 101, "z" * 3000, "é" * 300, "日本", "👋", "½", "\u00a0x", "+", "a+b", "a|b",
    " | ", "'", '"', "2015550123", "(201) 555-0123", "+1 201 555 0123", "201-555-0123 x12",
    "201.555.0123 / 2015550124", "2015550123;ext=5", "999-555-0123", "9995550123", "555-0123", "0",
    "00", "12345", "7.27555E+09", "2.015550123E+09", "2015550123.0", "020 7946 0123",
    "+44 20 7946 0123", "0044 20 7946 0123", "011 44 20 7946 0123", "1-800-FLOWERS", "n/a", "none",
    "call me", "727555O123", "2465210123", "1", "+1", "44", "044", "abc1", "\u200b1", " 1", "999",
    "52", "61", "FL", "fl", "Florida", "Fla.", "Québec", "Bayern", "Narnia", "NSW", "ON", "US",
    "USA", "us", "United States", "UK", "Deutschland", "MEX", "Canada", "AU", "33601", "2134",
    "336011234", "33601-1234", "K1A 0B1", "k1a0b1", "SW1A 1AA", "33601.0", "M", "F", "U", "m",
    "female", "zebra", "Mister", "Q.", "Quincy", "1980-03-04", "3/4/1980", "25/12/1980", "13/45/99",
    "0000-00-00", "4 de marzo de 1980", "03/04/61", "bob@example.com", "Bob@example.com",
    "bob@EXAMPLE.com", "bob+x@example.com", "a_b@x.co", "b" * 55 + "@example.com",
    "Bob <bob@example.com>", "bob@example", "josé@example.com", "5", "-5", "+7", "3.0", "99999",
    "101", "101.0", "12", "101x", "-5.00", "7275551212_1_work!7275551213_1_home", "ext 12",
]  # fmt: skip


def as_whole_rows(
    fields: Sequence[str | None],
    rows: Sequence[Sequence[str]],
    rules: Rules,
    more: Mapping[int, Sequence[Note]],
) -> list[tuple[object, ...]]:
    """What `assess` says of each row."""
    said: list[tuple[object, ...]] = []
    for place, row in enumerate(rows):
        values = {f: cell for f, cell in zip(fields, row, strict=True) if f and cell}
        found = assess(values, rules, tuple(more.get(place, ())))
        said.append((found.values, found.phone_e164, found.reasons, found.warnings, found.findings))
    return said


def as_columns(
    columns: Columns, rows: Sequence[Sequence[str]], more: Mapping[int, Sequence[Note]]
) -> list[tuple[object, ...]]:
    """What `Columns` says of the same rows, in the same form."""
    result = columns.assess(rows, more)
    said: list[tuple[object, ...]] = []
    for place in range(len(rows)):
        values = {field: column[place] for field, column in result.values.items() if column[place]}
        found = result.found.get(place)
        rest = (
            ([*found.reasons], [*found.warnings], json.loads(found.findings))
            if found
            else ([],) * 3
        )
        said.append((values, result.phone_e164[place], *rest))
    return said


def check(
    fields: Sequence[str | None],
    rows: Sequence[Sequence[str]],
    rules: Rules,
    more: Mapping[int, Sequence[Note]] | None = None,
) -> None:
    columns = Columns(fields, rules)
    expected = as_whole_rows(fields, rows, rules, more or {})
    # The second time with everything remembered that can be.
    for _ in range(2):
        for row, one, other in zip(
            rows, as_columns(columns, rows, more or {}), expected, strict=True
        ):
            assert one == other, (rules, dict(zip(fields, row, strict=True)))


@pytest.mark.parametrize("rules", RULES[::7], ids=str)
def test_every_nasty_cell_in_every_field(rules: Rules) -> None:
    fields = ORDERS[2]
    rows = []
    for place, cell in product(range(len(fields)), CELLS):
        row = ["2015550123" if field == "phone_number" else "" for field in fields]
        row[place] = cell
        rows.append(row)
    check(fields, rows, rules)


@pytest.mark.parametrize("fields", ORDERS, ids=["in order", "reversed", "with others"])
@pytest.mark.parametrize("rules", RULES[::5] + RULES[2::5], ids=str)
def test_rows_of_nasty_cells(rules: Rules, fields: list[str | None]) -> None:
    chance = random.Random(f"{rules}{fields}")
    rows = []
    for share in (0.05, 0.3, 1.0):
        for _ in range(60):
            row = [chance.choice(CELLS) if chance.random() < share else "" for _ in fields]
            if chance.random() < 0.8:
                row[fields.index("phone_number")] = chance.choice(["2015550123", "+442079460123"])
            rows.append(row)
    more = {3: [note("FIELDS_MISSING", "", "3", "28")], 7: [note("NUL_BYTES", "colour", "x")] * 2}
    check(fields, rows, rules, more)


@pytest.mark.parametrize("rules", RULES[::5], ids=str)
def test_files_with_few_columns(rules: Rules) -> None:
    chance = random.Random(f"{rules}")
    for _ in range(30):
        fields = chance.sample([*FIELDS], chance.randrange(1, 8))
        check(fields, [chance.choices(CELLS, k=len(fields)) for _ in range(40)], rules)


texts = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=40),
    st.text("aZ09 .,-'@+()/;#&\\\"éÑ\u200b\u0301\t", max_size=40),
    st.sampled_from(CELLS),
)
rows_of_texts = st.lists(
    st.lists(texts, min_size=len(FIELDS), max_size=len(FIELDS)), min_size=1, max_size=4
)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(rows=rows_of_texts, rules=st.sampled_from(RULES))
def test_whatever_the_cells(rows: list[list[str]], rules: Rules) -> None:
    check([*FIELDS], rows, rules)


def test_what_is_remembered_does_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells_module, "REMEMBERED", 50)
    outcomes = cells_module.Outcomes(("rank",), ("rank",), RULES[0])
    for number in range(200):
        assert outcomes[(f"0{number}",)] == cells_module.Outcome((str(number),), ())
        assert len(outcomes) <= 50
    long = cells_module.Outcomes(("comments",), ("comments",), RULES[0])
    assert long[("x" * 300,)]
    assert not long

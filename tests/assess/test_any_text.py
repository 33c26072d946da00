"""Whatever the cells of a row: nothing is raised, and what was assessed once stays as it is."""

from __future__ import annotations

import json
import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leads.assess import assess
from leads.assess.row import assess_cell
from leads.cleaning.rules import Rules
from leads.vicidial.fields import FIELDS

rules = st.builds(
    Rules,
    country=st.sampled_from(["US", "GB", "DE", "MX", "BR"]),
    unassigned=st.sampled_from(["invalid", "warn"]),
    date_order=st.sampled_from(["mdy", "dmy", "ymd"]),
    accents=st.booleans(),
    today=st.sampled_from([date(2026, 11, 23), None]),
)
anything = st.text(st.characters(), max_size=30)  # halves of letters and controls too
likely = st.text("0123456789+()-./ ,;x#eE\u200b٧²①", max_size=20)
cells = st.one_of(
    anything, likely, st.sampled_from(["2015550123", "3/4/80", "FL", "a@b.co", "101"])
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from([*FIELDS]), cells), rules)
def test_a_row_is_assessed_without_an_error_and_twice_is_once(
    values: dict[str, str], rules: Rules
) -> None:
    once = assess(values, rules)
    json.dumps([once.values, once.findings], ensure_ascii=False).encode("utf-8", "surrogatepass")
    "".join(once.values.values()).encode()
    assert assess(once.values, rules).values == once.values


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([*FIELDS]), cells, rules)
def test_a_cell_alone_is_assessed_without_an_error(field: str, text: str, rules: Rules) -> None:
    value, findings = assess_cell(field, text, rules)
    value.encode()
    assert all(found["text"] for found in findings)


@pytest.mark.parametrize(
    "text",
    ["9" * 6000, "1/1/" + "9" * 6000, "²", "1²", "a@" * 20_000, "1-" * 20_000, "(a1" * 20_000,
     "e\u0301" * 20_000, "mailto:" * 5000, "2015550123 ext " * 3000, " " * 50_000 + "a"],
    ids=lambda text: f"{text[:10]} {len(text)}",
)  # fmt: skip
@pytest.mark.parametrize("field", [*FIELDS])
def test_a_cell_of_any_length_is_assessed_in_time(field: str, text: str) -> None:
    started = time.process_time()
    assess({"phone_number": "2015550123", field: text}, Rules())
    assert time.process_time() - started < 2

"""docs/vicidial.md says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from leads.vicidial.fields import DUPLICATE_DAYS, FIELDS, SETTINGS, LeadField
from leads.vicidial.lines import status_lines
from leads.vicidial.reasons import REASONS, reason_of
from leads.vicidial.releases import RELEASES
from leads.vicidial.wire import clean

DOCS = (Path(__file__).parents[2] / "docs" / "vicidial.md").read_text(encoding="utf-8")
ROWS = [re.split(r"(?<!\\)\|", line)[1:-1] for line in DOCS.splitlines() if line.startswith("|")]
CELLS = [[cell.strip().replace("\\|", "|") for cell in row] for row in ROWS]


@pytest.mark.parametrize("field", FIELDS.values(), ids=lambda field: field.name)
def test_the_width_of_every_field_is_the_documented_one(
    field: LeadField,
) -> None:
    assert [f"`{field.name}`", str(field.width)] in [row[:2] for row in CELLS]


@pytest.mark.parametrize("code", [c for c, r in REASONS.items() if r.outcome != "unclear"])
def test_every_reason_is_documented_with_the_text_that_means_it(code: str) -> None:
    if code == "NOT_SENT":
        return
    row = next(row for row in CELLS if row[0] == f"`{code}`")
    text = re.findall(r"`([^`]+)`", row[1])[0]
    text = text if text.startswith("ERROR: ") else f"ERROR: add_lead {text} - x"
    reason = reason_of(status_lines(text)[0])
    assert reason
    assert reason.code == code


def test_every_setting_and_function_is_documented() -> None:
    words = set(re.findall(r"[a-z_0-9]+", DOCS))
    assert set(SETTINGS) - {"campaign_id"} <= words
    assert set(RELEASES["functions"]) <= words
    assert {str(days) for days in DUPLICATE_DAYS} <= words


@pytest.mark.parametrize(
    ("field", "value", "sent"),
    [
        ("first_name", "José Ñandú", "Jose Nandu"),
        ("last_name", "O'Brien, Jr. & Sons", "O'Brien Jr. and Sons"),
        ("gender", "male", "M"),
        ("rank", "-5", "0"),
    ],
)
def test_what_the_docs_say_of_damage_is_what_is_sent(field: str, value: str, sent: str) -> None:
    assert any(value in row[0] and sent in row[2] for row in CELLS if len(row) == 3)
    assert clean(field, value).sent == sent

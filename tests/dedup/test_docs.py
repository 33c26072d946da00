"""What docs/dedup.md says is what the code does."""

from __future__ import annotations

import json
import re
from pathlib import Path

from leads.dedup import score
from leads.dedup.keys import KINDS
from leads.dedup.levels import FIELDS, LEVELS


def text(project: Path) -> str:
    return (project / "docs" / "dedup.md").read_text(encoding="utf-8")


def test_the_table_of_weights_is_the_fitted_one(project: Path) -> None:
    rows = re.findall(
        r"^\| (\w+) \| (\w+) \| ([-+.\d]+) \| ?([-+.\d]*) \|$", text(project), re.MULTILINE
    )
    documented = {(field, level): float(h) + float(s or 0) for field, level, h, s in rows}
    fitted = {
        (field, level): score.WEIGHTS[field][place]
        for field in FIELDS
        for place, level in enumerate(LEVELS[field])
        if place and field != "suffix"
    }
    assert {key: round(weight, 2) for key, weight in documented.items()} == fitted


def test_the_thresholds_and_the_number_of_keys_are_those_of_the_code(project: Path) -> None:
    words = text(project)
    assert f"**certain** from {score.DUPLICATE:g} on" in words
    assert f"**for a person to decide** from {score.SHOW:g} on" in words
    assert f"up to {len(KINDS)} keys" in words


def test_every_rule_names_fields_and_levels_that_there_are(project: Path) -> None:
    rules = json.loads((project / "leads" / "dedup" / "rules.json").read_text(encoding="utf-8"))
    for rule in (*rules["never_same"], *rules["never_automatic"]):
        for field, levels in rule.items():
            assert set(levels) <= set(LEVELS[field]), (field, levels)
    assert set(rules["households_by"]) <= set(FIELDS)

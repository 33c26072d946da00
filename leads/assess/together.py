"""Cells that are cleaned together, and those of them that are quickly known to need nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from leads.assess.cells import Outcomes, Quick
from leads.cleaning.address import clean_country
from leads.cleaning.plain import plain
from leads.cleaning.rules import Rules

PLACE = ("country_code", "state", "province")
POSTAL = ("country_code", "postal_code")
ALONE = (
    "middle_initial", "gender", "date_of_birth", "rank", "list_id", "entry_list_id",
    "gmt_offset_now",
)  # fmt: skip
FIELDS_TOGETHER = frozenset((*PLACE, *POSTAL, *ALONE))
_ZIP = re.compile(r"[0-9]{5}(?:-[0-9]{4})?")


def outcomes_for(fields: Iterable[str | None], rules: Rules) -> list[Outcomes]:
    """The groups of which a file has a field."""
    there = set(fields)
    found = [Outcomes((field,), (field,), rules, _quick(field, rules)) for field in ALONE]
    found.append(Outcomes(PLACE, PLACE, rules))
    found.append(Outcomes(POSTAL, POSTAL[1:], rules, _quick_zip(rules)))
    return [outcomes for outcomes in found if there & {*outcomes.writes}]


def _quick(field: str, rules: Rules) -> Quick | None:
    if field != "date_of_birth":
        return None
    # Days that every month has, in decades that are over.
    decades = (rules.today.year - 2000) // 10 if rules.today else 0
    years = f"19[0-9]|20[0-{decades - 1}]" if decades > 0 else "19[0-9]"
    day = re.compile(rf"(?:{years})[0-9]-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])")
    return lambda cells: day.fullmatch(cells[0]) is not None


def _quick_zip(rules: Rules) -> Quick:
    """A ZIP code as it should be, in the United States."""

    def quick(cells: tuple[str, ...]) -> bool:
        country, postal_code = cells
        return _ZIP.fullmatch(postal_code) is not None and _country(country, rules) == "US"

    return quick


@lru_cache(maxsize=4096)
def _country(given: str, rules: Rules) -> str:
    two = clean_country(plain(given))[1] if given else ""
    return two or rules.country

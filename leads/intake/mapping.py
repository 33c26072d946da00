"""What the columns of a file become: fields, joined and split ones, and values that are fixed.

A mapping has one target for each column: a field of `leads.vicidial.fields`, one of SPLIT,
`custom:label` for a custom field of the dialer's list, or None for a column that is only kept as it
came. Columns with the same target are joined, in their order.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from leads.cleaning.plain import key
from leads.intake.errors import IntakeError
from leads.intake.headers import FULL_NAME
from leads.models import Import, Source, SourceMapping
from leads.sentence import say
from leads.vicidial.custom import CUSTOM, is_label
from leads.vicidial.fields import FIELDS

if TYPE_CHECKING:
    from django.contrib.auth.models import User

CITY_LINE = "city_state_zip"
# Targets that are no field of VICIdial: what their cells are split into.
SPLIT: Mapping[str, tuple[str, ...]] = {
    FULL_NAME: ("first_name", "middle_initial", "last_name"),
    CITY_LINE: ("city", "state", "postal_code"),
}
TARGETS = (*FIELDS, *SPLIT)
# What a person may give for all rows whose own cell is empty.
FIXABLE = ("list_id", "phone_code", "source_id")
# Words that belong to the last name they stand before, and such as stand behind it.
_BEFORE = {"da", "de", "del", "della", "den", "der", "di", "dos", "du", "la", "le", "los", "mac",
           "mc", "san", "santa", "st", "van", "vom", "von", "zu"}  # fmt: skip
_BEHIND = {"jr", "sr", "ii", "iii", "iv", "junior", "senior", "filho", "neto"}
# A state of more than two letters only after a comma: `St. Louis MO` is no state of Louis Mo.
_CITY = re.compile(
    r"(?P<city>.+?)(?:,\s*(?P<long>[A-Za-z][A-Za-z .]+?)|[,\s]+(?P<short>[A-Za-z]{2})\.?)[,\s]+"
    r"(?P<zip>[0-9]{5}(?:-?[0-9]{4})?|[A-Za-z][0-9][A-Za-z] ?[0-9][A-Za-z][0-9])"
)


class Plan:
    """A mapping and fixed values, ready to be applied to rows.

    `fields` are the targets of what `arrange` returns: for each of its columns a field, or None.
    """

    def __init__(self, mapping: Sequence[str | None], fixed: Mapping[str, str]) -> None:
        # Custom fields are sent as they came: what is kept of the row has them (`custom_values`).
        mapping = [None if target and target.startswith(CUSTOM) else target for target in mapping]
        used = [target for target in mapping if target]
        self._mapping = mapping
        self._fixed = {name: value for name, value in fixed.items() if value}
        self._plain = not self._fixed and len(used) == len(set(used)) and not set(used) & set(SPLIT)
        targets = [part for target in used for part in SPLIT.get(target, (target,))]
        self.fields: tuple[str | None, ...] = (
            tuple(mapping) if self._plain else tuple(dict.fromkeys([*targets, *self._fixed]))
        )

    def arrange(self, rows: Sequence[Sequence[str]]) -> Sequence[Sequence[str]]:
        """The cells of rows (as wide as the mapping) in the order of `fields`."""
        return rows if self._plain else [self._arranged(row) for row in rows]

    def _arranged(self, row: Sequence[str]) -> list[str]:
        found: dict[str, str] = {}
        for target, cell in zip(self._mapping, row, strict=False):
            if not target or not cell.strip():
                continue
            for field, value in split(target, cell):
                if value:
                    found[field] = f"{found[field]} {value}" if field in found else value
        return [found.get(str(field)) or self._fixed.get(str(field), "") for field in self.fields]


def split(target: str, cell: str) -> list[tuple[str, str]]:
    """A cell's parts by field; of a field's own cell itself."""
    if target == FULL_NAME:
        return list(zip(SPLIT[FULL_NAME], split_name(cell), strict=True))
    if target == CITY_LINE:
        match = _CITY.fullmatch(cell.strip())
        parts = (cell, "", "")
        if match:
            parts = (match["city"], match["long"] or match["short"], match["zip"])
        return list(zip(SPLIT[CITY_LINE], parts, strict=True))
    return [(target, cell)]


def split_name(name: str) -> tuple[str, str, str]:
    """First name, middle initial, last name of a full name; `Last, First` is understood too.

    One word alone is a first name. Nothing is left out: what is no initial stays with the first
    name (`Mary Ann Lee`), and particles and suffixes with the last (`de la Cruz`, `King Jr.`).
    """
    last, comma, rest = name.strip().partition(",")
    if comma and rest.strip() and rest.strip(" .").lower() not in _BEHIND:
        return *_initial(rest.split()), last.strip()
    words = name.replace(",", " ").split()
    begin = len(words) - 1
    while begin > 1 and words[begin].strip(".").lower() in _BEHIND:
        begin -= 1
    while begin > 1 and words[begin - 1].lower() in _BEFORE:
        begin -= 1
    if begin < 1:
        return name.strip(), "", ""
    return *_initial(words[:begin]), " ".join(words[begin:])


def _initial(words: Sequence[str]) -> tuple[str, str]:
    if len(words) > 1 and len(words[-1].strip(".")) == 1:
        return " ".join(words[:-1]), words[-1].strip(".")
    return " ".join(words), ""


def check(mapping: Sequence[str | None], width: int) -> None:
    """Raise IntakeError, with a sentence, for a mapping that a file of `width` columns cannot
    have, or that no lead can come of."""
    if len(mapping) != width:
        raise IntakeError(
            say(
                "The mapping is for %(mapping)s columns, and the file has %(width)s.",
                mapping=len(mapping),
                width=width,
            )
        )
    for target in mapping:
        if target is not None and not is_target(target):
            raise IntakeError(
                say('"%(target)s" is nothing that a column can become.', target=target)
            )
    if "phone_number" not in mapping:
        raise IntakeError(
            say("No column is the phone_number. Say which one has the phone numbers.")
        )


def is_target(target: str) -> bool:
    """Whether a column can become this."""
    return target in TARGETS or (
        target.startswith(CUSTOM) and is_label(target.removeprefix(CUSTOM))
    )


def header_key(header: Sequence[str]) -> str:
    """The same for headers with the same names in the same order, however they are written."""
    names = "\0".join(key(cell) for cell in header)
    return hashlib.sha256(names.encode("utf-8", "replace")).hexdigest()


def remembered(source: Source, header: Sequence[str]) -> SourceMapping | None:
    """What a person settled for the last file of this source with the same header."""
    return SourceMapping.objects.filter(lead_source=source, header_key=header_key(header)).first()


def remember(run: Import, *, by: User | None) -> None:
    """Offer the import's mapping again when the same header comes from its source."""
    settled = {name: getattr(run, name) for name in ("mapping", "fixed", "dialer")}
    SourceMapping.objects.update_or_create(
        lead_source=run.lead_source,
        header_key=header_key(run.header),
        defaults={**settled, "changed_by": by},
    )

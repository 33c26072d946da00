"""Header names to VICIdial's field names, by synonyms in five languages (`synonyms.json`)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from leads.cleaning.plain import key
from leads.intake.errors import IntakeError
from leads.sentence import say
from leads.vicidial.fields import FIELDS

FULL_NAME = "full_name"  # a name for synonyms only: VICIdial has no such field
NO_HEADER = say("The file has no header line: its columns were told by what is in them.")
_PHONE = re.compile(r"\+?(?:[ ().-]*[0-9]){7,15}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_LIKELY = 0.5  # of the rows
_SHOWN = 30  # columns that an error repeats


def _read_synonyms() -> dict[str, tuple[str, int]]:
    """For each spelling the field it means and how well: 0 is the field's own name."""
    data: dict[str, list[str]] = json.loads(
        Path(__file__).with_name("synonyms.json").read_text(encoding="utf-8")
    )
    meanings: dict[str, tuple[str, int]] = {}
    for field, names in data.items():
        for place, name in enumerate((field, *names)):
            meanings.setdefault(key(name), (field, place))
    return meanings


_MEANINGS = _read_synonyms()


@dataclass(frozen=True)
class Mapping:
    """What each column is: `columns` has a VICIdial field name or None for each.

    `unknown` are the headers that mean nothing here, whose cells are only kept as they came;
    `missing` the fields that no column gives; `told` sentences about columns that were not taken
    for what their name says.
    """

    columns: tuple[str | None, ...]
    unknown: tuple[str, ...]
    missing: tuple[str, ...]
    told: tuple[str, ...] = ()


def known_columns(header: Iterable[str]) -> list[str]:
    """The fields that the names of a header mean, as far as they mean any."""
    return [_MEANINGS[word][0] for cell in header if (word := key(cell)) in _MEANINGS]


def map_headers(header: Sequence[str], *, need_phone: bool = True) -> Mapping:
    """Find a field for each column.

    Of several phone columns the one with the plainest name is phone_number, the next alt_phone;
    of several others for one field the first counts. Raises IntakeError without a phone column,
    unless a person will look at it.
    """
    meanings = [_MEANINGS.get(key(cell), ("", 0)) for cell in header]
    columns: list[str | None] = [None] * len(header)
    told: list[str] = []
    likeliest = sorted(
        range(len(header)), key=lambda place: (meanings[place][0] == FULL_NAME, meanings[place][1])
    )
    for place in likeliest:
        field = meanings[place][0]
        target = _free(field, {column for column in columns if column})
        if target:
            columns[place] = target
        if field and not target:
            told.append(
                say(
                    'Column "%(header)s" is a second %(field)s and is not used.',
                    header=header[place],
                    field=field,
                )
            )
        elif target and target != field and field != FULL_NAME:
            told.append(
                say(
                    'Column "%(header)s" is a second %(field)s: it is taken as %(target)s.',
                    header=header[place],
                    field=field,
                    target=target,
                )
            )
    if need_phone and "phone_number" not in columns:
        raise IntakeError(_no_phone(header))
    unknown = tuple(
        cell for cell, column in zip(header, columns, strict=True) if column is None and cell
    )
    return Mapping(
        tuple(columns),
        unknown,
        tuple(field for field in FIELDS if field not in columns),
        tuple(told),
    )


def guess_columns(rows: Sequence[Sequence[str]], width: int, *, need_phone: bool = True) -> Mapping:
    """Find the phone and e-mail columns of a file without a header, by its first rows.

    Raises IntakeError if no column looks like phone numbers, unless a person will look at it.
    """
    columns: list[str | None] = [None] * width

    def share(place: int, pattern: re.Pattern[str]) -> float:
        cells = [row[place] for row in rows if place < len(row) and row[place].strip()]
        return sum(bool(pattern.fullmatch(c.strip())) for c in cells) / max(len(rows), 1)

    for field, pattern in (("phone_number", _PHONE), ("email", _EMAIL)):
        free = [place for place in range(width) if columns[place] is None]
        best = max(free, key=lambda place: share(place, pattern), default=None)
        if best is not None and share(best, pattern) > _LIKELY:
            columns[best] = field
    if need_phone and "phone_number" not in columns:
        raise IntakeError(
            say(
                "The file has no header line, and no column of it looks like phone numbers. "
                "Give it a first line with names, one of them phone_number."
            )
        )
    return Mapping(
        tuple(columns), (), tuple(field for field in FIELDS if field not in columns), (NO_HEADER,)
    )


def _free(field: str, taken: set[str]) -> str:
    """The field that a column can still be, or ""."""
    instead = {
        "phone_number": ("phone_number", "alt_phone"),
        FULL_NAME: ("first_name", "last_name"),
    }.get(field, (field,))
    return next((name for name in instead if name not in taken), "")


def _no_phone(header: Sequence[str]) -> str:
    names = ", ".join(f'"{cell}"' for cell in header[:_SHOWN] if cell) or "nothing"
    more = ", …" if len(header) > _SHOWN else ""
    return say(
        "The file has no phone column. Its first line has: %(names)s%(more)s. Name one "
        "column phone_number (phone, mobile, teléfono, telefone, téléphone or Telefon are "
        "understood too).",
        names=names,
        more=more,
    )

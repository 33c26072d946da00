"""One row: every cell through its own cleaner, and the few rules between the cells."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from leads.cleaning import address, dates, email, person, phone
from leads.cleaning.plain import plain_row
from leads.cleaning.reasons import Note, Severity, note
from leads.cleaning.rules import Rules

__all__ = ["CleanRow", "Rules", "clean_row"]

LARGE_CELL = 2000  # characters; the widest field of VICIdial has 1024


class CleanRow(NamedTuple):
    """The cleaned cells by VICIdial's field names (empty ones are absent), and what was found.

    `phone_e164` is "" if the number could not be read; `notes` come in no particular order.
    """

    values: dict[str, str]
    phone_e164: str
    notes: tuple[Note, ...]

    @property
    def stops(self) -> tuple[Note, ...]:
        return self._of(Severity.STOPS)

    @property
    def warnings(self) -> tuple[Note, ...]:
        return self._of(Severity.WARNS)

    def _of(self, severity: Severity) -> tuple[Note, ...]:
        return tuple(found for found in self.notes if found.severity is severity)


def clean_row(values: Mapping[str, str], rules: Rules) -> CleanRow:
    """Clean one row of cells, given by VICIdial's field names.

    Nothing is cut and nothing is raised: what cannot be used is kept or left out with a note.
    What the *server* would make of the values is not asked here (`leads.vicidial.wire`).
    """
    row, notes = plain_row(values)
    if not row:
        return CleanRow({}, "", (*notes, note("ROW_EMPTY", "")))
    e164 = _phones(row, notes, rules)
    _place(row, notes, rules.country)
    for field in _ALONE.keys() & row.keys():
        _clean_alone(row, notes, field, rules)
    _tell_large(row, notes)
    return CleanRow(row, e164, tuple(notes))


def clean_cell(field: str, given: str, rules: Rules) -> tuple[str, list[Note]]:
    """Clean one cell of a field that depends on no other cell of its row, as `clean_row` does.

    Of the fields that cleaning knows these are all but phones, comments (an extension may go
    there), country, state, province and postal code.
    """
    row, notes = plain_row({field: given})
    if field in row and field in _ALONE:
        _clean_alone(row, notes, field, rules)
    _tell_large(row, notes)
    return row.get(field, ""), notes


def _one(cleaned: tuple[str, Note | None]) -> tuple[str, tuple[Note, ...]]:
    text, said = cleaned
    return text, (said,) if said else ()


_ALONE: Mapping[str, Callable[[str, Rules], tuple[str, tuple[Note, ...]]]] = {
    "email": lambda given, rules: email.clean_email(given),
    "date_of_birth": lambda given, rules: _one(
        dates.clean_date(given, rules.date_order, rules.today)
    ),
    "gender": lambda given, rules: _one(person.clean_gender(given)),
    "middle_initial": lambda given, rules: _one(person.clean_middle_initial(given)),
    "title": lambda given, rules: _one(person.clean_title(given)),
    "rank": lambda given, rules: _one(person.clean_rank(given)),
    "list_id": lambda given, rules: _one(person.clean_list_id(given)),
    "entry_list_id": lambda given, rules: _one(person.clean_list_id(given, "entry_list_id")),
}


def _clean_alone(row: dict[str, str], notes: list[Note], field: str, rules: Rules) -> None:
    text, said = _ALONE[field](row[field], rules)
    if text:
        row[field] = text
    else:
        del row[field]
    notes += said


def _tell_large(row: Mapping[str, str], notes: list[Note]) -> None:
    if max(map(len, row.values()), default=0) > LARGE_CELL:
        large = {field: text for field, text in row.items() if len(text) > LARGE_CELL}
        notes += [
            note("CELL_TOO_LARGE", name, text, str(len(text))) for name, text in large.items()
        ]


def _put(
    row: dict[str, str], notes: list[Note], field: str, cleaned: tuple[str, Note | None]
) -> None:
    text, said = cleaned
    if text:
        row[field] = text
    else:
        del row[field]
    if said:
        notes.append(said)


def _phones(row: dict[str, str], notes: list[Note], rules: Rules) -> str:
    """Both phone fields; returns the first one's E.164.

    A second number in the first cell goes to alt_phone if that is free. An extension, which
    VICIdial has no field for, goes to the comments if they are empty; else it is only told.
    """
    given = row.get("phone_number", "")
    code = row.get("phone_code", "")
    found = phone.clean_phone(given, code, rules.country, rules.unassigned)
    notes += found.notes
    row["phone_code"], row["phone_number"] = found.phone_code, found.phone_number
    for field in ("phone_code", "phone_number"):
        if not row[field]:
            del row[field]
    if found.extension and "comments" not in row:
        row["comments"] = f"ext {found.extension}"
    others = list(found.others)
    if others and "alt_phone" not in row:
        row["alt_phone"] = others.pop(0)
        notes.append(note("PHONE_MOVED_TO_ALT", "phone_number", given, row["alt_phone"]))
    if others:
        notes.append(note("PHONE_MORE_NUMBERS", "phone_number", given, ", ".join(others)))
    if alt := row.get("alt_phone"):
        row["alt_phone"], said = phone.clean_alt_phone(alt, found.phone_code, rules.country)
        notes += said
    return found.e164


def _place(row: dict[str, str], notes: list[Note], country: str) -> None:
    """Country, state and postal code; a state that is a name of its own goes to province."""
    if given := row.get("country_code"):
        row["country_code"], two, said = address.clean_country(given)
        country = two or country
        if said:
            notes.append(said)
    if given := row.get("state"):
        _put(row, notes, "state", address.clean_state(given, country))
        if len(row["state"]) > 2 and "province" not in row:
            row["province"] = row.pop("state")
            notes.append(note("STATE_TO_PROVINCE", "state", given))
    if given := row.get("postal_code"):
        _put(row, notes, "postal_code", address.clean_postal_code(given, country))

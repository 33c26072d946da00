"""Phone numbers: country code split off, trunk and international prefixes handled, judged.

The judge is `phonenumbers`, with the source's country; numbers of the North American plan in
a usual spelling take a short cut that comes to the same (`nanp.py`). What VICIdial wants is in
`docs/vicidial.md`: phone_code of 1-4 digits, phone_number of 6-16 digits without it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import phonenumbers
from phonenumbers import PhoneNumber, ValidationResult

from leads.cleaning import spelling
from leads.cleaning.nanp import read_nanp
from leads.cleaning.plain import plain
from leads.cleaning.reasons import Note, Severity, note
from leads.cleaning.rules import Unassigned

LEAST_DIGITS, MOST_DIGITS = 6, 16
_LOCAL = ValidationResult.IS_POSSIBLE_LOCAL_ONLY
_MOST_COUNTRY_CODE_DIGITS = 3
_LETTERS_OF_A_WORD = 3


class Phone(NamedTuple):
    """A number as VICIdial takes it; `e164` is "" if it cannot be read as anybody's number.

    `others` are the further numbers of the cell, as written; `extension` its digits.
    """

    phone_code: str
    phone_number: str
    e164: str
    notes: tuple[Note, ...] = ()
    extension: str = ""
    others: tuple[str, ...] = ()

    @property
    def stops(self) -> bool:
        return any(found.severity is Severity.STOPS for found in self.notes)


class _Plan(NamedTuple):
    """The region that numbers without a country code belong to, and its calling code."""

    region: str
    code: int
    known: bool = True


def known_country(country: str) -> bool:
    """Whether numbers of this two-letter country can be told apart at all."""
    return phonenumbers.country_code_for_region(country) != 0


def clean_phone(
    given: str, phone_code: str, country: str, unassigned: Unassigned = "invalid"
) -> Phone:
    """Read the phone cell of a row.

    `phone_code` is the row's own column ("" without one); it says whose national numbers they are
    if it is another country's than `country` (two letters). A number that begins with +, or with
    an international prefix, speaks for itself.
    """
    phone = _clean_once(given, phone_code, country, unassigned)
    if not phone.notes or not phone.phone_number:
        return phone
    again = _clean_once(phone.phone_number, phone.phone_code, country, unassigned)
    if again[:2] == phone[:2] and again.stops == phone.stops:
        return phone
    # Digits that would be read as another number than they were are nobody's.
    stops = phone.notes if phone.stops else (note("PHONE_IMPOSSIBLE", "phone_number", given),)
    return phone._replace(phone_number="", e164="", notes=stops)


def _clean_once(given: str, phone_code: str, country: str, unassigned: Unassigned) -> Phone:
    plan = _plan(phone_code, country)
    if plan.code == 1 and plan.known and (fast := read_nanp(given)):
        notes = () if fast.assigned else (_unassigned("phone_number", given, unassigned),)
        return Phone("1", fast.digits, "+1" + fast.digits, notes)
    phone = _read("phone_number", plain(given), plan, unassigned)
    extra = _about_code(phone_code, plan, phone)
    return phone._replace(notes=(*extra, *phone.notes)) if extra else phone


def clean_alt_phone(given: str, phone_code: str, country: str) -> tuple[str, tuple[Note, ...]]:
    """Read a second number; VICIdial dials it with the first one's phone_code.

    Returns its digits and what is to be said. It never stops a lead; what cannot be read stays as
    it was given, with a warning.
    """
    plan = _plan(phone_code, country)
    if plan.code == 1 and (fast := read_nanp(given)) and fast.assigned:
        return fast.digits, ()
    phone = _read("alt_phone", plain(given), plan, "warn")
    notes = tuple(found for found in phone.notes if found.severity is Severity.TELLS)
    if phone.others:
        notes += (note("PHONE_MORE_NUMBERS", "alt_phone", given, ", ".join(phone.others)),)
    if phone.stops or phone.phone_code != str(plan.code):
        return given, (note("ALT_PHONE_INVALID", "alt_phone", given), *notes)
    if len(phone.notes) != len(notes):
        notes = (note("ALT_PHONE_INVALID", "alt_phone", given), *notes)
        again = _read("alt_phone", phone.phone_number, plan, "warn")
        if again.phone_number != phone.phone_number:
            # Digits that are read as another number are no better than what was given.
            return given, notes
    return phone.phone_number, notes


@lru_cache(maxsize=4096)
def _plan(phone_code: str, country: str) -> _Plan:
    own = phonenumbers.country_code_for_region(country)
    # Not isdigit: a small raised figure is one, and int() does not take it.
    digits = "".join(filter(str.isdecimal, phone_code)).lstrip("0")
    if not phone_code or digits == str(own):
        return _Plan(country, own)
    if digits and digits == phone_code.strip("+ ").lstrip("0") and len(digits) <= 3:
        region = phonenumbers.region_code_for_country_code(int(digits))
        if region != "ZZ":
            return _Plan(region, int(digits))
    return _Plan(country, own, known=False)


def _about_code(phone_code: str, plan: _Plan, phone: Phone) -> tuple[Note, ...]:
    if not phone_code:
        return ()
    if not plan.known:
        return (note("PHONE_CODE_UNKNOWN", "phone_code", phone_code, phone.phone_code),)
    if phone.phone_code != str(plan.code):
        return (note("PHONE_CODE_CONFLICT", "phone_code", phone_code, phone.phone_code),)
    return ()


def _read(field: str, given: str, plan: _Plan, unassigned: Unassigned) -> Phone:
    expanded = spelling.expand(given)
    if expanded == "":
        return _unread(field, given, plan, "PHONE_ROUNDED")
    if expanded is None and not any(map(str.isdigit, given)):
        missing = len(given) < _LETTERS_OF_A_WORD + 1 or not spelling.has_letters(given)
        nothing = missing or given.casefold() in {"none", "null", "unknown", "no phone"}
        return _unread(field, given, plan, "PHONE_MISSING" if nothing else "PHONE_LETTERS")
    number, extension, others, remark = spelling.take_apart(expanded or given)
    parsed, told = _parse_spelt(number, plan.region)
    if told == "PHONE_LETTERS":
        return _unread(field, given, plan, told)
    phone = _judge(field, given, parsed, number, plan, unassigned)
    notes = list(phone.notes)
    if expanded:
        told = "PHONE_EXPANDED"
    elif remark:
        told = told or "PHONE_TEXT_DROPPED"
    if told and not phone.stops:
        notes.append(note(told, field, given, phone.phone_number))
    if extension:
        notes.append(note("PHONE_EXTENSION_SPLIT", field, given, extension))
    return phone._replace(notes=tuple(notes), extension=extension, others=others)


def _parse_spelt(number: str, region: str) -> tuple[PhoneNumber | None, str]:
    """The number, with the code of what was done about letters in it ("" if there were none)."""
    if not spelling.has_letters(number):
        return _parse(number, region), ""
    if bare := spelling.without_words(number):
        parsed = None if spelling.has_letters(bare) else _parse(bare, region)
        if parsed and phonenumbers.is_possible_number(parsed):
            return parsed, "PHONE_TEXT_DROPPED"
    if spelling.letters_in(number) >= _LETTERS_OF_A_WORD:
        parsed = _parse(number, region)
        if parsed and phonenumbers.is_possible_number(parsed):
            return parsed, "PHONE_VANITY"
    return None, "PHONE_LETTERS"


def _parse(text: str, region: str) -> PhoneNumber | None:
    """Parse as a number of `region`; failing that, 00 and 011 count as + in every country."""
    parsed = _try_parse(text, region)
    if parsed and phonenumbers.is_possible_number(parsed):
        return parsed
    digits = phonenumbers.normalize_digits_only(text)
    for prefix in ("00", "011"):
        if digits.startswith(prefix) and "+" not in text:
            foreign = _try_parse("+" + digits.removeprefix(prefix), region)
            if foreign and phonenumbers.is_possible_number(foreign):
                return foreign
    return parsed


def _try_parse(text: str, region: str) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None


def _judge(
    field: str,
    given: str,
    parsed: PhoneNumber | None,
    number: str,
    plan: _Plan,
    unassigned: Unassigned,
) -> Phone:
    if parsed is None:
        digits = phonenumbers.normalize_digits_only(number)
        phone = Phone(str(plan.code or ""), digits, "")
        verdict = ValidationResult.INVALID_LENGTH
    else:
        digits = phonenumbers.national_significant_number(parsed)
        code = str(parsed.country_code)
        phone = Phone(code, digits, f"+{code}{digits}")
        verdict = phonenumbers.is_possible_number_with_reason(parsed)
    if not LEAST_DIGITS <= len(digits) <= MOST_DIGITS:
        found = note("PHONE_LENGTH", field, given, str(len(digits)))
    elif verdict == _LOCAL:
        found = note("PHONE_NO_AREA_CODE", field, given)
    elif parsed is None or verdict != ValidationResult.IS_POSSIBLE:
        found = note("PHONE_IMPOSSIBLE", field, given)
    elif phonenumbers.is_valid_number(parsed):
        return phone
    else:
        found = _unassigned(field, given, unassigned)
    return phone._replace(notes=(found,))


def _unassigned(field: str, given: str, unassigned: Unassigned) -> Note:
    severity = Severity.WARNS if unassigned == "warn" else Severity.STOPS
    return note("PHONE_UNASSIGNED", field, given, severity=severity)


def _unread(field: str, given: str, plan: _Plan, code: str) -> Phone:
    # No digits are better than wrong ones: somebody else would be called.
    return Phone(str(plan.code or ""), "", "", (note(code, field, given),))

"""The numbers of the sources report as its pages show them, each with the leads behind it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from leads.admin.lead_filters import in_words
from leads.cleaning.reasons import sentence
from leads.models import LeadStatus, PairKind, Source
from leads.reports.sources import APPROVED, Account, Cost, Duplicates, cost
from leads.review.decide import REJECT_REASONS
from leads.vicidial.reasons import sentence_for
from leads.words import translated

S = LeadStatus
MOST_IMPORTS = 80  # in one address: their ids must fit into it


class Cell(NamedTuple):
    """A number, its share of the rows and the number of the period before (None where there is
    none), and the address of the leads behind it, if a filter of the list has them."""

    label: str
    number: int
    share: float | None
    before: int | None
    before_share: float | None
    url: str


class Line(NamedTuple):
    """A source with its numbers, in the order of `head`."""

    source: Source
    account: Account
    cells: list[Cell]
    cost: Cost | None
    cost_before: Cost | None
    parts: list[tuple[str, str, float]]


class Reason(NamedTuple):
    """Why rows were not taken: the code as a few words, a sentence, how many, and which."""

    label: str
    sentence: str
    number: int
    url: str


class Twins(NamedTuple):
    """One class of duplicates."""

    label: str
    found: Duplicates
    number: int
    url: str


def head() -> list[str]:
    """What the numbers of a line are called."""
    return [label for label, _value, _filters in _columns()]


def line_of(source: Source, account: Account, before: Account, runs: Collection[int]) -> Line:
    """One source's line; `runs` are the imports behind its numbers."""
    priced, earlier = cost(source, account), cost(source, before)
    return Line(source, account, cells(account, before, runs), priced, earlier, parts(account))


def cells(account: Account, before: Account | None, runs: Collection[int]) -> list[Cell]:
    """The numbers of an account beside those of the period before, if they are compared."""
    return [
        Cell(
            label,
            number := value(account),
            None if value is _rows else _share(number, account.rows),
            value(before) if before else None,
            None if value is _rows or not before else _share(value(before), before.rows),
            leads_of(runs, **filters) if number else "",
        )
        for label, value, filters in _columns()
    ]


def _rows(account: Account) -> int:
    return account.rows


def _columns() -> list[tuple[str, Any, dict[str, str]]]:
    approved = ",".join(status.value for status in APPROVED)
    return [
        (_("Rows"), _rows, {}),
        (_("Invalid"), lambda one: one.invalid, {"status__exact": S.INVALID.value}),
        (_("Duplicate"), lambda one: one.duplicate, {"status__exact": S.DUPLICATE.value}),
        (_("Rejected"), lambda one: one.rejected, {"status__exact": S.REJECTED.value}),
        (_("Waiting"), lambda one: one.waiting, {"status__exact": S.STAGED.value}),
        (_("Approved"), lambda one: one.approved, {"status__in": approved}),
        (_("Pushed"), lambda one: one.pushed, {"status__exact": S.PUSHED.value}),
        (_("Refused"), lambda one: one.refused, {"status__exact": S.REFUSED.value}),
        (_("On a DNC list"), lambda one: one.listed, {"dnc": "any"}),
    ]


def _share(number: int, rows: int) -> float:
    return 100 * number / rows if rows else 0.0


def parts(account: Account) -> list[tuple[str, str, float]]:
    """(name, label, percent) of what the rows became, for a bar; they are 100 in all."""
    found = [
        ("pushed", _("Pushed"), account.pushed),
        ("way", _("Approved, not pushed yet"), account.on_the_way),
        ("waiting", _("Waiting"), account.waiting),
        ("refused", _("Refused"), account.refused),
        ("rejected", _("Rejected"), account.rejected),
        ("duplicate", _("Duplicate"), account.duplicate),
        ("invalid", _("Invalid"), account.invalid),
    ]
    return [(name, label, _share(number, account.rows)) for name, label, number in found if number]


def leads_of(runs: Collection[int], **filters: str) -> str:
    """The address of these leads of the imports; empty where the imports are too many for one."""
    if not runs or len(runs) > MOST_IMPORTS:
        return ""
    which = {"import_run__in": ",".join(map(str, runs))}
    if len(runs) == 1:
        which = {"import_run__id__exact": str(next(iter(runs)))}
    return f"{reverse('admin:leads_lead_changelist')}?{urlencode({**which, **filters}, safe=',')}"


def reasons_of(
    status: LeadStatus, counted: Iterable[tuple[str, int]], runs: Collection[int]
) -> list[Reason]:
    """The reasons of invalid, rejected or refused rows, in words."""
    column, words = _WORDS[status]
    return [
        Reason(
            in_words(code),
            words(code),
            number,
            leads_of(runs, **{"status__exact": status.value, column: code}),
        )
        for code, number in counted
    ]


def _invalid(code: str) -> str:
    return translated(sentence(code, _("The value"), "…", "…"))


def _rejected(code: str) -> str:
    return str(REJECT_REASONS.get(code, ""))


# The parameter of the list of leads, and a code in words.
_WORDS: dict[LeadStatus, tuple[str, Callable[[str], str]]] = {
    S.INVALID: ("finding", _invalid),
    S.REJECTED: ("decision_reason__exact", _rejected),
    S.REFUSED: ("refusal_reason__exact", lambda code: translated(sentence_for(code))),
}


def twins_of(found: Mapping[PairKind, Duplicates], runs: Collection[int]) -> list[Twins]:
    """The classes of duplicates, those of which there are any with their leads."""
    return [
        Twins(
            str(kind.label),
            one,
            one.within + one.earlier,
            leads_of(
                runs,
                status__exact=S.DUPLICATE.value,
                duplicate_why__in=",".join(one.codes),
            )
            if one.codes
            else "",
        )
        for kind, one in found.items()
    ]

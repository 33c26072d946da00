"""What the desk shows of one lead: its data, what was found, and the leads that it may be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest, QueryDict

from leads.admin.lead_correct import WAS, texts_of, values_of
from leads.admin.lead_dnc import dnc_of
from leads.admin.lead_page import findings
from leads.dedup.pairs import MOST_IN_A_CLUSTER, alike, cluster
from leads.models import Decision, DecisionVerb, Lead, LeadStatus, Pair
from leads.models.status import ON_ITS_WAY
from leads.review.correct import EDITABLE
from leads.review.decide import REJECT_REASONS
from leads.review.desk import Queue
from leads.words import translated

REMEMBERED = 50  # decisions of a reviewer that are looked at for reasons and comments
COMMENTS = 6
SET_ASIDE = {LeadStatus.DUPLICATE, LeadStatus.INVALID}  # the status of one that is not kept
OFTEN = 2  # reasons that are marked as those that a reviewer gives most
KEPT_DIGITS = 18  # of an id
FIELDS = [
    "phone_number",
    *(name for name in EDITABLE if name not in ("phone_number", "phone_code")),
]
# Fields that are shown, and compared, by another one of the lead's.
SHOWN_BY = {"phone_number": "phone_e164"}


@dataclass(frozen=True)
class Cell:
    """A value of one of the leads; `differs` from the first lead's; `says` is what comparing it
    with that one came to; `chosen` for a merge, where there is a choice."""

    lead_id: int
    value: str
    differs: bool
    says: str
    chosen: bool


@dataclass(frozen=True)
class Row:
    name: str
    cells: list[Cell]
    choice: bool


@dataclass(frozen=True)
class Reason:
    """A reason for a rejection; its number is the key that gives it, the same for everybody."""

    number: int
    code: str
    label: Any
    often: bool


@dataclass(frozen=True)
class Beside:
    """A lead beside the one to be decided: the pair that it is one of, and what may be done."""

    lead: Lead
    pair: Pair | None
    status: LeadStatus
    on_its_way: bool
    rule: Any


def item(
    lead: Lead, queue: Queue, request: HttpRequest, typed: QueryDict | None = None
) -> dict[str, Any]:
    """The context of the template for one lead; `typed` is what was filled in and refused."""
    user: Any = request.user
    given = typed if typed is not None else QueryDict()
    edit = edit_fields(lead, given)
    others = beside(lead) if queue is Queue.DUPLICATES else []
    # Whoever was chosen stays so, and has the choice of values.
    chosen = number(given, "other") or number(request.GET, "other")
    others.sort(key=lambda other: other.lead.pk != chosen)
    remembered = remembered_of(user)
    return {
        "lead": lead,
        "status": LeadStatus(lead.status),
        "others": others,
        "more": _more(lead, others),
        "rows": rows(lead, others),
        "findings": findings(lead),
        "edit": edit,
        "edit_open": any(field["changed"] for field in edit),
        "comment": given.get("comment", ""),
        "dnc": (dnc := dnc_of(request, lead)),
        "dnc_stops": bool(dnc["list"] and not dnc["out_of_force"] and not dnc["overridden"]),
        "editable": lead.status not in ON_ITS_WAY,
        "needs_comment": bool(lead.warnings) and not others,
        "reasons": reasons(remembered),
        "comments": list(dict.fromkeys(one.comment for one in remembered if one.comment))[
            :COMMENTS
        ],
        "can_undo": bool(remembered),
    }


def beside(lead: Lead) -> list[Beside]:
    """The leads that hang together with this one, the likeliest first.

    One that is set aside already can be none of the answers, so it is left out, unless whether it
    is this one is still asked: then it comes last of those.
    """
    pairs = cluster(lead.pk)
    own = {
        pair.other_id if pair.lead_id == lead.pk else pair.lead_id: pair
        for pair in pairs
        if lead.pk in (pair.lead_id, pair.other_id)
    }
    found = {
        one.pk: one
        for pair in pairs
        for one in (pair.lead, pair.other)
        if one.pk != lead.pk and (one.pk in own or one.status not in SET_ASIDE)
    }

    def place(pk: int) -> tuple[bool, bool, float, int]:
        score = own[pk].score if pk in own else 0
        return pk not in own, found[pk].status in SET_ASIDE, -score, pk

    return [_beside(found[pk], own.get(pk)) for pk in sorted(found, key=place)]


def _more(lead: Lead, others: Sequence[Beside]) -> int:
    """How many leads are alike to this one beside those that are shown."""
    shown = sum(one.pair is not None for one in others)
    return alike(lead.pk) - shown if shown >= MOST_IN_A_CLUSTER else 0


def _beside(lead: Lead, pair: Pair | None) -> Beside:
    status = LeadStatus(lead.status)
    return Beside(lead, pair, status, status in ON_ITS_WAY, translated(pair.rule) if pair else "")


def _says(pair: Pair | None) -> dict[str, str]:
    """What the comparison of two leads says, by field."""
    return {
        one.get("field", ""): translated(one.get("says", ""))
        for one in (pair.reasons if pair else [])
    }


def rows(lead: Lead, others: Sequence[Beside]) -> list[Row]:
    """The fields in which any of the leads has a value, with the choice for a merge."""
    leads = [lead, *(other.lead for other in others)]
    said: list[dict[str, str]] = [{}, *(_says(other.pair) for other in others)]
    shown = []
    for name in FIELDS:
        values = [_text(one, name) for one in leads]
        if not any(values):
            continue
        # For the merge with the first one: what that one has is kept unless it has nothing.
        choice = len(values) > 1 and name in EDITABLE and values[0] != values[1]
        taken = choice and not values[1]
        cells = [
            Cell(
                one.pk,
                value,
                differs=bool(others) and value != values[0],
                says=says.get(SHOWN_BY.get(name, name), ""),
                chosen=(place == 0) == taken,
            )
            for place, (one, value, says) in enumerate(zip(leads, values, said, strict=True))
        ]
        shown.append(Row(name, cells, choice))
    return shown


def _text(lead: Lead, name: str) -> str:
    value = getattr(lead, SHOWN_BY.get(name, name)) or getattr(lead, name)
    return "" if value is None else str(value)


def edit_fields(lead: Lead, typed: QueryDict) -> list[dict[str, Any]]:
    """The fields of the form as they are or were typed, those with something to look at first."""
    flagged = {one["field"] for one in lead.findings or [] if one["severity"] != "tells"}
    values = values_of(lead)
    given, seen = texts_of(typed, "field_"), texts_of(typed, WAS)
    # What was shown and not touched is not put in the place of what it is by now.
    own = {name: text for name, text in given.items() if text != seen.get(name)}
    fields = [
        {
            "name": name,
            "value": (shown := own.get(name, value)),
            "was": value,
            "flagged": name in flagged,
            "changed": shown != value,
        }
        for name, value in values.items()
    ]
    return sorted(fields, key=lambda field: (not field["flagged"], not field["value"]))


def number(data: QueryDict, name: str) -> int:
    """An id that the page carried, or 0."""
    text = data.get(name, "")
    plain = text.isascii() and text.isdigit() and len(text) <= KEPT_DIGITS
    return int(text) if plain else 0


def remembered_of(user: User) -> list[Decision]:
    """The latest decisions of a reviewer that stand."""
    mine = Decision.objects.filter(by=user, undone_at__isnull=True).select_related("lead")
    return list(mine.only("verb", "comment", "lead__decision_reason").order_by("-id")[:REMEMBERED])


def reasons(remembered: Sequence[Decision]) -> list[Reason]:
    """The reasons for a rejection in their own order; those that this reviewer gives most are
    marked, and stay in their places: a number that is known by heart means the same tomorrow."""
    used = Counter(
        one.lead.decision_reason for one in remembered if one.verb == DecisionVerb.REJECT
    )
    often = {code for code, _ in used.most_common(OFTEN)}
    return [
        Reason(number, code, label, code in often)
        for number, (code, label) in enumerate(REJECT_REASONS.items(), 1)
    ]

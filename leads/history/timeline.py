"""What happened to a lead, in sentences, the latest first.

Put together from the import, the two history tables that the database itself writes (with the
context of `leads.history.context`) and the push attempts: seven queries at most, however long it
is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _

from leads.history.acts import others_of
from leads.history.sentences import (
    CHECKED,
    OVERRIDDEN,
    PLAIN,
    WITHDRAWN,
    moved,
    on_list,
    others_in_words,
)
from leads.models import Lead, LeadCorrection, LeadStanding, LeadStatus, PushAttempt
from leads.models.history import CORRECTED_FIELDS

S = LeadStatus
# What people do to many leads at once, and of how many such acts the others are counted.
TOGETHER = {S.APPROVED, S.REJECTED, S.STAGED, S.QUEUED}
MOST_ACTS = 20
SHOWN = 60  # characters of a value that a sentence repeats
DATA_FIELDS = [name for name in CORRECTED_FIELDS if name not in ("id", "raw")]
DNC_FIELDS = {"dnc_list_id", "dnc_date", "dnc_number"}


@dataclass(frozen=True)
class Happening:
    """One thing that happened: when, by whom (a username, or "" for the portal itself), what."""

    at: datetime
    who: str
    sentence: str


def timeline(lead: Lead, words: Mapping[str, str] | None = None) -> list[Happening]:
    """Everything known to have happened to `lead`, the latest first.

    `words` maps codes of decision reasons to what a person reads; a code that it does not have is
    shown as it is.
    """
    standings = list(
        LeadStanding.objects.filter(pgh_obj_id=lead.pk)
        .select_related("pgh_context", "dnc_list")
        .order_by("pgh_id")
    )
    corrections = list(
        LeadCorrection.objects.filter(pgh_obj_id=lead.pk)
        .select_related("pgh_context")
        .order_by("pgh_id")
    )
    attempts = list(PushAttempt.objects.filter(lead=lead).order_by("opened_at", "pk"))
    run = lead.import_run
    named = _names(
        run.created_by_id,
        *(_facts(row).get("user") for row in [*standings, *corrections]),
        *(attempt.user_id for attempt in attempts),
    )
    came = _("Came in with %(file)s (import %(id)s), line %(line)s") % {
        "file": run.filename,
        "id": run.pk,
        "line": lead.line,
    }
    happened = [
        *_corrections(lead, corrections, named),
        *_standings(standings, named, words or {}, _others(lead, standings)),
        *(_attempt(attempt, named) for attempt in attempts),
    ]
    # Of one moment: the data first, then the standing that follows from it.
    happened.sort(key=lambda one: one.at)
    return [*happened[::-1], Happening(lead.created_at, named.get(run.created_by_id, ""), came)]


def _names(*ids: Any) -> dict[Any, str]:
    """Usernames by id, in one query."""
    wanted = {pk for pk in ids if pk is not None}
    return dict(get_user_model().objects.filter(pk__in=wanted).values_list("pk", "username"))


def _facts(row: Any) -> Mapping[str, Any]:
    return row.pgh_context.metadata if row.pgh_context else {}


def _standings(
    rows: Sequence[Any],
    named: Mapping[Any, str],
    words: Mapping[str, str],
    others: Mapping[int, str],
) -> Iterable[Happening]:
    before: Any = None
    for row in rows:
        facts = _facts(row)
        why = str(facts.get("why") or "")
        if _is_first_match(row, before, why):
            sentence = _("Found on %(list)s") % {"list": on_list(row)}
        elif _has_moved(row, before):
            who = named.get(facts.get("user")) or (_("the portal") if facts else _("somebody"))
            sentence = moved(row, facts, words, who, others.get(row.pgh_id, ""))
        else:
            sentence = _changed(row, before)
        told = why in {*PLAIN, OVERRIDDEN, WITHDRAWN, CHECKED} or why.startswith("batch ")
        if why and not told:
            sentence = f"{sentence} ({why})"
        if not facts:
            sentence = f"{sentence} ({_('changed outside the portal')})"
        yield Happening(row.pgh_created_at, named.get(facts.get("user"), ""), sentence)
        before = row


def _has_moved(row: Any, before: Any) -> bool:
    return before is None or before.status != row.status


def _is_first_match(row: Any, before: Any, why: str) -> bool:
    """Whether the very first change was a match: then there is no row to compare it with."""
    staged = row.status == S.STAGED and why in {"approved", OVERRIDDEN}
    looked = why in {CHECKED, WITHDRAWN}
    return before is None and bool(row.dnc_list_id) and (staged or looked)


def _others(lead: Lead, rows: Sequence[Any]) -> dict[int, str]:
    """pgh_id -> "with 41 others from import may.csv", for what people do to many at once."""
    acts = [row for row in rows if row.status in TOGETHER and _facts(row).get("user")]
    found = others_of(acts[-MOST_ACTS:], lead.import_run_id)
    return {pgh_id: others_in_words(others, lead) for pgh_id, others in found.items()}


def _changed(row: Any, before: Any) -> str:
    """What became different without a move."""
    if row.dnc_list_id and any(getattr(row, f) != getattr(before, f) for f in DNC_FIELDS):
        return _("Found on %(list)s") % {"list": on_list(row)}
    if before.dnc_list_id and not row.dnc_list_id:
        return _("No longer on a DNC list in force")
    fields = [field.name for field in row._meta.concrete_fields if not field.name.startswith("pgh")]
    changes = [
        _change(name, getattr(before, name), getattr(row, name))
        for name in (f.attname for f in row._meta.concrete_fields if f.name in fields)
        if getattr(before, name) != getattr(row, name)
    ]
    return _("Changed: %(changes)s") % {"changes": "; ".join(changes)}


def _corrections(lead: Lead, rows: Sequence[Any], named: Mapping[Any, str]) -> Iterable[Happening]:
    """Each row holds the data before a correction; what it became is in the next, or the lead."""
    for row, after in zip(rows, [*rows, lead][1:], strict=True):
        changes = [
            _change(name, getattr(row, name), getattr(after, name))
            for name in DATA_FIELDS
            if getattr(row, name) != getattr(after, name)
        ]
        facts = _facts(row)
        who = named.get(facts.get("user")) or (_("the portal") if facts else _("somebody"))
        said = {"who": who, "changes": "; ".join(changes)}
        sentence = _("Corrected by %(who)s: %(changes)s") % said
        if not facts:
            sentence = f"{sentence} ({_('changed outside the portal')})"
        yield Happening(row.pgh_created_at, named.get(facts.get("user"), ""), sentence)


def _change(name: str, old: Any, new: Any) -> str:
    return f"{name} {_shown(old)} → {_shown(new)}"


def _shown(value: Any) -> str:
    if value in (None, "", []):
        return str(_("nothing"))
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return f"“{text}”" if len(text) <= SHOWN else f"“{text[: SHOWN - 1]}…”"


def _attempt(attempt: PushAttempt, named: Mapping[Any, str]) -> Happening:
    """An attempt, when its answer came or else when it was opened."""
    facts = {
        "number": attempt.number,
        "kind": attempt.get_kind_display(),
        "outcome": attempt.get_outcome_display(),
        "reason": f" ({attempt.reason})" if attempt.reason else "",
    }
    if attempt.sealed_at is None:
        sentence = _("Attempt %(number)s, %(kind)s: no answer yet") % facts
    else:
        sentence = _("Attempt %(number)s, %(kind)s: %(outcome)s%(reason)s") % facts
    return Happening(
        attempt.sealed_at or attempt.opened_at, named.get(attempt.user_id, ""), sentence
    )

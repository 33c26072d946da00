"""Correct a lead's data: cleaned and checked again, with the old values kept in the history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from leads import lifecycle
from leads.assess import Assessment, assess, rules_of
from leads.dedup import likely
from leads.dedup.exact import try_lock_phones
from leads.dedup.on_dialer import ON_DIALER
from leads.dedup.pairs import found_different, hold
from leads.dedup.policy import policy_for
from leads.dedup.same_number import WHY, Judge, Judgement
from leads.dedup.suppress_mark import mark
from leads.history.context import because
from leads.lifecycle import without_deadlocks
from leads.models import Lead, LeadStatus, Treatment
from leads.models.status import MOVES, ON_ITS_WAY
from leads.review.since import changed, corrected_meanwhile
from leads.sentence import say
from leads.vicidial.fields import FIELDS

if TYPE_CHECKING:
    from django.contrib.auth.models import User

S = LeadStatus

EDITABLE = [name for name in FIELDS if name != "gmt_offset_now"]


class CorrectionError(Exception):
    """The correction cannot be made; the text is a sentence for the reviewer."""


@dataclass(frozen=True)
class Corrected:
    """The lead as it is now, and what was found in its new values."""

    lead: Lead
    assessment: Assessment


@without_deadlocks
def correct(
    lead: Lead,
    changes: Mapping[str, str],
    *,
    by: User | None,
    shown: Mapping[str, str] | None = None,
) -> Corrected:
    """Put `changes` (field names of add_lead -> text) into the lead and check it anew.

    It becomes `invalid` if something stops it, `duplicate` if its phone is another lead's and the
    policy says so, else `staged`, whatever it was; an approval does not outlive a change. Without
    changes it stays as it is. `shown` are the fields as whoever changes them saw them. Raises
    CorrectionError for an unknown field, a lead that is on its way or on the dialer, or a field
    that somebody else has changed since it was shown.
    """
    unknown = sorted(set(changes) - set(EDITABLE))
    if unknown:
        raise CorrectionError(
            say("There is no field %(fields)s to correct.", fields=", ".join(unknown))
        )
    with transaction.atomic(), because("corrected", user_id=by.pk if by else None):
        locked = Lead.objects.select_for_update(of=("self",)).get(pk=lead.pk)
        if locked.status in ON_ITS_WAY:
            raise CorrectionError(
                say(
                    "The lead is %(status)s: its data can no longer be changed here. Take it "
                    "out of its batch first, or change it on the dialer.",
                    status=LeadStatus(locked.status).label.lower(),
                )
            )
        _check_shown(locked, changes, shown or {})
        values = {**locked.wire_values(), "list_id": str(locked.list_id or ""), **changes}
        found = assess({k: v for k, v in values.items() if v}, rules_of(locked.import_run))
        if not changes:
            return Corrected(locked, found)
        if found.phone_e164 != locked.phone_e164 and not try_lock_phones():
            raise CorrectionError(
                say(
                    "A file is being loaded just now, which may hold the same number. Try "
                    "again when it is done."
                )
            )
        _write(locked, found)
        mark(Lead.objects.filter(pk=locked.pk), stamp_before=timezone.now())
        likely.rekey([locked.pk])
        locked.refresh_from_db()
    return Corrected(locked, found)


def _check_shown(lead: Lead, changes: Mapping[str, str], shown: Mapping[str, str]) -> None:
    seen = {name: shown[name] for name in changes if name in shown}
    # Who wants what somebody else has put there already is not in the way.
    other = {name for name, text in changed(lead, seen).items() if text != changes[name]}
    if other:
        raise CorrectionError(corrected_meanwhile(lead, {name: seen[name] for name in other}))


def _write(lead: Lead, found: Assessment) -> None:
    """Write the new data and move the lead to where it puts it."""
    judged = None if found.stops else _judged(lead, found)
    twin = judged.twin if judged and judged.treatment is Treatment.MARK else None
    to = S.INVALID if found.stops else S.DUPLICATE if twin else S.STAGED
    columns = {**_data(found), **found.columns(), **_on_dialer(lead, found)}
    why = WHY[judged.kind] if judged and twin else ""
    columns |= {"duplicate_of_id": twin, "duplicate_why": why}
    if judged and judged.treatment is Treatment.HOLD:
        hold(lead.pk, judged)
    this = Lead.objects.filter(pk=lead.pk)
    if lead.status == to or (lead.status, to) == (S.REJECTED, S.INVALID):
        this.update(**columns)
        return
    if to not in MOVES[S(lead.status)]:
        # The way leads through staged, where the number must be one that can be dialled.
        lifecycle.move(this, S.STAGED, **({} if found.stops else columns))
    lifecycle.move(this, to, **columns)


def _on_dialer(lead: Lead, found: Assessment) -> dict[str, Any]:
    """What the dialer said about the number stays as long as the number does."""
    if ON_DIALER not in lead.warnings:
        return {}
    if found.phone_e164 != lead.phone_e164:
        return {"existing_lead_id": None, "existing_list_id": None}
    said = [one for one in lead.findings or [] if one["code"] == ON_DIALER]
    return {"warnings": [*found.warnings, ON_DIALER], "findings": [*found.findings, *said]}


def _data(found: Assessment) -> dict[str, Any]:
    data: dict[str, Any] = {name: found.values.get(name, "") for name in EDITABLE}
    born = found.values.get("date_of_birth", "")
    data["date_of_birth"] = date.fromisoformat(born) if born else None
    data["list_id"] = int(data["list_id"]) if data["list_id"] else None
    return data


def _judged(lead: Lead, found: Assessment) -> Judgement | None:
    """What the policy makes of the lead for another one that has its number."""
    run = lead.import_run
    person = {**found.values, "phone_e164": found.phone_e164}
    but = {lead.pk, *found_different(lead.pk)}
    judge = Judge(policy_for(run), run)
    return judge.judge([lead.pk], [found.phone_e164], [0], lambda _: person, but=but).get(0)

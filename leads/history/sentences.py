"""Each change of where a lead stands as a sentence: what happened, by whom, with whom else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leads.history.acts import MOST_OTHERS, Others
from leads.models import Lead, LeadStatus
from leads.models.dnc import named

S = LeadStatus
# The reason that says no more than the move itself.
PLAIN = {"approved", "rejected", "queued", "reopened", "overruled", "not a duplicate", "corrected"}
PLAIN |= {"queued again", "merged", "marked as a duplicate", "decision taken back"}
# What a person said of an unclear lead (`leads.push.by_hand`).
FOUND_BY_HAND, MISSED_BY_HAND = "found on the dialer by hand", "not on the dialer, by hand"
PLAIN |= {FOUND_BY_HAND, MISSED_BY_HAND, "looked up on the dialer", "answer of the dialer"}
PLAIN |= {"its worker did not come back in time"}
# Reasons that the sentence says in words already (`leads.dedup.suppress_mark`).
OVERRIDDEN = "DNC_OVERRIDE"
CHECKED, WITHDRAWN = "checked against the DNC lists", "withdrawn: on a DNC list"


def others_in_words(others: Others, lead: Lead) -> str:
    facts = {"number": intcomma(others.number), "file": lead.import_run.filename}
    if others.number > MOST_OTHERS:
        facts["number"] = intcomma(MOST_OTHERS)
        if others.same_import:
            return _(", with over %(number)s others from import %(file)s") % facts
        return _(", with over %(number)s others") % facts
    if others.same_import:
        return (
            ngettext(
                ", with %(number)s other from import %(file)s",
                ", with %(number)s others from import %(file)s",
                others.number,
            )
            % facts
        )
    return ngettext(", with %(number)s other", ", with %(number)s others", others.number) % facts


def moved(
    row: Any, facts: Mapping[str, Any], words: Mapping[str, str], who: str, others: str
) -> str:
    """Where the lead went, with who did it and what belongs to it."""
    why = str(facts.get("why") or "")
    if row.pgh_label == "deleted":
        return _("Deleted from the database by %(who)s") % {"who": who}
    said = {
        "who": who,
        "others": others,
        "comment": f": “{row.decision_comment}”" if row.decision_comment else "",
        "batch": row.batch_id,
        "reason": words.get(row.decision_reason, row.decision_reason),
        "list": on_list(row) if row.dnc_list_id else "",
    }
    if why in (FOUND_BY_HAND, MISSED_BY_HAND):
        return _by_hand(row, why, facts, said)
    if why == "decision taken back":
        said["status"] = S(row.status).label
        return _("Decision taken back by %(who)s: it is %(status)s again") % said
    match row.status:
        case S.APPROVED:
            return _approved(row, why, said)
        case S.REJECTED:
            return _("Rejected by %(who)s%(others)s: %(reason)s%(comment)s") % said
        case S.STAGED:
            return _staged(why) % said
        case S.QUEUED:
            return _queued(why) % said
        case S.INVALID:
            said["reasons"] = ", ".join(row.reasons)
            return _("Found invalid: %(reasons)s") % said
        case S.DUPLICATE:
            said["twin"] = row.duplicate_of_id
            if row.duplicate_why == "MERGED":
                return _("Merged into lead %(twin)s by %(who)s%(comment)s") % said
            if row.duplicate_why == "BY_HAND":
                return _("Marked as a duplicate of lead %(twin)s by %(who)s%(comment)s") % said
            return _("Found to be a duplicate of lead %(twin)s") % said
        case _:
            return _pushed(row, said)


def _pushed(row: Any, said: Mapping[str, Any]) -> str:
    """What a push and its answer did."""
    facts = {
        **said,
        "lead": row.vicidial_lead_id,
        "list_id": row.vicidial_list_id,
        "status": row.vicidial_status,
        "refusal": row.refusal_reason,
    }
    match row.status:
        case S.SENDING:
            return _("Claimed by a worker, to be sent in batch %(batch)s") % facts
        case S.PUSHED:
            return _("On the dialer: lead_id %(lead)s, list %(list_id)s, status %(status)s") % facts
        case S.REFUSED:
            return _("Refused by the dialer: %(refusal)s") % facts
        case _:
            return _("Unclear: no usable answer came; it will be looked up, not sent again")


def _by_hand(row: Any, why: str, facts: Mapping[str, Any], said: Mapping[str, Any]) -> str:
    """What a person found on the dialer, and whether it could be checked there."""
    more = {
        **said,
        "lead": row.vicidial_lead_id,
        "comment": facts.get("comment", ""),
        "checked": _("the dialer confirmed it")
        if facts.get("asked")
        else _("the dialer could not be asked: it is the person's word"),
    }
    if why == FOUND_BY_HAND:
        return (
            _("Found on the dialer as lead_id %(lead)s by %(who)s: “%(comment)s” (%(checked)s)")
            % more
        )
    if row.status == S.REFUSED:
        return (
            _("Not on the dialer, says %(who)s: “%(comment)s” (%(checked)s); it is refused") % more
        )
    if row.status == S.APPROVED:
        return _("Approved again: its batch %(batch)s was cancelled meanwhile") % more
    return _("Not on the dialer, says %(who)s: “%(comment)s” (%(checked)s); queued again") % more


def _approved(row: Any, why: str, said: Mapping[str, Any]) -> str:
    if why.endswith("cancelled"):
        return _("Taken out of its batch by %(who)s, who cancelled it; approved again") % said
    if why.endswith("undone"):
        return _("Deleted on the dialer by the undo of %(who)s; approved again") % said
    if why == WITHDRAWN:
        return _("Taken out of its batch")
    if row.decision_reason == OVERRIDDEN:
        return _("Approved by %(who)s although on %(list)s%(comment)s") % said
    return _("Approved by %(who)s%(others)s%(comment)s") % said


def _queued(why: str) -> str:
    if why == "queued":
        return _("Queued by %(who)s in batch %(batch)s%(others)s")
    if why == "queued again":
        return _("Queued again by %(who)s in batch %(batch)s%(others)s, after a refusal")
    if why == "looked up on the dialer":
        return _("Not on the dialer, as a look-up found: queued again in batch %(batch)s")
    return _("Queued again in batch %(batch)s: the call had not left")


def _staged(why: str) -> str:
    known = {
        "reopened": _("Reopened by %(who)s%(others)s%(comment)s"),
        "overruled": _(
            "Overruled by %(who)s%(others)s: staged although the number seems to be"
            " nobody's%(comment)s"
        ),
        "not a duplicate": _("Found not to be a duplicate by %(who)s%(others)s%(comment)s"),
        "corrected": _("Waits for a reviewer after the correction by %(who)s"),
        WITHDRAWN: _("Waits for a reviewer again: on %(list)s"),
    }
    return known.get(why, _("Waits for a reviewer%(comment)s"))


def on_list(row: Any) -> str:
    """The list that the lead was on, with its date and the number that is on it."""
    where = named(row.dnc_list.name if row.dnc_list else "?", row.dnc_date)
    return f"{where} (+{row.dnc_number})" if row.dnc_number else where

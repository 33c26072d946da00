"""What has become of a lead since somebody saw it or decided on it, and who did that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth import get_user_model

from leads.models import Lead, LeadCorrection, LeadStanding
from leads.sentence import Sentence, say

LOOKED_AT = 50  # of the latest corrections, for who made the one that is asked for


def changed(lead: Lead, seen: Mapping[str, str]) -> dict[str, str]:
    """The fields of add_lead that no longer hold the text that was seen, with what they hold."""
    now = {name: _text(lead, name) for name in seen}
    return {name: text for name, text in now.items() if _plain(text) != _plain(seen[name])}


def corrected_meanwhile(lead: Lead, seen: Mapping[str, str]) -> Sentence:
    """That these fields were corrected since they were seen, by whom, and what they are now."""
    return say(
        "Lead %(lead)s was corrected%(by)s meanwhile: %(values)s. Nothing of yours was saved. Look "
        "at it again, and press once more if you still want it so.",
        lead=lead.pk,
        by=who_corrected(lead, seen),
        values=", ".join(f"{name} “{text}”" for name, text in changed(lead, seen).items()),
    )


def who_corrected(lead: Lead, seen: Mapping[str, str]) -> str:
    """Who took one of these texts out of the lead, as a piece of a sentence; "" if not known."""
    latest = LeadCorrection.objects.filter(pgh_obj=lead.pk).select_related("pgh_context")
    lost = changed(lead, seen)
    for row in latest.order_by("-pgh_id")[:LOOKED_AT]:
        if any(_plain(_text(row, name)) == _plain(seen[name]) for name in lost):
            return _by(row)
    return ""


def who_moved(lead: Lead) -> str:
    """Who last changed where the lead stands, as a piece of a sentence; "" if not known."""
    latest = LeadStanding.objects.filter(pgh_obj=lead.pk).select_related("pgh_context")
    row = latest.order_by("-pgh_id").first()
    return _by(row) if row else ""


def _by(row: Any) -> str:
    facts = row.pgh_context.metadata if row.pgh_context else {}
    who = get_user_model().objects.filter(pk=facts.get("user") or 0).first()
    return say(" by %(who)s", who=who) if who else ""


def _text(row: Any, name: str) -> str:
    value = getattr(row, name, None)
    return "" if value is None else str(value)


def _plain(text: str) -> str:
    """Without the ends of lines, of which a browser makes others."""
    return "\n".join(text.splitlines())

"""What a decision changes, as it was before: kept with the decision, so that it can be undone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.dateparse import parse_datetime

from leads.models import Lead
from leads.review.correct import EDITABLE

# What a decision writes beside the status.
STANDING = [
    "duplicate_of_id",
    "duplicate_why",
    "decided_by_id",
    "decided_at",
    "decision_reason",
    "decision_comment",
]


def standing_of(lead: Lead) -> dict[str, Any]:
    """Status and decision of a lead, as JSON can hold them."""
    decided_at = lead.decided_at.isoformat() if lead.decided_at else None
    columns = {name: getattr(lead, name) for name in STANDING}
    return {"status": lead.status, **columns, "decided_at": decided_at}


def mark_of(lead: Lead) -> dict[str, Any]:
    """What tells whether somebody or something has gone on with a lead after a decision.

    Not whose duplicate it is: that may be handed on with the decision as it is.
    """
    standing = standing_of(lead)
    del standing["duplicate_of_id"]
    return {**standing, "reasons": lead.reasons}


def columns_of(standing: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a lead, without its status, of what `standing_of` kept."""
    decided_at = standing["decided_at"]
    columns = {name: standing[name] for name in STANDING}
    return {**columns, "decided_at": parse_datetime(decided_at) if decided_at else None}


def data_of(lead: Lead, names: Iterable[str] = EDITABLE) -> dict[str, str]:
    """Values of the lead's own data as texts, as `correct` takes them."""
    values = {name: getattr(lead, name) for name in names}
    return {name: "" if value is None else str(value) for name, value in values.items()}

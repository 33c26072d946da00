"""What a lead's page says of the leads that it may be, or lives with: each pair, and its state."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from leads.models import Lead, Pair, PairState
from leads.words import translated

MOST = 20
COLOURS = {
    PairState.OPEN: "warning",
    PairState.SAME: "info",
    PairState.DIFFERENT: "default",
    PairState.PASSED: "default",
}


def pairs_of(lead: Lead) -> list[dict[str, Any]]:
    """The pairs of the lead, those to be decided first, MOST + 1 at most; one query."""
    # Two searches by index; an OR over both columns reads more.
    ids = (
        Pair.objects.filter(lead=lead)
        .values("pk")
        .union(Pair.objects.filter(other=lead).values("pk"), all=True)
    )
    both = Pair.objects.filter(Q(pk__in=ids)).select_related("lead", "other", "decided_by")
    found = sorted(both.order_by("-pk")[: MOST * 5], key=lambda one: one.state != PairState.OPEN)
    return [_shown(lead, pair) for pair in found[: MOST + 1]]


def _shown(lead: Lead, pair: Pair) -> dict[str, Any]:
    state = PairState(pair.state)
    who = str(pair.decided_by) if pair.decided_by else _("the policy of the source")
    return {
        "it": pair,
        "twin": pair.other if pair.lead_id == lead.pk else pair.lead,
        "kind": pair.get_kind_display(),
        "percent": round(100 * pair.score),
        "state": _("Let pass") if state is PairState.PASSED and pair.decided_by else state.label,
        "colour": COLOURS[state],
        "reasons": [_reason(one) for one in pair.reasons],
        "decided_by": "" if state is PairState.OPEN else who,
    }


def _reason(one: dict[str, Any]) -> str:
    """One field compared, in words."""
    return _("%(field)s: %(says)s") % {
        "field": one.get("field", ""),
        "says": translated(one.get("says", "")),
    }

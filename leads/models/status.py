"""The statuses of a lead and the moves between them: the one place that says what may follow what.

`MOVES` is read by `leads.lifecycle.move`, by the buttons that a page shows, by the table in
docs/architecture.md (a test compares) and by the trigger on the table (`illegal_move_sql`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class LeadStatus(TextChoices):
    INVALID = "invalid", _("Invalid")
    DUPLICATE = "duplicate", _("Duplicate")
    STAGED = "staged", _("Staged")
    REJECTED = "rejected", _("Rejected")
    APPROVED = "approved", _("Approved")
    QUEUED = "queued", _("Queued")
    SENDING = "sending", _("Sending")
    UNCLEAR = "unclear", _("Unclear")
    PUSHED = "pushed", _("Pushed")
    REFUSED = "refused", _("Refused")

    @property
    def colour(self) -> str:
        """The badge's colour, one of django-unfold's label names."""
        return LOOKS[self][0]

    @property
    def means(self) -> str:
        """One sentence for a person who sees the status for the first time."""
        return str(LOOKS[self][1])


S = LeadStatus

LOOKS: dict[LeadStatus, tuple[str, Any]] = {
    S.INVALID: ("danger", _("Cannot go as it is; the reasons are on the row.")),
    S.DUPLICATE: ("warning", _("The same as another lead.")),
    S.STAGED: ("info", _("Waits for a reviewer.")),
    S.REJECTED: ("default", _("A reviewer said no.")),
    S.APPROVED: ("primary", _("May be pushed.")),
    S.QUEUED: ("primary", _("Part of a push batch, not yet on its way.")),
    S.SENDING: ("info", _("Claimed by a worker; an attempt is open.")),
    S.UNCLEAR: (
        "warning",
        _("It was sent and no usable answer came; it is looked up, not re-sent."),
    ),
    S.PUSHED: ("success", _("On the dialer, with the dialer's own lead_id.")),
    S.REFUSED: ("danger", _("The dialer said no.")),
}

MOVES: dict[LeadStatus, frozenset[LeadStatus]] = {
    S.INVALID: frozenset({S.STAGED, S.DUPLICATE, S.REJECTED}),
    S.DUPLICATE: frozenset({S.STAGED, S.REJECTED}),
    S.STAGED: frozenset({S.APPROVED, S.REJECTED, S.INVALID, S.DUPLICATE}),
    # To invalid and duplicate where a rejection is taken back: it goes to where it was.
    S.REJECTED: frozenset({S.STAGED, S.INVALID, S.DUPLICATE}),
    S.APPROVED: frozenset({S.QUEUED, S.STAGED}),
    S.QUEUED: frozenset({S.SENDING, S.APPROVED}),
    # Back to queued only where the call certainly inserted nothing (never left, or login refused).
    S.SENDING: frozenset({S.PUSHED, S.REFUSED, S.UNCLEAR, S.QUEUED}),
    # Refused only after a re-send that the dialer's own duplicate check turned away.
    S.UNCLEAR: frozenset({S.PUSHED, S.QUEUED, S.REFUSED}),
    S.PUSHED: frozenset({S.APPROVED}),
    S.REFUSED: frozenset({S.STAGED, S.QUEUED}),
}

# A new row may be a duplicate of leads in these statuses: everything that is, or may still be, a
# lead of its own. A rejected one counts: a reviewer has already said no to that number.
KNOWN = frozenset(S) - {S.INVALID, S.DUPLICATE}

# In these the lead is, or may be, on the dialer: its data must no longer be edited.
ON_ITS_WAY = frozenset({S.QUEUED, S.SENDING, S.UNCLEAR, S.PUSHED})

# A batch with leads in these is not at its end.
OPEN = (S.QUEUED, S.SENDING, S.UNCLEAR)


def sources_of(to: LeadStatus) -> frozenset[LeadStatus]:
    """The statuses from which a lead may move to `to`."""
    return frozenset(status for status, targets in MOVES.items() if to in targets)


def illegal_move_sql() -> str:
    """SQL over OLD and NEW that is true for a change of status that MOVES does not have."""
    legal = " OR ".join(
        f"(OLD.status = '{status.value}' AND NEW.status IN ({quoted(targets)}))"
        for status, targets in MOVES.items()
    )
    return f"OLD.status IS DISTINCT FROM NEW.status AND NOT ({legal})"


def quoted(statuses: Iterable[LeadStatus]) -> str:
    """The statuses as a list of SQL literals, in a stable order."""
    return ", ".join(f"'{value}'" for value in sorted(status.value for status in statuses))

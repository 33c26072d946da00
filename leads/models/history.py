"""The history of leads, written by the database itself: no update escapes it, raw SQL included.

Two narrow tables at statement level, since one wide table at row level costs twice the update:
one for where a lead stands, one for what a person corrected in it. Who and why is in the context
(`leads.history.context`). Rows can be added only.
"""

from __future__ import annotations

import pghistory
import pgtrigger

from leads.models.lead import Lead

STANDING_FIELDS = [
    "id",
    "status",
    "reasons",
    "duplicate_of",
    "duplicate_why",
    "decided_by",
    "decision_reason",
    "decision_comment",
    "list_id",
    "dialer",
    "batch",
    "vicidial_lead_id",
    "vicidial_list_id",
    "vicidial_status",
    "refusal_reason",
    "dnc_list",
    "dnc_date",
    "dnc_number",
]

CORRECTED_FIELDS = [
    "id",
    "vendor_lead_code",
    "source_id",
    "phone_code",
    "phone_number",
    "title",
    "first_name",
    "middle_initial",
    "last_name",
    "address1",
    "address2",
    "address3",
    "city",
    "state",
    "province",
    "postal_code",
    "country_code",
    "gender",
    "date_of_birth",
    "alt_phone",
    "email",
    "security_phrase",
    "comments",
    "rank",
    "owner",
    "multi_alt_phones",
    "entry_list_id",
    "raw",
]


class LeadStanding(
    pghistory.create_event_model(  # type: ignore[misc]
        Lead,
        pghistory.UpdateEvent("standing"),
        pghistory.DeleteEvent("deleted"),
        fields=STANDING_FIELDS,
        append_only=True,
        level=pgtrigger.Statement,
        obj_field=pghistory.ObjForeignKey(related_name="standings"),
        meta={"verbose_name": "change of standing", "verbose_name_plural": "changes of standing"},
    )
):
    """Where a lead stood after each change of its standing."""


class LeadCorrection(
    pghistory.create_event_model(  # type: ignore[misc]
        Lead,
        pghistory.UpdateEvent("corrected", row=pghistory.Old),
        fields=CORRECTED_FIELDS,
        append_only=True,
        level=pgtrigger.Statement,
        obj_field=pghistory.ObjForeignKey(related_name="corrections"),
        meta={"verbose_name": "correction"},
    )
):
    """A lead's data as it was before each correction."""

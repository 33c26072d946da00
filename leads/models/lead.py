"""The lead: what the source gave, what it became, where it stands, and what the dialer said."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from leads.models.dialer import Dialer
from leads.models.intake import Import, Source
from leads.models.lead_indexes import INDEXES
from leads.models.status import ON_ITS_WAY, LeadStatus, illegal_move_sql
from leads.vicidial.fields import FIELDS

S = LeadStatus

# The server computes gmt_offset_now by itself, and list_id is the batch's to say.
WIRE_FIELDS = [name for name in FIELDS if name not in ("gmt_offset_now", "list_id")]


def text(label: Any = "", *, collation: str | None = None) -> models.TextField[str, str]:
    """A cleaned value: never NULL, never cut (widths are the wire's matter, shown as a warning)."""
    return models.TextField(label or None, blank=True, default="", db_collation=collation)


class Lead(models.Model):  # type: ignore[django-manager-missing]
    """One row of one import on its way to the dialer.

    The fields named as in add_lead hold cleaned values; `raw` holds the cells as they came. Status
    is written by `leads.lifecycle` only.
    """

    lead_source = models.ForeignKey(
        Source,
        on_delete=models.PROTECT,
        related_name="leads",
        db_index=False,
        verbose_name=_("source"),
    )
    import_run = models.ForeignKey(
        Import,
        on_delete=models.PROTECT,
        related_name="leads",
        db_index=False,
        verbose_name=_("import"),
    )
    line = models.BigIntegerField(help_text="Physical line of the file on which the row begins.")
    raw = models.JSONField(help_text="The row's cells, in the order of the import's header.")
    created_at = models.DateTimeField(auto_now_add=True)

    status = models.CharField(max_length=9, choices=LeadStatus, default=LeadStatus.STAGED)
    reasons = ArrayField(
        models.CharField(max_length=40),
        default=list,
        blank=True,
        help_text="Codes of what stops it.",
    )
    warnings = ArrayField(
        models.CharField(max_length=40),
        default=list,
        blank=True,
        help_text="Codes of what a reviewer should see, losses on the dialer among them.",
    )
    findings = models.JSONField(
        null=True, blank=True, help_text="What cleaning and the wire preview found, field by field."
    )

    vendor_lead_code = text()
    source_id = text()
    list_id = models.BigIntegerField(_("requested list"), null=True, blank=True)
    phone_code = text()
    phone_number = text(collation="C")
    title = text()
    first_name = text()
    middle_initial = text()
    last_name = text()
    address1 = text()
    address2 = text()
    address3 = text()
    city = text()
    state = text()
    province = text()
    postal_code = text()
    country_code = text()
    gender = text()
    date_of_birth = models.DateField(null=True, blank=True)
    alt_phone = text()
    email = text()
    security_phrase = text()
    comments = text()
    rank = text()
    owner = text()
    multi_alt_phones = text()
    entry_list_id = text()
    gmt_offset_now = text(_("gmt_offset_now (kept; the server computes its own)"))

    phone_e164 = text(_("phone (E.164)"), collation="C")
    duplicate_of = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="duplicates",
    )
    duplicate_why = models.CharField(max_length=40, blank=True, default="")

    # What the last look at the DNC lists found: which list, its date, and which of the lead's
    # numbers is on it (digits of E.164, the phone before the alternatives).
    dnc_list = models.ForeignKey(
        "leads.DncList", on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    dnc_date = models.DateField(null=True)
    dnc_number = models.BigIntegerField(null=True)
    dnc_checked_at = models.DateTimeField(null=True)

    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        related_name="+",
    )
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.CharField(max_length=40, blank=True, default="")
    decision_comment = models.TextField(blank=True, default="")

    dialer = models.ForeignKey(
        Dialer, on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    batch = models.ForeignKey(
        "leads.PushBatch",
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        related_name="leads",
    )
    lease_until = models.DateTimeField(null=True)
    settle_at = models.DateTimeField(
        null=True, help_text="When an unclear lead may be looked up next."
    )
    settle_note = models.TextField(blank=True, default="")
    vicidial_lead_id = models.BigIntegerField(_("lead_id"), null=True)
    vicidial_list_id = models.BigIntegerField(_("list_id"), null=True)
    vicidial_status = models.CharField(_("dialer status"), max_length=10, blank=True, default="")
    pushed_at = models.DateTimeField(null=True)
    notices = models.JSONField(null=True, help_text="What the dialer said beside its answer.")
    refusal_reason = models.CharField(max_length=60, blank=True, default="")
    existing_lead_id = models.BigIntegerField(
        null=True, help_text="The dialer's lead that it was refused for."
    )
    existing_list_id = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["-id"]
        permissions = [
            ("import_lead", "Can import leads"),
            ("review_lead", "Can correct, approve, reject and merge leads"),
            ("push_lead", "Can queue, pause, resume, cancel and undo push batches"),
            ("export_lead", "Can export leads and push history"),
            ("override_dnc", "Can approve a lead although its number is on a DNC list"),
        ]
        indexes = INDEXES
        constraints = [
            models.CheckConstraint(name="lead_status_known", condition=Q(status__in=S.values)),
            models.CheckConstraint(
                name="lead_invalid_says_why", condition=~Q(status="invalid") | ~Q(reasons=[])
            ),
            models.CheckConstraint(
                name="lead_duplicate_of_one",
                condition=~Q(status="duplicate") | Q(duplicate_of__isnull=False),
            ),
            models.CheckConstraint(
                name="lead_not_its_own_duplicate",
                condition=Q(duplicate_of__isnull=True) | ~Q(duplicate_of=models.F("id")),
            ),
            models.CheckConstraint(
                name="lead_rejected_says_why",
                condition=~Q(status="rejected") | ~Q(decision_reason=""),
            ),
            models.CheckConstraint(
                name="lead_approved_at",
                condition=Q(status__in=[S.INVALID, S.DUPLICATE, S.STAGED])
                | Q(decided_at__isnull=False),
            ),
            models.CheckConstraint(
                # Outside 6-16 digits the server refuses; nothing else may get past staging.
                name="lead_phone_6_to_16_digits",
                condition=Q(status__in=[S.INVALID, S.REJECTED])
                | Q(phone_number__regex=r"^[0-9]{6,16}$"),
            ),
            models.CheckConstraint(
                name="lead_on_its_way_has_batch",
                condition=~Q(status__in=sorted(ON_ITS_WAY))
                | Q(batch__isnull=False, dialer__isnull=False),
            ),
            models.CheckConstraint(
                name="lead_sending_has_lease",
                condition=~Q(status="sending") | Q(lease_until__isnull=False),
            ),
            models.CheckConstraint(
                name="lead_pushed_has_ids",
                condition=~Q(status="pushed")
                # NULL > 0 is unknown, which a check constraint lets pass.
                | (
                    Q(vicidial_lead_id__isnull=False, vicidial_lead_id__gt=0)
                    & Q(vicidial_list_id__isnull=False, pushed_at__isnull=False)
                    & ~Q(vicidial_status="")
                ),
            ),
            models.CheckConstraint(
                name="lead_refused_says_why",
                condition=~Q(status="refused") | ~Q(refusal_reason=""),
            ),
            models.UniqueConstraint(
                # Two of our leads with one lead_id: one of them would be called for the other.
                fields=["dialer", "vicidial_lead_id"],
                name="lead_id_once_a_dialer",
                condition=Q(status="pushed"),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="lead_legal_moves",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("status"),  # type: ignore[no-untyped-call]
                condition=pgtrigger.Condition(illegal_move_sql()),
                func="RAISE EXCEPTION 'Lead % cannot move from % to %',"
                " OLD.id, OLD.status, NEW.status;",
            ),
        ]

    def __str__(self) -> str:
        name = " ".join(part for part in (self.first_name, self.last_name) if part)
        return f"{self.phone_e164 or self.phone_number or _('no phone')} {name}".strip()

    def wire_values(self) -> dict[str, str]:
        """The lead's own data under add_lead's names, as text; empty values are left out."""
        values = {name: str(getattr(self, name) or "") for name in WIRE_FIELDS}
        return {name: value for name, value in values.items() if value}

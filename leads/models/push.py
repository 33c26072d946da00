"""Push batches, and the attempts that are written once, sealed once and never deleted."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from leads.models.dialer import Dialer, DialerList
from leads.models.lead import Lead


class BatchStatus(models.TextChoices):
    RUNNING = "running", _("Running")
    PAUSED = "paused", _("Paused")
    CANCELLED = "cancelled", _("Cancelled")
    DONE = "done", _("Done")

    @property
    def colour(self) -> str:
        return {"running": "info", "paused": "warning", "done": "success"}.get(
            self.value, "default"
        )


class PushBatch(models.Model):
    """A frozen selection of approved leads on its way to one list of one dialer.

    `options` are the add_lead settings as they were when the batch was queued.
    """

    dialer = models.ForeignKey(Dialer, on_delete=models.PROTECT, related_name="batches")
    dialer_list = models.ForeignKey(
        DialerList, on_delete=models.PROTECT, related_name="batches", verbose_name=_("list")
    )
    options = models.JSONField(default=dict, editable=False)
    status = models.CharField(max_length=9, choices=BatchStatus, default=BatchStatus.RUNNING)
    selected = models.BigIntegerField(default=0, help_text="Leads queued when it was made.")
    note = models.CharField(max_length=200, blank=True, default="")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="batches"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        help_text="Who paused, resumed or cancelled it last.",
    )
    paused_text = models.TextField(
        blank=True, default="", editable=False, help_text="Why the portal itself paused it."
    )
    claimed_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)
    undo_asked_at = models.DateTimeField(null=True, editable=False)
    undo_asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        db_index=False,
        related_name="+",
    )
    undone_at = models.DateTimeField(
        null=True, editable=False, help_text="When nothing was left to delete on the dialer."
    )

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = _("push batches")
        indexes = [
            models.Index(
                fields=["dialer"],
                name="batch_undo_asked",
                condition=Q(undo_asked_at__isnull=False, undone_at__isnull=True),
            ),
            models.Index(
                fields=["dialer", "claimed_at"], name="batch_running", condition=Q(status="running")
            ),
        ]

    def __str__(self) -> str:
        return _("batch %(pk)s") % {"pk": self.pk}

    @property
    def is_being_undone(self) -> bool:
        return self.undo_asked_at is not None and self.undone_at is None


class AttemptKind(models.TextChoices):
    ADD = "add", _("add_lead")
    LOOK_UP = "look-up", _("Look-up")
    DELETE = "delete", _("Delete")


class Outcome(models.TextChoices):
    ADDED = "added", _("Added")
    DUPLICATE = "duplicate", _("Duplicate there")
    REFUSED = "refused", _("Refused")
    STOP = "stop", _("Dialer stopped")
    NOT_SENT = "not sent", _("Not sent")
    UNCLEAR = "unclear", _("Unclear")
    FOUND = "found", _("Found there")
    NOT_FOUND = "not found", _("Not there")
    DELETED = "deleted", _("Deleted there")
    KEPT = "kept", _("Kept there")

    @property
    def colour(self) -> str:
        good, bad = {"added", "found", "deleted"}, {"refused", "stop", "duplicate"}
        return "success" if self.value in good else "danger" if self.value in bad else "warning"


OPENING = [
    "id",
    "lead_id",
    "batch_id",
    "dialer_id",
    "kind",
    "number",
    "request",
    "vendor_lead_code",
    "asked_list_id",
    "highest_before",
    "worker",
    "user_id",
    "opened_at",
]
CHANGED = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in OPENING)


class PushAttempt(models.Model):
    """One call about one lead: committed before it leaves, sealed with the answer.

    `request` and `answer` are redacted; the API password is in neither. `highest_before` is the
    highest lead_id known of the dialer when the attempt was opened: what it inserted lies above.
    """

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="attempts")
    batch = models.ForeignKey(
        PushBatch, on_delete=models.PROTECT, db_index=False, related_name="attempts"
    )
    dialer = models.ForeignKey(Dialer, on_delete=models.PROTECT, db_index=False, related_name="+")
    kind = models.CharField(max_length=7, choices=AttemptKind, default=AttemptKind.ADD)
    number = models.PositiveSmallIntegerField(help_text="1 for the first add_lead of the lead.")
    request = models.JSONField(default=dict)
    vendor_lead_code = models.CharField(max_length=20, default="")
    asked_list_id = models.BigIntegerField()
    highest_before = models.BigIntegerField(default=0)
    worker = models.CharField(max_length=100, default="")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        related_name="+",
    )
    opened_at = models.DateTimeField()

    sealed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=9, choices=Outcome, default="", blank=True)
    reason = models.CharField(max_length=60, default="", blank=True)
    http_status = models.PositiveSmallIntegerField(null=True)
    milliseconds = models.PositiveIntegerField(null=True)
    answer = models.TextField(default="", blank=True)
    notices = models.JSONField(default=list)
    answered_lead_id = models.BigIntegerField(_("lead_id"), null=True)
    answered_list_id = models.BigIntegerField(_("list_id"), null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["dialer", "-id"], name="attempt_dialer"),
            models.Index(fields=["outcome", "-id"], name="attempt_outcome"),
            models.Index(fields=["opened_at"], name="attempt_opened"),
            # The filters of the push history: each brings the newest without a look at others.
            models.Index(fields=["batch", "-id"], name="attempt_batch"),
            models.Index(fields=["user", "-id"], name="attempt_user"),
            models.Index(fields=["asked_list_id", "-id"], name="attempt_list"),
            models.Index(fields=["reason", "-id"], name="attempt_reason", condition=~Q(reason="")),
            models.Index(fields=["kind", "-id"], name="attempt_kind", condition=~Q(kind="add")),
            # A lead loses its lead_id with an undo; what was called by that id must be found.
            models.Index(
                fields=["answered_lead_id"],
                name="attempt_lead_id",
                condition=Q(answered_lead_id__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["lead"], name="one_open_attempt_a_lead", condition=Q(sealed_at__isnull=True)
            ),
            models.CheckConstraint(
                name="attempt_sealed_with_outcome",
                condition=Q(sealed_at__isnull=True, outcome="")
                | (Q(sealed_at__isnull=False) & ~Q(outcome="")),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="attempt_write_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    f"OLD.sealed_at IS NOT NULL OR NEW.sealed_at IS NULL OR {CHANGED}"
                ),
                func="RAISE EXCEPTION 'Push attempt % is sealed once and never changed', OLD.id;",
            ),
            pgtrigger.Trigger(
                name="attempt_never_deleted",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                func="RAISE EXCEPTION 'Push attempt % is never deleted', OLD.id;",
            ),
            pgtrigger.Trigger(
                name="attempt_never_truncated",
                level=pgtrigger.Statement,
                when=pgtrigger.Before,
                operation=pgtrigger.Truncate,
                func="RAISE EXCEPTION 'Push attempts are never deleted';",
            ),
        ]

    def __str__(self) -> str:
        return _("attempt %(pk)s") % {"pk": self.pk}

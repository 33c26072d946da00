"""Where leads come from: a source (a vendor, a form, a partner) and its imports (one file each)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from leads.models.dialer import Dialer


class UnassignedPolicy(models.TextChoices):
    INVALID = "invalid", _("Invalid: a person must overrule")
    WARN = "warn", _("Warn: staged with a warning")


class DateOrder(models.TextChoices):
    MDY = "mdy", _("month/day/year")
    DMY = "dmy", _("day/month/year")
    YMD = "ymd", _("year-month-day")


class Source(models.Model):
    """A supplier of leads and the rules for what it delivers."""

    name = models.CharField(max_length=100, unique=True)
    country = models.CharField(
        max_length=2,
        default="US",
        validators=[RegexValidator(r"^[A-Z]{2}$", _("Two capital letters, such as US or GB."))],
        help_text=_("Numbers without a country code are read as numbers of this country."),
    )
    unassigned_numbers = models.CharField(
        max_length=7,
        choices=UnassignedPolicy,
        default=UnassignedPolicy.INVALID,
        help_text=_("What a number becomes that is possible in its country but not assigned."),
    )
    date_order = models.CharField(max_length=3, choices=DateOrder, default=DateOrder.MDY)
    default_list_id = models.BigIntegerField(
        _("default list"), null=True, blank=True, help_text=_("VICIdial list_id for its leads.")
    )
    auto_approve = models.BooleanField(
        _("approve clean rows"),
        default=False,
        help_text=_("Leads without a warning or a possible duplicate need no reviewer."),
    )
    dnc_max_days = models.PositiveSmallIntegerField(
        _("DNC check at most so many days old"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(366)],
        help_text=_("Its leads are approved only after a check against DNC lists; empty: without."),
    )
    price_per_lead = models.DecimalField(
        max_digits=10,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("What a row costs; the sources report then says what duplicates cost."),
    )
    currency = models.CharField(
        max_length=8, blank=True, default="", help_text=_("Of the price, for example USD.")
    )
    notes = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True, editable=False)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="source_price_has_currency",
                condition=Q(price_per_lead__isnull=True)
                | (Q(price_per_lead__gte=0) & ~Q(currency="")),
            )
        ]

    def __str__(self) -> str:
        return self.name


class SourceMapping(models.Model):
    """What the columns of a source's files with one header become, as a person settled it."""

    lead_source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="mappings")
    header_key = models.CharField(max_length=64)
    mapping = models.JSONField(default=list)
    fixed = models.JSONField(default=dict)
    dialer = models.ForeignKey(
        Dialer, on_delete=models.SET_NULL, null=True, db_index=False, related_name="+"
    )
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        db_index=False,
        related_name="+",
    )
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lead_source", "header_key"], name="mapping_once_a_header"
            )
        ]

    def __str__(self) -> str:
        return _("mapping %(pk)s of %(lead_source)s") % {
            "pk": self.pk,
            "lead_source": self.lead_source,
        }


class ImportStatus(models.TextChoices):
    NEW = "new", _("To be looked at")
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")
    UNDOING = "undoing", _("Being undone")
    UNDONE = "undone", _("Undone")

    @property
    def colour(self) -> str:
        colours = {"running": "info", "done": "success", "failed": "danger", "undoing": "warning"}
        return colours.get(self.value, "default")


def upload_path(instance: Any, filename: str) -> str:
    """Files are kept under a name of our own; the given one is only a column."""
    return f"imports/{timezone.now():%Y/%m}/{instance.sha256[:16]}.upload"


class Import(models.Model):
    """One file of leads from one source: what it was taken for, and what became of its rows.

    The row exists before the work starts. Its rows are loaded in one transaction: an import is
    wholly in or not at all.
    """

    lead_source = models.ForeignKey(
        Source, on_delete=models.PROTECT, related_name="imports", verbose_name=_("source")
    )
    file = models.FileField(upload_to=upload_path, max_length=255, editable=False)
    filename = models.CharField(max_length=255, editable=False)
    sha256 = models.CharField(max_length=64, editable=False, db_index=True)
    size = models.BigIntegerField(default=0, editable=False, help_text="In bytes.")
    list_id = models.BigIntegerField(_("list"), null=True, blank=True)
    country = models.CharField(max_length=2, default="US")
    dialer = models.ForeignKey(
        Dialer,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        help_text=_("The one that its leads are meant for: what that one would not keep is shown."),
    )
    corrects = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="corrections",
        help_text="The import whose rejected rows this file brings back.",
    )

    kind = models.CharField(
        max_length=5, default="text", editable=False, help_text="text, json or sheet."
    )
    sheet = models.CharField(max_length=255, blank=True, default="", editable=False)
    has_header = models.BooleanField(
        null=True, editable=False, help_text="As a person says; null: as it looks."
    )
    encoding = models.CharField(max_length=20, blank=True, default="", editable=False)
    delimiter = models.CharField(max_length=1, blank=True, default="", editable=False)
    quote = models.CharField(
        max_length=4, blank=True, default="", editable=False, help_text="A mark, or none."
    )
    header = models.JSONField(default=list, editable=False, help_text="The columns as given.")
    mapping = models.JSONField(
        default=list, editable=False, help_text="What each column becomes: leads.intake.mapping."
    )
    fixed = models.JSONField(
        default=dict, editable=False, help_text="Values of fields for rows without their own."
    )

    status = models.CharField(
        max_length=9, choices=ImportStatus, default=ImportStatus.WAITING, editable=False
    )
    error = models.TextField(blank=True, default="", editable=False)
    rows_read = models.BigIntegerField(default=0, editable=False)
    rows_staged = models.BigIntegerField(default=0, editable=False)
    rows_invalid = models.BigIntegerField(default=0, editable=False)
    rows_duplicate = models.BigIntegerField(default=0, editable=False)
    bytes_done = models.BigIntegerField(default=0, editable=False, help_text="Progress.")

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="imports",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, editable=False)
    heartbeat_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)
    matched_at = models.DateTimeField(
        null=True, editable=False, help_text="When its leads were compared with all others."
    )

    # What follows loading: compared with other leads, looked up on the dialer, approved if clean.
    approve_clean = models.BooleanField(
        default=False, editable=False, help_text="The source's rule when the file came in."
    )
    dialer_checked_at = models.DateTimeField(null=True, editable=False)
    dialer_note = models.TextField(blank=True, default="", editable=False)
    compared_at = models.DateTimeField(
        null=True, editable=False, help_text="When all that follows loading was done."
    )

    stop_asked_at = models.DateTimeField(null=True, editable=False)
    stopped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        db_index=False,
        related_name="+",
        help_text="Who cancelled or undid it.",
    )

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["status"], name="import_status"),
            models.Index(
                fields=["id"],
                name="import_to_compare",
                condition=Q(status="done", compared_at__isnull=True),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="import_accounts_for_every_row",
                condition=~Q(status="done")
                | Q(rows_read=F("rows_staged") + F("rows_invalid") + F("rows_duplicate")),
            ),
            models.CheckConstraint(
                name="import_failed_says_why", condition=~Q(status="failed") | ~Q(error="")
            ),
        ]

    def __str__(self) -> str:
        return _("%(filename)s (import %(pk)s)") % {"filename": self.filename, "pk": self.pk}

"""Numbers that must not be called: the lists, their editions, and what was added by hand.

A list has one edition that counts (`current`); a newer one takes its place when all of it is
loaded. The internal list has one edition for good, and each number of it says who added it and why.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from leads.cleaning.reasons import sentence
from leads.words import translated


class DncOrigin(models.TextChoices):
    FEDERAL = "federal", _("Federal registry")
    STATE = "state", _("State registry")
    VENDOR = "vendor", _("Vendor")
    OTHER = "other", _("Other")
    INTERNAL = "internal", _("Internal")


class EditionStatus(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Being loaded")
    DONE = "done", _("Loaded")
    FAILED = "failed", _("Failed")
    REPLACED = "replaced", _("Replaced")

    @property
    def colour(self) -> str:
        colours = {"running": "info", "done": "success", "failed": "danger"}
        return colours.get(self.value, "default")


def named(name: str, of: date | None) -> str:
    """A list with its date, as every sentence about a match names it."""
    if not of:
        return _("the DNC list “%(name)s”") % {"name": name}
    return _("the DNC list “%(name)s” of %(date)s") % {"name": name, "date": of.isoformat()}


class DncList(models.Model):
    """A list of numbers that must not be called, whatever edition of it counts now.

    `changed_at` is when it began or ceased to count; leads that were looked at before
    (`leads_checked_at`) must be looked at again.
    """

    name = models.CharField(max_length=60, unique=True)
    origin = models.CharField(max_length=8, choices=DncOrigin, default=DncOrigin.FEDERAL)
    enabled = models.BooleanField(default=True, help_text=_("One that is off blocks nothing."))
    current = models.ForeignKey(
        "leads.DncEdition",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        db_index=False,
        related_name="+",
    )
    changed_at = models.DateTimeField(default=timezone.now, editable=False)
    leads_checked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["name"]
        verbose_name = _("DNC list")
        constraints = [
            models.UniqueConstraint(
                fields=["origin"], name="dnc_one_internal_list", condition=Q(origin="internal")
            ),
            models.CheckConstraint(
                name="dnc_internal_list_is_on", condition=~Q(origin="internal") | Q(enabled=True)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_internal(self) -> bool:
        return self.origin == DncOrigin.INTERNAL

    def why_not_in_force(self, today: date) -> str:
        """Why it neither clears nor blocks a lead on that day, in words; empty if it does."""
        if not self.enabled:
            return str(_("It is switched off: it blocks nothing and clears nothing."))
        if self.current is None:
            return str(_("Nothing of it is loaded yet."))
        if self.current.expires_on and self.current.expires_on < today:
            return _(
                "It expired on %(expires_on)s: it blocks nothing and clears nothing. Load "
                "a newer edition."
            ) % {"expires_on": self.current.expires_on}
        return ""


def edition_path(instance: Any, filename: str) -> str:
    """Files are kept under a name of our own; the given one is only a column."""
    return f"dnc/{timezone.now():%Y/%m}/{instance.sha256[:16]}.upload"


class DncEdition(models.Model):
    """One file of a list: on which day it was current, until when it counts, what was in it.

    The row exists before the file is read. Its numbers count from the moment that all are in.
    """

    dnc_list = models.ForeignKey(DncList, on_delete=models.PROTECT, related_name="editions")
    as_of = models.DateField(_("date"), help_text=_("The day on which the list was current."))
    expires_on = models.DateField(
        _("expires"), null=True, blank=True, help_text=_("The last day on which it counts.")
    )
    country = models.CharField(max_length=2, default="US")
    file = models.FileField(upload_to=edition_path, max_length=255, editable=False)
    filename = models.CharField(max_length=255, blank=True, default="", editable=False)
    sha256 = models.CharField(max_length=64, blank=True, default="", editable=False)
    size = models.BigIntegerField(default=0, editable=False, help_text="In bytes.")

    status = models.CharField(
        max_length=8, choices=EditionStatus, default=EditionStatus.WAITING, editable=False
    )
    error = models.TextField(blank=True, default="", editable=False)
    rows_read = models.BigIntegerField(default=0, editable=False)
    rows_stored = models.BigIntegerField(default=0, editable=False)
    rows_repeated = models.BigIntegerField(default=0, editable=False)
    rows_unreadable = models.BigIntegerField(default=0, editable=False)
    bytes_done = models.BigIntegerField(default=0, editable=False, help_text="Progress.")
    purged_at = models.DateTimeField(
        null=True, editable=False, help_text="When numbers that no longer count were deleted."
    )

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        db_index=False,
        related_name="+",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, editable=False)
    heartbeat_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("edition of a DNC list")
        verbose_name_plural = _("editions of DNC lists")
        constraints = [
            models.CheckConstraint(
                name="dnc_edition_accounts_for_every_row",
                condition=~Q(status__in=["done", "replaced"])
                | Q(rows_read=F("rows_stored") + F("rows_repeated") + F("rows_unreadable")),
            ),
            models.CheckConstraint(
                name="dnc_edition_failed_says_why", condition=~Q(status="failed") | ~Q(error="")
            ),
            models.CheckConstraint(
                name="dnc_edition_expires_after_its_date",
                condition=Q(expires_on__isnull=True) | Q(expires_on__gte=F("as_of")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dnc_list} of {self.as_of}"

    @property
    def status_colour(self) -> str:
        """The badge's colour, one of django-unfold's label names."""
        return EditionStatus(self.status).colour


class DncNumber(models.Model):
    """One number of one edition: the digits of E.164 as a number, 40 bytes a row.

    Looked up by number. No foreign key is checked: it would cost more than the row.
    """

    pk = models.CompositePrimaryKey("phone", "edition_id")
    phone = models.BigIntegerField()
    edition = models.ForeignKey(
        DncEdition,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )

    class Meta:
        verbose_name = _("number of a DNC list")
        verbose_name_plural = _("numbers of DNC lists")

    def __str__(self) -> str:
        return f"+{self.phone}"


class DncUnreadable(models.Model):
    """A row of an edition's file that holds no number: its line, its text, and a reason's code."""

    edition = models.ForeignKey(DncEdition, on_delete=models.CASCADE, related_name="unreadable")
    line = models.BigIntegerField()
    given = models.CharField(max_length=120)
    code = models.CharField(max_length=40)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"line {self.line}: {self.given}"

    @property
    def sentence(self) -> str:
        """Why the row holds no number, with the remedy."""
        digits = sum(map(str.isdecimal, self.given))
        return translated(sentence(self.code, str(_("The number")), self.given, str(digits)))


class DncEntry(models.Model):
    """A number that a person put on the internal list, and who took it off again, if somebody did.

    Never deleted. The number itself is in `DncNumber` as long as it was not removed.
    """

    phone = models.BigIntegerField()
    lead = models.ForeignKey(
        "leads.Lead",
        on_delete=models.DO_NOTHING,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        help_text="On whose page it was added; it may be gone with its import.",
    )
    comment = models.TextField()
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        related_name="+",
    )
    added_at = models.DateTimeField(default=timezone.now)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        related_name="+",
    )
    removed_at = models.DateTimeField(null=True)
    removal_comment = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["-id"]
        verbose_name = _("entry of the internal DNC list")
        verbose_name_plural = _("entries of the internal DNC list")
        indexes = [models.Index(fields=["phone"], name="dnc_entry_phone")]
        constraints = [
            models.UniqueConstraint(
                fields=["phone"], name="dnc_entry_once", condition=Q(removed_at__isnull=True)
            ),
            models.CheckConstraint(name="dnc_entry_says_why", condition=~Q(comment="")),
            models.CheckConstraint(
                name="dnc_entry_removed_says_why",
                condition=Q(removed_at__isnull=True) | ~Q(removal_comment=""),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="dnc_entry_never_deleted",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                func="RAISE EXCEPTION 'Entry % of the internal DNC list is never deleted', OLD.id;",
            ),
        ]

    def __str__(self) -> str:
        return f"+{self.phone}"

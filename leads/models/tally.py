"""What was counted once, so that no page counts millions: `leads.tally` keeps these up to date."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from leads.models.dialer import Dialer
from leads.models.intake import Source
from leads.models.push import AttemptKind, Outcome, PushBatch
from leads.models.status import LeadStatus


class PushTally(models.Model):
    """How many calls of one batch, opened within one hour, ended in one way."""

    hour = models.DateTimeField(help_text="Its beginning; hours of the portal's time zone.")
    # A batch with calls is never deleted, and one without is in no tally.
    batch = models.ForeignKey(
        PushBatch,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    kind = models.CharField(max_length=7, choices=AttemptKind)
    outcome = models.CharField(max_length=9, choices=Outcome)
    reason = models.CharField(max_length=60, blank=True, default="")
    calls = models.BigIntegerField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["hour", "batch", "kind", "outcome", "reason"], name="push_tally_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.calls} calls of batch {self.batch_id}: {self.outcome}"


class LatencyTally(models.Model):
    """How many add_lead calls to one dialer within one hour took about so long.

    `bucket` is `leads.tally.BUCKET` of the milliseconds: medians of any hours and dialers can be
    told from it, to within three per cent.
    """

    hour = models.DateTimeField()
    dialer = models.ForeignKey(
        Dialer,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    bucket = models.SmallIntegerField()
    calls = models.BigIntegerField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["hour", "dialer", "bucket"], name="latency_tally_once")
        ]

    def __str__(self) -> str:
        return f"{self.calls} calls of dialer {self.dialer_id} in bucket {self.bucket}"


class LeadTally(models.Model):
    """How many leads of one source were in one status when they were last counted on one day."""

    day = models.DateField(help_text="In the portal's time zone.")
    lead_source = models.ForeignKey(
        Source, on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    status = models.CharField(max_length=9, choices=LeadStatus)
    leads = models.BigIntegerField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["day", "lead_source", "status"], name="lead_tally_once")
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.leads} leads {self.status}"


class TallyState(models.Model):
    """How far the tallies are: one row, made with the table.

    Every call with an id up to `calls_upto` is in the tallies, as it stood at `calls_at`, but for
    those in `still_open`, which had no answer yet. `seen_upto` is the highest id at `seen_at`.
    """

    calls_upto = models.BigIntegerField(default=0)
    calls_at = models.DateTimeField(null=True)
    still_open = ArrayField(models.BigIntegerField(), default=list)
    seen_upto = models.BigIntegerField(default=0)
    seen_at = models.DateTimeField(null=True)
    leads_at = models.DateTimeField(null=True, help_text="When the leads were last counted.")
    leads_seconds = models.FloatField(default=0, help_text="How long that took.")
    leads_mark = models.CharField(
        max_length=50, default="", help_text="Another one than now: leads have changed since."
    )

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"calls counted up to {self.calls_upto}"

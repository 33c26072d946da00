"""The review desk: who looks at which lead just now, and what was decided there."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from leads.models.lead import Lead


class DeskClaim(models.Model):
    """A lead that a reviewer has before them: nobody else is offered it until `until`."""

    lead = models.OneToOneField(Lead, on_delete=models.CASCADE, primary_key=True, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"lead {self.lead_id}, looked at by {self.user_id}"


class DecisionVerb(models.TextChoices):
    APPROVE = "approve", "approved"
    REJECT = "reject", "rejected"
    DUPLICATE = "duplicate", "marked as a duplicate"
    DIFFERENT = "different", "found to be a lead of its own"
    MERGE = "merge", "merged"
    EDIT = "edit", "corrected"


class Decision(models.Model):
    """One decision on one lead that can be taken back, with what was there before it.

    `lead` is the one decided on; for a duplicate or a merge it is the one that goes, `other` the
    one that is kept. `before` has, by lead id, the columns as they were, and the open pairs.
    """

    verb = models.CharField(max_length=9, choices=DecisionVerb)
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="decisions")
    other = models.ForeignKey(Lead, on_delete=models.CASCADE, null=True, related_name="+")
    before = models.JSONField(default=dict)
    comment = models.TextField(blank=True, default="")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        related_name="+",
    )
    at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        related_name="+",
    )

    class Meta:
        indexes = [
            models.Index(
                fields=["by", "-id"], name="decision_last", condition=Q(undone_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"lead {self.lead_id} {self.get_verb_display()}"

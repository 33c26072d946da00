"""The review desk: who looks at which lead just now, and what was decided there."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from leads.models.lead import Lead


class DeskClaim(models.Model):
    """A lead that a reviewer has before them: nobody else is offered it until `until`."""

    lead = models.OneToOneField(Lead, on_delete=models.CASCADE, primary_key=True, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    until = models.DateTimeField()

    def __str__(self) -> str:
        return _("lead %(lead_id)s, looked at by %(user_id)s") % {
            "lead_id": self.lead_id,
            "user_id": self.user_id,
        }


class DecisionVerb(models.TextChoices):
    APPROVE = "approve", _("approved")
    REJECT = "reject", _("rejected")
    DUPLICATE = "duplicate", _("marked as a duplicate")
    DIFFERENT = "different", _("found to be a lead of its own")
    MERGE = "merge", _("merged")
    EDIT = "edit", _("corrected")

    @property
    def recorded(self) -> str:
        """What the history keeps of it: in English, whoever decides."""
        with override("en"):
            return str(self.label)


class Decision(models.Model):
    """One decision on one lead that can be taken back, with what was there before it.

    `lead` is the one decided on; for a duplicate or a merge it is the one that goes, `other` the
    one that is kept. `before` has of both the columns as they were (`gone`, `kept`, and `data`, the
    fields that were changed), the ids of the pairs that were open (`pairs`), of those that are new
    (`made`) and of the duplicates that were handed on (`pointed`); and `after`, what the decision
    made of the leads: who finds something else there does not take it back.
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
        return _("lead %(lead_id)s %(get_verb_display)s") % {
            "lead_id": self.lead_id,
            "get_verb_display": self.get_verb_display(),
        }

"""Two leads that may be one: why it seems so, and what a person (or a policy) made of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from leads.models.intake import Import
from leads.models.lead import Lead


class PairKind(models.TextChoices):
    PERSON = "person", _("Same person")
    HOUSEHOLD = "household", _("Same household")
    NUMBER = "number", _("Same number, person unknown")


class PairState(models.TextChoices):
    OPEN = "open", _("To be decided")
    SAME = "same", _("The same")
    DIFFERENT = "different", _("Not the same")
    PASSED = "passed", _("Let pass by the policy")


class Pair(models.Model):
    """A lead and an older one that it was compared with. One row a pair, decided once.

    `score` is 0 to 1 (`leads.dedup.score`); `reasons` are the fields compared, one object each:
    with both values from the decision on, and until then without those of a pair that a match
    found, for they are the leads' own.
    A pair found by a key alone, such as the phone number, has the score of its persons.
    """

    lead = models.ForeignKey(
        Lead, on_delete=models.CASCADE, db_index=False, related_name="pairs", help_text="The newer."
    )
    import_run = models.ForeignKey(
        Import,
        on_delete=models.CASCADE,
        db_index=False,
        # It is the newer lead's, whose own key to its import holds it.
        db_constraint=False,
        related_name="+",
        help_text="That of the newer lead: queues are worked through import by import.",
    )
    other = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="newer_pairs")
    kind = models.CharField(max_length=9, choices=PairKind)
    score = models.FloatField()
    rule = models.CharField(max_length=40, help_text="The key or rule that brought them together.")
    reasons = models.JSONField(default=list)
    found_at = models.DateTimeField(auto_now_add=True)

    state = models.CharField(max_length=9, choices=PairState, default=PairState.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        related_name="+",
        help_text="Null for what the source's policy decided.",
    )
    decided_at = models.DateTimeField(null=True)
    comment = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lead", "other"], name="pair_once"),
            models.CheckConstraint(
                name="pair_newer_and_older", condition=Q(lead_id__gt=F("other_id"))
            ),
            models.CheckConstraint(
                name="pair_decided_at", condition=Q(state="open") | Q(decided_at__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["lead"], name="pair_open", condition=Q(state="open")),
            models.Index(
                fields=["import_run", "lead"], name="pair_desk", condition=Q(state="open")
            ),
        ]

    def __str__(self) -> str:
        return _("lead %(lead_id)s and lead %(other_id)s: %(get_kind_display)s") % {
            "lead_id": self.lead_id,
            "other_id": self.other_id,
            "get_kind_display": self.get_kind_display(),
        }

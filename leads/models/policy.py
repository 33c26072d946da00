"""What a source's policy makes of leads that were there before."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from leads.models.intake import Source


class Scope(models.TextChoices):
    FILE = "file", _("this file alone")
    SOURCE = "source", _("leads of the same source")
    LIST = "list", _("leads for the same list")
    DIALER = "dialer", _("leads for the same dialer")
    EVERYTHING = "everything", _("all leads")


class Treatment(models.TextChoices):
    MARK = "mark", _("mark it as a duplicate")
    HOLD = "hold", _("hold it until a person has decided")
    PASS = "pass", _("let it pass")


def final_outcomes() -> list[str]:
    """Dialer statuses after which a number is not to be called again, as VICIdial ships them."""
    return ["SALE", "DNC", "DNCC", "DNCL"]


class DuplicatePolicy(models.Model):
    """Which known leads a new one is compared with, and what becomes of it.

    Of several policies the one for the import's source and list goes before that for the source,
    that before the one for the list, and that before the one for everything
    (`leads.dedup.policy.policy_for`).
    """

    lead_source = models.ForeignKey(
        Source,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="policies",
        verbose_name=_("source"),
        help_text=_("Empty: every source that has no policy of its own."),
    )
    list_id = models.BigIntegerField(
        _("list"), null=True, blank=True, help_text=_("Only imports for this list; empty: for any.")
    )
    scope = models.CharField(
        _("compared with"), max_length=10, choices=Scope, default=Scope.EVERYTHING
    )
    window_days = models.PositiveIntegerField(
        _("window"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Days. A lead that was pushed longer ago does not count; empty: it does."),
    )
    never_after = ArrayField(
        models.CharField(max_length=10),
        default=final_outcomes,
        blank=True,
        help_text=_(
            "Dialer statuses, separated by commas. A lead that ended in one counts for ever."
        ),
    )
    same_person = models.CharField(
        max_length=4,
        choices=Treatment,
        default=Treatment.MARK,
        help_text=_("The same number and person, or surely the same person."),
    )
    same_household = models.CharField(
        max_length=4,
        choices=Treatment,
        default=Treatment.MARK,
        help_text=_("The same number, surely another person."),
    )
    same_number = models.CharField(
        max_length=4,
        choices=Treatment,
        default=Treatment.MARK,
        help_text=_("The same number, where one of the two has no name."),
    )
    likely = models.CharField(
        max_length=4,
        choices=Treatment,
        default=Treatment.HOLD,
        help_text=_("Perhaps the same person: neither surely nor surely not."),
    )
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        db_index=False,
        related_name="+",
    )
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["lead_source__name", "list_id"]
        verbose_name = _("duplicate policy")
        verbose_name_plural = _("duplicate policies")
        constraints = [
            models.UniqueConstraint(
                fields=["lead_source", "list_id"],
                name="policy_once",
                nulls_distinct=False,
                violation_error_message=_("There is a policy for this source and list already."),
            ),
            models.CheckConstraint(
                name="policy_window_of_days",
                condition=Q(window_days__isnull=True) | Q(window_days__gte=1),
            ),
        ]

    def __str__(self) -> str:
        source = str(self.lead_source) if self.lead_source_id else str(_("every source"))
        if not self.list_id:
            return source
        return _("%(source)s, list %(list_id)s") % {"source": source, "list_id": self.list_id}

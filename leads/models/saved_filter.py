"""A list as somebody filtered it, under a name, to come back to."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class FilteredPage(models.TextChoices):
    LEADS = "lead", _("Leads")
    PUSH_HISTORY = "pushattempt", _("Push history")


class SavedFilter(models.Model):
    """The query string of a list. It is asked anew whenever it is followed, by whoever follows it:
    it holds no rows, and leads to none that its reader may not see.

    Periods such as `opened_in=last-7-days` are kept in these words, so they move along.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    page = models.CharField(max_length=20, choices=FilteredPage)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=2000)
    shared = models.BooleanField(default=False, help_text=_("Everybody who sees the list sees it."))
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "id"]
        default_permissions = ()
        permissions = [("share_savedfilter", "Can share saved filters with everybody")]
        indexes = [
            models.Index(fields=["page"], name="filter_shared", condition=models.Q(shared=True))
        ]
        constraints = [
            models.UniqueConstraint(fields=["user", "page", "name"], name="filter_named_once"),
            models.CheckConstraint(
                name="filter_says_what", condition=~models.Q(name="") & ~models.Q(query="")
            ),
        ]

    def __str__(self) -> str:
        return self.name

"""Who took which data out of the portal as a file."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Export(models.Model):
    """One download: written down before the first row leaves, completed after the last one.

    `filters` is the query string of the list as it was filtered; without `finished_at` the
    download was broken off, and how many rows had left is not known.
    """

    what = models.CharField(max_length=40)
    kind = models.CharField(max_length=4, help_text="csv or xlsx.")
    filters = models.TextField(blank=True, default="")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("user")
    )
    at = models.DateTimeField(auto_now_add=True)
    rows = models.BigIntegerField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        triggers = [
            pgtrigger.Protect(name="export_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="export_finished_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__finished_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return _("export %(pk)s of the %(what)s") % {"pk": self.pk, "what": self.what}

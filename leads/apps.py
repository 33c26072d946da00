"""The leads app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from leads.field_names import translate_names


class LeadsConfig(AppConfig):
    name = "leads"
    verbose_name = _("Portal")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        translate_names(self.get_models())

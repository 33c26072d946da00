"""The house as a Django app, so that its system checks are found."""

from __future__ import annotations

from django.apps import AppConfig

from . import checks


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = "Lead portal"

    def ready(self) -> None:
        checks.register_all()

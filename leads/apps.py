"""The leads app."""

from __future__ import annotations

from django.apps import AppConfig


class LeadsConfig(AppConfig):
    name = "leads"
    verbose_name = "Portal"
    default_auto_field = "django.db.models.BigAutoField"

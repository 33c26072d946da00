"""The house around the app `leads`: settings, Celery, addresses, health, embedded servers."""

from __future__ import annotations

from .celery import app as celery_app

__all__ = ["celery_app"]

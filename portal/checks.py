"""System checks of the installation, each with the command or variable that mends it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from django.apps.config import AppConfig
from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Tags
from django.db import connections

OLDEST_POSTGRESQL = 140000


def register_all() -> None:
    checks.register(database_is_recent, Tags.database)
    checks.register(https_is_on, Tags.security, deploy=True)
    checks.register(data_folder_is_writable, Tags.files, deploy=True)
    checks.register(servers_are_not_embedded, Tags.security, deploy=True)


def database_is_recent(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """The triggers and partitions need PostgreSQL 14; run by `migrate` and `check --database`."""
    found: list[CheckMessage] = []
    for alias in databases or []:
        version = connections[alias].cursor().connection.info.server_version
        if version < OLDEST_POSTGRESQL:
            found.append(
                checks.Error(
                    f"The database {alias!r} is PostgreSQL {version // 10000}.",
                    hint="Set DATABASE_URL to a server of PostgreSQL 14 or newer.",
                    id="portal.E001",
                )
            )
    return found


def https_is_on(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    if settings.HTTPS:
        return []
    return [
        checks.Warning(
            "HTTPS is off: passwords and leads cross the network readable.",
            hint="Set HTTPS=on; behind a proxy that speaks HTTPS, BEHIND_PROXY=on as well.",
            id="portal.W001",
        )
    ]


def servers_are_not_embedded(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    if settings.DATABASES["default"]["HOST"] != str(settings.DATA_FOLDER.socket_dir):
        return []
    return [
        checks.Warning(
            "The database is the embedded one, which nobody backs up.",
            hint="Set DATABASE_URL and CELERY_BROKER_URL to servers of your own.",
            id="portal.W002",
        )
    ]


def data_folder_is_writable(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    folder = settings.LEADS_DATA_DIR
    if os.access(folder, os.W_OK | os.X_OK):
        return []
    return [
        checks.Error(
            f"Uploads and the beat's state go to {folder}, which this user cannot write to.",
            hint=f"Run `install -d -m 700 -o USER '{folder}'`, or set LEADS_DATA_DIR.",
            id="portal.E002",
        )
    ]

"""For load balancers: is the process alive, and can it do its work? Neither needs a login."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import Error as DatabaseError
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe
from kombu.exceptions import KombuError as BrokerError

from .celery import app

logger = logging.getLogger(__name__)
BROKER_SECONDS = 3


@require_safe
def alive(request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers; asks nobody else."""
    return JsonResponse({"status": "ok"})


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """200 if database and broker answer, else 503 and which one is down; why is in the log."""
    parts = {"database": _answers(_ask_database), "broker": _answers(_ask_broker)}
    up = all(parts.values())
    body = {name: "ok" if fine else "down" for name, fine in parts.items()}
    return JsonResponse({"status": "ok" if up else "down"} | body, status=200 if up else 503)


def _answers(ask: Callable[[], None]) -> bool:
    try:
        ask()
    except (DatabaseError, BrokerError) as error:
        logger.warning("Not ready: %s says %s", ask.__name__.removeprefix("_ask_"), error)
        return False
    return True


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _ask_broker() -> None:
    with app.connection_for_write(connect_timeout=BROKER_SECONDS) as broker:
        broker.ensure_connection(max_retries=1, interval_start=0, timeout=BROKER_SECONDS)

"""The zone in which a page shows its times: the browser's, as far as it tells one."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from functools import cache
from urllib.parse import unquote

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

COOKIE = "zone"  # written by leads/static/leads/zone.js


class ZoneMiddleware:
    """Activates the zone of the cookie for the request; without one, or with one that nobody
    knows, TIME_ZONE is in force."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        zone = zone_of(request.COOKIES.get(COOKIE, ""))
        with timezone.override(zone):
            return self.get_response(request)


def zone_of(name: str) -> zoneinfo.ZoneInfo | None:
    """The zone of that name in the IANA database, or None."""
    name = unquote(name)
    return zoneinfo.ZoneInfo(name) if name in _names() else None


@cache
def _names() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())

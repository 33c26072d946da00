"""The portal's icon, also for browsers that ask for /favicon.ico before they know a page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseRedirect
from django.templatetags.static import static
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

NAME = "leads/icon.svg"


def icon_url(request: HttpRequest | None = None) -> str:
    """Where the icon is; asked for when a page is shown, for its name may hold a hash."""
    return static(NAME)


@cache_control(max_age=86_400, public=True)
@require_safe
def favicon(request: HttpRequest) -> HttpResponseRedirect:
    """To the icon, for everybody."""
    return HttpResponseRedirect(icon_url())

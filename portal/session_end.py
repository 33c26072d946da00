"""What a script gets to know when the session of its page has ended.

A page is led to the login by a redirect. A script would follow it, and htmx would put the login
page into a part of the page, so scripts are told where to go instead.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse


class SessionEndMiddleware:
    """Turns a redirect to the login into HX-Redirect for htmx, which then leaves the page, and into
    401 with the login's address for whoever accepts JSON alone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        login = reverse("admin:login")
        if not isinstance(response, HttpResponseRedirect):
            return response
        if urlsplit(response.url).path != login or request.path == login:
            return response
        if "HX-Request" in request.headers:
            shown = urlsplit(request.headers.get("HX-Current-URL", "")).path
            back = shown if shown.startswith("/") else reverse("admin:index")
            return HttpResponse(headers={"HX-Redirect": f"{login}?{urlencode({'next': back})}"})
        if request.headers.get("Accept") == "application/json":
            return JsonResponse({"login": login}, status=401)
        return response

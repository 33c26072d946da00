"""Buttons on the page of one object: a page that asks on GET, the deed on POST."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

TEMPLATE = "admin/leads/verb.html"


class Said(NamedTuple):
    """What a deed came to: a sentence, and how good that is (a level of django's messages)."""

    text: str
    level: int = messages.SUCCESS


@dataclass(frozen=True)
class Verb:
    """One thing that can be done to an object.

    `right` is the permission for it; `possible` says whether it can be done now; `asks` is the
    sentence on the page; `do` does it and says what came of it; `icon` is a Material symbol;
    `foresees` lists beforehand what it will do to how many: (number, sentence).
    """

    name: str
    label: Any
    icon: str
    right: str
    possible: Callable[[Any], bool]
    asks: Callable[[Any], str]
    do: Callable[[HttpRequest, Any], Said]
    foresees: Callable[[Any], Sequence[tuple[int, str]]] = lambda obj: ()


class VerbPages:
    """The pages `<id>/<verb>/` of one admin class, and the buttons that lead to them."""

    def __init__(self, model_admin: Any, verbs: list[Verb]) -> None:
        self.model_admin = model_admin
        self.verbs = {verb.name: verb for verb in verbs}
        self.opts = model_admin.model._meta
        self.url_name = f"leads_{self.opts.model_name}_verb"

    def urls(self) -> list[URLPattern]:
        view = self.model_admin.admin_site.admin_view(self.view)
        return [path("<int:pk>/do/<slug:name>/", view, name=self.url_name)]

    def buttons(self, request: HttpRequest, obj: Any) -> list[dict[str, Any]]:
        """What this user may do to this object now."""
        return [
            {
                "label": verb.label,
                "icon": verb.icon,
                "url": reverse(f"admin:{self.url_name}", args=[obj.pk, verb.name]),
            }
            for verb in self.verbs.values()
            if request.user.has_perm(verb.right) and verb.possible(obj)
        ]

    def view(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        verb = self.verbs.get(name)
        if verb is None:
            raise Http404
        if not request.user.has_perm(verb.right):
            raise PermissionDenied
        obj = self.model_admin.get_queryset(request).filter(pk=pk).first()
        if obj is None:
            raise Http404
        back = reverse(f"admin:leads_{self.opts.model_name}_change", args=[pk])
        if not verb.possible(obj):
            messages.warning(request, _("That is no longer possible: look at its state."))
            return HttpResponseRedirect(back)
        if request.method == "POST":
            said = verb.do(request, obj)
            messages.add_message(request, said.level, said.text)
            return HttpResponseRedirect(back)
        context = {
            **self.model_admin.admin_site.each_context(request),
            "opts": self.opts,
            "original": obj,
            "title": f"{verb.label}: {capfirst(str(obj))}",
            "verb": verb,
            "asks": verb.asks(obj),
            "foreseen": verb.foresees(obj),
            "back": back,
        }
        return TemplateResponse(request, TEMPLATE, context)

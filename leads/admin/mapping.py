"""The page between upload and loading: what each column becomes, and what the first rows become.

For whoever may import. Nothing is loaded before somebody has pressed Load here.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from leads import tasks
from leads.admin.mapping_form import MappingForm
from leads.admin.parts import kick
from leads.cleaning.reasons import REASONS
from leads.intake import look_again
from leads.intake.errors import IntakeError
from leads.intake.preview import Preview, preview
from leads.models import Import, ImportStatus
from leads.words import translated

TEMPLATE = "admin/leads/import/mapping.html"


class MappingPages:
    """`<id>/mapping/` of the imports' admin class."""

    def __init__(self, model_admin: Any) -> None:
        self.model_admin = model_admin

    def urls(self) -> list[URLPattern]:
        view = self.model_admin.admin_site.admin_view(self.view)
        return [path("<int:pk>/mapping/", view, name="leads_import_mapping")]

    def view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not request.user.has_perm("leads.import_lead"):
            raise PermissionDenied
        run: Import | None = self.model_admin.get_queryset(request).filter(pk=pk).first()
        if run is None:
            raise Http404
        if run.status != ImportStatus.NEW:
            messages.warning(request, _("Its mapping can no longer be changed: look at its state."))
            return HttpResponseRedirect(_page(run))
        if request.method != "POST":
            return self._show(request, run, MappingForm(run))
        return self._take(request, run)

    def _take(self, request: HttpRequest, run: Import) -> HttpResponse:
        form = MappingForm(run, request.POST)
        if not form.is_valid():
            return self._show(request, run, form)
        try:
            read_anew = form.changes_reading()
            form.apply()
            if read_anew:
                look_again.look_again(run)
                return HttpResponseRedirect(reverse("admin:leads_import_mapping", args=[run.pk]))
            if "load" not in request.POST:
                look_again.keep(run)
                return HttpResponseRedirect(reverse("admin:leads_import_mapping", args=[run.pk]))
            if look_again.start(run, by=request.user):  # type: ignore[arg-type]
                kick(tasks.run_import, run.pk)
        except IntakeError as error:
            form.add_error(None, translated(error))
            return self._show(request, run, form)
        return HttpResponseRedirect(_page(run))

    def _show(self, request: HttpRequest, run: Import, form: MappingForm) -> HttpResponse:
        shown, problem = None, ""
        try:
            shown = preview(run)
        except IntakeError as error:
            problem = translated(error)
        context = {
            **self.model_admin.admin_site.each_context(request),
            "opts": Import._meta,
            "original": run,
            "run": run,
            "form": form,
            "title": _("What is in %(file)s?") % {"file": run.filename},
            "problem": problem,
            "preview": shown,
            "reasons": _reasons(shown),
            "samples": _samples(form, shown),
            "remembered": look_again.is_remembered(run),
        }
        return TemplateResponse(request, TEMPLATE, context)


def _reasons(shown: Preview | None) -> list[tuple[str, int]]:
    """Why rows would be invalid, in words, with the number of rows."""
    reasons = shown.reasons if shown else []
    return [(translated(REASONS[code].remedy) or code, number) for code, number in reasons]


def _samples(form: MappingForm, shown: Preview | None) -> list[dict[str, Any]]:
    """Each column's field of the form with a few of its cells."""
    rows = shown.rows if shown else []
    samples = []
    for place, field in enumerate(form.columns):
        cells = [row.cells[place] for row in rows if place < len(row.cells)]
        few = list(dict.fromkeys(cell.strip() for cell in cells if cell.strip()))[:3]
        samples.append({"field": field, "cells": few})
    return samples


def _page(run: Import) -> str:
    return reverse("admin:leads_import_change", args=[run.pk])

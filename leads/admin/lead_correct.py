"""The page on which a reviewer corrects a lead's data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from leads.admin.parts import kick
from leads.models import Lead, LeadStatus
from leads.models.status import ON_ITS_WAY
from leads.review.correct import EDITABLE, Corrected, CorrectionError, correct
from leads.tasks import match_again
from leads.words import translated

TEMPLATE = "admin/leads/lead/correct.html"
WAS = "was_"  # before the name of a field: what was shown of it
LONG = {"comments", "multi_alt_phones"}


class CorrectForm(forms.Form):
    """Every field that may be corrected, as text: cleaning says what it becomes."""

    def __init__(self, lead: Lead, data: Any = None) -> None:
        super().__init__(data, initial=values_of(lead))
        for name in EDITABLE:
            wide = name in LONG
            self.fields[name] = forms.CharField(
                label=name,
                required=False,
                strip=False,
                widget=UnfoldAdminTextareaWidget(attrs={"rows": 2})
                if wide
                else UnfoldAdminTextInputWidget(),
            )

    def changes(self) -> dict[str, str]:
        """The fields that are otherwise than they were shown, with their new text."""
        given, shown = texts_of(self.data), {**self.initial, **self.shown()}
        return {name: text for name, text in given.items() if text != shown[name]}

    def shown(self) -> dict[str, str]:
        """The fields as the page had them when it was filled in."""
        return texts_of(self.data, WAS)


class CorrectPage:
    def __init__(self, model_admin: Any) -> None:
        self.model_admin = model_admin

    def view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not may_correct(request):
            raise PermissionDenied
        lead = get_object_or_404(Lead, pk=pk)
        form = CorrectForm(lead, request.POST if request.method == "POST" else None)
        if form.is_bound and form.is_valid():
            changes = form.changes()
            try:
                found = correct(lead, changes, by=request.user, shown=form.shown())  # type: ignore[arg-type]
            except CorrectionError as error:
                # What was shown and not touched is not put in the place of what it is by now.
                form = CorrectForm(lead, {**values_of(lead), **changes})
                form.add_error(None, translated(error))
            else:
                kick(match_again)
                messages.add_message(request, *outcome(found, bool(changes)))
                return HttpResponseRedirect(reverse("admin:leads_lead_change", args=[pk]))
        context = {
            **self.model_admin.admin_site.each_context(request),
            "opts": Lead._meta,
            "original": lead,
            "title": _("Correct"),
            "form": form,
            "lead": lead,
            "on_its_way": lead.status in ON_ITS_WAY,
        }
        return TemplateResponse(request, TEMPLATE, context)


def may_correct(request: HttpRequest) -> bool:
    """Whether the user's role may correct leads."""
    return request.user.has_perm("leads.review_lead")


def values_of(lead: Lead) -> dict[str, str]:
    """The lead's data as the form shows it."""
    values = {name: getattr(lead, name) for name in EDITABLE}
    return {name: "" if value is None else str(value) for name, value in values.items()}


def texts_of(data: Mapping[str, str], prefix: str = "") -> dict[str, str]:
    """What a form has of the lead's fields under names that begin so."""
    given = {name: data.get(prefix + name) for name in EDITABLE}
    # A browser sends line ends as \r\n, whatever they were.
    return {name: text.replace("\r\n", "\n") for name, text in given.items() if text is not None}


def outcome(found: Corrected, changed: bool) -> tuple[int, str]:
    """What the correction came to: a level of messages, and a sentence with what was found."""
    if not changed:
        return messages.INFO, _("Nothing was changed.")
    status = LeadStatus(found.lead.status)
    words = [
        _("Corrected."),
        _("It is %(status)s now.") % {"status": status.label.lower()},
        *(translated(finding["text"]) for finding in found.assessment.findings),
    ]
    good = status == LeadStatus.STAGED
    return (messages.SUCCESS if good else messages.WARNING), " ".join(words)

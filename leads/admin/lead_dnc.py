"""What a lead's page says of DNC lists, and the page "never call this number again"."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from leads.admin.dnc_form import WhyForm
from leads.admin.dnc_numbers import FORM, added
from leads.dedup.suppress import numbers_of
from leads.dedup.suppress_mark import OVERRIDDEN
from leads.dedup.suppress_own import SuppressError, add_number
from leads.dedup.suppress_waiting import GONE
from leads.models import Lead
from leads.words import translated

RIGHT = "leads.add_dncentry"


def dnc_of(request: HttpRequest, lead: Lead) -> dict[str, Any]:
    """The match, when the lead was looked at, and what this user may do about it."""
    found, phone = lead.dnc_list, phone_of(lead)
    on_own = bool(found and found.is_internal and lead.dnc_number == phone)
    return {
        "list": found,
        "alternative": found is not None and lead.dnc_number != phone,
        "out_of_force": found.why_not_in_force(timezone.localdate()) if found else "",
        "gone": lead.status in GONE,
        "overridden": lead.decision_reason == OVERRIDDEN,
        "may_add": request.user.has_perm(RIGHT) and phone is not None and not on_own,
    }


def phone_of(lead: Lead) -> int | None:
    """The digits of E.164 of the lead's phone."""
    return numbers_of(lead.phone_e164, lead.phone_code, "", "").phone


class NeverCallPage:
    """`<id>/never-call/`: the lead's phone goes on the internal list, with a comment."""

    def __init__(self, model_admin: Any) -> None:
        self.model_admin = model_admin

    def view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not request.user.has_perm(RIGHT):
            raise PermissionDenied
        lead = get_object_or_404(Lead, pk=pk)
        if (phone := phone_of(lead)) is None:
            raise Http404
        back = reverse("admin:leads_lead_change", args=[pk])
        form = WhyForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            comment, user = form.cleaned_data["comment"], request.user
            try:
                _entry, checked = add_number(phone, by=user, comment=comment, lead=lead)  # type: ignore[arg-type]
            except SuppressError as error:
                form.add_error(None, translated(error))
            else:
                messages.success(request, added(phone, checked))
                return HttpResponseRedirect(back)
        verb = _("Never call this number again")
        context = {
            **self.model_admin.admin_site.each_context(request),
            "opts": Lead._meta,
            "original": lead,
            "title": f"{verb}: +{phone}",
            "verb": verb,
            "asks": _(
                "The number goes on the internal DNC list: no lead that has it can be approved, and"
                " what was approved or queued already waits for a reviewer again. What is on the"
                " dialer stays there until somebody acts."
            ),
            "form": form,
            "back": back,
        }
        return TemplateResponse(request, FORM, context)

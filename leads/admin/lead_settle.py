"""The pages on which an admin says of an unclear lead: it is lead N there, or it is not there."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from leads.admin.dnc_form import WhyForm
from leads.admin.dnc_numbers import FORM
from leads.admin.parts import kick
from leads.models import Lead, LeadStatus
from leads.push.by_hand import LARGEST_ID, it_is, not_there
from leads.push.errors import PushError
from leads.tasks import push_runner
from leads.words import translated

RIGHT = "leads.push_lead"
NAME = "leads_lead_settle"
VERBS = {
    "it-is": gettext_lazy("It is on the dialer"),
    "not-there": gettext_lazy("It is not on the dialer"),
}
ASKS = {
    "it-is": gettext_lazy(
        "Say which lead it is there. The dialer is asked whether that lead has the number that was"
        " sent; where its release cannot be asked, your word is taken and the history says so."
    ),
    "not-there": gettext_lazy(
        "The lead is sent again, with a duplicate check: should it be there after all, the dialer"
        " refuses the second one. Look there for its phone number before you say so."
    ),
}


class ItIsForm(WhyForm):
    lead_id = forms.IntegerField(
        label=gettext_lazy("lead_id on the dialer"),
        min_value=1,
        max_value=LARGEST_ID,
        widget=UnfoldAdminIntegerFieldWidget,
    )
    field_order = ("lead_id", "comment")


def settle_buttons(request: HttpRequest, lead: Lead) -> list[dict[str, Any]]:
    """For who may push, once a look-up could not tell."""
    can_be = lead.status == LeadStatus.UNCLEAR and lead.settle_note
    if not can_be or not request.user.has_perm(RIGHT):
        return []
    return [
        {
            "label": label,
            "icon": "where_to_vote" if name == "it-is" else "wrong_location",
            "url": reverse(f"admin:{NAME}", args=[lead.pk, name]),
        }
        for name, label in VERBS.items()
    ]


class SettlePages:
    """`<id>/settle/<it-is|not-there>/`: asks on GET, does it on POST."""

    def __init__(self, model_admin: Any) -> None:
        self.model_admin = model_admin

    def view(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        if name not in VERBS:
            raise Http404
        if not request.user.has_perm(RIGHT):
            raise PermissionDenied
        lead = get_object_or_404(Lead, pk=pk)
        back = reverse("admin:leads_lead_change", args=[pk])
        if lead.status != LeadStatus.UNCLEAR:
            messages.warning(request, _("That is no longer possible: look at its state."))
            return HttpResponseRedirect(back)
        form_class = ItIsForm if name == "it-is" else WhyForm
        form = form_class(request.POST if request.method == "POST" else None)
        if form.is_valid():
            try:
                messages.success(request, _do(request, lead, name, form.cleaned_data))
            except PushError as error:
                form.add_error(None, translated(error))
            else:
                return HttpResponseRedirect(back)
        context = {
            **self.model_admin.admin_site.each_context(request),
            "opts": Lead._meta,
            "original": lead,
            "title": f"{VERBS[name]}: {lead}",
            "verb": VERBS[name],
            "asks": ASKS[name],
            "form": form,
            "back": back,
        }
        return TemplateResponse(request, FORM, context)


def _do(request: HttpRequest, lead: Lead, name: str, values: dict[str, Any]) -> str:
    user: Any = request.user
    comment = values["comment"]
    if name == "it-is":
        if it_is(lead, values["lead_id"], by=user, comment=comment):
            return _("Pushed: the dialer confirmed that it is lead %(number)s.") % {
                "number": values["lead_id"]
            }
        return _("Pushed, on your word: the dialer could not be asked.")
    not_there(lead, by=user, comment=comment)
    lead.refresh_from_db()
    if lead.status == LeadStatus.QUEUED:
        kick(push_runner, lead.dialer_id)
        return _("Queued again: it is sent with a duplicate check.")
    return _("Settled: it is %(status)s now.") % {"status": lead.get_status_display().lower()}

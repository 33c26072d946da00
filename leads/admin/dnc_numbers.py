"""One number: which lists it is on and who has it; put on the internal list, or taken off it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from leads.admin.dnc_form import WhyForm
from leads.dedup.suppress_known import entries_of, lists_with, read_number
from leads.dedup.suppress_mark import Checked
from leads.dedup.suppress_own import SuppressError, add_number, leads_with, remove_number
from leads.models import DncEntry, DncList
from leads.words import translated

TEMPLATE = "admin/leads/dnclist/number.html"
FORM = "admin/leads/dnclist/form.html"
SHOWN_LEADS = 50
MOST_DIGITS = 15


class NumberPages:
    """`number/?number=…`, `number/<digits>/add/` and `number/<digits>/remove/`."""

    def __init__(self, model_admin: Any) -> None:
        self.model_admin = model_admin

    def urls(self) -> list[URLPattern]:
        wrap = self.model_admin.admin_site.admin_view
        return [
            path("number/", wrap(self.look), name="leads_dnclist_number"),
            path("number/<int:phone>/add/", wrap(self.add), name="leads_dnclist_number_add"),
            path(
                "number/<int:phone>/remove/", wrap(self.remove), name="leads_dnclist_number_remove"
            ),
        ]

    def look(self, request: HttpRequest) -> HttpResponse:
        """Any role that sees the lists; nothing is changed."""
        if request.method != "GET" or not self.model_admin.has_view_permission(request):
            raise PermissionDenied
        asked = request.GET.get("number", "").strip()
        phone = read_number(asked) if asked else None
        context: dict[str, Any] = {"asked": asked, "phone": phone}
        if phone is not None:
            known = lists_with(phone)
            on_own = any(one.dnc_list.is_internal for one in known)
            context |= {
                "known": known,
                "in_force": any(not one.out_of_force for one in known),
                "entries": entries_of(phone),
                "leads": leads_with(phone).select_related("dnc_list").order_by("-id")[:SHOWN_LEADS],
                "may_add": request.user.has_perm("leads.add_dncentry") and not on_own,
                "may_remove": request.user.has_perm("leads.change_dncentry") and on_own,
            }
        return self._render(request, TEMPLATE, {"title": _("Look a number up"), **context})

    def add(self, request: HttpRequest, phone: int) -> HttpResponse:
        """Put a number on the internal list."""
        self._insist(request, "leads.add_dncentry", phone)
        form = WhyForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            try:
                comment = form.cleaned_data["comment"]
                _entry, checked = add_number(phone, by=request.user, comment=comment)  # type: ignore[arg-type]
            except SuppressError as error:
                form.add_error(None, translated(error))
            else:
                messages.success(request, added(phone, checked))
                return HttpResponseRedirect(_look(phone))
        asks = _("The number is on the internal list at once. Leads that wait cannot be approved.")
        return self._form(request, phone, form, _("Never call this number again"), asks)

    def remove(self, request: HttpRequest, phone: int) -> HttpResponse:
        """Take a number off the internal list."""
        self._insist(request, "leads.change_dncentry", phone)
        if not DncEntry.objects.filter(phone=phone, removed_at__isnull=True).exists():
            raise Http404
        form = WhyForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            comment = form.cleaned_data["comment"]
            try:
                remove_number(phone, by=request.user, comment=comment)  # type: ignore[arg-type]
            except SuppressError as error:
                form.add_error(None, translated(error))
            else:
                text = _("+%(phone)s is no longer on the internal DNC list.")
                messages.success(request, text % {"phone": phone})
                return HttpResponseRedirect(_look(phone))
        asks = _("Who added it, and why, is kept. Say why it may be called again.")
        return self._form(request, phone, form, _("Take it off the internal list"), asks)

    def _insist(self, request: HttpRequest, right: str, phone: int) -> None:
        if not request.user.has_perm(right):
            raise PermissionDenied
        if len(str(phone)) > MOST_DIGITS:
            raise Http404

    def _form(
        self, request: HttpRequest, phone: int, form: WhyForm, verb: str, asks: str
    ) -> HttpResponse:
        context = {"verb": verb, "asks": asks, "form": form, "back": _look(phone)}
        return self._render(request, FORM, {"title": f"{verb}: +{phone}", **context})

    def _render(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        site = self.model_admin.admin_site.each_context(request)
        return TemplateResponse(request, template, {**site, "opts": DncList._meta, **context})


def added(phone: int, checked: Checked) -> str:
    """What came of putting a number on the internal list, in words."""
    words = [_("+%(phone)s is on the internal DNC list.") % {"phone": phone}]
    if checked.found:
        words.append(_("Leads that have it: %(number)s.") % {"number": f"{checked.found:,}"})
    if checked.withdrawn:
        text = _("Approved or queued ones that wait for a reviewer again: %(number)s.")
        words.append(text % {"number": f"{checked.withdrawn:,}"})
    return " ".join(words)


def _look(phone: int) -> str:
    return f"{reverse('admin:leads_dnclist_number')}?number=%2B{phone}"

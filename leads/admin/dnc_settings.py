"""A new edition of a DNC list, and its name and expiry: for those who may change lists."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from leads import tasks
from leads.admin.dnc_form import EditionForm, ListSettingsForm
from leads.admin.parts import kick
from leads.admin.upload import for_script
from leads.dedup import suppress
from leads.models import DncEdition, DncList

TEMPLATE = "admin/leads/dnclist/form.html"


class SettingsPages:
    """`<id>/edition/` and `<id>/settings/` of the admin class of lists."""

    def __init__(self, model_admin: Any) -> None:
        self.model_admin = model_admin

    def urls(self) -> list[URLPattern]:
        wrap = self.model_admin.admin_site.admin_view
        return [
            path("<int:pk>/edition/", wrap(self.edition), name="leads_dnclist_edition"),
            path("<int:pk>/settings/", wrap(self.settings), name="leads_dnclist_settings"),
        ]

    def edition(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A file in place of the present one."""
        dnc_list = self._list(request, pk)
        kind = type("NewEdition", (EditionForm,), {"user": request.user, "dnc_list": dnc_list})
        given = (request.POST, request.FILES) if request.method == "POST" else (None, None)
        form: EditionForm = kind(*given)
        if form.is_valid() and form.edition is not None:
            kick(tasks.load_dnc, form.edition.pk)
            return for_script(request, HttpResponseRedirect(_page(pk)))
        asks = _("The present edition counts until all of the new one is in; then only the new.")
        page = self._show(request, dnc_list, form, _("New edition"), asks)
        return for_script(request, page)

    def settings(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Its name, and how long its present edition counts."""
        dnc_list = self._list(request, pk)
        form = ListSettingsForm(dnc_list, request.POST if request.method == "POST" else None)
        if form.is_valid():
            DncList.objects.filter(pk=pk).update(name=form.cleaned_data["name"])
            if dnc_list.current:
                current = DncEdition.objects.filter(pk=dnc_list.current.pk)
                current.update(expires_on=form.cleaned_data["expires_on"])
            suppress.forced_anew(DncList.objects.filter(pk=pk))
            kick(tasks.check_dnc)
            messages.success(request, _("Changed. Leads that wait are looked at again."))
            return HttpResponseRedirect(_page(pk))
        asks = _("An expired list blocks nothing and clears nothing.")
        return self._show(request, dnc_list, form, _("Name and expiry"), asks)

    def _list(self, request: HttpRequest, pk: int) -> DncList:
        if not request.user.has_perm("leads.change_dnclist"):
            raise PermissionDenied
        dnc_list: DncList | None = self.model_admin.get_queryset(request).filter(pk=pk).first()
        if dnc_list is None or dnc_list.is_internal:
            raise Http404
        return dnc_list

    def _show(
        self, request: HttpRequest, dnc_list: DncList, form: forms.Form, title: str, asks: str
    ) -> TemplateResponse:
        context = {
            **self.model_admin.admin_site.each_context(request),
            "opts": DncList._meta,
            "original": dnc_list,
            "title": f"{title}: {dnc_list}",
            "verb": title,
            "asks": asks,
            "form": form,
            "back": _page(dnc_list.pk),
        }
        return TemplateResponse(request, TEMPLATE, context)


def _page(pk: int) -> str:
    return reverse("admin:leads_dnclist_change", args=[pk])

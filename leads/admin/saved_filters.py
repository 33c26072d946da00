"""Saved filters of a list: links above it, and the pages to save, rename, share and delete one.

Whoever sees the list may keep filters of their own; sharing them with everybody needs a right.
"""

from __future__ import annotations

import copy
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.options import IS_POPUP_VAR, IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG, PAGE_VAR
from django.core.exceptions import PermissionDenied, SuspiciousOperation, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextInputWidget, UnfoldBooleanSwitchWidget

from leads.models import FilteredPage, SavedFilter

TEMPLATE = "admin/leads/saved_filter.html"
SHARE = "leads.share_savedfilter"
MOST = 50  # of one person on one list
MOST_SHOWN = 100
MOST_CHARACTERS: int = SavedFilter._meta.get_field("query").max_length or 0
NO_FILTER = {PAGE_VAR, ERROR_FLAG, IS_POPUP_VAR}


def query_of(text: str) -> str:
    """The part of a list's query string that filters, always in one order; empty if none does."""
    asked = QueryDict(text)
    kept = sorted((name, values) for name, values in asked.lists() if name not in NO_FILTER)
    made = QueryDict(mutable=True)
    for name, values in kept:
        if filled := [value for value in values if value.strip()]:
            made.setlist(name, filled)
    return made.urlencode()


class SavedFilterForm(forms.ModelForm):  # type: ignore[type-arg]
    """`instance` has user, page and query already."""

    class Meta:
        model = SavedFilter
        fields = ["name", "shared"]

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=60,
        widget=UnfoldAdminTextInputWidget,
        help_text=gettext_lazy("As the link above the list shall read."),
    )
    shared = forms.BooleanField(
        label=gettext_lazy("Shared"),
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text=gettext_lazy(
            "Everybody who sees the list sees the link, its name and what it filters by."
        ),
    )

    def __init__(self, *args: Any, may_share: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_share:
            del self.fields["shared"]

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        own = SavedFilter.objects.filter(user=self.instance.user, page=self.instance.page)
        if own.exclude(pk=self.instance.pk).filter(name=name).exists():
            raise ValidationError(
                _('You have a filter named "%(name)s" on this list: take another name.')
                % {"name": name}
            )
        if self.instance.pk is None and own.count() >= MOST:
            raise ValidationError(
                _("You have %(number)s filters on this list: delete one that you no longer use.")
                % {"number": MOST}
            )
        return name


class SavedFilterPages:
    """`saved/new/?…` and `saved/<id>/` beside the list of one admin class."""

    def __init__(self, model_admin: Any, page: FilteredPage) -> None:
        self.model_admin = model_admin
        self.page = page
        self._list = f"admin:leads_{page.value}_changelist"
        self._new = f"leads_{page.value}_filter_new"
        self._one = f"leads_{page.value}_filter"

    def urls(self) -> list[URLPattern]:
        wrap = self.model_admin.admin_site.admin_view
        return [
            path("saved/new/", wrap(self.new), name=self._new),
            path("saved/<int:pk>/", wrap(self.one), name=self._one),
        ]

    def links(self, request: HttpRequest) -> dict[str, Any]:
        """What stands above the list: own filters and shared ones, and how to save this one."""
        now = query_of(request.GET.urlencode())
        seen = self._seen(request).select_related("user")[:MOST_SHOWN]
        found = [
            {
                "name": each.name,
                "url": f"{reverse(self._list)}?{each.query}",
                "is_now": each.query == now,
                "by": "" if each.user_id == request.user.pk else str(each.user),
                "change": reverse(f"admin:{self._one}", args=[each.pk])
                if each.user_id == request.user.pk
                else "",
            }
            for each in seen
        ]
        known = any(each["is_now"] for each in found)
        new = f"{reverse(f'admin:{self._new}')}?{now}" if now and not known else ""
        return {"filters": found, "new": new}

    def _seen(self, request: HttpRequest) -> QuerySet[SavedFilter]:
        own_or_shared = Q(user=request.user.pk) | Q(shared=True)
        return SavedFilter.objects.filter(own_or_shared, page=self.page)

    def new(self, request: HttpRequest) -> HttpResponse:
        """Save the filter of the query string; POST does it."""
        self._insist(request)
        query = query_of(request.GET.urlencode())
        if why := self._why_not(request, query):
            messages.error(request, why)
            return HttpResponseRedirect(reverse(self._list))
        made = SavedFilter(user=request.user, page=self.page, query=query)  # type: ignore[misc]
        return self._form(request, made, _("Save this filter"))

    def one(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Rename, share or delete a filter of one's own; another's is not found."""
        self._insist(request)
        own = SavedFilter.objects.filter(page=self.page, user=request.user.pk)
        found = own.filter(pk=pk).first()
        if found is None:
            raise Http404
        if request.method == "POST" and "delete" in request.POST:
            found.delete()
            text = _('The filter "%(name)s" is deleted.')
            messages.success(request, text % {"name": found.name})
            return HttpResponseRedirect(reverse(self._list))
        return self._form(request, found, _("Change the saved filter"))

    def _insist(self, request: HttpRequest) -> None:
        if not self.model_admin.has_view_permission(request):
            raise PermissionDenied

    def _why_not(self, request: HttpRequest, query: str) -> str:
        if not query:
            return _("There is nothing to save: filter or search the list first.")
        if len(query) > MOST_CHARACTERS:
            return _("The filter is longer than %(number)s characters: search for less text.") % {
                "number": f"{MOST_CHARACTERS:,}"
            }
        listing = copy.copy(request)
        listing.GET = QueryDict(query)
        try:
            self.model_admin.get_changelist_instance(listing)
        except (IncorrectLookupParameters, SuspiciousOperation):
            return _("The list cannot be filtered like that, so it cannot be saved.")
        return ""

    def _form(self, request: HttpRequest, saved: SavedFilter, title: str) -> HttpResponse:
        form = SavedFilterForm(
            request.POST if request.method == "POST" else None,
            instance=saved,
            may_share=request.user.has_perm(SHARE),
        )
        if form.is_valid() and _kept(form):
            text = _('The filter "%(name)s" is saved: its link is above the list.')
            messages.success(request, text % {"name": saved.name})
            return HttpResponseRedirect(f"{reverse(self._list)}?{saved.query}")
        context = {
            **self.model_admin.admin_site.each_context(request),
            "opts": self.model_admin.opts,
            "title": title,
            "form": form,
            "saved": saved,
            "asked": list(QueryDict(saved.query).items()),
            "back": f"{reverse(self._list)}?{saved.query}",
        }
        return TemplateResponse(request, TEMPLATE, context)


def _kept(form: SavedFilterForm) -> bool:
    """Whether it was saved; a second click in the same moment finds the name taken."""
    try:
        with transaction.atomic():
            form.save()
    except IntegrityError:
        form.add_error("name", _("You have a filter of this name on this list: take another name."))
        return False
    return True

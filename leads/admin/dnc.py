"""The pages of DNC lists: what each holds and whether it counts; new lists and new editions."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from leads import tasks
from leads.admin.dnc_files import DncFiles
from leads.admin.dnc_form import NewListForm
from leads.admin.dnc_numbers import NumberPages
from leads.admin.dnc_settings import SettingsPages
from leads.admin.live import LivePage
from leads.admin.parts import kick
from leads.admin.upload import for_script
from leads.admin.verbs import Said, Verb, VerbPages
from leads.dedup import suppress
from leads.dedup.suppress_waiting import GONE, WAITING
from leads.models import DncEdition, DncEntry, DncList, EditionStatus, Lead

CHANGE = "leads.change_dnclist"
SHOWN = 20  # editions, rows and leads
LOADING = (EditionStatus.WAITING, EditionStatus.RUNNING)
STATES = {
    "force": (gettext_lazy("In force"), "success"),
    "loading": (gettext_lazy("Being loaded"), "info"),
    "empty": (gettext_lazy("Empty"), "default"),
    "expired": (gettext_lazy("Expired"), "danger"),
    "off": (gettext_lazy("Off"), "default"),
}


def switch(on: bool) -> Any:
    def do(request: HttpRequest, dnc_list: DncList) -> Said:
        DncList.objects.filter(pk=dnc_list.pk).update(enabled=on)
        suppress.forced_anew(DncList.objects.filter(pk=dnc_list.pk))
        kick(tasks.check_dnc)
        return Said(_("The list counts again.") if on else _("The list no longer counts."))

    return do


VERBS = [
    Verb(
        "off",
        gettext_lazy("Switch off"),
        "toggle_off",
        CHANGE,
        lambda dnc_list: dnc_list.enabled and not dnc_list.is_internal,
        lambda dnc_list: _("It blocks nothing and clears nothing until it is switched on again."),
        switch(False),
    ),
    Verb(
        "on",
        gettext_lazy("Switch on"),
        "toggle_on",
        CHANGE,
        lambda dnc_list: not dnc_list.enabled,
        lambda dnc_list: _(
            "Leads that wait are held against it. What was approved or queued and is on it waits"
            " for a reviewer again."
        ),
        switch(True),
    ),
]


def state_of(dnc_list: DncList) -> str:
    """A key of STATES."""
    current, today = dnc_list.current, timezone.localdate()
    if not dnc_list.enabled:
        return "off"
    if current is None:
        return "loading" if getattr(dnc_list, "loading", False) else "empty"
    if current.expires_on and current.expires_on < today:
        return "expired"
    return "force" if current.rows_stored else "empty"


@admin.register(DncList)
class DncListAdmin(LivePage):
    """Admins load and switch lists, everybody looks; a list is never deleted."""

    page = "admin/leads/dnclist/page.html"
    progress = "admin/leads/dnclist/progress.html"
    list_before_template = "admin/leads/dnclist/before.html"  # type: ignore[assignment]
    form = NewListForm
    fields = ["name", "origin", "upload", "pasted", "as_of", "expires_on", "country"]
    list_display = ["name", "origin", "state", "numbers", "date", "expires", "account"]
    list_select_related = ["current"]
    ordering = ["name"]
    sortable_by = ()
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[DncList]:
        lists: QuerySet[DncList] = super().get_queryset(request)
        loading = DncEdition.objects.filter(dnc_list=OuterRef("pk"), status__in=LOADING)
        return lists.select_related("current").annotate(loading=Exists(loading))

    @display(
        description=gettext_lazy("State"),  # type: ignore[arg-type]
        label={state: colour for state, (_words, colour) in STATES.items()},
    )
    def state(self, dnc_list: DncList) -> Any:
        state = state_of(dnc_list)
        return state, STATES[state][0]

    @admin.display(description=gettext_lazy("Numbers"))
    def numbers(self, dnc_list: DncList) -> str:
        return f"{dnc_list.current.rows_stored:,}" if dnc_list.current else "–"

    @admin.display(description=gettext_lazy("Date"), empty_value="–")
    def date(self, dnc_list: DncList) -> Any:
        if dnc_list.is_internal:
            return _("always")
        return dnc_list.current and dnc_list.current.as_of

    @admin.display(description=gettext_lazy("Expires"))
    def expires(self, dnc_list: DncList) -> Any:
        return (dnc_list.current and dnc_list.current.expires_on) or _("never")

    @admin.display(description=gettext_lazy("Last load"))
    def account(self, dnc_list: DncList) -> str:
        if dnc_list.is_internal or dnc_list.current is None:
            return "–"
        return in_words(dnc_list.current)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("leads.add_dnclist")

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        return type("UploadForm", (NewListForm,), {"user": request.user})

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        only_save = {"show_save_and_continue": False, "show_save_and_add_another": False}
        response = super().add_view(request, form_url, {**(extra_context or {}), **only_save})
        return for_script(request, response)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """The form has made it."""
        kick(tasks.load_dnc, form.edition.pk)

    def response_add(
        self, request: HttpRequest, obj: DncList, post_url_continue: str | None = None
    ) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse("admin:leads_dnclist_change", args=[obj.pk]))

    def get_urls(self) -> list[URLPattern]:
        return [
            *VerbPages(self, VERBS).urls(),
            *SettingsPages(self).urls(),
            *NumberPages(self).urls(),
            *DncFiles(self).urls(),
            *super().get_urls(),
        ]

    def context_of(self, request: HttpRequest, dnc_list: DncList) -> dict[str, Any]:
        editions = list(dnc_list.editions.select_related("created_by")[:SHOWN])
        loading = next((each for each in editions if each.status in LOADING), None)
        state = state_of(dnc_list)
        words, colour = STATES[state]
        may_change = request.user.has_perm(CHANGE) and not dnc_list.is_internal
        leads = Lead.objects.filter(dnc_list=dnc_list)
        gone = leads.filter(status__in=GONE).select_related("dialer").order_by("-id")
        return {
            "title": dnc_list.name,
            "dnc_list": dnc_list,
            "state": words,
            "colour": colour,
            "out_of_force": dnc_list.why_not_in_force(timezone.localdate()),
            "live": loading is not None,
            "loading": loading,
            "percent": min(100, round(100 * loading.bytes_done / max(loading.size, 1)))
            if loading
            else 0,
            "editions": [] if dnc_list.is_internal else editions,
            "unreadable": dnc_list.current.unreadable.all()[:SHOWN] if dnc_list.current else [],
            "waiting": leads.filter(status__in=WAITING).count(),
            "gone": list(gone[:SHOWN]),
            "may_export": request.user.has_perm("leads.export_lead"),
            "may_change": may_change,
            "may_add_number": request.user.has_perm("leads.add_dncentry"),
            "may_remove": request.user.has_perm("leads.change_dncentry"),
            "entries": entries() if dnc_list.is_internal else [],
            "buttons": VerbPages(self, VERBS).buttons(request, dnc_list),
            "leads_url": f"{reverse('admin:leads_lead_changelist')}?dnc={dnc_list.pk}",
        }


def entries() -> list[DncEntry]:
    """The latest numbers of the internal list, those that were removed among them."""
    return list(DncEntry.objects.select_related("added_by", "removed_by")[:SHOWN])


def in_words(edition: DncEdition) -> str:
    """What became of an edition's rows."""
    return _("%(read)s rows = %(stored)s stored + %(repeated)s repeated + %(bad)s unreadable") % {
        "read": f"{edition.rows_read:,}",
        "stored": f"{edition.rows_stored:,}",
        "repeated": f"{edition.rows_repeated:,}",
        "bad": f"{edition.rows_unreadable:,}",
    }

"""The pages of dialers: settings, lists, and whether they are open for calls."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.contrib import admin, messages
from django.http import HttpRequest
from django.urls import URLPattern
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import StackedInline
from unfold.decorators import display

from leads import tasks
from leads.admin.dialer_forms import DialerForm, DialerListForm
from leads.admin.parts import PageAdmin, kick
from leads.admin.verbs import Said, Verb, VerbPages
from leads.admin.when import when
from leads.dialers import breaker, pace, probe
from leads.models import Dialer, DialerList
from leads.sentence import say
from leads.words import translated

TEST = "leads.test_dialer"


def test(request: HttpRequest, dialer: Dialer) -> Said:
    checks = probe.test(dialer)
    numbers = {"all": len(checks)}
    if failed := sum(check["ok"] is False for check in checks):
        text = _("%(failed)s of %(all)s checks failed: see below what to do.")
        return Said(text % {"failed": failed, **numbers}, messages.ERROR)
    if unknown := sum(check["ok"] is None for check in checks):
        text = _("Nothing failed, but %(unknown)s of %(all)s checks cannot be told: see below.")
        return Said(text % {"unknown": unknown, **numbers}, messages.WARNING)
    return Said(_("All is well: leads can be pushed."))


def pause(request: HttpRequest, dialer: Dialer) -> Said:
    text = say("Paused by %(who)s. Press Resume to go on.", who=request.user.get_username())
    breaker.pause(dialer.pk, "BY_HAND", text, by_id=request.user.pk, probe=False)
    return Said(_("Paused: no new calls are made to it."))


def resume(request: HttpRequest, dialer: Dialer) -> Said:
    breaker.resume(dialer.pk)
    kick(tasks.push_runner, dialer.pk)
    return Said(_("Resumed: what is queued goes on."))


VERBS = [
    Verb(
        "test",
        gettext_lazy("Test connection"),
        "network_check",
        TEST,
        lambda dialer: True,
        lambda dialer: _(
            "Asks the dialer for its release, logs in once, and looks at the rights of the API"
            " user and at each list. Nothing is changed there."
        ),
        test,
    ),
    Verb(
        "pause",
        gettext_lazy("Pause"),
        "pause",
        TEST,
        lambda dialer: not dialer.is_paused,
        lambda dialer: _("No new calls are made to this dialer until somebody resumes it."),
        pause,
    ),
    Verb(
        "resume",
        gettext_lazy("Resume"),
        "play_arrow",
        TEST,
        lambda dialer: dialer.is_paused,
        lambda dialer: (
            _("It was paused because: %(why)s Is that mended?")
            % {"why": translated(dialer.paused_text)}
        ),
        resume,
    ),
]


class DialerListInline(StackedInline):
    model = DialerList
    form = DialerListForm
    extra = 0
    verbose_name = gettext_lazy("list")
    verbose_name_plural = gettext_lazy("Lists, and the options that their leads are pushed with")
    fieldsets = [
        (
            gettext_lazy("The list"),
            {
                "fields": [
                    ("list_id", "name"),
                    ("campaign_id", "enabled"),
                    "confirmed",
                    "seen",
                ]
            },
        ),
        (
            gettext_lazy("Refuse leads that are already there, or must not be called"),
            {"fields": ["duplicate_check", ("dnc_check", "campaign_dnc_check")]},
        ),
        (
            gettext_lazy("Refuse numbers that cannot be in the USA or Canada"),
            {
                "fields": [
                    ("usacan_prefix_check", "usacan_areacode_check"),
                    "nanpa_ac_prefix_check",
                ]
            },
        ),
        (
            gettext_lazy("Hopper, time zone and state"),
            {
                "fields": [
                    ("add_to_hopper", "hopper_priority"),
                    "hopper_local_call_time_check",
                    ("tz_method", "lookup_state"),
                    ("custom_fields", "labels"),
                ]
            },
        ),
    ]
    readonly_fields = ["seen", "labels"]

    @admin.display(description=gettext_lazy("Seen on the dialer"))
    def seen(self, dialer_list: DialerList) -> str:
        return when(dialer_list.seen_at)

    @admin.display(description=gettext_lazy("Its custom fields"))
    def labels(self, dialer_list: DialerList) -> str:
        return ", ".join(dialer_list.custom_labels) or _("none that the portal knows of")


@admin.register(Dialer)
class DialerAdmin(PageAdmin):
    """Changed, tested, paused and resumed by admins; the others look."""

    form = DialerForm
    inlines = [DialerListInline]
    list_display = ["name", "host", "state", "lists_named", "tested"]
    list_prefetch_related = ["lists"]
    search_fields = ["name"]
    ordering = ["name"]
    actions = None
    change_form_before_template = "admin/leads/dialer/state.html"  # type: ignore[assignment]
    fieldsets = [
        (None, {"fields": ["name", "base_url", "api_user", "password", "api_source", "enabled"]}),
        (gettext_lazy("The server"), {"fields": ["accents", "verify_tls"]}),
        (
            gettext_lazy("Limits"),
            {
                "fields": [
                    ("connections", "calls_per_second"),
                    ("calls_per_day", "time_zone"),
                    ("call_from", "call_until"),
                    ("connect_timeout", "read_timeout"),
                ]
            },
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("lists")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        sets = super().get_fieldsets(request, obj)
        if self.has_change_permission(request, obj):
            return sets
        # Who may only look has no use for a field that is always empty.
        name, options = sets[0]
        fields = [field for field in options["fields"] if field != "password"]
        return [(name, {**options, "fields": fields}), *sets[1:]]

    @display(
        description=gettext_lazy("State"),  # type: ignore[arg-type]
        label={"open": "success", "paused": "danger", "waits": "warning", "off": "default"},
    )
    def state(self, dialer: Dialer) -> tuple[str, str]:
        if not dialer.enabled:
            return "off", _("Off")
        if dialer.is_paused:
            return "paused", _("Paused: %(why)s") % {"why": dialer.paused_reason}
        if pace.why_closed(dialer):
            return "waits", _("Waits for its hours")
        return "open", _("Open")

    @admin.display(description=gettext_lazy("Host"))
    def host(self, dialer: Dialer) -> str:
        return urlsplit(dialer.base_url).netloc

    @admin.display(description=gettext_lazy("Lists"))
    def lists_named(self, dialer: Dialer) -> str:
        return ", ".join(str(each.list_id) for each in dialer.lists.all()) or "–"

    @admin.display(description=gettext_lazy("Tested"))
    def tested(self, dialer: Dialer) -> str:
        return when(dialer.tested_at)

    def get_urls(self) -> list[URLPattern]:
        return [*VerbPages(self, VERBS).urls(), *super().get_urls()]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        dialer = self.get_object(request, object_id) if object_id else None
        more: dict[str, Any] = {"dialer": dialer}
        if dialer:
            more["buttons"] = VerbPages(self, VERBS).buttons(request, dialer)
            more["waits"] = translated(pace.why_closed(dialer))
        return super().changeform_view(
            request, object_id, form_url, {**(extra_context or {}), **more}
        )

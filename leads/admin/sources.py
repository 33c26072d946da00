"""The page of sources: who supplies leads, and how they write numbers and dates."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldBooleanSwitchWidget

from leads.admin.listing import CappedPaginator
from leads.admin.source_report import ReportPages
from leads.cleaning.phone import known_country
from leads.intake.upload import LIST_IDS
from leads.models import Import, Source

SHOWN_IMPORTS = 10
USUAL_DAYS = 31  # as often as the federal registry wants to be asked


class SourceForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Source
        fields = [
            "name",
            "country",
            "unassigned_numbers",
            "date_order",
            "default_list_id",
            "dnc_max_days",
            "auto_approve",
            "price_per_lead",
            "currency",
            "notes",
        ]

    demand_dnc_check = forms.BooleanField(
        label=gettext_lazy("Demand a DNC check"),
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text=gettext_lazy("Leads are approved only if they were checked lately."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["demand_dnc_check"].initial = self.instance.dnc_max_days is not None
        if rule := self.fields.get("auto_approve"):
            rule.help_text = gettext_lazy(
                "Leads without a warning or a possible duplicate need no reviewer. With four eyes"
                " somebody else than who imported them must push them."
            )
        if days := self.fields.get("dnc_max_days"):  # not there for those who only look
            days.widget.attrs["placeholder"] = USUAL_DAYS

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("demand_dnc_check"):
            data["dnc_max_days"] = None
        elif data.get("dnc_max_days") is None and "dnc_max_days" not in self.errors:
            data["dnc_max_days"] = USUAL_DAYS
        if data.get("price_per_lead") is not None and not (data.get("currency") or "").strip():
            self.add_error("currency", _("Say in which currency the price is, for example USD."))
        return data

    def clean_country(self) -> str:
        country: str = self.cleaned_data["country"].upper()
        if not known_country(country):
            raise ValidationError(
                _('There is no country "%(given)s" with numbers of its own.') % {"given": country}
            )
        return country

    def clean_default_list_id(self) -> int | None:
        list_id: int | None = self.cleaned_data["default_list_id"]
        if list_id is not None and list_id not in LIST_IDS:
            raise ValidationError(
                _("%(given)s is no list ID of VICIdial: it has 3 to 12 digits, for example 101.")
                % {"given": list_id}
            )
        return list_id


@admin.register(Source)
class SourceAdmin(ModelAdmin):
    """Admins change sources, the others look. One that leads came from cannot be deleted."""

    form = SourceForm
    fields = [
        "name",
        "country",
        "unassigned_numbers",
        "date_order",
        "default_list_id",
        "auto_approve",
        ("demand_dnc_check", "dnc_max_days"),
        ("price_per_lead", "currency"),
        "notes",
    ]
    paginator = CappedPaginator
    show_full_result_count = False
    list_display = [
        "name",
        "country",
        "unassigned_numbers",
        "default_list_id",
        "import_count",
        "report",
    ]
    search_fields = ["name"]
    ordering = ["name"]
    sortable_by = ()
    actions = None

    def get_urls(self) -> list[URLPattern]:
        return [*ReportPages(self).urls(), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Source]:
        sources: QuerySet[Source] = super().get_queryset(request)
        return sources.annotate(import_count=Count("imports"))

    @admin.display(description=gettext_lazy("Imports"))
    def import_count(self, source: Source) -> int:
        return int(getattr(source, "import_count", 0))

    @admin.display(description=gettext_lazy("Report"))
    def report(self, source: Source) -> str:
        url = reverse("admin:leads_source_report", args=[source.pk])
        return format_html('<a class="text-link" href="{}">{}</a>', url, _("This month"))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Name some imports that stand in the way; the stock page would read every lead."""
        runs = Import.objects.filter(lead_source__in=[each.pk for each in objs])[:SHOWN_IMPORTS]
        if protected := [str(run) for run in runs]:
            return [str(each) for each in objs], {}, set(), protected
        return super().get_deleted_objects(objs, request)

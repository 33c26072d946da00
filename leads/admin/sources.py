"""The page of sources: who supplies leads, and how they write numbers and dates."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from leads.admin.parts import CappedPaginator
from leads.models import Source


@admin.register(Source)
class SourceAdmin(ModelAdmin):
    """Admins change sources, the others look. One that leads came from cannot be deleted."""

    paginator = CappedPaginator
    show_full_result_count = False
    list_display = ["name", "country", "unassigned_numbers", "default_list_id", "import_count"]
    search_fields = ["name"]
    ordering = ["name"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Source]:
        sources: QuerySet[Source] = super().get_queryset(request)
        return sources.annotate(import_count=Count("imports"))

    @admin.display(description=_("Imports"))
    def import_count(self, source: Source) -> int:
        return int(getattr(source, "import_count", 0))

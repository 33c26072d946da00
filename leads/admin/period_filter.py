"""A filter by a period that moves along with the calendar, so that it can be saved."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.contrib.filters.admin import DropdownFilter

from leads.reports.periods import PERIODS, days_of


class PeriodFilter(DropdownFilter):
    """Whole days in the portal's time zone, told from the column `field_name`."""

    field_name: str

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(PERIODS.items())

    def midnights(self) -> tuple[datetime, datetime] | None:
        """When the first day of the period begins, and its last one; None without a period."""
        asked = self.value()
        if not asked:
            return None
        if asked not in PERIODS:
            raise IncorrectLookupParameters(f"{asked} is no period.")
        first, last = days_of(asked, timezone.localdate())
        begin, end = (datetime.combine(day, time.min) for day in (first, last))
        return timezone.make_aware(begin), timezone.make_aware(end)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if (days := self.midnights()) is None:
            return queryset
        begin, last = days
        end = timezone.make_aware(
            datetime.combine(timezone.localdate(last) + timedelta(days=1), time.min)
        )
        return queryset.filter(**{f"{self.field_name}__gte": begin, f"{self.field_name}__lt": end})

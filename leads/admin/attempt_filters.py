"""The filters of the push history: none asks the table of attempts what values it has."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter, RangeDateFilter

from leads.admin.lead_filters import in_words
from leads.admin.period_filter import PeriodFilter
from leads.models import PushAttempt
from leads.vicidial.reasons import REASONS


class OpenedFilter(RangeDateFilter):
    """From one day to another, both whole; a day that is none filters nothing."""

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[PushAttempt]
    ) -> QuerySet[PushAttempt]:
        if begin := self._midnight("opened_at_from"):
            queryset = queryset.filter(opened_at__gte=begin)
        if end := self._midnight("opened_at_to"):
            queryset = queryset.filter(opened_at__lt=end + timedelta(days=1))
        return queryset

    def _midnight(self, parameter: str) -> datetime | None:
        try:
            day = forms.DateField(required=False).clean(self.used_parameters.get(parameter))
        except ValidationError:
            return None
        return timezone.make_aware(datetime.combine(day, time.min)) if day else None


class OpenedInFilter(PeriodFilter):
    """A period in words, as a saved filter keeps it."""

    title = _("opened in")
    parameter_name = "opened_in"
    field_name = "opened_at"


class UserFilter(DropdownFilter):
    """Whose batch it was; asked of the table of users, not of the attempts."""

    title = _("user")
    parameter_name = "user__id__exact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        people = User.objects.filter(is_staff=True).order_by("username")
        return [(str(pk), name) for pk, name in people.values_list("pk", "username")]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[PushAttempt]
    ) -> QuerySet[PushAttempt]:
        asked = self.value()
        if not asked:
            return queryset
        if not (asked.isascii() and asked.isdigit() and len(asked) <= 9):
            raise IncorrectLookupParameters(f"{asked} is no user.")
        return queryset.filter(user=int(asked))


class ReasonFilter(DropdownFilter):
    """Why a dialer refused or stopped: one of the reasons that are known."""

    title = _("reason")
    parameter_name = "reason__exact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(code, in_words(code)) for code in sorted(REASONS)]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[PushAttempt]
    ) -> QuerySet[PushAttempt]:
        return queryset.filter(reason=self.value()) if self.value() else queryset

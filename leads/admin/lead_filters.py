"""The filters of the leads: none asks the table of leads what values it has."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import Max, Min, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import get_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter, RangeDateFilter

from leads.admin.period_filter import PeriodFilter
from leads.assess import WIRE_LOSS
from leads.cleaning.reasons import REASONS, Severity
from leads.dedup.pairs import HELD
from leads.dedup.suppress_mark import OVERRIDDEN
from leads.models import DncList, Import, Lead

SHOWN_IMPORTS = 50
DNC_WAYS = {
    "any": Q(dnc_list__isnull=False),
    "none": Q(dnc_list__isnull=True),
    "unchecked": Q(dnc_checked_at__isnull=True),
    "overridden": Q(decision_reason=OVERRIDDEN),
}


class StatusFilter(ChoicesDropdownFilter):
    """Leads in one status. `newest` is the id of the newest of them, with which a walk down the ids
    may begin: what waits came in after all that was pushed."""

    newest: int | None = None

    def queryset(self, request: HttpRequest, queryset: QuerySet[Lead]) -> QuerySet[Lead] | None:
        if status := self.value():
            own = Lead.objects.filter(status=status).order_by("-pk").values_list("pk", flat=True)
            self.newest = own.first() or 0
        return super().queryset(request, queryset)


class ImportFilter(DropdownFilter):
    """The leads of one import; the latest are offered, any other is reached by its address."""

    title = _("import")
    parameter_name = "import_run__id__exact"
    span: tuple[int, int] | None = None

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        latest = Import.objects.order_by("-id").values_list("pk", "filename")[:SHOWN_IMPORTS]
        choices = [(str(pk), f"{pk} · {filename}") for pk, filename in latest]
        asked = request.GET.get(self.parameter_name, "")
        if asked and asked not in dict(choices):
            choices.append((asked, asked))
        return choices

    def has_output(self) -> bool:
        return True

    def queryset(self, request: HttpRequest, queryset: QuerySet[Lead]) -> QuerySet[Lead]:
        asked = self.value()
        if not asked:
            return queryset
        if not asked.isascii() or not asked.isdigit() or len(asked) > 18:
            raise IncorrectLookupParameters(f"{asked} is no import.")
        # Its leads came one after the other, so a walk down any index may end with the first one.
        own = Lead.objects.filter(import_run=int(asked))
        ends = own.aggregate(first=Min("id"), last=Max("id"))
        self.span = ends["first"] or 0, ends["last"] or 0
        return queryset.filter(import_run_id=int(asked), id__range=self.span)


class FindingFilter(DropdownFilter):
    """Leads with any warning, or with one thing found in them."""

    title = _("finding")
    parameter_name = "finding"
    unordered = False  # whether the index that answers has no order

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        shown = [code for code, reason in REASONS.items() if reason.severity is not Severity.TELLS]
        choices = [
            ("none", _("No warnings")),
            ("clean", _("No warnings, and no possible duplicate")),
            ("any", _("Has warnings")),
        ]
        return [*choices, *((code, in_words(code)) for code in shown)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Lead]) -> QuerySet[Lead]:
        asked = self.value()
        if not asked:
            return queryset
        if asked == "none":
            return queryset.filter(warnings=[])
        if asked == "clean":
            return queryset.filter(~HELD, warnings=[])
        if asked == "any":
            return queryset.exclude(warnings=[])
        if asked not in REASONS:
            raise IncorrectLookupParameters(f"{asked} is no finding.")
        self.unordered = True
        # A source's policy may turn what stops into what warns.
        warned = Q(warnings__contains=[asked]) & ~Q(warnings=[])
        if asked == WIRE_LOSS:
            return queryset.filter(warned)
        stopped = Q(reasons__contains=[asked]) & ~Q(reasons=[])
        return queryset.filter(warned | stopped)


class DncFilter(DropdownFilter):
    """Leads that the last look found on a DNC list: any, or one of them."""

    title = _("DNC list")
    parameter_name = "dnc"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        lists = DncList.objects.values_list("pk", "name")
        return [
            ("any", _("On a list")),
            ("none", _("On no list")),
            ("unchecked", _("Never checked")),
            ("overridden", _("Approved in spite of one")),
            *((str(pk), name) for pk, name in lists),
        ]

    def has_output(self) -> bool:
        return True

    def queryset(self, request: HttpRequest, queryset: QuerySet[Lead]) -> QuerySet[Lead]:
        asked = self.value()
        if not asked:
            return queryset
        if asked in DNC_WAYS:
            return queryset.filter(DNC_WAYS[asked])
        if not asked.isascii() or not asked.isdigit() or len(asked) > 18:
            raise IncorrectLookupParameters(f"{asked} is no DNC list.")
        return queryset.filter(dnc_list=int(asked))


class CreatedFilter(RangeDateFilter):
    """From one day to another, both whole."""

    title = _("created")
    span: tuple[int, int] | None = None

    def queryset(self, request: HttpRequest, queryset: QuerySet[Lead]) -> QuerySet[Lead]:
        begin = _day(self.used_parameters.get("created_at_from"))
        end = _day(self.used_parameters.get("created_at_to"))
        if begin:
            queryset = queryset.filter(created_at__gte=begin)
        if end:
            queryset = queryset.filter(created_at__lt=end + timedelta(days=1))
        if begin or end:
            self.span = ids_between(begin, end)
            queryset = queryset.filter(id__range=self.span)
        return queryset


class CreatedInFilter(PeriodFilter):
    """A period in words, as a saved filter keeps it."""

    title = _("created in")
    parameter_name = "created_in"
    field_name = "created_at"
    span: tuple[int, int] | None = None

    def queryset(self, request: HttpRequest, queryset: QuerySet[Lead]) -> QuerySet[Lead]:
        found = super().queryset(request, queryset)
        if days := self.midnights():
            self.span = ids_between(*days)
            found = found.filter(id__range=self.span)
        return found


def ids_between(begin: datetime | None, end: datetime | None) -> tuple[int, int]:
    """The lowest and the highest id of the leads of all imports that were at work between two days,
    both whole; (0, 0) if none was.

    Ids rise with time, so these bounds let PostgreSQL walk to the newest leads of a range of days;
    the index of created_at only says in which blocks they are.
    """
    runs = Import.objects.all()
    if begin:
        runs = runs.filter(Q(finished_at__gte=begin) | Q(finished_at=None))
    if end:
        runs = runs.filter(created_at__lt=end + timedelta(days=1))
    own = Lead.objects.filter(import_run=OuterRef("pk")).values("pk")
    span = runs.annotate(
        low=Subquery(own.order_by("id")[:1]), high=Subquery(own.order_by("-id")[:1])
    ).aggregate(first=Min("low"), last=Max("high"))
    return span["first"] or 0, span["last"] or 0


def _day(text: Any) -> datetime | None:
    """The beginning of a day as it is typed, or None if it is no date."""
    for form in get_format("DATE_INPUT_FORMATS"):
        try:
            day = datetime.strptime(str(text), form).date()  # noqa: DTZ007
        except ValueError:
            continue
        return timezone.make_aware(datetime.combine(day, time.min))
    return None


def as_words(code: str) -> str:
    """A finding's code as a few words: `PHONE_LENGTH` -> `phone length`."""
    return code.replace("_", " ").lower()


def in_words(code: str) -> str:
    """The same in the reader's language."""
    return gettext(as_words(code)) if code else ""

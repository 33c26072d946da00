"""Lists that do not slow with the table: totals that are estimated where they are large, rows that
are looked up by their ids, and pages that end."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.paginator import Page, Paginator
from django.db import OperationalError, connection, transaction
from django.db.models import F, Max, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.formats import number_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from psycopg.errors import QueryCanceled
from unfold.admin import checkbox
from unfold.views import ChangeList

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# Rows that pages lead to, and that are counted one by one where an index alone tells them; …
MOST_COUNTED = 100_000
# … and where the rows themselves must be read. Beyond, the total is an estimate.
MOST_READ = 10_000
# Milliseconds that a page waits for its rows and for their number, where no index answers, and how
# many of the newest rows it then goes through.
ROWS_MS, COUNT_MS = 60, 20
LOOKED_THROUGH = 20_000
# Where several walks are asked for, so many of the newest rows are looked at first: what is common
# is among them, and the planner may send a walk for it past all that it is not among.
GLANCED_AT = 5_000
CHEAP = 1_000  # of the planner's units of cost; a row by its id costs 8
_PLACE = "the-row"
T = TypeVar("T")


def in_time(milliseconds: int | None, ask: Callable[[], T]) -> T | None:
    """What `ask` finds in the database, or None if one of its queries takes longer than that;
    without a limit for `milliseconds` None."""
    if milliseconds is None:
        return ask()
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(milliseconds)])
            found = ask()
            cursor.execute("SET LOCAL statement_timeout TO DEFAULT")
            return found
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            return None
        raise


class Total(int):
    """How many rows there are, as pages show it: with its thousands apart, and with a word before
    it where it is no exact number: `about` an estimate, `over` what was counted."""

    word: str

    def __new__(cls, number: int, word: str = "") -> Self:
        made = super().__new__(cls, number)
        made.word = word
        return made

    def __str__(self) -> str:
        if self.word == "about":
            # Two digits are what an estimate is good for.
            digits = max(len(f"{int(self)}") - 2, 0)
            return _("about %(number)s") % {"number": grouped(round(int(self), -digits))}
        if self.word == "over":
            return _("over %(number)s") % {"number": grouped(int(self))}
        return grouped(int(self))


def grouped(number: int) -> str:
    """A number with its thousands apart, as the reader's language does it."""
    return number_format(number, force_grouping=True)


def total_of(rows: QuerySet[Any]) -> Total:
    """How many rows a query finds: exact up to `MOST_READ` or `MOST_COUNTED`, else what the planner
    of PostgreSQL expects; at the cost of a plan and a bounded count."""
    rows = rows.order_by().select_related(None).values("pk")
    explained = rows.explain(format="json")
    if not explained:  # as it is of a query that can find nothing
        return Total(0)
    plan = json.loads(explained)[0]["Plan"]
    expected, most = int(plan["Plan Rows"]), MOST_READ
    # A plan that costs little needs no limit: it is the planner's rows that may be wrong.
    milliseconds = COUNT_MS if plan["Total Cost"] > CHEAP else None
    if milliseconds and expected > MOST_COUNTED:
        return Total(expected, "about")
    counted = in_time(milliseconds, rows[: most + 1].count)
    if counted is None:
        return Total(max(expected, 1), "about")
    if counted > most and plan["Node Type"] == "Index Only Scan" and expected <= MOST_COUNTED:
        more = in_time(COUNT_MS, rows[: MOST_COUNTED + 1].count)
        most, counted = (most, counted) if more is None else (MOST_COUNTED, more)
    if counted <= most:
        return Total(counted)
    # The planner's guess about two filters at once may be far too low: so many there are at least.
    return Total(expected, "about") if expected > counted else Total(most, "over")


class CappedPaginator(Paginator):  # type: ignore[type-arg]
    """Pages up to the `MOST_COUNTED`th row: what lies behind is found by a filter or a search."""

    @cached_property
    def count(self) -> Total:
        rows: Any = self.object_list
        return total_of(rows)

    @cached_property
    def num_pages(self) -> int:
        if self.count == 0 and not self.allow_empty_first_page:
            return 0
        rows = min(max(int(self.count), 1), MOST_COUNTED)
        return -(-rows // self.per_page)

    def page(self, number: int | str) -> Page[Any]:
        found = super().page(number)
        # An estimate says nothing about where the last page ends.
        rows: Any = found.object_list
        found.object_list = rows[: MOST_COUNTED - (found.number - 1) * self.per_page]
        return found

    @property
    def cut_at(self) -> Total | None:
        """The row with which the pages end although there are more; None if they lead to all."""
        if self.count.word == "over" or int(self.count) > MOST_COUNTED:
            return Total(min(int(self.count), MOST_COUNTED))
        return None


class PageList(ChangeList):
    """Finds the ids of a page first, for which an index is enough, and then these rows.

    Asked for whole rows, PostgreSQL rather goes through the newest ones until enough of them fit,
    which are all rows where what fits is old. Two filters with many rows each, and hardly any in
    common, are answered by no index: the newest rows are gone through, and the page says so.
    """

    looked_through: Total | None = None

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        found: Any = self.result_list
        milliseconds = ROWS_MS if getattr(self.model_admin, "ways", None) else None
        ids = self._gathered(found)
        if ids is None:
            ids = in_time(milliseconds, lambda: self._ids(found))
        if ids is None:
            ids = self._among_newest(LOOKED_THROUGH, self.list_per_page)
            self.looked_through = Total(LOOKED_THROUGH)
            self.multi_page = False
        rows = self.apply_select_related(self.root_queryset.filter(pk__in=ids)).in_bulk()
        self.result_list = [rows[pk] for pk in ids if pk in rows]

    def _gathered(self, found: QuerySet[Any]) -> list[int] | None:
        """The ids of the page by a filter whose index finds its rows in no order (`unordered`): all
        of them, sorted. None without such a filter, or where they are too many to be counted.

        PostgreSQL expects more rows of what is rare than there are, and asked for the newest ones
        walks through the whole table for them; by a sum of an id and nothing it cannot walk.
        """
        first, last = found.query.low_mark, found.query.high_mark
        unordered = any(getattr(spec, "unordered", False) for spec in self.filter_specs)
        counted = not getattr(self.result_count, "word", "")
        if not (unordered and counted) or last is None:
            return None
        rows = self.queryset.select_related(None).order_by((F("pk") + 0).desc())[first:last]
        return in_time(ROWS_MS, lambda: list(rows.values_list("pk", flat=True)))

    def _ids(self, found: QuerySet[Any]) -> list[int]:
        """The ids of the page, from as many walks down an index as the model admin has `ways`."""
        first, last = found.query.low_mark, found.query.high_mark
        ways = getattr(self.model_admin, "ways", None)
        parts = ways(self.bounded, self.params) if ways else []  # of tables with millions of rows
        if last is None:
            return list(found.select_related(None).values_list("pk", flat=True))
        if len(parts) < 2:
            rows = self.bounded.select_related(None)[first:last]
            return list(rows.values_list("pk", flat=True))
        newest = self._among_newest(GLANCED_AT, last)
        if len(newest) == last:
            return newest[first:]
        walks = [
            part.select_related(None).order_by("-pk").values_list("pk", flat=True)[:last]
            for part in parts
        ]
        return list(walks[0].union(*walks[1:], all=True).order_by("-pk")[first:last])

    @cached_property
    def bounded(self) -> QuerySet[Any]:
        """The rows of the list, none newer than the newest that a filter knows of (`newest`).
        Where another filter's range ends before it, that is bound enough."""
        rows: QuerySet[Any] = self.queryset
        newest = self._ends("newest")
        if newest and min(newest) < min(self._ends("span"), default=min(newest) + 1):
            return rows.filter(pk__lte=min(newest))
        return rows

    def _ends(self, kind: str) -> list[int]:
        known = [getattr(spec, kind, None) for spec in self.filter_specs]
        return [one[1] if isinstance(one, tuple) else one for one in known if one is not None]

    def _among_newest(self, number: int, most: int) -> list[int]:
        """The newest ids of what fits among so many rows: the newest ones, or those below the end
        of a range that is asked for."""
        ends = [*self._ends("newest"), *self._ends("span")]
        if not ends:
            ends = [self.root_queryset.order_by().aggregate(newest=Max("pk"))["newest"] or 0]
        end = min(ends)
        near = self.queryset.select_related(None).filter(pk__gt=end - number, pk__lte=end)
        return list(near.order_by("-pk").values_list("pk", flat=True)[:most])


def number_column(field: str, label: StrOrPromise) -> Callable[[Any], str]:
    """A column for `list_display`: a model's number with its thousands apart."""

    @admin.display(description=label)
    def column(row: Any) -> str:
        return grouped(getattr(row, field))

    column.__name__ = field
    return column


@cache
def _checkbox(language: str) -> str:
    return checkbox.render(ACTION_CHECKBOX_NAME, _PLACE)


def tick_box(pk: int) -> SafeString:
    """The theme's box that ticks a row; made once a language, since fifty a page are a tenth of the
    page's time."""
    return mark_safe(_checkbox(get_language() or "").replace(_PLACE, str(int(pk))))  # noqa: S308


@lru_cache(maxsize=500)
def badge(text: str, colour: str) -> SafeString:
    """The theme's label with a text, in one of its colours ("info", "danger", …)."""
    return render_to_string("unfold/helpers/label.html", {"text": text, "type": colour})

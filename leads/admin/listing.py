"""Lists that do not slow with the table: totals that are estimated where they are large, rows that
are looked up by their ids, and pages that end."""

from __future__ import annotations

import json
from functools import cache, cached_property, lru_cache
from typing import Any, Self

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.formats import number_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from unfold.admin import checkbox
from unfold.views import ChangeList

# Rows that pages lead to, and that are counted one by one where an index alone tells them; …
MOST_COUNTED = 100_000
# … and where the rows themselves must be read. Beyond, the total is an estimate.
MOST_READ = 10_000
_PLACE = "the-row"


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
            return _("about %(number)s") % {"number": _grouped(round(int(self), -digits))}
        if self.word == "over":
            return _("over %(number)s") % {"number": _grouped(int(self))}
        return _grouped(int(self))


def _grouped(number: int) -> str:
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
    counted = rows[: most + 1].count()
    if counted > most and plan["Node Type"] == "Index Only Scan" and expected <= MOST_COUNTED:
        most = MOST_COUNTED
        counted = rows[: most + 1].count()
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

    @property
    def cut_at(self) -> Total | None:
        """The row with which the pages end although there are more; None if they lead to all."""
        if self.count.word == "over" or int(self.count) > MOST_COUNTED:
            return Total(min(int(self.count), MOST_COUNTED))
        return None


class PageList(ChangeList):
    """Finds the ids of a page first, for which an index is enough, and then these rows.

    Asked for whole rows, PostgreSQL rather goes through the newest ones until enough of them fit,
    which are all rows where what fits is old.
    """

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        found: Any = self.result_list
        ids = list(found.select_related(None).values_list("pk", flat=True))
        rows = self.apply_select_related(self.root_queryset.filter(pk__in=ids)).in_bulk()
        self.result_list = [rows[pk] for pk in ids if pk in rows]


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

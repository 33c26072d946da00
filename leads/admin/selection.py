"""The leads that a person chose on a list, frozen from the first page to the confirmation."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import PAGE_VAR
from django.db.models import Max, QuerySet
from django.http import HttpRequest, QueryDict

from leads.models import Lead

MOST_DIGITS = 18  # of an id; more would not fit the column


@dataclass(frozen=True)
class Selection:
    """Leads by their ids, or all that the list's `query` string matches up to `max_id`.

    Rows that arrive while a person reads the confirmation have higher ids: files are loaded one
    after the other. `alone` is the one lead whose own page asked.
    """

    ids: tuple[int, ...] = ()
    query: str = ""
    across: bool = False
    max_id: int = 0
    alone: bool = False

    @classmethod
    def of_list(cls, request: HttpRequest) -> Selection:
        """What was ticked on the list of leads that posted `request`."""
        query = _without_page(request.GET)
        if request.POST.get("select_across") == "1":
            return cls.of_query(query)
        return cls(ids=_ids(request.POST.getlist(ACTION_CHECKBOX_NAME)), query=query)

    @classmethod
    def of_query(cls, query: str) -> Selection:
        """All leads that are there now and match the list's query string."""
        highest = Lead.objects.aggregate(highest=Max("id"))["highest"] or 0
        return cls(query=query, across=True, max_id=highest)

    @classmethod
    def of_form(cls, data: QueryDict) -> Selection:
        """What the confirmation page carried, or the link of a lead's own page."""
        return cls(
            ids=_ids(data.get("ids", "").split(",")),
            query=data.get("query", ""),
            across=data.get("across") == "1",
            max_id=next(iter(_ids([data.get("max_id", "")])), 0),
            alone=data.get("alone") == "1",
        )

    def hidden(self) -> dict[str, str]:
        """The form fields that carry it; the ids in one, since a form may have 10,000 at most."""
        return {
            "ids": ",".join(map(str, self.ids)),
            "query": self.query,
            "across": "1" if self.across else "",
            "max_id": str(self.max_id),
            "alone": "1" if self.alone else "",
        }

    def leads(self, model_admin: Any, request: HttpRequest) -> QuerySet[Lead]:
        """The leads as they are now, fit for one UPDATE.

        Raises IncorrectLookupParameters if the query string is not one of the list's.
        """
        if not self.across:
            return Lead.objects.filter(pk__in=self.ids).order_by()
        listing = copy.copy(request)
        listing.GET = QueryDict(self.query)
        found: QuerySet[Lead] = model_admin.get_changelist_instance(listing).queryset
        return found.filter(id__lte=self.max_id).select_related(None).order_by()


def _ids(texts: list[str]) -> tuple[int, ...]:
    return tuple(
        int(text)
        for text in texts
        if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
    )


def _without_page(query: QueryDict) -> str:
    kept = query.copy()
    kept.pop(PAGE_VAR, None)
    return kept.urlencode()

"""The confirmation page: how many leads, what will happen to them, what is left and why."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Max, Min, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from leads.admin.lead_actions import BY_NAME, Done, LeadAction, four_eyes, may
from leads.admin.selection import Selection
from leads.dedup.holds import kept_back
from leads.lifecycle import without_deadlocks
from leads.models import Lead, LeadStatus
from leads.push.errors import PushError
from leads.review import beforehand
from leads.review.beforehand import Seen
from leads.review.decide import DecisionError, left_by_reason
from leads.words import translated

LIST = "admin:leads_lead_changelist"
TEMPLATE = "admin/leads/lead/confirm.html"
SAMPLE = 20  # leads that are shown before all are approved
SAMPLED_IDS = 200
# What an action leaves besides leads in other statuses, where that can be told beforehand.
KEPT = {"approve": beforehand.by_approval, "override-dnc": beforehand.by_override}


class ConfirmPages:
    """One page for each action; shown by the list of leads or by a lead's own page."""

    def __init__(self, model_admin: Any) -> None:
        self.model_admin = model_admin

    def view(self, request: HttpRequest, name: str) -> HttpResponse:
        """GET shows the page for `?ids=…`; POST does it."""
        action = BY_NAME.get(name)
        if action is None:
            raise Http404
        if not may(request.user, action):
            raise PermissionDenied
        if request.method == "POST":
            return self._do(request, action, Selection.of_form(request.POST))
        return self.show(request, action, Selection.of_form(request.GET), action.form())

    def show(
        self, request: HttpRequest, action: LeadAction, selection: Selection, form: forms.Form
    ) -> HttpResponse:
        """The page, with what the form has to say."""
        try:
            leads = selection.leads(self.model_admin, request)
        except IncorrectLookupParameters:
            return self._gone(request, selection)
        counts = count_by_status(leads)
        if not counts:
            return self._gone(request, selection)
        found = look(leads, action, request.user)
        context = {
            **self.model_admin.admin_site.each_context(request),
            "opts": Lead._meta,
            "title": action.label,
            "action": action,
            "form": form,
            "four_eyes": four_eyes(action),
            "hidden": {**selection.hidden(), **found.pop("hidden")},
            "statuses": _lines(action, counts, found["left"]),
            **found,
            "takers": _(" or ").join(sorted(status.label.lower() for status in action.only)),
            "total": sum(counts.values()),
            "wanted": wanted_lists(leads) if action.name == "queue" else [],
            "confirm_url": reverse("admin:leads_lead_decide", args=[action.name]),
            "back_url": back_url(selection),
        }
        return TemplateResponse(request, TEMPLATE, context)

    def _do(self, request: HttpRequest, action: LeadAction, selection: Selection) -> HttpResponse:
        if not (selection.across or selection.ids):
            return self._gone(request, selection)
        form = action.form(request.POST)
        if not form.is_valid():
            return self.show(request, action, selection, form)
        seen = Seen.of_text(request.POST.get(_seen_with(_comment(form.cleaned_data)), ""))
        if seen is None:
            form.add_error(None, _("Look at what is selected first. Nothing was done."))
            return self.show(request, action, selection, form)
        try:
            leads = selection.leads(self.model_admin, request)
            done = take(leads, action, request.user, form.cleaned_data, seen)
        except IncorrectLookupParameters:
            return self._gone(request, selection)
        except (DecisionError, PushError) as error:
            form.add_error(None, translated(error))
            return self.show(request, action, selection, form)
        level = messages.SUCCESS if done.moved else messages.WARNING
        messages.add_message(request, level, report(action, done))
        return HttpResponseRedirect(back_url(selection))

    def _gone(self, request: HttpRequest, selection: Selection) -> HttpResponse:
        messages.warning(request, _("No leads are selected. Tick some, or change the filters."))
        return HttpResponseRedirect(reverse(LIST) if selection.alone else back_url(selection))


def admin_action(action: LeadAction) -> Callable[..., HttpResponse]:
    """The action as Django's list of leads wants it: it leads to the confirmation page."""

    def start(model_admin: Any, request: HttpRequest, chosen: QuerySet[Lead]) -> HttpResponse:
        selection = Selection.of_list(request)
        return ConfirmPages(model_admin).show(request, action, selection, action.form())

    start.__name__ = action.name
    start.short_description = action.label  # type: ignore[attr-defined]
    start.allowed_permissions = [action.right]  # type: ignore[attr-defined]
    return start


def count_by_status(leads: QuerySet[Lead]) -> dict[LeadStatus, int]:
    """Number of leads by status, in the order of a lead's way, in one query."""
    found = dict(leads.order_by().values_list("status").annotate(number=Count("pk")))
    return {status: found[status] for status in LeadStatus if status in found}


@without_deadlocks
def look(leads: QuerySet[Lead], action: LeadAction, user: Any) -> dict[str, Any]:
    """What the action would take and leave as things stand, for the page; nothing is changed."""
    with beforehand.changing_nothing():
        kept_with = KEPT.get(action.name, beforehand.nothing_more)
        kept = kept_with(leads, user, "")
        chosen = beforehand.taken(leads, action.only, kept)
        seen = commented = Seen.of(chosen)
        left = kept_back(leads, action.only, kept)
        if left and "comment" in action.form.base_fields:
            kept = kept_with(leads, user, "given")
            commented = Seen.of(beforehand.taken(leads, action.only, kept))
        return {
            "hidden": {_seen_with(""): seen.as_text(), _seen_with("given"): commented.as_text()},
            "takes": seen.number,
            "takes_commented": commented.number,
            "left": left,
            "sample": sample(chosen) if action.name == "approve" else [],
        }


@without_deadlocks
def take(
    leads: QuerySet[Lead], action: LeadAction, user: Any, values: Mapping[str, Any], seen: Seen
) -> Done:
    """Do the action to the leads that were seen, and to no other.

    Raises SelectionChangedError where they are not as they were seen.
    """
    with transaction.atomic():
        kept_with = KEPT.get(action.name, beforehand.nothing_more)
        kept = kept_with(leads, user, _comment(values))
        held = beforehand.hold(beforehand.taken(leads, action.only, kept), seen)
        left = left_by_reason(leads, action.only, kept)
        done = action.run(held, user, values)
    for why, number in done.left.items():
        left[why] = left.get(why, 0) + number
    return replace(done, left=left)


def _comment(values: Mapping[str, Any]) -> str:
    return str(values.get("comment", "")).strip()


def _seen_with(comment: str) -> str:
    """The field of the page that carries what would be taken; a comment lets more go."""
    return "seen_commented" if comment else "seen"


def sample(taken: QuerySet[Lead]) -> list[Lead]:
    """Some of the leads that would be taken, from all over the selection; all of a few."""
    ends = taken.aggregate(first=Min("id"), last=Max("id"))
    if ends["first"] is None:
        return []
    # Of a file the ids follow each other, so some at random are mostly rows of it.
    ids = range(ends["first"], ends["last"] + 1)
    drawn = list(taken.filter(pk__in=random.sample(ids, min(len(ids), SAMPLED_IDS)))[:SAMPLE])
    if len(drawn) < SAMPLE:
        known = [lead.pk for lead in drawn]
        drawn += taken.exclude(pk__in=known).order_by("pk")[: SAMPLE - len(drawn)]
    return sorted(drawn, key=lambda lead: lead.pk)


def wanted_lists(leads: QuerySet[Lead]) -> list[tuple[int | None, int]]:
    """The lists that approved leads were meant for, the most wanted first: (list_id, number)."""
    approved = leads.order_by().filter(status=LeadStatus.APPROVED).values_list("list_id")
    return list(approved.annotate(number=Count("pk")).order_by("-number", "list_id")[:6])


def _lines(
    action: LeadAction, counts: Mapping[LeadStatus, int], left: Mapping[str, int]
) -> list[dict[str, Any]]:
    """The table of the page: what is taken of each status, and what is left and why."""
    lines = []
    for status, number in counts.items():
        taken = status in action.only
        # What is left for another reason than its status is all of one status.
        of_them = left if taken else {}
        number -= sum(of_them.values())
        lines.append({"status": status, "number": number, "taken": taken})
        lines += [
            {"status": status, "number": some, "why": translated(why)}
            for why, some in of_them.items()
        ]
    return [line for line in lines if line["number"]]


def back_url(selection: Selection) -> str:
    """Where the selection was made: the list as it was filtered, or the lead's page."""
    if selection.alone and selection.ids:
        return reverse("admin:leads_lead_change", args=[selection.ids[0]])
    return reverse(LIST) + (f"?{selection.query}" if selection.query else "")


def report(action: LeadAction, done: Done) -> str:
    """What was done and what was left, in words."""
    batch = left = ""
    if done.batch:
        url = reverse("admin:leads_pushbatch_change", args=[done.batch.pk])
        batch = format_html(' {} <a href="{}" class="underline">{}</a>', _("in"), url, done.batch)
    if done.left:
        number = f"{sum(done.left.values()):,}"
        left = format_html(" {} {}: {}.", _("Left"), number, _why(done.left))
    more = f" {done.more}" if done.more else ""
    did = _("%(did)s %(number)s") % {"did": action.did, "number": f"{done.moved:,}"}
    return format_html("{}{}.{}{}", did, batch, left, more)


def _why(left: Mapping[str, int]) -> str:
    if len(left) == 1:
        return translated(next(iter(left)))
    return "; ".join(f"{translated(why)} ({number:,})" for why, number in left.items())

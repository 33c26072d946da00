"""The review desk: what waits for a person, one item after the other, by keyboard or mouse.

For whoever may review leads.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from leads.admin.confirm import ConfirmPages
from leads.admin.desk_item import item
from leads.admin.lead_actions import BY_NAME
from leads.admin.lead_correct import outcome, values_of
from leads.admin.selection import Selection
from leads.dedup.pairs import HELD
from leads.models import Lead
from leads.review import desk, one_by_one, undo
from leads.review.correct import EDITABLE
from leads.review.desk import Part, Queue
from leads.review.errors import DeskError

TEMPLATES = "admin/leads/desk/"
TITLES = {
    Queue.DUPLICATES: gettext_lazy("Possible duplicates"),
    Queue.WARNINGS: gettext_lazy("Warnings"),
    Queue.INVALID: gettext_lazy("Invalid"),
    Queue.CLEAN: gettext_lazy("Clean"),
}
REJECT = "reject:"
KEPT_DIGITS = 18  # of an id


class DeskPages:
    """`desk/` of the leads' admin class."""

    def __init__(self, model_admin: Any) -> None:
        self.model_admin = model_admin

    def urls(self) -> list[URLPattern]:
        wrap = self.model_admin.admin_site.admin_view
        return [
            path("desk/", wrap(self.overview), name="leads_desk"),
            path("desk/act/", wrap(require_POST(self.act)), name="leads_desk_act"),
            path("desk/claim/", wrap(require_POST(self.claim)), name="leads_desk_claim"),
            path("desk/approve/", wrap(self.approve_clean), name="leads_desk_approve"),
            path("desk/<slug:name>/", wrap(self.queue), name="leads_desk_queue"),
        ]

    def overview(self, request: HttpRequest) -> HttpResponse:
        """The queues, import by import."""
        _check(request)
        part = _part(request.GET)
        waiting = desk.waiting(part, first=_number(request.GET, "first"))
        more = waiting[-1].import_id + 1 if len(waiting) == desk.IMPORTS_SHOWN else 0
        context = {
            **self._context(request, part),
            "title": _("Review desk"),
            "waiting": [(one, [(queue, one.counts[queue]) for queue in Queue]) for one in waiting],
            "most": desk.MOST_COUNTED,
            "more": more,
        }
        return TemplateResponse(request, f"{TEMPLATES}overview.html", context)

    def queue(self, request: HttpRequest, name: str) -> HttpResponse:
        """One item of a queue: the next one after `?after=`, or `?lead=`."""
        _check(request)
        if name not in list(Queue):
            raise Http404
        queue, part = Queue(name), _part(request.GET)
        lead = self._asked(request)
        if lead is None:
            after, back = _number(request.GET, "after"), "back" in request.GET
            lead = desk.take(queue, request.user, part, after=after, back=back)  # type: ignore[arg-type]
            if lead is None and after:
                messages.info(request, _("That was the last one; from the beginning again."))
                lead = desk.take(queue, request.user, part)  # type: ignore[arg-type]
        return self._show(request, queue, part, lead)

    def act(self, request: HttpRequest) -> HttpResponse:
        """Decide, and show what comes next."""
        _check(request)
        data = request.POST
        if data.get("queue") not in list(Queue):
            raise Http404
        queue, part, lead_id = Queue(data["queue"]), _part(data), _number(data, "lead")
        try:
            stay = _decide(request, lead_id, data)
        except DeskError as error:
            messages.error(request, str(error))
            stay = lead_id if desk.claim_is_mine(lead_id, request.user) else None  # type: ignore[arg-type]
        lead = _lead(stay) if stay else None
        if lead is None:
            lead = desk.take(queue, request.user, part, after=lead_id) or desk.take(  # type: ignore[arg-type]
                queue,
                request.user,  # type: ignore[arg-type]
                part,
            )
        if "HX-Request" not in request.headers:
            query = {**_query(part), **({"lead": lead.pk} if lead else {})}
            return HttpResponseRedirect(_url(queue) + f"?{urlencode(query)}")
        return self._show(request, queue, part, lead)

    def approve_clean(self, request: HttpRequest) -> HttpResponse:
        """The page that asks before all clean leads of an import or a source are approved."""
        _check(request)
        part = _part(request.GET)
        given = {"import_run__id__exact": part.import_id, "lead_source__id__exact": part.source_id}
        query = {"status__exact": "staged", "finding": "none"}
        query |= {name: str(value) for name, value in given.items() if value}
        selection = Selection.of_query(urlencode(query))
        action = BY_NAME["approve"]
        return ConfirmPages(self.model_admin).show(request, action, selection, action.form())

    def claim(self, request: HttpRequest) -> HttpResponse:
        """Keep a lead for longer, while its page is open."""
        _check(request)
        mine = desk.claim(_number(request.POST, "lead"), request.user)  # type: ignore[arg-type]
        return HttpResponse(status=204 if mine else 409)

    def _asked(self, request: HttpRequest) -> Lead | None:
        lead = _lead(_number(request.GET, "lead"))
        if lead is None:
            return None
        try:
            desk.check_claim(lead.pk, request.user)  # type: ignore[arg-type]
        except DeskError as error:
            messages.error(request, str(error))
            return None
        return lead

    def _show(
        self, request: HttpRequest, queue: Queue, part: Part, lead: Lead | None
    ) -> HttpResponse:
        context = {
            **self._context(request, part),
            "queue": queue,
            "title": TITLES[queue],
            "act_url": reverse("admin:leads_desk_act"),
            "claim_url": reverse("admin:leads_desk_claim"),
            "query": urlencode(_query(part)),
            "tabs": [(one, TITLES[one], _url(one)) for one in Queue],
        }
        if lead:
            context |= item(lead, queue, request.user)  # type: ignore[arg-type]
            context["left"] = desk.waiting(Part(import_id=lead.import_run_id))
        fragment = "HX-Request" in request.headers
        name = "fragment.html" if fragment else "page.html"
        return TemplateResponse(request, TEMPLATES + name, context)

    def _context(self, request: HttpRequest, part: Part) -> dict[str, Any]:
        return {
            **self.model_admin.admin_site.each_context(request),
            "opts": Lead._meta,
            "part": part,
            "titles": TITLES,
        }


def _decide(request: HttpRequest, lead_id: int, data: QueryDict) -> int | None:
    """Do what the button says; return the id of the lead to show next, None for the next one."""
    user: Any = request.user
    verb, seen, comment = data.get("verb", ""), data.get("seen", ""), data.get("comment", "")
    if verb == "undo":
        return _undo(request)
    changes = _changes(lead_id, data)
    if verb == "edit":
        messages.add_message(
            request, *outcome(one_by_one.edit(lead_id, seen, changes, by=user), bool(changes))
        )
        return lead_id
    if changes:
        raise DeskError(
            f"{', '.join(changes)} was changed and not saved: save it first, or put it back."
        )
    if verb.startswith(REJECT):
        reason = verb.removeprefix(REJECT)
        one_by_one.reject(lead_id, seen, by=user, reason=reason, comment=comment)
        _said(request, _("Rejected."))
        return None
    acts: dict[str, Callable[[], object]] = {
        "approve": lambda: one_by_one.approve(lead_id, seen, by=user, comment=comment),
        "duplicate": lambda: one_by_one.duplicate(lead_id, seen, *ids, by=user, comment=comment),
        "keep-new": lambda: one_by_one.duplicate(
            lead_id, seen, ids[1], ids[0], by=user, comment=comment
        ),
        "merge": lambda: one_by_one.merged(
            lead_id, seen, *ids, _taken(data, lead_id), by=user, comment=comment
        ),
        "different": lambda: one_by_one.different(
            lead_id, seen, _number(data, f"pair_{ids[1]}"), by=user, comment=comment
        ),
    }
    ids = (lead_id, _number(data, "other"))
    if verb not in acts:
        raise DeskError(f"“{verb}” is nothing that can be done here.")
    acts[verb]()
    _said(request, SAYS[verb])
    return lead_id if verb == "different" and _is_held(lead_id) else None


SAYS = {
    "approve": gettext_lazy("Approved."),
    "duplicate": gettext_lazy("Marked as a duplicate."),
    "keep-new": gettext_lazy("The older one was marked as a duplicate."),
    "merge": gettext_lazy("Merged."),
    "different": gettext_lazy("Kept apart; it is not asked again."),
}


def _undo(request: HttpRequest) -> int | None:
    user: Any = request.user
    decision = undo.last_of(user)
    if decision is None:
        raise DeskError("There is no decision of yours that could be taken back.")
    lead = undo.undo(decision, by=user)
    _said(request, _("Taken back: lead %(id)s is as it was.") % {"id": lead.pk})
    return lead.pk if desk.claim(lead.pk, user) else None


def _changes(lead_id: int, data: QueryDict) -> dict[str, str]:
    """The fields that were typed otherwise than the lead has them."""
    given = {name: data.get(f"field_{name}") for name in EDITABLE}
    # A browser sends line ends as \r\n, whatever they were.
    texts = {name: text.replace("\r\n", "\n") for name, text in given.items() if text is not None}
    lead = Lead.objects.filter(pk=lead_id).first() if texts else None
    if lead is None:
        return {}
    before = values_of(lead)
    return {name: text for name, text in texts.items() if text != before[name]}


def _taken(data: QueryDict, gone: int) -> list[str]:
    """The fields that the kept lead takes from the one that goes."""
    return [name for name in EDITABLE if data.get(f"take_{name}") == str(gone)]


def _is_held(lead_id: int) -> bool:
    return Lead.objects.filter(HELD, pk=lead_id).exists()


def _said(request: HttpRequest, text: Any) -> None:
    messages.success(request, text)


def _lead(lead_id: int) -> Lead | None:
    return Lead.objects.select_related("import_run", "lead_source").filter(pk=lead_id).first()


def _check(request: HttpRequest) -> None:
    if not request.user.has_perm("leads.review_lead"):
        raise PermissionDenied


def _number(data: QueryDict, name: str) -> int:
    """An id that the page carried, or 0."""
    text = data.get(name, "")
    plain = text.isascii() and text.isdigit() and len(text) <= KEPT_DIGITS
    return int(text) if plain else 0


def _part(data: QueryDict) -> Part:
    return Part(_number(data, "import") or None, _number(data, "source") or None)


def _query(part: Part) -> dict[str, int]:
    given = {"import": part.import_id, "source": part.source_id}
    return {name: value for name, value in given.items() if value}


def _url(queue: Queue) -> str:
    return reverse("admin:leads_desk_queue", args=[queue.value])

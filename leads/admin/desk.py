"""The review desk: what waits for a person, one item after the other, by keyboard or mouse.

For whoever may review leads.
"""

from __future__ import annotations

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
from leads.admin.desk_act import decide
from leads.admin.desk_item import item, number
from leads.admin.lead_actions import BY_NAME
from leads.admin.selection import Selection
from leads.models import Lead
from leads.reports.kept import each_kept
from leads.review import desk
from leads.review.desk import Part, Queue
from leads.review.errors import DeskError
from leads.words import translated

TEMPLATES = "admin/leads/desk/"
TITLES = {
    Queue.DUPLICATES: gettext_lazy("Possible duplicates"),
    Queue.WARNINGS: gettext_lazy("Warnings"),
    Queue.INVALID: gettext_lazy("Invalid"),
    Queue.CLEAN: gettext_lazy("Clean"),
}


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
        """The queues, source by source and import by import."""
        _check(request)
        part = _part(request.GET)
        waiting = desk.waiting(part, first=number(request.GET, "first"))
        more = waiting[-1].import_id + 1 if len(waiting) == desk.IMPORTS_SHOWN else 0
        all_shown = not (more or part.import_id or number(request.GET, "first"))
        sources = desk.summed(waiting) if all_shown else _of_sources(waiting)
        context = {
            **self._context(request, part),
            "title": _("Review desk"),
            "waiting": [(one, _counts(one)) for one in waiting],
            "sources": [(one, _counts(one)) for one in sources],
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
            after, back = number(request.GET, "after"), "back" in request.GET
            lead = desk.take(queue, request.user, part, after=after, back=back)  # type: ignore[arg-type]
            if lead is None and after:
                said = (
                    _("This is the first one.")
                    if back
                    else _("That was the last one; from the beginning again.")
                )
                messages.info(request, said)
                here = _lead(after) if back else None
                mine = here and desk.claim(here.pk, request.user)  # type: ignore[arg-type]
                lead = here if mine else desk.take(queue, request.user, part)  # type: ignore[arg-type]
        return self._show(request, queue, part, lead)

    def act(self, request: HttpRequest) -> HttpResponse:
        """Decide, and show what comes next."""
        _check(request)
        data = request.POST
        if data.get("queue") not in list(Queue):
            raise Http404
        queue, part, lead_id = Queue(data["queue"]), _part(data), number(data, "lead")
        typed = None
        try:
            stay = decide(request, lead_id, data)
        except DeskError as error:
            messages.error(request, translated(error))
            typed = data
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
            if typed and (other := number(typed, "other")):
                query["other"] = other
            return HttpResponseRedirect(_url(queue) + f"?{urlencode(query)}")
        # What was refused is not typed again.
        same = lead is not None and lead.pk == lead_id
        return self._show(request, queue, part, lead, typed if same else None)

    def approve_clean(self, request: HttpRequest) -> HttpResponse:
        """The page that asks before all clean leads of an import or a source are approved."""
        _check(request)
        part = _part(request.GET)
        given = {"import_run__id__exact": part.import_id, "lead_source__id__exact": part.source_id}
        query = {"status__exact": "staged", "finding": "clean"}
        query |= {name: str(value) for name, value in given.items() if value}
        selection = Selection.of_query(urlencode(query))
        action = BY_NAME["approve"]
        return ConfirmPages(self.model_admin).show(request, action, selection, action.form())

    def claim(self, request: HttpRequest) -> HttpResponse:
        """Keep a lead for longer, while its page is open."""
        _check(request)
        lead_id = number(request.POST, "lead")
        if desk.claim(lead_id, request.user):  # type: ignore[arg-type]
            return HttpResponse(status=204)
        return HttpResponse(status=409 if _lead(lead_id) else 404)

    def _asked(self, request: HttpRequest) -> Lead | None:
        lead = _lead(number(request.GET, "lead"))
        if lead is None:
            return None
        try:
            desk.check_claim(lead.pk, request.user)  # type: ignore[arg-type]
        except DeskError as error:
            messages.error(request, translated(error))
            return None
        return lead

    def _show(
        self,
        request: HttpRequest,
        queue: Queue,
        part: Part,
        lead: Lead | None,
        typed: QueryDict | None = None,
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
            context |= item(lead, queue, request, typed)
            context["left"] = desk.waiting(Part(import_id=lead.import_run_id))
        context["fragment"] = "HX-Request" in request.headers
        name = "fragment.html" if context["fragment"] else "page.html"
        return TemplateResponse(request, TEMPLATES + name, context)

    def _context(self, request: HttpRequest, part: Part) -> dict[str, Any]:
        return {
            **self.model_admin.admin_site.each_context(request),
            "opts": Lead._meta,
            "part": part,
            "titles": TITLES,
        }


def _of_sources(waiting: list[desk.Waiting]) -> list[desk.OfSource]:
    ids = sorted({one.source_id for one in waiting})
    found = each_kept(
        "desk-source", ids, lambda some: {one.source_id: one for one in desk.of_sources(some)}
    )
    return sorted(found.values(), key=lambda one: (one.source, one.source_id))


def _counts(one: desk.Waiting | desk.OfSource) -> list[tuple[Queue, int]]:
    return [(queue, one.counts[queue]) for queue in Queue]


def _lead(lead_id: int) -> Lead | None:
    return Lead.objects.select_related("import_run", "lead_source").filter(pk=lead_id).first()


def _check(request: HttpRequest) -> None:
    if not request.user.has_perm("leads.review_lead"):
        raise PermissionDenied


def _part(data: QueryDict) -> Part:
    return Part(number(data, "import") or None, number(data, "source") or None)


def _query(part: Part) -> dict[str, int]:
    given = {"import": part.import_id, "source": part.source_id}
    return {name: value for name, value in given.items() if value}


def _url(queue: Queue) -> str:
    return reverse("admin:leads_desk_queue", args=[queue.value])

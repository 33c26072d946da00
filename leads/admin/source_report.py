"""The sources report: what each source delivered in a period and what became of it.

For whoever may look at sources and imports; reviewers see what they imported themselves. Its files,
made to be sent to the supplier, are for whoever may export.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from leads.admin.own_imports import sees_all_pushes
from leads.admin.periods import Asked, asked_for
from leads.admin.source_cells import cells, head, line_of, parts, reasons_of, twins_of
from leads.admin.source_file import answer
from leads.models import LeadStatus, Source
from leads.reports import sources

SHOWN_FILES = 100


class ReportPages:
    """`report/`, `<id>/report/` and its files, below the list of sources."""

    def __init__(self, model_admin: Any) -> None:
        self.model_admin = model_admin

    def urls(self) -> list[URLPattern]:
        wrap = self.model_admin.admin_site.admin_view
        return [
            path("report/", wrap(self.all), name="leads_sources_report"),
            path("<int:pk>/report/", wrap(self.one), name="leads_source_report"),
            path(
                "<int:pk>/report/<slug:part>.<str:kind>",
                wrap(self.file),
                name="leads_source_report_file",
            ),
        ]

    def all(self, request: HttpRequest) -> HttpResponse:
        """One line for each source that delivered in the period or in the one before."""
        by = _whose(request)
        asked = asked_for(request.GET)
        files = sources.deliveries(asked.period.days, by=by)
        now = sources.by_source(files)
        before = sources.by_source(sources.deliveries(asked.period.before, by=by))
        known = Source.objects.in_bulk([*now, *before])
        runs: dict[int, list[int]] = {}
        for one in files:
            runs.setdefault(one.source, []).append(one.id)
        lines = [
            line_of(
                source,
                now.get(pk, sources.Account()),
                before.get(pk, sources.Account()),
                runs.get(pk, []),
            )
            for pk, source in sorted(known.items(), key=lambda item: item[1].name)
        ]
        whole = sources.total(now.values())
        return self._render(
            request,
            "all",
            asked,
            title=_("Sources report"),
            head=head(),
            lines=lines,
            total=cells(whole, sources.total(before.values()), []),
            costs=sources.costs({line.source.pk: line.cost for line in lines if line.cost}),
            delivers=bool(files),
            any_source=bool(lines) or Source.objects.exists(),
        )

    def one(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The numbers of one source, the reasons behind them, and its files."""
        by = _whose(request)
        source = _source(pk)
        asked = asked_for(request.GET)
        files = sources.deliveries(asked.period.days, source=pk, by=by)
        before = sources.deliveries(asked.period.before, source=pk, by=by)
        runs = [one.id for one in files]
        decided = sources.decided_reasons(runs)
        account = sources.total(one.account for one in files)
        earlier = sources.total(one.account for one in before)
        return self._render(
            request,
            "one",
            asked,
            title=_("Sources report: %(source)s") % {"source": source},
            source=source,
            original=source,
            account=account,
            line=line_of(source, account, earlier, runs),
            parts=parts(account),
            invalid=reasons_of(LeadStatus.INVALID, sources.invalid_reasons(runs), runs),
            twins=twins_of(sources.duplicates(runs), runs),
            rejected=reasons_of(LeadStatus.REJECTED, decided[LeadStatus.REJECTED], runs),
            refused=reasons_of(LeadStatus.REFUSED, decided[LeadStatus.REFUSED], runs),
            head=head(),
            files=[(one, cells(one.account, None, [one.id])) for one in files[:SHOWN_FILES]],
            more_files=max(0, len(files) - SHOWN_FILES),
            may_export=request.user.has_perm("leads.export_lead"),
            may_price=request.user.has_perm("leads.change_source"),
        )

    def file(self, request: HttpRequest, pk: int, part: str, kind: str) -> HttpResponseBase:
        """`summary.csv`, `rejected.csv`, or `report.xlsx` with both as sheets."""
        by = _whose(request)
        if not request.user.has_perm("leads.export_lead"):
            raise PermissionDenied
        if (part, kind) not in {("summary", "csv"), ("rejected", "csv"), ("report", "xlsx")}:
            raise Http404
        return answer(request, _source(pk), part, asked_for(request.GET), by=by)

    def _render(
        self, request: HttpRequest, name: str, asked: Asked, **more: Any
    ) -> TemplateResponse:
        context = {
            **self.model_admin.admin_site.each_context(request),
            "opts": Source._meta,
            "asked": asked,
            "own_only": _whose(request) is not None,
            **more,
        }
        return TemplateResponse(request, f"admin/leads/source/report_{name}.html", context)


def _whose(request: HttpRequest) -> User | None:
    """Whose imports are shown: the user's own, or all (None). 403 for whoever sees none."""
    user = request.user
    allowed = user.has_perm("leads.view_source") and user.has_perm("leads.view_import")
    if request.method not in ("GET", "HEAD") or not allowed or not isinstance(user, User):
        raise PermissionDenied
    return None if sees_all_pushes(user) else user


def _source(pk: int) -> Source:
    source = Source.objects.filter(pk=pk).first()
    if source is None:
        raise Http404
    return source

"""A page of one object that asks for a part of itself again while something is under way."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from leads.admin.parts import ReadOnlyAdmin


class LivePage(ReadOnlyAdmin):
    """Shows `page` in place of Django's form, and `progress` (a fragment, for htmx) at
    `<id>/progress/` to whoever may see the page; nothing is changed on either.

    `context_of` gives what the templates show of the object beyond `original`.
    """

    page: str
    progress: str

    def context_of(self, request: HttpRequest, obj: Any) -> dict[str, Any]:
        raise NotImplementedError

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.progress_view)
        name = f"leads_{self.opts.model_name}_progress"
        return [path("<int:pk>/progress/", view, name=name), *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        return self._render(request, object_id, self.page)

    def progress_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._render(request, str(pk), self.progress)

    def _render(self, request: HttpRequest, object_id: str, template: str) -> HttpResponse:
        if request.method not in ("GET", "HEAD") or not self.has_view_permission(request):
            raise PermissionDenied
        obj = self.get_object(request, object_id)
        if obj is None:
            raise Http404
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": obj,
            **self.context_of(request, obj),
        }
        return TemplateResponse(request, template, context)

"""A file's field as a box to drop it into, and answers for the script that sends it with a bar.

Without the script the field is a file's field as any other, and the answer a page.
"""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.forms import ClearableFileInput
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.translation import gettext as _


class DropInput(ClearableFileInput):
    """Says what may be dropped, and refuses a file over UPLOAD_MAX_BYTES before it is sent."""

    template_name = "leads/drop.html"

    class Media:
        css = {"all": ["leads/upload.css"]}
        js = ["leads/upload.js"]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        context["widget"] |= {
            "most": settings.UPLOAD_MAX_BYTES,
            "most_mb": settings.UPLOAD_MAX_BYTES // (1024 * 1024),
            "words": json.dumps(_words()),
        }
        return context


def _words() -> dict[str, str]:
    """What the script says; it fills in what stands in braces."""
    return {
        "large": _(
            "{name} has {size}, and the limit is {most}. Split the file, or ask whoever runs the"
            " portal for a higher limit (UPLOAD_MAX_MB)."
        ),
        "several": _(
            "{number} files were dropped, and none of them is taken: upload one after the other."
        ),
        "folder": _("That is a folder: drop one of the files in it."),
        "none": _("What was dropped is no file: drop a file from your computer."),
        "begins": _("{name} is being uploaded."),
        "progress": _("{done} of {all}, {percent} %"),
        "looks": _("All of it has arrived; the portal looks at what it is."),
        "cancelled": _("The upload was cancelled. The file is still chosen."),
        "session": _(
            "Your session has ended. Sign in again in another tab, then send it here once more:"
            " the file is still chosen."
        ),
        "signin": _("Sign in in another tab"),
        "forbidden": _(
            "The portal did not take it, because this page was open for long or because you may no"
            " longer upload. Send it once more; the file is still chosen."
        ),
        "proxy": _(
            "The web server in front of the portal takes no file of this size. Split it, or ask"
            " whoever runs the portal. The file is still chosen."
        ),
        "failed": _(
            "The portal could not take the file (HTTP status {status}). Nothing was kept, and"
            " the file is still chosen: send it once more, or tell whoever runs the portal."
        ),
        "broken": _(
            "The connection broke, or the file was changed or moved meanwhile. Nothing was kept:"
            " send it once more, or choose the file again."
        ),
    }


def for_script(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The answer to a form as the script takes it, if it is the script that asks: where
    to go on, or what is wrong field by field, as sentences with the fields' labels."""
    if request.headers.get("Accept") != "application/json":
        return response
    if isinstance(response, HttpResponseRedirect):
        return JsonResponse({"next": response.url})
    context = getattr(response, "context_data", None) or {}
    form = context["adminform"].form if "adminform" in context else context.get("form")
    if form is None:
        return response
    errors = [
        {
            "name": name,
            "label": str(form.fields[name].label or "") if name in form.fields else "",
            "text": str(text),
        }
        for name, texts in form.errors.items()
        for text in texts
    ]
    return JsonResponse({"errors": errors}, status=422)

"""What can be done to the leads of a batch that were refused for one reason: the group's buttons,
and the page that asks before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.widgets import UnfoldBooleanSwitchWidget

from leads import tasks
from leads.admin.lead_actions import CommentForm
from leads.admin.parts import kick
from leads.models import PushBatch
from leads.push import again
from leads.push.errors import PushError
from leads.reports.batch_figures import forget
from leads.review import decide
from leads.vicidial.reasons import sentence_for
from leads.words import translated

TEMPLATE = "admin/leads/pushbatch/group.html"
NAME = "leads_pushbatch_group"
RIGHTS = {"retry": "leads.push_lead", "reopen": "leads.review_lead"}
LABELS = {"retry": gettext_lazy("Send again"), "reopen": gettext_lazy("Reopen")}


class ConsentForm(forms.Form):
    consent = forms.BooleanField(
        label=gettext_lazy("I have looked: the dialer no longer holds these leads back."),
        widget=UnfoldBooleanSwitchWidget,
        help_text=gettext_lazy(
            "It has them already, or must not call them, as it said. The new batch makes the same"
            " checks there, so whatever it still holds is refused again and nobody is called twice."
        ),
        error_messages={"required": gettext_lazy("Say first that this has changed there.")},
    )


def offered(request: HttpRequest, batch: PushBatch, reason: str) -> list[dict[str, Any]]:
    """The links beside one reason: only what is sensible for it and what this user may do."""
    links: list[dict[str, Any]] = []
    user = request.user
    if reason in again.MENDED_HERE and user.has_perm(RIGHTS["reopen"]):
        query = {
            "batch__id__exact": str(batch.pk),
            "status__exact": "refused",
            "refusal_reason__exact": reason,
        }
        url = f"{reverse('admin:leads_lead_changelist')}?{urlencode(query)}"
        links.append({"label": _("Correct"), "url": url})
    for name in ("retry", "reopen"):
        if user.has_perm(RIGHTS[name]) and (name != "retry" or again.may_retry(reason)):
            url = (
                reverse(f"admin:{NAME}", args=[batch.pk, name])
                + f"?{urlencode({'reason': reason})}"
            )
            links.append({"label": LABELS[name], "url": url})
    return links


class GroupPages:
    """`<id>/group/<retry|reopen>/?reason=CODE`: asks on GET with the exact number; POST does it."""

    def __init__(self, model_admin: Any) -> None:
        self.model_admin = model_admin

    def urls(self) -> list[URLPattern]:
        view = self.model_admin.admin_site.admin_view(self.view)
        return [path("<int:pk>/group/<slug:name>/", view, name=NAME)]

    def view(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        if name not in RIGHTS:
            raise Http404
        if not request.user.has_perm(RIGHTS[name]):
            raise PermissionDenied
        batch = self.model_admin.get_queryset(request).filter(pk=pk).first()
        if batch is None:
            raise Http404
        asked: Mapping[str, Any] = request.POST if request.method == "POST" else request.GET
        reason = asked.get("reason", "")
        if name == "retry" and not again.may_retry(reason):
            messages.warning(
                request, _("The dialer would say the same again: correct these leads first.")
            )
            return HttpResponseRedirect(_page(batch))
        form_class = self._form_class(name, reason)
        seen, expected = _frozen(asked)
        if request.method != "POST" or seen is None:
            return self._ask(request, batch, name, reason, form_class())
        form = form_class(request.POST)
        if form.is_valid():
            if again.group(batch, reason, seen).count() > expected:
                form.add_error(None, _("The group has changed meanwhile: look at it again."))
            else:
                try:
                    level, text = _do(request, batch, name, reason, seen, expected, form)
                except (PushError, decide.DecisionError) as error:
                    form.add_error(None, translated(error))
                else:
                    forget(batch.pk)
                    messages.add_message(request, level, text)
                    return HttpResponseRedirect(_page(batch))
        return self._ask(request, batch, name, reason, form)

    @staticmethod
    def _form_class(name: str, reason: str) -> type[forms.Form]:
        if name == "reopen":
            return CommentForm
        return ConsentForm if again.wants_consent(reason) else forms.Form

    def _ask(
        self, request: HttpRequest, batch: PushBatch, name: str, reason: str, form: forms.Form
    ) -> HttpResponse:
        seen = timezone.now()
        number = again.group(batch, reason, seen).count()
        if not number:
            messages.warning(request, _("No lead of this batch is refused for this reason now."))
            return HttpResponseRedirect(_page(batch))
        context = {
            **self.model_admin.admin_site.each_context(request),
            "opts": self.model_admin.opts,
            "original": batch,
            "title": f"{LABELS[name]}: {_('batch')} {batch.pk}",
            "batch": batch,
            "label": LABELS[name],
            "name": name,
            "reason": reason,
            "sentence": translated(sentence_for(reason)),
            "number": number,
            "hidden": {"reason": reason, "seen": seen.isoformat(), "expected": str(number)},
            "form": form,
            "back": _page(batch),
        }
        return TemplateResponse(request, TEMPLATE, context)


def _page(batch: PushBatch) -> str:
    return reverse("admin:leads_pushbatch_change", args=[batch.pk])


def _frozen(asked: Mapping[str, Any]) -> tuple[datetime | None, int]:
    """When and how many the person saw; None for what no page of ours has written."""
    number = asked.get("expected", "")
    try:
        seen = parse_datetime(asked.get("seen", ""))
    except ValueError:
        seen = None
    if seen is None or timezone.is_naive(seen) or not (number.isascii() and number.isdigit()):
        return None, 0
    return min(seen, timezone.now()), int(number[:18])


def _do(
    request: HttpRequest,
    batch: PushBatch,
    name: str,
    reason: str,
    seen: datetime,
    expected: int,
    form: forms.Form,
) -> tuple[int, str]:
    user: Any = request.user
    if name == "reopen":
        leads = again.group(batch, reason, seen)
        decision = decide.reopen(leads, by=user, comment=form.cleaned_data["comment"])
        left = expected - decision.moved
        text = ngettext(
            "%(number)s lead waits for a reviewer again.",
            "%(number)s leads wait for a reviewer again.",
            decision.moved,
        ) % {"number": f"{decision.moved:,}"}
        return _level(decision.moved), f"{text} {_left(left)}".strip()
    done = again.retry(
        batch,
        reason,
        seen=seen,
        expected=expected,
        by=user,
        consent=bool(form.cleaned_data.get("consent")),
    )
    if done.batch:
        kick(tasks.push_runner, done.batch.dialer_id)
    text = ngettext(
        "%(number)s lead is queued again, in batch %(batch)s.",
        "%(number)s leads are queued again, in batch %(batch)s.",
        done.queued,
    ) % {"number": f"{done.queued:,}", "batch": done.batch.pk if done.batch else "–"}
    more = [text if done.batch else _("Nothing was queued."), _left(done.changed)]
    if done.own:
        more.append(
            _(
                "%(number)s were approved by you, or imported by you and approved by no person:"
                " with four eyes somebody else sends them."
            )
            % {"number": f"{done.own:,}"}
        )
    if done.withdrawn:
        more.append(
            _("%(number)s are on a DNC list by now and wait for a reviewer.")
            % {"number": f"{done.withdrawn:,}"}
        )
    return _level(done.queued), " ".join(filter(None, more))


def _left(number: int) -> str:
    if number <= 0:
        return ""
    return ngettext(
        "%(number)s was left: it changed meanwhile.",
        "%(number)s were left: they changed meanwhile.",
        number,
    ) % {"number": f"{number:,}"}


def _level(moved: int) -> int:
    return messages.SUCCESS if moved else messages.WARNING

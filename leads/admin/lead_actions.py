"""What can be done to leads from the pages: words, form and right of each action.

The verbs themselves are in `leads.review.decide` and `leads.push.queue`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from leads.admin.parts import kick
from leads.dedup.suppress import anything_in_force
from leads.dedup.suppress_mark import check
from leads.dedup.suppress_waiting import WAITING
from leads.models import DialerList, Lead, LeadStatus, PushBatch
from leads.models.status import sources_of
from leads.push.queue import queue
from leads.review import decide
from leads.tasks import match_again, push_runner

S = LeadStatus
Leads = QuerySet[Lead]
Values = Mapping[str, Any]


PERMISSIONS = {
    "review": "leads.review_lead",
    "push": "leads.push_lead",
    "override": "leads.override_dnc",
}


@dataclass(frozen=True)
class Done:
    """How many leads moved; for the rest the reasons and numbers; the batch if one was made; a
    sentence with what else there is to say."""

    moved: int
    left: Mapping[str, int] = field(default_factory=dict)
    batch: PushBatch | None = None
    more: str = ""


class CommentForm(forms.Form):
    """What most decisions ask for."""

    comment = forms.CharField(
        label=_("Comment"),
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text=_("Kept in the history of each lead."),
    )


class RejectForm(CommentForm):
    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[("", _("Choose a reason")), *decide.REJECT_REASONS.items()],
        widget=UnfoldAdminSelectWidget,
    )
    field_order = ("reason", "comment")


class ListChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.dialer.name} · {obj.list_id} {obj.name}".strip()


class QueueForm(forms.Form):
    dialer_list = ListChoice(
        label=_("Dialer list"),
        queryset=DialerList.objects.none(),
        empty_label=_("Choose a list"),
        widget=UnfoldAdminSelectWidget,
        help_text=_("All of them go to this list, whatever list was asked for."),
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=200,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("For whoever looks at the batch later."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lists = DialerList.objects.filter(enabled=True, dialer__enabled=True)
        choice: Any = self.fields["dialer_list"]
        choice.queryset = lists.select_related("dialer").order_by("dialer__name", "list_id")


@dataclass(frozen=True)
class LeadAction:
    """One action: `only` are the statuses it takes, `right` the permission it needs.

    `promise` says what it does, `keeps` what it may leave besides leads in other statuses.
    """

    name: str
    label: Any
    did: Any
    only: frozenset[LeadStatus]
    promise: Any
    run: Callable[[Leads, User, Values], Done]
    form: type[forms.Form] = CommentForm
    right: str = "review"
    keeps: Any = ""
    icon: str = "check"

    def fits(self, lead: Lead) -> bool:
        """Whether a page should offer it for this lead."""
        if lead.status not in self.only:
            return False
        if self.name == "override-dnc":
            return lead.dnc_list_id is not None
        return self.name != "overrule" or set(lead.reasons) <= set(decide.OVERRULABLE)


def may(user: User | AnonymousUser, action: LeadAction) -> bool:
    """Whether the user's role may do it."""
    return user.has_perm(PERMISSIONS[action.right])


def _decided(decision: decide.Decision) -> Done:
    return Done(decision.moved, decision.left)


def _approve(leads: Leads, user: User, values: Values) -> Done:
    return _decided(decide.approve(leads, by=user, comment=values["comment"]))


def _reject(leads: Leads, user: User, values: Values) -> Done:
    reason, comment = values["reason"], values["comment"]
    return _decided(decide.reject(leads, by=user, reason=reason, comment=comment))


def _reopen(leads: Leads, user: User, values: Values) -> Done:
    return _decided(decide.reopen(leads, by=user, comment=values["comment"]))


def _not_a_duplicate(leads: Leads, user: User, values: Values) -> Done:
    return _freed(decide.not_a_duplicate(leads, by=user, comment=values["comment"]))


def _overrule(leads: Leads, user: User, values: Values) -> Done:
    return _freed(decide.overrule(leads, by=user, comment=values["comment"]))


def _freed(decision: decide.Decision) -> Done:
    """Of leads that stand for themselves now: whoever else they are like is looked for."""
    kick(match_again)
    return _decided(decision)


def _check_dnc(leads: Leads, user: User, values: Values) -> Done:
    chosen = leads.filter(status__in=WAITING)
    number = chosen.count()
    checked = check(chosen, stamp_before=timezone.now(), user_id=user.pk)
    words = [str(_("Newly found on a DNC list: %(number)s.") % {"number": f"{checked.found:,}"})]
    if checked.withdrawn:
        text = _("No longer approved: %(number)s.")
        words.append(str(text % {"number": f"{checked.withdrawn:,}"}))
    if not anything_in_force():
        words = [str(_("There is no DNC list in force to check against."))]
    return Done(number, {}, more=" ".join(words))


def _override_dnc(leads: Leads, user: User, values: Values) -> Done:
    return _decided(decide.override_dnc(leads, by=user, comment=values["comment"]))


def _queue(leads: Leads, user: User, values: Values) -> Done:
    queued = queue(leads, values["dialer_list"], by=user, note=values["note"])
    if queued.batch:
        kick(push_runner, queued.batch.dialer_id)
    return Done(queued.queued, queued.left, queued.batch)


def four_eyes(action: LeadAction) -> Any:
    """What the switch FOUR_EYES adds to the action's page, or nothing."""
    if not settings.FOUR_EYES:
        return ""
    return {
        "approve": _("With four eyes, leads that you imported are left."),
        "override-dnc": _("With four eyes, leads that you imported are left."),
        "queue": _(
            "With four eyes, leads that you approved are left, and those that you imported and no"
            " person has approved."
        ),
    }.get(action.name, "")


ACTIONS = [
    LeadAction(
        "approve",
        _("Approve"),
        _("Approved"),
        frozenset({S.STAGED}),
        _("Approved leads may be pushed to a dialer."),
        _approve,
        keeps=_("Leads on a DNC list are left."),
    ),
    LeadAction(
        "reject",
        _("Reject"),
        _("Rejected"),
        sources_of(S.REJECTED),
        _("Rejected leads are never pushed, unless somebody reopens them."),
        _reject,
        form=RejectForm,
        icon="close",
    ),
    LeadAction(
        "queue",
        _("Queue for push"),
        _("Queued"),
        frozenset({S.APPROVED}),
        _("Queued leads are sent to the dialer at once, in one batch."),
        _queue,
        form=QueueForm,
        right="push",
        keeps=_("Leads that may be duplicates, or are still being compared, are left."),
        icon="send",
    ),
    LeadAction(
        "reopen",
        _("Reopen"),
        _("Reopened"),
        frozenset({S.REJECTED, S.REFUSED, S.APPROVED}),
        _("Reopened leads wait for a reviewer again."),
        _reopen,
        keeps=_("Leads without a number that can be dialled are left: correct them first."),
        icon="undo",
    ),
    LeadAction(
        "not-a-duplicate",
        _("Not a duplicate"),
        _("Staged as leads of their own"),
        frozenset({S.DUPLICATE}),
        _("They wait for a reviewer as leads of their own."),
        _not_a_duplicate,
        icon="call_split",
    ),
    LeadAction(
        "overrule",
        _("Overrule"),
        _("Overruled"),
        frozenset({S.INVALID}),
        _("Numbers that seem to be nobody's are staged all the same. Say why in the comment."),
        _overrule,
        keeps=_(
            "Leads that are invalid for another reason, or have the number of another lead, are"
            " left."
        ),
        icon="gavel",
    ),
]
ACTIONS += [
    LeadAction(
        "check-dnc",
        _("Check DNC lists"),
        _("Checked"),
        frozenset(WAITING),
        _(
            "Their numbers are held against the DNC lists in force. Approved and queued leads that"
            " are on one wait for a reviewer again."
        ),
        _check_dnc,
        form=forms.Form,
        icon="fact_check",
    ),
    LeadAction(
        "override-dnc",
        _("Override DNC"),
        _("Approved in spite of a DNC list"),
        frozenset({S.STAGED}),
        _("Leads on a DNC list are approved all the same. Say why: it is kept with your name."),
        _override_dnc,
        right="override",
        keeps=_("Leads on no list are left."),
        icon="gpp_maybe",
    ),
]
# These stand beside what a lead's page says of DNC lists.
ABOUT_DNC = {"check-dnc", "override-dnc"}
BY_NAME = {action.name: action for action in ACTIONS}

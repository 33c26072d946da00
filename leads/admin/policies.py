"""The page of duplicate policies: what becomes of leads that were there before.

Admins change them, the others look.
"""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.postgres.forms import SimpleArrayField
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminTextInputWidget

from leads.admin.listing import CappedPaginator
from leads.dedup.trial import MOST, last_import, trial
from leads.intake.upload import LIST_IDS
from leads.models import DuplicatePolicy, Scope, Treatment

LONGEST = 10  # characters of a status, as the policy keeps it
TREATED: Any = ["same_person", "same_household", "same_number", "likely"]


class PolicyForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = DuplicatePolicy
        fields = ["lead_source", "list_id", "scope", "window_days", "never_after", *TREATED]
        widgets = {"never_after": UnfoldAdminTextInputWidget}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Each status is looked at below: the field's own words name a place and not the status.
        if "never_after" in self.fields:
            field = cast("SimpleArrayField", self.fields["never_after"])
            field.base_field = forms.CharField(required=False)

    def clean_list_id(self) -> int | None:
        list_id: int | None = self.cleaned_data["list_id"]
        if list_id is not None and list_id not in LIST_IDS:
            raise ValidationError(
                _("%(given)s is no list ID of VICIdial: it has 3 to 12 digits, for example 101.")
                % {"given": list_id}
            )
        return list_id

    def clean_never_after(self) -> list[str]:
        given = (status.strip().upper() for status in self.cleaned_data["never_after"])
        statuses = [status for status in given if status]
        if too_long := [status for status in statuses if len(status) > LONGEST]:
            raise ValidationError(
                _(
                    "“%(given)s” is no status of the dialer: one has at most %(most)s characters, "
                    "for example SALE. Separate statuses by commas."
                )
                % {"given": too_long[0], "most": LONGEST}
            )
        return statuses


@admin.register(DuplicatePolicy)
class PolicyAdmin(ModelAdmin):
    """With a dry run on the last import, before anything is saved."""

    form = PolicyForm
    change_form_template = "admin/leads/duplicatepolicy/change_form.html"
    paginator = CappedPaginator
    show_full_result_count = False
    list_display = ["whose", "compared", "window", *(f"on_{name}" for name in TREATED)]
    list_select_related = ["lead_source"]
    ordering = ["lead_source__name", "list_id"]
    sortable_by = ()
    actions = None
    fieldsets = [
        (gettext_lazy("For"), {"fields": ["lead_source", "list_id"]}),
        (gettext_lazy("Which leads count"), {"fields": ["scope", "window_days", "never_after"]}),
        (gettext_lazy("What becomes of the new lead"), {"fields": TREATED}),
    ]

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        view = wrap(require_POST(self.dry_run))
        return [path("dry-run/", view, name="leads_duplicatepolicy_try"), *super().get_urls()]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.changed_by = request.user
        super().save_model(request, obj, form, change)

    def dry_run(self, request: HttpRequest) -> HttpResponse:
        """What the policy of the form would do to the last import it is about; nothing is saved."""
        policy = self._given(request)
        form = self.get_form(request)(request.POST, instance=policy)
        context: dict[str, Any] = {"most": MOST}
        if not form.is_valid():
            context["problem"] = _("Correct what is marked above first; press Save to see it.")
        elif run := last_import(form.instance):
            found = trial(form.instance, run)
            words = dict(Treatment.choices)
            lines = [(words[one], number) for one, number in found.counts.items()]
            context |= {"trial": found, "lines": lines}
        else:
            context["problem"] = _("There is no import yet that this policy is about.")
        return TemplateResponse(request, "admin/leads/duplicatepolicy/dry_run.html", context)

    def _given(self, request: HttpRequest) -> DuplicatePolicy:
        pk = request.POST.get("policy", "")
        if not pk:
            if not self.has_add_permission(request):
                raise PermissionDenied
            return DuplicatePolicy()
        policy = self.get_object(request, pk)
        if policy is None:
            raise Http404
        if not self.has_change_permission(request, policy):
            raise PermissionDenied
        found: DuplicatePolicy = policy
        return found

    @admin.display(description=gettext_lazy("For"))
    def whose(self, policy: DuplicatePolicy) -> str:
        return str(policy)

    @admin.display(description=gettext_lazy("Compared with"))
    def compared(self, policy: DuplicatePolicy) -> str:
        return str(Scope(policy.scope).label)

    @admin.display(description=gettext_lazy("Window"))
    def window(self, policy: DuplicatePolicy) -> str:
        days = policy.window_days
        return _("%(days)s days") % {"days": days} if days else _("for ever")

    @admin.display(description=gettext_lazy("Same person"))
    def on_same_person(self, policy: DuplicatePolicy) -> str:
        return policy.get_same_person_display()

    @admin.display(description=gettext_lazy("Same household"))
    def on_same_household(self, policy: DuplicatePolicy) -> str:
        return policy.get_same_household_display()

    @admin.display(description=gettext_lazy("Same number"))
    def on_same_number(self, policy: DuplicatePolicy) -> str:
        return policy.get_same_number_display()

    @admin.display(description=gettext_lazy("Perhaps the same"))
    def on_likely(self, policy: DuplicatePolicy) -> str:
        return policy.get_likely_display()

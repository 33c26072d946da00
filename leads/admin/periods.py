"""Which days a page is about: one of the usual periods, or from one day to another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextInputWidget

from leads.reports import period
from leads.reports.period import Period, PeriodError
from leads.words import translated

USUAL: dict[str, tuple[object, Callable[[date], Period]]] = {
    "this-month": (gettext_lazy("This month"), period.this_month),
    "last-month": (gettext_lazy("Last month"), period.last_month),
    "7-days": (gettext_lazy("Last 7 days"), lambda today: period.last_days(7, today)),
    "30-days": (gettext_lazy("Last 30 days"), lambda today: period.last_days(30, today)),
}
DEFAULT = "this-month"


class DayInput(UnfoldAdminTextInputWidget):
    input_type = "date"

    def format_value(self, value: object) -> str | None:
        return value.isoformat() if isinstance(value, date) else str(value or "")


class DaysForm(forms.Form):
    """From one day to another; the last is today where it is not said."""

    first = forms.DateField(label=gettext_lazy("From"), input_formats=["%Y-%m-%d"], widget=DayInput)
    last = forms.DateField(
        label=gettext_lazy("to"), input_formats=["%Y-%m-%d"], widget=DayInput, required=False
    )

    def __init__(self, given: QueryDict | dict[str, object]) -> None:
        super().__init__(given)
        self.fields["first"].error_messages["required"] = _("Give the first day.")
        for field in self.fields.values():
            field.error_messages["invalid"] = _("Give a day as 2026-11-03.")


@dataclass(frozen=True)
class Asked:
    """The period of a page, its name (empty for days of one's own), the form of such days with
    what is wrong with them, and the query that asks for the same period."""

    period: Period
    name: str
    form: forms.Form
    query: str

    @property
    def links(self) -> list[tuple[str, object, bool]]:
        """(query, label, whether it is shown) of each usual period."""
        return [(f"period={key}", label, key == self.name) for key, (label, _) in USUAL.items()]


def asked_for(query: QueryDict) -> Asked:
    """The period that a page's query asks for: this month if it names none, or none that is."""
    today = timezone.localdate()
    if "first" in query or "last" in query:
        form = DaysForm(query)
        if form.is_valid():
            first, last = form.cleaned_data["first"], form.cleaned_data["last"] or today
            try:
                days = period.between(first, last)
            except PeriodError as error:
                form.add_error("first", translated(error))
            else:
                return Asked(days, "", form, urlencode({"first": first, "last": last}))
        return _usual(DEFAULT, today, form)
    name = query.get("period", DEFAULT)
    return _usual(name if name in USUAL else DEFAULT, today, None)


def _usual(name: str, today: date, wrong: forms.Form | None) -> Asked:
    found = USUAL[name][1](today)
    form = wrong or DaysForm({"first": found.days.first, "last": found.days.last})
    return Asked(found, name, form, urlencode({"period": name}))

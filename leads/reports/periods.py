"""Ranges of days that move along with the calendar, such as the last seven days."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

PERIODS = {
    "today": _("today"),
    "yesterday": _("yesterday"),
    "last-7-days": _("the last 7 days"),
    "last-30-days": _("the last 30 days"),
    "this-month": _("this month"),
    "last-month": _("last month"),
}


def days_of(period: str, today: date) -> tuple[date, date]:
    """The first and the last day of a period, both whole; the last N days end with today.

    Raises KeyError for what is no key of PERIODS.
    """
    first_of_month = today.replace(day=1)
    end_of_last = first_of_month - timedelta(days=1)
    return {
        "today": (today, today),
        "yesterday": (today - timedelta(days=1), today - timedelta(days=1)),
        "last-7-days": (today - timedelta(days=6), today),
        "last-30-days": (today - timedelta(days=29), today),
        "this-month": (first_of_month, today),
        "last-month": (end_of_last.replace(day=1), end_of_last),
    }[period]

"""Which days a report is about, and the days before that they are compared with."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

MOST_DAYS = 366
YEARS = range(1900, 2201)
DAY = timedelta(days=1)


class PeriodError(Exception):
    """Days that are no period; the text is a sentence for whoever asked."""


@dataclass(frozen=True)
class Days:
    """From one day to another, both whole, in the current time zone."""

    first: date
    last: date

    @property
    def begin(self) -> datetime:
        """The first moment."""
        return timezone.make_aware(datetime.combine(self.first, time.min))

    @property
    def end(self) -> datetime:
        """The first moment after."""
        return timezone.make_aware(datetime.combine(self.last + DAY, time.min))


@dataclass(frozen=True)
class Period:
    """The days of a report, and those `before`."""

    days: Days
    before: Days


def this_month(today: date) -> Period:
    """From the first of the month through today; before: as many days of the month before."""
    first = today.replace(day=1)
    earlier = _month(first - DAY)
    last = min(earlier.last, earlier.first + (today - first))
    return Period(Days(first, today), Days(earlier.first, last))


def last_month(today: date) -> Period:
    """The month before today's; before: the month before that."""
    days = _month(today.replace(day=1) - DAY)
    return Period(days, _month(days.first - DAY))


def last_days(number: int, today: date) -> Period:
    """That many days, today the last of them; before: as many right before."""
    return between(today - (number - 1) * DAY, today)


def between(first: date, last: date) -> Period:
    """From one day to another; before: as many days right before.

    Raises PeriodError for days that are in the wrong order, more than MOST_DAYS, or not in YEARS.
    """
    number = (last - first).days + 1
    if number < 1:
        raise PeriodError(_("The last day is before the first: change one of them."))
    if number > MOST_DAYS:
        raise PeriodError(
            _("These are %(number)s days: a report is about %(most)s at most.")
            % {"number": number, "most": MOST_DAYS}
        )
    if first.year < YEARS[0] or last.year > YEARS[-1]:
        raise PeriodError(
            _("Give days between the years %(first)s and %(last)s.")
            % {"first": YEARS[0], "last": YEARS[-1]}
        )
    return Period(Days(first, last), Days(first - number * DAY, first - DAY))


def _month(day: date) -> Days:
    return Days(day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1]))

"""A moment on a page: in the reader's zone, with the exact UTC on hover."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timesince import timesince

register = template.Library()
NEVER = "–"
TO_THE_MINUTE = "j M Y H:i"
TO_THE_SECOND = "j M Y H:i:s"


@register.simple_tag
def when(moment: Any, form: str = TO_THE_MINUTE) -> str:
    """`<time>` with an aware datetime in the current zone, written in `form` (as in the filter
    `date`), and its UTC to the second as title and machine-readable; a dash for None.

    In a template `{% load when %}{% when run.created_at %}`, or `{% when run.created_at as at %}`
    where a sentence needs it; in Python `when(run.created_at)` gives HTML that is safe.
    """
    if not isinstance(moment, datetime):
        return NEVER
    return _time(moment, date_format(timezone.localtime(moment), form))


@register.simple_tag
def ago(moment: Any, depth: int = 2) -> str:
    """Like `when`, but with how long it is ago, such as "2 hours", as the text (`depth`: units)."""
    if not isinstance(moment, datetime):
        return NEVER
    return _time(moment, timesince(moment, depth=depth))


def _time(moment: datetime, text: str) -> str:
    exact = moment.astimezone(UTC)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        f"{exact:%Y-%m-%dT%H:%M:%SZ}",
        f"{exact:%Y-%m-%d %H:%M:%S} UTC",
        text,
    )

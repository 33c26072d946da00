"""What several pages are made of: read-only pages, a paginator that never counts far, kicks."""

from __future__ import annotations

import logging
from functools import cached_property
from typing import Any

from celery.app.task import Task
from django.core.paginator import Paginator
from django.db import transaction
from django.forms import Media
from django.http import HttpRequest
from kombu.exceptions import OperationalError
from unfold.admin import ModelAdmin

logger = logging.getLogger(__name__)

MOST_COUNTED = 10_000
FOR_SLUGS = ("/urlify.js", "/prepopulate.js", "/xregexp.js", "/xregexp.min.js")


class CappedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts up to `MOST_COUNTED` + 1 rows and no further: a page must not slow with the table."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[: MOST_COUNTED + 1].count())


class PageAdmin(ModelAdmin):
    """A page of the portal: no exact totals, no deleting, and only what its role may."""

    paginator = CappedPaginator
    show_full_result_count = False
    list_per_page = 50
    list_filter_submit = False
    actions_selection_counter = True

    @property
    def media(self) -> Media:
        """What the pages need of Django's own scripts: no field is filled in from another one's
        words here, and 50 KB do only that."""
        found: Any = super().media
        return Media(
            css=found._css,
            js=[script for script in found._js if not script.endswith(FOR_SLUGS)],
        )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyAdmin(PageAdmin):
    """A page to look at: nobody adds or changes anything here, superusers neither."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def kick(task: Task[Any, Any], *args: Any) -> None:
    """Start a task when the transaction is committed; a broker that is down does no harm.

    A kick is a hint: beat finds the work when the broker is back.
    """

    def publish() -> None:
        try:
            task.delay(*args)
        except OperationalError:
            logger.warning("The broker is down; beat will find the work of %s", task.name)

    transaction.on_commit(publish)

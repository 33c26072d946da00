"""What several pages are made of: read-only pages, and kicks."""

from __future__ import annotations

import logging
from typing import Any

from celery.app.task import Task
from django.contrib import admin
from django.db import transaction
from django.forms import Media
from django.http import HttpRequest
from django.utils.safestring import SafeString
from kombu.exceptions import OperationalError
from unfold.admin import ModelAdmin

from leads.admin.listing import CappedPaginator, PageList, tick_box

logger = logging.getLogger(__name__)

FOR_SLUGS = ("/urlify.js", "/prepopulate.js", "/xregexp.js", "/xregexp.min.js")


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

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        return PageList

    @admin.display(description="")
    def action_checkbox(self, obj: Any) -> SafeString:
        return tick_box(obj.pk)

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

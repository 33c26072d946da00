"""The rows of a list, as the theme draws them, without what it does anew for each row.

The theme makes all headers again for every row, and a row of each cell's template; of a page of
fifty rows that is a third of its time. Here the headers and each column's opening tag are made
once. What is drawn is the same; lists that can be edited, or that open in a window of their own,
are left to the theme.
"""

from __future__ import annotations

import datetime
from typing import Any, NamedTuple

from django.contrib.admin.templatetags import admin_list
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.utils import lookup_field
from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.template import Library
from django.template.base import Node, Parser, Token
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from unfold.templatetags import unfold_list
from unfold.utils import display_for_field, display_for_label, display_for_value

register = Library()
coerced: Any = admin_list._coerce_field_name  # type: ignore[attr-defined]
headers_of: Any = unfold_list.result_headers
WIDE = " nowrap"
LINK = " ".join(unfold_list.LINK_CLASSES)


class Column(NamedTuple):
    """A column: the name it has in list_display, its cells' tag, classes and label, and whether
    they lead to the row's own page."""

    name: str
    tag: str
    classes: str
    label: str
    links: bool


@register.tag(name="rows")
def rows_tag(parser: Parser, token: Token) -> Node:
    """`{% rows cl %}`: the table of a change list."""
    node: Any = unfold_list.result_list_tag(parser, token)
    node.func = result_list
    return node  # type: ignore[no-any-return]


def result_list(context: Any, cl: Any) -> dict[str, Any]:
    """The context of `change_list_results.html`, as the theme's own tag makes it."""
    if cl.formset or cl.is_popup:
        return unfold_list.result_list(context, cl)
    headers = list(headers_of(cl))
    columns = _columns(cl, headers)
    return {
        "cl": cl,
        "result_hidden_fields": list(admin_list.result_hidden_fields(cl)),
        "result_headers": headers,
        "num_sorted_fields": sum(bool(one["sortable"] and one["sorted"]) for one in headers),
        "results": [
            unfold_list.UnfoldResultList(one, None, [_cells(cl, columns, one)])
            for one in cl.result_list
        ],
        "actions_row": context.get("actions_row"),
        "has_add_permission": cl.model_admin.has_add_permission(context["request"]),
    }


def _columns(cl: Any, headers: list[dict[str, Any]]) -> list[Column]:
    named = cl.list_display_links
    found: list[Column] = []
    for place, (name, header) in enumerate(zip(cl.list_display, headers, strict=True)):
        first = not any(one.links for one in found)
        links = named is not None and (name in named or (first and not named))
        boxes = name == "action_checkbox"
        own = [f"field-{coerced(name, place)}", *unfold_list.ROW_CLASSES]
        classes = " ".join(unfold_list.CHECKBOX_CLASSES if boxes else own)
        label = header["text"] if place or links else gettext("Select record")
        found.append(Column(name, "th" if links and first else "td", classes, escape(label), links))
    return found


def _cells(cl: Any, columns: list[Column], row: models.Model) -> SafeString:
    cells = []
    for column in columns:
        value, wide = _shown(cl, column, row)
        text: str = conditional_escape(value)
        if column.links:
            url = add_preserved_filters(
                {"preserved_filters": cl.preserved_filters, "opts": cl.opts},
                cl.url_for_result(row),
            )
            text = f'<a href="{escape(url)}" class="{LINK}" >{text}</a>'
        cells.append(
            f'<{column.tag} class="{column.classes}{WIDE if wide else ""}"'
            f' data-label="{column.label}">{text}</{column.tag}>'
        )
    return mark_safe("".join(cells))  # noqa: S308


def _shown(cl: Any, column: Column, row: models.Model) -> tuple[Any, bool]:
    """What a cell shows, and whether it is never to be broken into lines."""
    empty = cl.model_admin.get_empty_value_display()
    try:
        field, attribute, value = lookup_field(column.name, row, cl.model_admin)
    except ObjectDoesNotExist:
        return empty, False
    empty = getattr(attribute, "empty_value_display", empty)
    if field is None or field.auto_created:
        if label := getattr(attribute, "label", False):
            return display_for_label(value, empty, label), False
        wide = isinstance(value, datetime.date | datetime.time)
        return display_for_value(value, empty, getattr(attribute, "boolean", False)), wide
    wide = isinstance(field, models.DateField | models.TimeField | models.ForeignKey)
    if isinstance(field.remote_field, models.ManyToOneRel):
        related = getattr(row, field.name)
        return (empty if related is None else related), wide
    return display_for_field(value, field, empty), wide

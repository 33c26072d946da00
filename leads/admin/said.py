"""A sentence or a stored text on a page, in the reader's language."""

from __future__ import annotations

from django import template

from leads.words import translated

register = template.Library()
register.filter("said", translated)

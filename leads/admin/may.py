"""Whether the reader of a page has a right, for templates that know nothing but their list."""

from __future__ import annotations

from django import template
from django.template import RequestContext

register = template.Library()


@register.simple_tag(takes_context=True)
def may(context: RequestContext, right: str) -> bool:
    """`{% may "leads.import_lead" as may_import %}`: the rights are Django's, with the app."""
    return context.request.user.has_perm(right)

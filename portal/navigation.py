"""How the admin looks: django-unfold's settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _

from .icon import icon_url


def may(right: str) -> Callable[[HttpRequest], bool]:
    """Shown to whoever has the right."""
    return lambda request: request.user.has_perm(right)


def page(title: Any, icon: str, name: str, right: str) -> dict[str, Any]:
    return {"title": title, "icon": icon, "link": reverse_lazy(name), "permission": may(right)}


def on_leads(request: HttpRequest) -> bool:
    """Whether a page of the leads is shown; the desk, whose address is below theirs, is another."""
    leads = reverse("admin:leads_lead_changelist")
    return request.path.startswith(leads) and not request.path.startswith(f"{leads}desk/")


def on_sources(request: HttpRequest) -> bool:
    """Whether a page of the sources is shown; their report is another."""
    sources = reverse("admin:leads_source_changelist")
    return request.path.startswith(sources) and "/report/" not in request.path


def on_sources_report(request: HttpRequest) -> bool:
    """Whether the report is shown, of all sources or one."""
    sources = reverse("admin:leads_source_changelist")
    return request.path.startswith(sources) and not on_sources(request)


SIDEBAR: dict[str, Any] = {
    "show_search": False,
    "show_all_applications": False,
    "navigation": [
        {
            "title": _("Work"),
            "items": [
                {"title": _("Home"), "icon": "home", "link": reverse_lazy("admin:index")},
                page(_("Review desk"), "rule", "admin:leads_desk", "leads.review_lead"),
                {
                    **page(
                        _("Leads"), "contacts", "admin:leads_lead_changelist", "leads.view_lead"
                    ),
                    "active": on_leads,
                },
                page(
                    _("Imports"),
                    "upload_file",
                    "admin:leads_import_changelist",
                    "leads.view_import",
                ),
                {
                    **page(
                        _("Sources report"),
                        "monitoring",
                        "admin:leads_sources_report",
                        "leads.view_source",
                    ),
                    "active": on_sources_report,
                },
                page(
                    _("Look a number up"),
                    "phone_disabled",
                    "admin:leads_dnclist_number",
                    "leads.view_dnclist",
                ),
            ],
        },
        {
            "title": _("Push"),
            "items": [
                page(
                    _("Batches"), "send", "admin:leads_pushbatch_changelist", "leads.view_pushbatch"
                ),
                page(
                    _("Push history"),
                    "history",
                    "admin:leads_pushattempt_changelist",
                    "leads.view_pushattempt",
                ),
                page(
                    _("Exports"),
                    "download",
                    "admin:leads_export_changelist",
                    "leads.view_export",
                ),
            ],
        },
        {
            "title": _("Set-up"),
            "items": [
                page(_("Dialers"), "dialpad", "admin:leads_dialer_changelist", "leads.view_dialer"),
                {
                    **page(
                        _("Sources"),
                        "storefront",
                        "admin:leads_source_changelist",
                        "leads.view_source",
                    ),
                    "active": on_sources,
                },
                page(
                    _("Duplicate policies"),
                    "content_copy",
                    "admin:leads_duplicatepolicy_changelist",
                    "leads.view_duplicatepolicy",
                ),
                page(
                    _("DNC lists"),
                    "phonelink_erase",
                    "admin:leads_dnclist_changelist",
                    "leads.view_dnclist",
                ),
            ],
        },
        {
            "title": _("People"),
            "items": [
                page(_("Users"), "person", "admin:auth_user_changelist", "auth.view_user"),
                page(_("Roles"), "group", "admin:auth_group_changelist", "auth.view_group"),
            ],
        },
    ],
}

UNFOLD: dict[str, Any] = {
    "SHOW_LANGUAGES": True,
    "SITE_TITLE": _("Lead portal"),
    "SITE_HEADER": _("Lead portal"),
    "SITE_SYMBOL": "filter_alt",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "sizes": "any", "href": icon_url}],
    "SHOW_HISTORY": False,
    "SIDEBAR": SIDEBAR,
    "STYLES": [lambda request: static("leads/portal.css")],
    "SCRIPTS": [lambda request: static("leads/zone.js")],
    "DASHBOARD_CALLBACK": "leads.admin.home.dashboard",
    "SHOW_VIEW_ON_SITE": False,
    "COLORS": {
        "primary": {
            "50": "oklch(97.7% .013 236.6)",
            "100": "oklch(95.1% .026 236.8)",
            "200": "oklch(90.1% .058 230.9)",
            "300": "oklch(82.8% .111 230.3)",
            "400": "oklch(74.6% .16 232.7)",
            "500": "oklch(68.5% .169 237.3)",
            # Darker than the theme's own: white on it, and it on white, has a contrast of 4.5.
            "600": "oklch(52% .14 242)",
            "700": "oklch(46% .125 242.7)",
            "800": "oklch(42% .108 240.8)",
            "900": "oklch(39.1% .09 240.9)",
            "950": "oklch(29.3% .066 243.2)",
        },
    },
}

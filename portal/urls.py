"""The portal's addresses."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path
from django.views.generic import RedirectView
from django.views.i18n import set_language

from leads.admin import home

from . import health, icon

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/home/progress/", admin.site.admin_view(home.under_way), name="under_way"),
    path("admin/", admin.site.urls),
    path("favicon.ico", icon.favicon),
    path("language/", set_language, name="set_language"),
    path("healthz", health.alive),
    path("readyz", health.ready),
]

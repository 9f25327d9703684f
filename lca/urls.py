"""Addresses of the site."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/", include("apps.accounts.urls")),
    path("factors/", include("apps.factors.urls")),
    path("", include("apps.probes.urls")),
    path("", include("apps.assessments.urls")),
    path("", include("apps.disclosures.urls")),
]

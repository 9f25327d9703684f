"""Addresses of the site."""

from django.contrib import admin
from django.urls import include, path

from lca.views import healthz

urlpatterns = [
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
    path("api/v1/", include("lca.api_urls")),
    path("codecarbon/", include("apps.ingest.codecarbon_urls")),
    path("otlp/", include("apps.live.otlp_urls")),
    path("accounts/", include("apps.accounts.urls")),
    path("factors/", include("apps.factors.urls")),
    path("", include("apps.accounts.organisation_urls")),
    path("", include("apps.factors.own_urls")),
    path("", include("apps.probes.urls")),
    path("", include("apps.assessments.urls")),
    path("", include("apps.ingest.urls")),
    path("", include("apps.live.urls")),
    path("", include("apps.budgets.urls")),
    path("", include("apps.scenarios.urls")),
    path("", include("apps.disclosures.urls")),
]
handler400 = "lca.errors.bad_request"
handler403 = "lca.errors.forbidden"
handler404 = "lca.errors.not_found"
handler500 = "lca.errors.fault"

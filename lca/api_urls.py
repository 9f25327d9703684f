"""Addresses of the API, version 1: each app's router, the schema, its browsable page."""

from django.urls import URLPattern, URLResolver, include, path
from django.utils.module_loading import import_string
from django.views.generic import TemplateView

from lca.views import openapi, problems

ROUTERS = [
    "apps.accounts.api.router",
    "apps.factors.api.router",
    "apps.probes.api.router",
    "apps.assessments.api.router",
    "apps.ingest.api.router",
    "apps.live.api.router",
    "apps.budgets.api.router",
    "apps.scenarios.api.router",
    "apps.disclosures.api.router",
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", openapi, name="openapi"),
    path(
        "docs/",
        TemplateView.as_view(
            template_name="accounts/api_docs.html", extra_context={"section": "api"}
        ),
        name="api-docs",
    ),
    path("problems/", problems, name="problems"),
    path("probe-hosts/join/", import_string("apps.probes.api.join_view"), name="host-join"),
    *(path("", include(import_string(name).urls)) for name in ROUTERS),
]

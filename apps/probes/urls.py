"""Addresses of probes and measurements."""

from django.urls import path

from apps.probes import views

app_name = "probes"
urlpatterns = [
    path("o/<slug:org>/probes/", views.probe_list, name="list"),
    path("o/<slug:org>/probes/findings/", views.findings_page, name="findings"),
    path("o/<slug:org>/probes/<uuid:uuid>/", views.probe_detail, name="detail"),
    path("o/<slug:org>/probes/<uuid:uuid>/cancel/", views.probe_cancel, name="cancel"),
    path(
        "o/<slug:org>/probes/measurements/<uuid:uuid>/",
        views.measurement_detail,
        name="measurement",
    ),
    path(
        "o/<slug:org>/probes/measurements/<uuid:uuid>/document.json",
        views.measurement_document,
        name="document",
    ),
]

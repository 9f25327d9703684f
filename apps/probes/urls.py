"""Addresses of probes and measurements."""

from django.urls import path

from apps.probes import views

app_name = "probes"
urlpatterns = [
    path("o/<slug:org>/probes/", views.probe_list, name="list"),
    path("o/<slug:org>/probes/findings/", views.findings_page, name="findings"),
    path("o/<slug:org>/probes/fits/", views.fit_list, name="fits"),
    path("o/<slug:org>/probes/hosts/", views.host_list, name="hosts"),
    path("o/<slug:org>/probes/compare/", views.compare, name="compare"),
    path("o/<slug:org>/probes/hosts/<uuid:uuid>/", views.host_detail, name="host"),
    path("o/<slug:org>/probes/hosts/<uuid:uuid>/renew/", views.host_renew, name="host-renew"),
    path("o/<slug:org>/probes/hosts/<uuid:uuid>/remove/", views.host_remove, name="host-remove"),
    path(
        "o/<slug:org>/probes/schedules/<uuid:uuid>/stop/",
        views.schedule_stop,
        name="schedule-stop",
    ),
    path("o/<slug:org>/probes/alarms/<uuid:uuid>/accept/", views.alarm_accept, name="alarm-accept"),
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

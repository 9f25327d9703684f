"""Addresses of scenarios and roadmaps."""

from django.urls import path

from apps.scenarios.views import roadmaps, routing, scenarios, serving, shifting

app_name = "scenarios"
PLAN = "o/<slug:org>/assessments/<slug:slug>/roadmap/"
BASE = "o/<slug:org>/assessments/<slug:slug>/scenarios/"
urlpatterns = [
    path(BASE, scenarios.overview, name="list"),
    path(f"{BASE}places/", scenarios.places, name="places"),
    path(f"{BASE}serving/", serving.serving, name="serving"),
    path(f"{BASE}compression/", serving.compression, name="compression"),
    path(f"{BASE}placement/", serving.placement, name="placement"),
    path(f"{BASE}routing/", routing.routing, name="routing"),
    path(f"{BASE}routing/new/", routing.routing_new, name="routing-new"),
    path(f"{BASE}routing/<uuid:uuid>/", routing.routing_study, name="routing-study"),
    path(f"{BASE}routing/<uuid:uuid>/delete/", routing.routing_delete, name="routing-delete"),
    path(f"{BASE}timing/", shifting.timing, name="timing"),
    path(f"{BASE}new/", scenarios.new, name="new"),
    path(f"{BASE}<uuid:uuid>/", scenarios.scenario, name="scenario"),
    path(f"{BASE}<uuid:uuid>/delete/", scenarios.delete, name="delete"),
    path(PLAN, roadmaps.roadmap, name="roadmap"),
    path(f"{PLAN}edit/", roadmaps.edit, name="roadmap-edit"),
    path(f"{PLAN}delete/", roadmaps.delete, name="roadmap-delete"),
]

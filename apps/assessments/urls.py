"""Addresses of an organisation's assessments."""

from django.urls import URLPattern, URLResolver, path, register_converter

from apps.assessments.converters import SectionConverter
from apps.assessments.views import (
    dashboard,
    hourly,
    indices,
    ladder,
    records,
    sources,
    validation,
    why,
    workbench,
)

register_converter(SectionConverter, "section")
app_name = "assessments"
BASE = "o/<slug:org>/assessments/<slug:slug>/"
urlpatterns: list[URLPattern | URLResolver] = [
    path("validation/", validation.validation, name="validation"),
    path("o/<slug:org>/", dashboard.dashboard, name="dashboard"),
    path("o/<slug:org>/assessments/", dashboard.dashboard, name="list"),
    path("o/<slug:org>/assessments/new/", dashboard.start, name="start"),
    path(BASE, workbench.workbench, name="workbench"),
    path(f"{BASE}panel/", workbench.panel, name="panel"),
    path(f"{BASE}why/<str:flow>/<slug:category>/", why.why, name="why"),
    path(f"{BASE}hourly/", hourly.hourly, name="hourly"),
    path(f"{BASE}hourly/<uuid:uuid>/", hourly.hourly_csv, name="hourly_csv"),
    path(f"{BASE}hourly/<uuid:uuid>/delete/", hourly.hourly_delete, name="hourly_delete"),
    path(f"{BASE}boundaries/<uuid:uuid>/", ladder.boundaries, name="boundaries"),
    path(f"{BASE}indices/", indices.indices, name="indices"),
    path(f"{BASE}sources/", sources.sources, name="sources"),
    path(f"{BASE}sources/<slug:table>/<slug:key>/<slug:indicator>/", sources.source, name="source"),
    path(f"{BASE}<section:section>/", workbench.section, name="section"),
    path(f"{BASE}<section:section>/new/", records.new, name="new"),
    path(f"{BASE}<section:section>/<uuid:uuid>/", records.edit, name="edit"),
    path(f"{BASE}<section:section>/<uuid:uuid>/delete/", records.delete, name="delete"),
]

"""Addresses of scenarios."""

from django.urls import path

from apps.scenarios import views

app_name = "scenarios"
BASE = "o/<slug:org>/assessments/<slug:slug>/scenarios/"
urlpatterns = [
    path(BASE, views.overview, name="list"),
    path(f"{BASE}new/", views.new, name="new"),
    path(f"{BASE}<uuid:uuid>/", views.scenario, name="scenario"),
    path(f"{BASE}<uuid:uuid>/delete/", views.delete, name="delete"),
]

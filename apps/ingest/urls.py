"""Addresses of recorded runs and uploads."""

from django.urls import path

from apps.ingest import views

app_name = "ingest"
BASE = "o/<slug:org>/runs/"
urlpatterns = [
    path(BASE, views.ledger, name="ledger"),
    path(f"{BASE}connect/", views.connect, name="connect"),
    path(f"{BASE}all/", views.runs, name="runs"),
    path(f"{BASE}all/runs.csv", views.download, name="download"),
    path(f"{BASE}all/label/", views.relabel, name="relabel"),
    path(f"{BASE}all/views/", views.save_view, name="save-view"),
    path(f"{BASE}all/views/<uuid:uuid>/delete/", views.delete_view, name="delete-view"),
    path(f"{BASE}all/<uuid:uuid>/", views.run, name="run"),
    path(f"{BASE}rules/", views.rules, name="rules"),
    path(f"{BASE}rules/apply/", views.sort_now, name="sort"),
    path(f"{BASE}rules/<uuid:uuid>/delete/", views.delete_rule, name="delete-rule"),
    path(f"{BASE}columns/", views.mappings, name="mappings"),
    path(f"{BASE}columns/<uuid:uuid>/delete/", views.delete_mapping, name="delete-mapping"),
    path(f"{BASE}<slug:slug>/anatomy/", views.anatomy, name="anatomy"),
    path(f"{BASE}<slug:slug>/declare/", views.declare, name="declare"),
    path(f"{BASE}uploads/<uuid:uuid>/", views.upload, name="upload"),
    path(f"{BASE}uploads/<uuid:uuid>/file", views.evidence, name="file"),
    path(f"{BASE}uploads/<uuid:uuid>/columns/", views.columns, name="columns"),
    path(f"{BASE}uploads/<uuid:uuid>/decide/", views.decide, name="decide"),
    path(f"{BASE}uploads/<uuid:uuid>/undo/", views.undo, name="undo"),
]

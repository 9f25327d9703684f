"""Addresses of recorded runs and uploads."""

from django.urls import path

from apps.ingest import views

app_name = "ingest"
BASE = "o/<slug:org>/runs/"
urlpatterns = [
    path(BASE, views.ledger, name="ledger"),
    path(f"{BASE}connect/", views.connect, name="connect"),
    path(f"{BASE}<slug:slug>/declare/", views.declare, name="declare"),
    path(f"{BASE}uploads/<uuid:uuid>/", views.upload, name="upload"),
    path(f"{BASE}uploads/<uuid:uuid>/file", views.evidence, name="file"),
    path(f"{BASE}uploads/<uuid:uuid>/undo/", views.undo, name="undo"),
]

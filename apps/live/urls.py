"""Addresses of followed services."""

from django.urls import path

from apps.live import views

app_name = "live"
BASE = "o/<slug:org>/runs/live/"
urlpatterns = [
    path(BASE, views.services, name="services"),
    path("o/<slug:org>/runs/deployed/", views.deployed, name="deployed"),
    path(f"{BASE}<uuid:uuid>/", views.service, name="service"),
    path(f"{BASE}<uuid:uuid>/events", views.events, name="events"),
    path(f"{BASE}<uuid:uuid>/value/", views.value, name="value"),
    path(f"{BASE}<uuid:uuid>/forget/", views.forget, name="forget"),
]

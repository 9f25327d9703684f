"""Addresses of budgets."""

from django.urls import path

from apps.budgets import views

app_name = "budgets"
BASE = "o/<slug:org>/budgets/"
urlpatterns = [
    path(BASE, views.overview, name="list"),
    path(f"{BASE}new/", views.edit, name="new"),
    path(f"{BASE}webhooks/", views.webhooks, name="webhooks"),
    path(f"{BASE}webhooks/<uuid:uuid>/test/", views.test_webhook, name="test"),
    path(f"{BASE}webhooks/<uuid:uuid>/remove/", views.remove_webhook, name="remove-webhook"),
    path(f"{BASE}<uuid:uuid>/", views.budget, name="budget"),
    path(f"{BASE}<uuid:uuid>/edit/", views.edit, name="edit"),
    path(f"{BASE}<uuid:uuid>/delete/", views.delete, name="delete"),
    path(f"{BASE}<slug:slug>/check/", views.check, name="check"),
]

"""Pages of an organisation's own factors."""

from django.urls import path

from apps.factors.views import own

app_name = "own_factors"
BASE = "o/<slug:org>/factors/"
urlpatterns = [
    path(BASE, own.listing, name="listing"),
    path(f"{BASE}new/", own.new, name="new"),
    path(f"{BASE}<uuid:uuid>/", own.detail, name="detail"),
    path(f"{BASE}<uuid:uuid>/delete/", own.delete, name="delete"),
    path(f"{BASE}<uuid:uuid>/evidence/", own.evidence, name="evidence"),
]

"""Pages of the library."""

from django.urls import path

from apps.factors import views

app_name = "factors"
urlpatterns = [
    path("", views.library, name="library"),
    path("sources/", views.sources, name="sources"),
    path("<slug:kind>/", views.listing, name="listing"),
    path("<slug:kind>/<slug:key>/", views.entry, name="entry"),
]

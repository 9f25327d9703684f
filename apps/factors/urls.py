"""Pages of the library."""

from django.urls import path, re_path

from apps.factors.views import library

app_name = "factors"
urlpatterns = [
    path("", library.library, name="library"),
    path("sources/", library.sources, name="sources"),
    path("diff/", library.difference, name="difference"),
    path("compare/<slug:kind>/", library.compare, name="compare"),
    re_path(
        r"^download/(?P<kind>[a-z_]{1,20})\.(?P<form>csv|json)$", library.download, name="download"
    ),
    path("<slug:kind>/", library.listing, name="listing"),
    path("<slug:kind>/<slug:key>/", library.entry, name="entry"),
]

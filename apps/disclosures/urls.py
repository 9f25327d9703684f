"""Addresses of reports, and the home page."""

from django.urls import URLPattern, URLResolver, path, register_converter

from apps.disclosures import views


class FileKind:
    """The two files of a report."""

    regex = "pdf|json"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(FileKind, "file_kind")
app_name = "disclosures"
BASE = "o/<slug:org>/assessments/<slug:slug>/report/"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path(BASE, views.preview, name="report"),
    path(f"{BASE}freeze/", views.freeze, name="freeze"),
    path(f"{BASE}<int:number>/", views.preview, name="numbered"),
    path(f"{BASE}<int:number>/publish/", views.publish, name="publish"),
    path(f"{BASE}<int:number>/withdraw/", views.withdraw, name="withdraw"),
    path(f"{BASE}<int:number>/report.<file_kind:kind>", views.own_file, name="own_file"),
    path("verify/", views.verify, name="verify"),
    path("d/<slug:slug>/", views.public, name="public"),
    path("d/<slug:slug>/report.<file_kind:kind>", views.public_file, name="file"),
    path("d/<slug:slug>/v<int:number>/", views.public, name="version"),
    path(
        "d/<slug:slug>/v<int:number>/report.<file_kind:kind>",
        views.public_file,
        name="version_file",
    ),
    path("d/<slug:slug>/v<int:number>/why/<str:flow>/<slug:category>/", views.why, name="why"),
]

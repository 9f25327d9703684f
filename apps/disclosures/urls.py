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
OWN = f"{BASE}<int:number>/"
PUBLIC = "d/<slug:slug>/"
VERSION = "d/<slug:slug>/v<int:number>/"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path(BASE, views.preview, name="report"),
    path(f"{BASE}freeze/", views.freeze, name="freeze"),
    path(f"{BASE}submit/", views.submit, name="submit"),
    path(f"{BASE}particulars/", views.particulars, name="particulars"),
    path(f"{BASE}particulars/logo/", views.logo, name="logo"),
    path(f"{BASE}evidence/", views.evidence, name="evidence"),
    path(f"{BASE}evidence/<uuid:uuid>/", views.evidence_file, name="evidence_file"),
    path(f"{BASE}evidence/<uuid:uuid>/delete/", views.remove_evidence, name="remove_evidence"),
    path(f"{BASE}comments/<uuid:uuid>/respond/", views.respond, name="respond"),
    path(f"{BASE}comments/<uuid:uuid>/resolve/", views.resolve, name="resolve"),
    path(OWN, views.preview, name="numbered"),
    path(f"{OWN}checklist/", views.checklist, name="checklist"),
    path(f"{OWN}review/", views.review, name="review"),
    path(f"{OWN}review/comments/", views.comment, name="comment"),
    path(f"{OWN}approve/", views.approve, name="approve"),
    path(f"{OWN}publish/", views.publish, name="publish"),
    path(f"{OWN}withdraw/", views.withdraw, name="withdraw"),
    path(f"{OWN}report.<file_kind:kind>", views.own_file, name="own_file"),
    path(f"{OWN}exports/<str:name>", views.own_export, name="own_export"),
    path("verify/", views.verify, name="verify"),
    path("schemas/ai-footprint-disclosure/1.0.json", views.disclosure_schema, name="schema"),
    path("d/", views.index, name="index"),
    path("d/feed.xml", views.ReportsFeed(), name="feed"),
    path(PUBLIC, views.public, name="public"),
    path(f"{PUBLIC}badge.svg", views.badge_svg, name="badge"),
    path(f"{PUBLIC}report.<file_kind:kind>", views.public_file, name="file"),
    path(VERSION, views.public, name="version"),
    path(f"{VERSION}badge.svg", views.badge_svg, name="version_badge"),
    path(f"{VERSION}report.<file_kind:kind>", views.public_file, name="version_file"),
    path(f"{VERSION}files.json", views.manifest, name="manifest"),
    path(f"{VERSION}exports/<str:name>", views.public_export, name="export"),
    path(f"{VERSION}evidence/<slug:sha256>", views.public_evidence, name="public_evidence"),
    path(f"{VERSION}why/<str:flow>/<slug:category>/", views.why, name="why"),
]

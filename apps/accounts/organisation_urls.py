"""Addresses of an organisation's people and keys."""

from django.urls import URLPattern, URLResolver, path

from apps.accounts.views import members, tokens

app_name = "organisation"
BASE = "o/<slug:org>/"
urlpatterns: list[URLPattern | URLResolver] = [
    path(f"{BASE}members/", members.members, name="members"),
    path(f"{BASE}members/<int:pk>/role/", members.change_role, name="change_role"),
    path(f"{BASE}members/<int:pk>/remove/", members.remove, name="remove"),
    path(f"{BASE}invitations/<uuid:uuid>/withdraw/", members.withdraw, name="withdraw"),
    path(f"{BASE}tokens/", tokens.tokens, name="tokens"),
    path(f"{BASE}tokens/<uuid:uuid>/revoke/", tokens.revoke, name="revoke"),
    path(f"{BASE}audit/", tokens.audit_log, name="audit"),
]

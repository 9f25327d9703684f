"""What every app's ``api.py`` is built from: authentication, scopes, strict shapes, safe writes, the schema.

The names are loaded when first used, because the settings name classes inside this package that the framework loads while
it is itself loading.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from apps.accounts.rest.fields import OwnedRelatedField
    from apps.accounts.rest.router import Router
    from apps.accounts.rest.serializers import StrictModelSerializer, StrictSerializer
    from apps.accounts.rest.views import MemberAPIView, ReadOnlyScopedViewSet, ScopedViewSet

__all__ = [
    "MemberAPIView",
    "OwnedRelatedField",
    "ReadOnlyScopedViewSet",
    "Router",
    "ScopedViewSet",
    "StrictModelSerializer",
    "StrictSerializer",
]
HOMES = {
    "MemberAPIView": "views",
    "OwnedRelatedField": "fields",
    "ReadOnlyScopedViewSet": "views",
    "Router": "router",
    "ScopedViewSet": "views",
    "StrictModelSerializer": "serializers",
    "StrictSerializer": "serializers",
}


def __getattr__(name: str) -> Any:
    if name not in HOMES:
        raise AttributeError(name)
    return getattr(import_module(f"apps.accounts.rest.{HOMES[name]}"), name)

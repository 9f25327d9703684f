"""What every page knows: the organisation worked in, and the others the visitor belongs to."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from apps.accounts import selectors
from apps.accounts.models import Organisation


def workspace(request: HttpRequest) -> dict[str, Any]:
    """Offer ``organisation``, ``membership`` and ``organisations`` to templates."""
    return {
        "organisation": getattr(request, "organisation", None),
        "membership": getattr(request, "membership", None),
        "organisations": SimpleLazyObject(lambda: organisations(request)),
    }


def organisations(request: HttpRequest) -> list[Organisation]:
    """List the visitor's organisations."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    return [member.organisation for member in selectors.memberships(user)]

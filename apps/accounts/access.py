"""Who may see a page: members only, by role; to everybody else the organisation does not exist."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase

from apps.accounts import selectors
from apps.accounts.models import Membership, Organisation, Role, User

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, Organisation, P], HttpResponseBase]
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class MemberRequest(HttpRequest):
    """A request that ``member_view`` has let through."""

    user: User
    membership: Membership
    organisation: Organisation


def member_view(
    role: Role = Role.VIEWER, *, write: Role = Role.EDITOR
) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """Guard ``view(request, organisation, ...)`` whose address holds the organisation's slug as ``org``.

    Anonymous visitors are sent to sign in, non-members get 404, members below ``role`` get 403; a request that
    changes something needs ``write`` as well.
    """

    def decorate(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, org: str, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return sign_in(request)
            member = admit(request, org)
            needed = role if request.method in SAFE_METHODS or role.includes(write) else write
            if not member.may(needed):
                msg = f"This needs the role {needed.label.lower()}; yours is {member.role}. Ask an owner of {member.organisation}."
                raise PermissionDenied(msg)
            return view(request, member.organisation, **kwargs)

        return guarded

    return decorate


def admit(request: HttpRequest, slug: str) -> Membership:
    """Attach the visitor's membership and organisation to the request, or answer 404."""
    member = selectors.membership(request.user, slug)  # type: ignore[arg-type]  # the caller has checked that somebody is signed in
    if member is None:
        raise Http404
    request.membership = member  # type: ignore[attr-defined]  # see MemberRequest
    request.organisation = member.organisation  # type: ignore[attr-defined]  # see MemberRequest
    return member


def sign_in(request: HttpRequest) -> HttpResponse:
    """Send the visitor to the login page and back; htmx is told to leave the page."""
    response: HttpResponse = redirect_to_login(request.get_full_path())
    if not getattr(request, "htmx", False):
        return response
    response = redirect_to_login(request.headers.get("HX-Current-URL", "/"))
    return HttpResponse(headers={"HX-Redirect": response["Location"]})

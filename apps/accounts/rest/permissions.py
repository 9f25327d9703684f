"""What the caller may do: the organisation worked in, the member's role, the token's scopes."""

from typing import Any

from django.http import Http404
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from apps.accounts import selectors
from apps.accounts.models import ApiToken, Membership, Role, Scope
from apps.accounts.rest.problems import BadRequest

HEADER = "X-Organisation"


class MemberPermission(BasePermission):
    """Members only: reads need the view's ``read_role`` and scope, changes its ``write_role`` and scope."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not request.user or not request.user.is_authenticated:
            return False
        view.membership = membership_of(request)
        safe = request.method in SAFE_METHODS
        demand_role(view.membership, view.read_role if safe else view.write_role)
        demand_scope(request, view.read_scope if safe else view.write_scope)
        return True


def membership_of(request: Request) -> Membership:
    """Return the caller's membership of the organisation that the request is about."""
    slug = request.headers.get(HEADER)
    if isinstance(request.auth, ApiToken):
        return _of_token(request.auth, slug)
    if slug is None:
        return only_membership(request)
    member = selectors.membership(request.user, slug)  # type: ignore[arg-type]  # the caller has checked that somebody is signed in
    if member is None:
        raise Http404
    return member


def _of_token(token: ApiToken, slug: str | None) -> Membership:
    """Return the membership that a token works by; its user and organisation are read already."""
    member = Membership.objects.filter(user=token.user, organisation=token.organisation).first()
    if slug not in {None, token.organisation.slug} or member is None:
        raise Http404
    member.user, member.organisation = token.user, token.organisation
    return member


def only_membership(request: Request) -> Membership:
    """Return the caller's membership where there is just one to choose from."""
    members = list(selectors.memberships(request.user)[:2])  # type: ignore[arg-type]  # see above
    if len(members) == 1:
        return members[0]
    slugs = ", ".join(member.organisation.slug for member in members) or "none yet"
    msg = f"Name the organisation in the header {HEADER}; yours include: {slugs}."
    raise BadRequest(msg, code="organisation_needed")


def demand_role(member: Membership, role: Role) -> None:
    if not member.may(role):
        msg = f"This needs the role {role.value}; yours is {member.role}. Ask an owner of {member.organisation}."
        raise PermissionDenied(msg, code="role_too_low")


def demand_scope(request: Request, scope: Scope) -> None:
    token = request.auth
    if isinstance(token, ApiToken) and scope not in token.scopes:
        held = ", ".join(token.scopes) or "none"
        msg = f"This needs a token with the scope “{scope.value}”; yours has: {held}. Issue another token."
        raise PermissionDenied(msg, code="scope_missing")

"""Reads: who belongs where."""

from django.db.models import QuerySet
from django.utils import timezone

from apps.accounts import keys
from apps.accounts.models import (
    ApiToken,
    AuditEvent,
    Invitation,
    Membership,
    Organisation,
    User,
)


def membership(user: User, slug: str) -> Membership | None:
    """Return ``user``'s membership of the organisation called ``slug``, if there is one."""
    return (
        Membership.objects.select_related("organisation", "user")
        .filter(user=user, organisation__slug=slug)
        .first()
    )


def memberships(user: User) -> QuerySet[Membership]:
    """List the organisations that ``user`` belongs to, by name."""
    return (
        Membership.objects.select_related("organisation")
        .filter(user=user)
        .order_by("organisation__name", "id")
    )


def members(organisation: Organisation) -> QuerySet[Membership]:
    """List an organisation's members with their accounts."""
    return organisation.memberships.select_related("user", "organisation")


def open_invitations(organisation: Organisation) -> QuerySet[Invitation]:
    """List the invitations that can still be accepted."""
    return organisation.invitations.filter(expires_at__gt=timezone.now())


def open_invitation(secret: str) -> Invitation | None:
    """Return the invitation with this secret, if it can still be accepted."""
    return (
        Invitation.objects.select_related("organisation")
        .filter(secret_sha256=keys.digest(secret), expires_at__gt=timezone.now())
        .first()
    )


def has_account(email: str) -> bool:
    """Tell whether somebody signs in with this address."""
    return User.objects.filter(email=email).exists()


def tokens(organisation: Organisation) -> QuerySet[ApiToken]:
    """List an organisation's tokens with the members who issued them."""
    return ApiToken.objects.of(organisation).select_related("user", "organisation")


def events(organisation: Organisation) -> QuerySet[AuditEvent]:
    """List an organisation's audit log, latest first."""
    return AuditEvent.objects.of(organisation)

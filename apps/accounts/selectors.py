"""Reads: who belongs where."""

from django.db.models import QuerySet

from apps.accounts.models import Membership, User


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

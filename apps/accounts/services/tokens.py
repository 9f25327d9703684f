"""Keys for programs."""

from collections.abc import Collection
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from apps.accounts import keys
from apps.accounts.errors import DomainError, NotPermitted
from apps.accounts.models import ApiToken, Membership, Role, Scope
from apps.accounts.services.audit import record_event

LONGEST_DAYS = 366


@transaction.atomic
def issue_token(
    *, actor: Membership, name: str, scopes: Collection[str], days: int
) -> tuple[ApiToken, str]:
    """Issue a token in the actor's name; its secret is returned once and kept only as a hash."""
    if not 1 <= days <= LONGEST_DAYS:
        msg = f"A token lives 1 to {LONGEST_DAYS} days."
        raise DomainError(msg, field="days")
    if not scopes:
        raise DomainError("Choose at least one scope.", field="scopes")
    secret, prefix = keys.new_token()
    token = ApiToken.objects.create(
        organisation=actor.organisation,
        user=actor.user,
        name=name,
        prefix=prefix,
        secret_sha256=keys.digest(secret),
        scopes=[scope.value for scope in Scope if scope in scopes],
        expires_at=timezone.now() + timedelta(days=days),
    )
    record_event(actor.organisation, actor.user, "issued", token, {"scopes": token.scopes})
    return token, secret


@transaction.atomic
def revoke_token(*, token: ApiToken, actor: Membership) -> ApiToken:
    """Make a token useless, at once and for good; owners may revoke anybody's."""
    if token.user_id != actor.user_id and not actor.may(Role.OWNER):
        raise NotPermitted("Only an owner may revoke somebody else's token.")
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        record_event(token.organisation, actor.user, "revoked", token)
    return token

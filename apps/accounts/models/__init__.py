"""Organisations, their people, and the base of everything an organisation owns."""

from apps.accounts.models.audit import AuditEvent
from apps.accounts.models.base import Owned, OwnedQuerySet, Versioned
from apps.accounts.models.organisation import Invitation, Membership, Organisation, Role
from apps.accounts.models.token import ApiToken, IdempotentRequest, Scope
from apps.accounts.models.user import User

__all__ = [
    "ApiToken",
    "AuditEvent",
    "IdempotentRequest",
    "Invitation",
    "Membership",
    "Organisation",
    "Owned",
    "OwnedQuerySet",
    "Role",
    "Scope",
    "User",
    "Versioned",
]

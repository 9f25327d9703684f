"""What organisations do with their people, keys and records; the writes of this app."""

from apps.accounts.services.audit import record_event
from apps.accounts.services.members import (
    accept_invitation,
    change_role,
    create_organisation,
    invite_member,
    remove_member,
    sign_up,
    withdraw_invitation,
)
from apps.accounts.services.tokens import issue_token, revoke_token
from apps.accounts.services.upkeep import prune
from apps.accounts.services.versions import demand_version, save_versioned

__all__ = [
    "accept_invitation",
    "change_role",
    "create_organisation",
    "demand_version",
    "invite_member",
    "issue_token",
    "prune",
    "record_event",
    "remove_member",
    "revoke_token",
    "save_versioned",
    "sign_up",
    "withdraw_invitation",
]

"""What organisations do with their people, keys and records; the writes of this app."""

from apps.accounts.services.audit import record_event
from apps.accounts.services.tokens import issue_token, revoke_token
from apps.accounts.services.versions import demand_version, save_versioned

__all__ = ["demand_version", "issue_token", "record_event", "revoke_token", "save_versioned"]

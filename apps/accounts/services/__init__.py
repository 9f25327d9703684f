"""What organisations do with their people, keys and records; the writes of this app."""

from apps.accounts.services.audit import record_event
from apps.accounts.services.versions import save_versioned

__all__ = ["record_event", "save_versioned"]

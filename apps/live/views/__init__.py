"""Pages of services that are followed."""

from apps.live.views.deployed import deployed
from apps.live.views.services import events, forget, service, services, value

__all__ = ["deployed", "events", "forget", "service", "services", "value"]

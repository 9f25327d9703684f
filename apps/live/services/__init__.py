"""Following services: counting what arrives once, valuing it, fetching what is not pushed."""

from apps.live.services.counting import Taken, count
from apps.live.services.following import follow, forget, value_anew
from apps.live.services.polling import poll, poll_all, prune

__all__ = ["Taken", "count", "follow", "forget", "poll", "poll_all", "prune", "value_anew"]

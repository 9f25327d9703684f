"""Services that are followed as they answer, their counters, and what they used hour by hour."""

from apps.live.models.counters import Counter, Seen
from apps.live.models.service import LiveService
from apps.live.models.use import HourlyUse, Kind, PeriodUse, Valuation

__all__ = ["Counter", "HourlyUse", "Kind", "LiveService", "PeriodUse", "Seen", "Valuation"]

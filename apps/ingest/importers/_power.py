"""Power over time made energy: the trapezium rule, series by series, without bridging gaps."""

import itertools
import statistics
from collections import Counter
from collections.abc import Iterable

import attrs

from apps.ingest.importers._figures import JOULES_PER_KWH
from apps.ingest.record import Note

MOST_W = 1e6
GAP_S = 60.0
FIRST_GAP_S = 600.0
GAP_SAMPLES = 10
LIKE_THE_LAST = 2  # times the step before: a slow sampler, no gap
LARGE_GAP = (
    0.4  # of the long gaps between lines: what is longer begins a new sweep over the devices
)
LONG_GAPS = 0.97  # quantile
FEWEST_REGULAR = 0.8
MOST_SERIES = 4096

GAP = Note(
    code="gap",
    text="Samples are missing for a while; the gap was not bridged, so its energy is not in the sum.",
)


@attrs.define
class Series:
    """Samples of one device, held as sums.

    A gap of more than a minute (ten, before the first step is known), of more than ten samples as they had come
    until then, and of more than twice the step before it, is not bridged.
    """

    samples: int = 0
    first_s: float = 0.0
    last_s: float = 0.0
    last_w: float = 0.0
    watts: float = 0.0
    joules: float = 0.0
    covered_s: float = 0.0
    step_s: float = 0.0
    gaps: int = 0

    def add(self, time_s: float, power_w: float) -> bool:
        """Take a sample in; false if its time lies before that of the last."""
        step = time_s - self.last_s
        if self.samples and step < 0:
            return False
        if not self.samples:
            self.first_s = time_s
        elif step > self._longest_s:
            self.gaps += 1
        else:
            self.joules += step * (self.last_w + power_w) / 2
            self.covered_s += step
        self.step_s = step if self.samples else 0.0
        self.last_s, self.last_w = time_s, power_w
        self.watts += power_w
        self.samples += 1
        return True

    @property
    def _longest_s(self) -> float:
        """Longest step that is bridged [s]."""
        if self.samples == 1:
            return FIRST_GAP_S
        steps = self.samples - 1 - self.gaps
        usual = self.covered_s / steps if steps else 0.0
        return max(GAP_S, GAP_SAMPLES * usual, LIKE_THE_LAST * self.step_s)


@attrs.define
class Devices:
    """Series of several devices by their key."""

    series: dict[str, Series] = attrs.field(factory=dict)

    def add(self, key: str, time_s: float, power_w: float) -> bool:
        """Take a sample of a device in; false if its time goes back, or there are too many devices."""
        if key not in self.series and len(self.series) >= MOST_SERIES:
            return False
        return self.series.setdefault(key, Series()).add(time_s, power_w)

    @property
    def energy_kwh(self) -> float | None:
        """Energy of all devices; ``None`` without two samples of one."""
        covered = [item for item in self.series.values() if item.covered_s > 0]
        return sum(item.joules for item in covered) / JOULES_PER_KWH if covered else None

    @property
    def device_hours(self) -> float | None:
        """Hours covered, summed over devices."""
        seconds = sum(item.covered_s for item in self.series.values())
        return seconds / 3600 if seconds else None

    @property
    def span(self) -> tuple[float, float] | None:
        """First and last time [s]."""
        if not self.series:
            return None
        first = min(item.first_s for item in self.series.values())
        return first, max(item.last_s for item in self.series.values())

    @property
    def notes(self) -> tuple[Note, ...]:
        """Whether a gap was met."""
        return (GAP,) if any(item.gaps for item in self.series.values()) else ()


def interleaved(times_s: Iterable[float]) -> int:
    """Tell how many devices take turns in a list without their names, by the sweeps that its times show; 1 if none."""
    times = list(times_s)
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    if not gaps or (longest := sorted(gaps)[int(LONG_GAPS * (len(gaps) - 1))]) <= 0:
        return 1
    sizes, size = Counter[int](), 1
    for gap in gaps:
        if gap > LARGE_GAP * longest:
            sizes[size] += 1
            size = 1
        else:
            size += 1
    if not sizes:
        return 1
    usual = statistics.mode(sizes.elements())
    return usual if sizes[usual] >= FEWEST_REGULAR * sizes.total() else 1

"""Lines of the text that Prometheus scrapes."""

import re
from collections.abc import Iterable, Iterator

import attrs

from apps.ingest.reading import figure

SAMPLE = re.compile(
    r"([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})?\s+([^\s{}]+)(?:\s+-?\d+)?(?:\s+#.*)?\s*"
)
LABEL = re.compile(r'([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"')
MOST = 1e18


@attrs.frozen(kw_only=True)
class Sample:
    """One value; ``None`` where it is negative, beyond all reason or no number."""

    name: str
    labels: dict[str, str]
    value: float | None


def sample(text: str) -> Sample | None:
    """Read one line; ``None`` if it is no sample."""
    found = SAMPLE.fullmatch(text.strip())
    if not found:
        return None
    name, labels, cell = found.groups()
    value = figure(cell)
    is_sound = value is not None and 0 <= value <= MOST
    return Sample(
        name=name, labels=dict(LABEL.findall(labels or "")), value=value if is_sound else None
    )


def samples(lines: Iterable[str]) -> Iterator[Sample]:
    """Stream the samples of some lines; comments and torn lines are passed over."""
    for text in lines:
        if text and not text.startswith("#") and (found := sample(text)):
            yield found

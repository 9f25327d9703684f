"""What the benchmarks share: a database of their own, a timer, and a table."""

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import django

Work = Callable[[], object]


@contextmanager
def database() -> Iterator[None]:
    """Work on an empty database of the tests' kind, with the shipped factor release."""
    django.setup()
    from django.test.utils import setup_databases, teardown_databases

    from apps.factors.services import load_release

    made = setup_databases(verbosity=0, interactive=False)
    try:
        load_release()
        yield
    finally:
        teardown_databases(made, verbosity=0)


def medians_s(first: Work, second: Work, *, repeats: int) -> tuple[float, float]:
    """Return the median wall times of two works in seconds, run in turn so that both see the same machine."""
    first(), second()
    times = [(timed(first), timed(second)) for _ in range(repeats)]
    ours, theirs = zip(*times, strict=True)
    return statistics.median(ours), statistics.median(theirs)


def timed(work: Work) -> float:
    """Return the wall time of some work, in seconds."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def report(title: str, rows: dict[str, float], ratio: float, target: float) -> int:
    """Print a table and whether the target is met; return the exit status."""
    print(f"\n{title}")
    for name, seconds in rows.items():
        print(f"  {name:<58} {seconds * 1000:9.1f} ms")
    verdict = "met" if ratio <= target else "MISSED"
    print(f"  {'ratio':<58} {ratio:9.2f}    target {target:g}: {verdict}", flush=True)
    return int(ratio > target)

import os
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import pytest

Windows = list[dict[str, Any]]


@pytest.fixture(scope="session")
def probe_extra() -> None:
    """The packages that run models: missing ones fail the build on CI, and skip the test elsewhere."""
    missing = [
        name for name in ("torch", "transformers", "bitsandbytes") if find_spec(name) is None
    ]
    if not missing:
        return
    message = (
        f"The probe extra is not installed ({', '.join(missing)}): see docs/methodology/probes.md."
    )
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture
def windows() -> Windows:
    """Round figures: idle 10 W; prefill 2 and 4 J/token; decode 20 and 30 J/token."""
    shape: Callable[..., dict[str, Any]] = lambda phase, repeat, tokens, seconds, joules: {  # noqa: E731  a table reads best
        "phase": phase,
        "repeat": repeat,
        "iterations": 1 if tokens else 0,
        "tokens": tokens,
        "duration_s": seconds,
        "energy_j": joules,
    }
    return [
        shape("idle", 0, 0, 2.0, 20.0),
        shape("idle", 1, 0, 4.0, 40.0),
        shape("prefill", 0, 100, 1.0, 200.0),
        shape("prefill", 1, 100, 1.0, 400.0),
        shape("decode", 0, 10, 2.0, 200.0),
        shape("decode", 1, 10, 2.0, 300.0),
    ]

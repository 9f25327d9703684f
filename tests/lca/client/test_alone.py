"""The client is light: what it loads, and that it needs no more than its own dependencies."""

import subprocess
import sys

import pytest

HEAVY = (
    "django",
    "rest_framework",
    "celery",
    "numpy",
    "torch",
    "pandas",
    "lca.engine",
    "lca.measure",
)


@pytest.mark.parametrize(
    "module", ["lca.client", "lca.client.cli", "lca.client.measuring", "lca.client.uploading"]
)
def test_importing_it_loads_nothing_heavy(module):
    code = f"import sys, {module}; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_without_meters_a_run_still_has_its_duration(monkeypatch):
    from lca.client import measuring

    monkeypatch.setitem(sys.modules, "lca.measure.meters", None)
    monkeypatch.setitem(sys.modules, "lca.measure.meters.modelled", None)
    ran = measuring.run([sys.executable, "-c", "pass"])
    assert ran.counted.kwh is None
    assert "cradle-lca[meters]" in ran.counted.reasons[0]
    body = measuring.body_of(ran, system="s", name="n", external_id="x")
    assert "energy_kwh" not in body
    assert body["duration_s"] > 0

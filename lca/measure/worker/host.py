"""The devices of this machine, found out in a process of its own so that the worker never holds one open."""

import json
import platform
import subprocess
import sys
from typing import Any

from lca.measure.child import ROOT, environment
from lca.measure.document import PROBE_VERSION
from lca.measure.environment import package_versions
from lca.measure.errors import MeasureError

TIMEOUT_S = 300.0


class NoDevices(MeasureError):
    """The devices of this machine cannot be listed."""

    exit_code = 12
    code = "no_devices"


def announcement() -> dict[str, Any]:
    """Return what the host tells about itself when it joins."""
    return {
        "devices": devices(),
        "probe_version": PROBE_VERSION,
        "python": platform.python_version(),
        "packages": package_versions(),
    }


def devices() -> list[dict[str, Any]]:
    """Return the devices of this machine, each with the meters that can read it.

    Raises
    ------
    NoDevices
        If they cannot be listed, with the reason that was given.
    """
    command = [sys.executable, "-m", "lca.measure", "devices"]
    try:
        done = subprocess.run(  # noqa: S603  own interpreter, fixed words
            command,
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
            env=environment(),
            timeout=TIMEOUT_S,
        )
        found: list[dict[str, Any]] = json.loads(done.stdout)
    except subprocess.CalledProcessError as error:
        lines = error.stderr.strip().splitlines() or [f"status {error.returncode}"]
        msg = f"The devices of this machine cannot be listed: {lines[-1].removeprefix('error: ')}"
        raise NoDevices(msg) from error
    except (subprocess.TimeoutExpired, ValueError) as error:
        msg = f"The devices of this machine cannot be listed: {error}. Try: python -m lca.measure devices"
        raise NoDevices(msg) from error
    return found

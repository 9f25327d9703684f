"""Resolve the dependencies of ``pyproject.toml`` into the three lock files: pinned, hashed, without index addresses."""

import sys
from pathlib import Path

from console import VENV, must
from packages import DEV_LOCK, LOCK, PROBE_LOCK

COMPILE: list[str | Path] = [
    VENV / "bin" / "uv",
    "pip",
    "compile",
    "--quiet",
    *sys.argv[1:],  # --upgrade takes newer versions where the ranges allow
    "pyproject.toml",
]


def main() -> None:
    """Write the lock files; each later one agrees with the ones before."""
    must("Locking what the server needs", [*COMPILE, "--extra", "server", "-o", LOCK])
    dev: list[str | Path] = ["--extra", "server", "--group", "test", "--group", "lint", "-c", LOCK]
    must("Locking what development needs", [*COMPILE, *dev, "-o", DEV_LOCK])
    probe: list[str | Path] = ["--extra", "probe", "-c", DEV_LOCK, "--no-emit-package", "torch"]
    must("Locking what probes need beside torch", [*COMPILE, *probe, "-o", PROBE_LOCK])


if __name__ == "__main__":
    main()

"""The virtual environment and what is in it: uv by pip, the locked packages by uv, torch by pip."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import system
from console import MAC, PYTHON, ROOT, VENV, Stamp, digest, environment, must, say, stop

OLDEST = (3, 11)
LOCK = ROOT / "requirements.lock"
DEV_LOCK = ROOT / "requirements-dev.lock"
PROBE_LOCK = ROOT / "requirements-probe.lock"
TORCH = "torch==2.13.0"
UV_INSTALL: list[str | Path] = [
    VENV / "bin" / "uv",
    "pip",
    "install",
    "--quiet",
    "--python",
    PYTHON,
    "--require-hashes",
]
PIP_INSTALL = [str(PYTHON), "-m", "pip", "install", "--quiet"]
HEAVY = ("nvidia-", "cuda-", "triton")
NO_NETWORK = "Is the network there? Behind a mirror or a proxy, set pip's and uv's usual configuration first."


def ensure_venv() -> None:
    """Make the virtual environment, with uv in it; make it anew when its Python is gone or too old."""
    uv = VENV / "bin" / "uv"
    if _venv_works() and uv.exists():
        return
    if not os.access(ROOT, os.W_OK):
        stop(f"the folder {ROOT} cannot be written to, so {VENV.name} cannot be made in it.")
    if not _venv_works():
        _make_venv()
    must(
        "Installing uv into the virtual environment",
        [PYTHON, "-m", "pip", "install", "--quiet", "uv>=0.8"],
        NO_NETWORK,
    )


def _venv_works() -> bool:
    """Tell whether the environment's Python runs, is new enough and lives where it was made."""
    code = f"import sys; sys.exit(sys.version_info < {OLDEST} or sys.prefix != {str(VENV)!r})"
    try:
        return (
            subprocess.run([PYTHON, "-c", code], capture_output=True, check=False).returncode == 0
        )
    except OSError:
        return False


def _make_venv() -> None:
    """Make a fresh environment; on Debian, where venv is a package of its own, install that first."""
    if VENV.exists():
        say(
            "The virtual environment does not work here (moved, or its Python is gone): making it anew"
        )
        shutil.rmtree(VENV)
    has_pip = subprocess.run(
        [sys.executable, "-c", "import venv, ensurepip"], capture_output=True, check=False
    )
    if has_pip.returncode:
        system.install(system.VENV)
    must(
        f"Making the virtual environment {VENV.name} with Python {sys.version.split()[0]}",
        [sys.executable, "-m", "venv", VENV],
        system.by_hand(system.VENV),
    )


def ensure_locked(*locks: Path) -> None:
    """Install the packages of lock files, hashes checked, unless that was done already."""
    stamp = Stamp(VENV, "-".join(lock.stem for lock in locks), digest(locks, sys.version))
    if stamp.fresh():
        return
    names = [part for lock in locks for part in ("-r", str(lock))]
    must(
        f"Installing the packages of {', '.join(lock.name for lock in locks)}",
        [*UV_INSTALL, *names],
        NO_NETWORK,
    )
    stamp.set()


def has_torch() -> bool:
    """Tell whether torch is in the environment."""
    return any(VENV.glob("lib/python*/site-packages/torch/__init__.py"))


def ensure_probe(*, wanted: bool) -> None:
    """Install torch and its companions if wanted, or where they are light; else say how to add them."""
    stamp = Stamp(VENV, "probe", digest([PROBE_LOCK], TORCH, sys.version))
    declined = Stamp(VENV, "probe-declined", digest([PROBE_LOCK], TORCH, sys.version))
    if (stamp.fresh() and has_torch()) or (declined.fresh() and not wanted):
        return
    if not wanted and (why := _too_heavy()):
        say(f"The measuring parts (torch) are left out: {why}. To add them: make probe")
        declined.set()
        return
    must(f"Installing {TORCH}, which runs the reference models", [*PIP_INSTALL, TORCH], NO_NETWORK)
    must(
        f"Installing the packages of {PROBE_LOCK.name}",
        [
            *UV_INSTALL,
            "--no-deps",
            "-r",
            PROBE_LOCK,
        ],  # complete but for torch, which is there by now
        NO_NETWORK,
    )
    stamp.set()


def _too_heavy() -> str | None:
    """Return why torch should not be installed unasked: CUDA packages on a machine without a GPU."""
    if has_torch() or MAC or _has_gpu():
        return None
    names = _would_install(TORCH)
    if names is None:
        return f"{TORCH} is not to be had for this Python"
    heavy = [name for name in names if name.startswith(HEAVY)]
    if not heavy:
        return None
    return f"it would bring {len(heavy)} CUDA packages, gigabytes, and there is no GPU"


def _would_install(requirement: str) -> list[str] | None:
    """Return the names of the packages pip would fetch, or ``None`` when it finds no way."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [*PIP_INSTALL, "--dry-run", "--report", str(report), requirement]
        done = subprocess.run(command, capture_output=True, env=environment(), check=False)
        if done.returncode:
            return None
        return [
            item["metadata"]["name"].lower() for item in json.loads(report.read_text())["install"]
        ]


def _has_gpu() -> bool:
    """Tell whether this machine shows an NVIDIA GPU."""
    return Path("/dev/nvidia0").exists() or shutil.which("nvidia-smi") is not None

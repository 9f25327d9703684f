"""What every script shares: messages a person can act on, stamps for work already done, and running commands."""

import hashlib
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
IN_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}
MAC = sys.platform == "darwin"
COLOUR = sys.stdout.isatty() and "NO_COLOR" not in os.environ


def data_folder() -> Path:
    """Return the folder that holds everything a running Cradle writes."""
    return Path(os.environ.get("CRADLE_DATA") or ROOT / "var").expanduser().resolve()


def say(text: str) -> None:
    """Print one line about what is being done."""
    mark = "\033[1;36m>\033[0m" if COLOUR else ">"
    print(f"{mark} {text}", flush=True)


def stop(problem: str, *remedy: str) -> NoReturn:
    """End with what is wrong and the exact commands that put it right."""
    lines = [f"\nCradle cannot go on: {problem}", *(f"    {line}" for line in remedy)]
    raise SystemExit("\n".join(lines) + "\n")


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment for child processes: the venv first on PATH, Homebrew's libraries found."""
    env = {**os.environ, "VIRTUAL_ENV": str(VENV), "PYTHONUNBUFFERED": "1"}
    env["PATH"] = f"{VENV / 'bin'}{os.pathsep}{env.get('PATH', os.defpath)}"
    if MAC:
        env.setdefault("DYLD_FALLBACK_LIBRARY_PATH", "/opt/homebrew/lib:/usr/local/lib:/usr/lib")
    return {**env, **(extra or {})}


def run(command: Sequence[str | Path], *, env: Mapping[str, str] | None = None) -> int:
    """Run a command in the project's root with its output shown; return its exit status."""
    return subprocess.run(
        [str(part) for part in command], cwd=ROOT, env=environment(env), check=False
    ).returncode


def must(what: str, command: Sequence[str | Path], *remedy: str) -> None:
    """Run a command whose output is shown only when it fails; then stop with ``remedy``."""
    started = time.monotonic()
    say(what)
    done = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env=environment(),
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        print(done.stdout[-6000:], file=sys.stderr)
        shown = shlex.join(str(part) for part in command)
        stop(f"this step failed: {what} (status {done.returncode})", shown, *remedy)
    if (took := time.monotonic() - started) > 1:
        say(f"  done in {took:.1f} s")


def digest(paths: Iterable[Path], *words: str) -> str:
    """Return a hash over the contents of files, the files in folders, and some words."""
    total = hashlib.sha256("\0".join(words).encode())
    for path in sorted(found for given in paths for found in _files(given)):
        total.update(f"\0{path.relative_to(ROOT)}\0".encode())
        total.update(path.read_bytes())
    return total.hexdigest()


def _files(path: Path) -> list[Path]:
    """Return the file itself, or every file below a folder."""
    if path.is_dir():
        return [p for p in path.rglob("*") if p.is_file() and "__pycache__" not in p.parts]
    return [path] if path.exists() else []


class Stamp:
    """Remembers in a small file that a step was done with given inputs."""

    def __init__(self, folder: Path, name: str, inputs: str) -> None:
        self.path = folder / ".done" / name
        self.inputs = inputs

    def fresh(self) -> bool:
        """Tell whether the step was already done with these inputs."""
        return self.path.is_file() and self.path.read_text() == self.inputs

    def set(self) -> None:
        """Record the step as done."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(self.inputs)

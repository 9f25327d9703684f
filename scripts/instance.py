"""One Cradle for each data folder and each address: who holds them, and a clear word when they are taken."""

import errno
import fcntl
import os
import socket
from pathlib import Path
from typing import IO

from console import stop

HOST = os.environ.get("HOST") or "127.0.0.1"
PORT = os.environ.get("PORT") or "8000"


def address() -> str:
    """Return the address a person opens on this machine."""
    host = "localhost" if HOST in {"0.0.0.0", "::", "127.0.0.1", "::1"} else HOST  # noqa: S104 - compared, not bound
    return f"http://{host}:{PORT}"


def bind_address() -> str:
    """Return host and port as gunicorn takes them, IPv6 in brackets."""
    return f"[{HOST}]:{PORT}" if ":" in HOST else f"{HOST}:{PORT}"


def hold(data: Path) -> IO[str]:
    """Take the data folder for this process until it ends; stop when another Cradle has it."""
    lock = (data / "serve.lock").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.seek(0)
        with lock:
            holder = lock.read().strip() or "just starting"
        stop(
            f"another Cradle ({holder}) already runs on {data}.",
            "stop that one with Ctrl-C, or start this one beside it with its own folder and port:",
            "CRADLE_DATA=/some/folder PORT=8001 make run",
        )
    lock.truncate(0)
    lock.write(f"process {os.getpid()}, {address()}")
    lock.flush()
    return lock


def refuse_second(data: Path) -> None:
    """Stop when another Cradle has the data folder."""
    hold(data).close()


def refuse_busy_port() -> None:
    """Stop when the port is not a number, is taken, or may not be used."""
    if not (PORT.isascii() and PORT.isdigit() and int(PORT) in range(1, 65_536)):
        stop(f"PORT is {PORT!r}; it must be a number from 1 to 65535.", "PORT=8000 make run")
    family = socket.AF_INET6 if ":" in HOST else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, int(PORT)))
        except OSError as error:
            _explain(error)


def _explain(error: OSError) -> None:
    """Stop with the reason why the address cannot be used and what to type instead."""
    if error.errno == errno.EADDRINUSE:
        stop(f"port {PORT} on {HOST} is taken by another program.", "PORT=8001 make run")
    if error.errno == errno.EACCES:
        stop(f"port {PORT} needs administrator rights.", "PORT=8000 make run")
    stop(f"cannot listen on {HOST}:{PORT}: {error.strerror}.", "HOST=127.0.0.1 make run")

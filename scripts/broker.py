"""The broker: a Redis named by ``REDIS_URL``, else one of our own on a private socket in the data folder."""

import hashlib
import os
import socket
import tempfile
from pathlib import Path

import system
from console import stop

LONGEST_SOCKET_PATH = 100  # the kernel takes 107 bytes on Linux, 103 on macOS


def socket_path(data: Path) -> Path:
    """Return where our own Redis listens: in the data folder, or in a short folder when that path is too long."""
    path = data / "redis" / "redis.sock"
    if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH:
        return path
    name = hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"cradle-{os.getuid()}-{name}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        stop(
            f"the folder {folder} belongs to somebody else.", "CRADLE_DATA=/a/shorter/path make run"
        )
    return folder / "redis.sock"


def url(path: Path) -> str:
    """Return the address of our own Redis as Celery takes it."""
    return f"redis+socket://{path}"


def command(data: Path, path: Path) -> list[str]:
    """Return the command that starts our own Redis: no port, a private socket, its queue kept on disk."""
    program = system.redis_server()
    if program is None:
        stop(
            "no Redis server was found.",
            system.by_hand(system.REDIS_NEED),
            "or: REDIS_URL=redis://host:6379/0 make run",
        )
    options = {
        "port": "0",
        "unixsocket": str(path),
        "unixsocketperm": "700",
        "dir": str(data / "redis"),
        "save": "60 1",
        "loglevel": "warning",
        "daemonize": "no",
    }
    return [program, *(word for name, value in options.items() for word in (f"--{name}", value))]


def answers(path: Path) -> bool:
    """Tell whether a Redis answers on the socket."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(1)
        try:
            client.connect(str(path))
            client.sendall(b"PING\r\n")
            return client.recv(7) == b"+PONG\r\n"
        except OSError:
            return False

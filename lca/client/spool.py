"""Runs and files that wait for a server that could not be reached; sent oldest first, once each."""

import json
import os
import shutil
import time
import uuid
from pathlib import Path
from typing import Any

from lca.client.config import spool_folder
from lca.client.errors import ClientError, Refused
from lca.client.server import Server

MOST_BYTES = 100_000_000


def keep(kind: str, body: dict[str, Any], file: Path | None = None) -> Path:
    """Keep a message, and a copy of its file, until ``send`` is called; whole or not at all."""
    folder = spool_folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if file is not None and file.stat().st_size > MOST_BYTES:
        msg = f"{file} is larger than {MOST_BYTES // 1_000_000} MB and is not kept for later."
        raise ClientError(msg)
    name = f"{time.time_ns():020d}-{uuid.uuid4().hex[:8]}"
    part = folder / f".{name}"
    part.mkdir(mode=0o700)
    if file is not None:
        shutil.copyfile(file, part / "file")
    message = {"kind": kind, "body": body, "name": file.name if file else ""}
    (part / "message.json").write_text(json.dumps(message), encoding="utf-8")
    os.replace(part, folder / name)  # noqa: PTH105  of a folder, at once
    return folder / name


def waiting() -> list[Path]:
    """Messages that wait, oldest first."""
    folder = spool_folder()
    return (
        sorted(p for p in folder.iterdir() if not p.name.startswith(".")) if folder.exists() else []
    )


def send(server: Server) -> tuple[int, list[str]]:
    """Send what waits, stopping where the server cannot be reached; return how many, and what was refused and why.

    What the server refuses is moved aside, into the folder ``refused``, so that it does not stand in the way.

    Raises
    ------
    Unreachable
        If the server cannot be reached; what was not sent stays.
    """
    sent, refused = 0, []
    for item in waiting():
        message = json.loads((item / "message.json").read_text(encoding="utf-8"))
        try:
            _send(server, message, item / "file")
        except Refused as error:
            refused.append(f"{item.name}: {error}")
            aside = spool_folder().parent / "refused"
            aside.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.replace(item, aside / item.name)  # noqa: PTH105  of a folder, at once
            continue
        shutil.rmtree(item)
        sent += 1
    return sent, refused


def _send(server: Server, message: dict[str, Any], file: Path) -> None:
    if message["kind"] == "run":
        server.post("recorded-runs/", message["body"])
        return
    server.upload(file, message["body"], name=message["name"])

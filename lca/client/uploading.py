"""Sending runs and files, at once or, where the server cannot be reached, later."""

import os
import time
from pathlib import Path
from typing import Any

from lca.client import config, spool
from lca.client.errors import Unreachable
from lca.client.output import amount, say
from lca.client.server import Server

OPEN = {"waiting", "reading"}
POLL_S = 0.5
LONGEST_S = 600.0
SHOWN = 5
Found = dict[str, Any]


def send_run(body: Found) -> Found:
    """Send a run, after what waits from before; keep it where the server cannot be reached."""
    with Server(config.load()) as server:
        try:
            _send_waiting(server)
            made = server.post("recorded-runs/", body)
        except Unreachable as error:
            spool.keep("run", body)
            return {"state": "kept", "why": str(error), **body}
    return {"state": "sent", **made}


def send_files(files: list[Path], fields: dict[str, str], *, wait: bool) -> list[Found]:
    """Send files one after another; say what became of each."""
    ended = []
    with Server(config.load()) as server:
        for path in files:
            try:
                _send_waiting(server)
                upload = server.upload(path, fields)
                ended.append(_followed(server, upload) if wait else upload)
            except Unreachable as error:
                spool.keep("file", fields, path)
                ended.append({"state": "kept", "why": str(error), "file_name": path.name})
    return ended


def _send_waiting(server: Server) -> None:
    if not spool.waiting():
        return
    sent, refused = spool.send(server)
    say(f"{sent} sent that had waited.", "dim")
    for reason in refused:
        say(f"Refused, and moved aside: {reason}", "red")


def _followed(server: Server, upload: Found) -> Found:
    """Wait until a file is read, and fetch why rows were refused."""
    from rich.progress import Progress, SpinnerColumn, TextColumn

    from lca.client.output import console

    end, address = time.monotonic() + LONGEST_S, f"uploads/{upload['uuid']}/"
    columns = (SpinnerColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console(), transient=True) as progress:
        task = progress.add_task(upload["file_name"])
        while upload["state"] in OPEN and time.monotonic() < end:
            text = f"{upload['file_name']}: {upload['state']}, {upload['rows_read']:,} rows"
            progress.update(task, description=text)
            time.sleep(POLL_S)
            upload = server.get(address)
    if upload["rows_refused"]:
        upload["refused"] = server.get(f"{address}refused/")["results"]
    return upload


def told(item: Found) -> tuple[str, str]:
    """A sentence about what became of something, and its style."""
    if item["state"] == "kept":
        what = item.get("file_name") or item.get("name")
        return (
            f"{item['why']} “{what}” is kept and sent by the next command that reaches it.",
            "yellow",
        )
    if item["state"] == "sent":
        energy = amount(item["energy_kwh"], "kWh")
        return (
            f"Recorded “{item['name']}”: {item['outcome']}, {energy}, {item['provenance']}.",
            "green",
        )
    return _of_upload(item)


def _of_upload(item: Found) -> tuple[str, str]:
    name = item["file_name"]
    if item["state"] == "refused":
        return f"{name} is refused: {item['message']}", "red"
    if item["state"] in OPEN:
        return f"{name} is sent and waits to be read.", ""
    head = (
        f"{name}, {item['format']}: {item['runs_added']} runs added, {item['runs_duplicate']} known already,"
        f" {item['rows_refused']} rows refused."
    )
    rows = item.get("refused", [])[:SHOWN]
    lines = [head, *(f"  line {r['line']}: {r['why']} {r['remedy']}".rstrip() for r in rows)]
    return "\n".join(lines), "yellow" if item["rows_refused"] else "green"


def summary_of_step(markdown: str) -> None:
    """Add Markdown to the summary of a step, where the CI system has one."""
    if path := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(markdown + "\n")

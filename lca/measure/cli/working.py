"""``worker`` makes this machine a GPU host of a Cradle server."""

import argparse
import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from lca.measure.cli.output import say
from lca.measure.errors import InvalidRequest, MissingPackage

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001  argparse gives the type no other name

TOKEN_VARIABLE = "CRADLE_HOST_TOKEN"  # noqa: S105  the name of a variable, not a token
HERE = frozenset({"localhost", "127.0.0.1", "::1"})


def add_commands(commands: "Commands") -> None:
    """Add ``worker``."""
    worker = commands.add_parser(
        "worker", help="join a Cradle server as a GPU host and measure what it asks for"
    )
    worker.add_argument("--url", required=True, help="address of the site, https://cradle.example")
    worker.add_argument(
        "--token",
        default=os.environ.get(TOKEN_VARIABLE),
        help=f"the host's token, shown once when it was added; or set {TOKEN_VARIABLE}",
    )
    worker.add_argument(
        "--spool",
        type=Path,
        metavar="FOLDER",
        help="where finished probes wait until the server has them; by default in the user's state folder",
    )
    worker.set_defaults(execute=_work)


def _work(options: argparse.Namespace) -> None:
    _check_address(options.url)
    if not options.token:
        msg = f"Give the host's token with --token, or in {TOKEN_VARIABLE}."
        raise InvalidRequest(msg, "token")
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    try:
        from lca.measure.worker.service import run
    except ImportError as error:
        msg = f"{error.name} is not installed. The worker needs Celery and Redis: python -m pip install 'celery[redis]>=5.5'"
        raise MissingPackage(msg) from error
    run(options.url, options.token, options.spool, say)


def _check_address(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        msg = f"--url is {url!r}; write the address of the site, such as https://cradle.example."
        raise InvalidRequest(msg, "url")
    if parts.scheme == "http" and parts.hostname not in HERE:
        say("warning: http:// sends the token in clear; use https:// outside a trusted network.")

"""Where the server is and who is calling: environment first, then the file that ``login`` writes."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from lca.client.errors import ClientError

LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, kw_only=True)
class Config:
    """A server, a token, and the system that runs belong to unless another is named."""

    server: str
    token: str
    system: str = ""


def folder(variable: str, default: str) -> Path:
    """A folder of this person's, after the XDG base directory specification."""
    base = os.environ.get(variable) or str(Path.home() / default)
    return Path(base) / "cradle"


def config_file() -> Path:
    """The file that ``login`` writes."""
    return folder("XDG_CONFIG_HOME", ".config") / "config.json"


def spool_folder() -> Path:
    """Where runs wait for a server that cannot be reached."""
    return folder("XDG_STATE_HOME", ".local/state") / "spool"


def load() -> Config:
    """Read the configuration.

    Raises
    ------
    ClientError
        If there is no server or no token.
    """
    stored = _stored()
    server = os.environ.get("CRADLE_SERVER") or stored.get("server", "")
    token = os.environ.get("CRADLE_TOKEN") or stored.get("token", "")
    if not server or not token:
        msg = "No server is known. Call `cradle login --server URL`, or set CRADLE_SERVER and CRADLE_TOKEN."
        raise ClientError(msg)
    system = os.environ.get("CRADLE_SYSTEM") or stored.get("system", "")
    return Config(server=checked(server), token=token, system=system)


def _stored() -> dict[str, str]:
    path = config_file()
    if not path.exists():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        msg = f"{path} cannot be read ({error}). Call `cradle login` again."
        raise ClientError(msg) from None
    return {key: str(value) for key, value in found.items()}


def save(config: Config) -> Path:
    """Keep the configuration in a file that nobody else may read."""
    path = config_file()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    content = {"server": config.server, "token": config.token, "system": config.system}
    part = path.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(content, file)
    part.replace(path)
    return path


def checked(server: str) -> str:
    """A server's address without a slash at its end; a token never travels unencrypted.

    Raises
    ------
    ClientError
        If it is no address, or would send the token in the clear over a network.
    """
    parts = urlsplit(server)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        msg = f"“{server}” is no address of a server. Write https://…"
        raise ClientError(msg)
    is_open = parts.scheme == "http" and parts.hostname not in LOOPBACK
    if is_open and not os.environ.get("CRADLE_INSECURE"):
        msg = f"{server} would send your token unencrypted. Use https, or set CRADLE_INSECURE=1 in a network you trust."
        raise ClientError(msg)
    return server.rstrip("/")

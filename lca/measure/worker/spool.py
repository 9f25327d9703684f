"""Finished probes on disk, from the moment they end until the server says that it has them."""

import json
import os
import shutil
import time
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

REFUSED = "refused"
WORK = "work"


class Spool:
    """A folder with one file for each result that the server has not acknowledged.

    Parameters
    ----------
    folder : Path
        Created if missing, readable by its owner alone.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / REFUSED).mkdir(mode=0o700, parents=True, exist_ok=True)

    def keep(self, result: Mapping[str, Any]) -> str:
        """Write a result to disk, whole or not at all, and return its id."""
        identifier = str(uuid.uuid4())
        kept = {**result, "id": identifier, "finished": time.time()}
        draft = self.folder / f".{identifier}.part"
        with draft.open("w", encoding="utf-8") as file:
            json.dump(kept, file, ensure_ascii=False, allow_nan=False)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._path(identifier))
        return identifier

    def waiting(self) -> Iterator[dict[str, Any]]:
        """Yield the results not yet acknowledged, oldest first, each with its age in seconds by this host's clock."""
        for path in sorted(self.folder.glob("*.json"), key=lambda path: path.stat().st_mtime):
            result = json.loads(path.read_text(encoding="utf-8"))
            age_s = max(0.0, time.time() - result.pop("finished"))
            yield {**result, "age_s": age_s}

    def settle(self, identifier: str, *, stored: bool) -> None:
        """Forget a result that the server has; put one that it refused aside, for people to look at."""
        path = self._path(identifier)
        if stored:
            path.unlink(missing_ok=True)
        elif path.exists():
            path.replace(self.folder / REFUSED / path.name)

    def work(self, probe: str, attempt: int) -> Path:
        """Return an empty folder for what an order writes while it is carried out."""
        self.tidy(probe, attempt)
        folder = self._work(probe, attempt)
        folder.mkdir(mode=0o700, parents=True)
        return folder

    def tidy(self, probe: str, attempt: int) -> None:
        """Forget an order's folder."""
        shutil.rmtree(self._work(probe, attempt), ignore_errors=True)

    def unfinished(self) -> list[tuple[str, int, Path]]:
        """Return the orders in whose middle this program was killed: probe, attempt and folder."""
        folders = [folder for folder in (self.folder / WORK).glob("*.*") if folder.is_dir()]
        parts = [(folder.stem, folder.suffix[1:], folder) for folder in folders]
        return [(probe, int(number), folder) for probe, number, folder in parts if number.isdigit()]

    def _work(self, probe: str, attempt: int) -> Path:
        return self.folder / WORK / f"{uuid.UUID(probe)}.{attempt}"

    def _path(self, identifier: str) -> Path:
        return self.folder / f"{identifier}.json"

"""``python -m lca.engine assess FILE.json``: recompute an assessment from its document alone."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from lca.engine import DEFAULT_DRAWS, DEFAULT_SEED, EngineError, assess, from_document


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0 on success, 2 for a file that cannot be assessed."""
    parser = argparse.ArgumentParser(prog="python -m lca.engine", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser(
        "assess", help="print the result of an inventory or a report's JSON"
    )
    command.add_argument(
        "file", type=Path, help="an inventory document, or a snapshot that holds one"
    )
    command.add_argument("--draws", type=int, help="power of two; default: as published, else 4096")
    command.add_argument("--seed", type=int, help="default: as published, else 2026")
    options = parser.parse_args(arguments)
    try:
        document = _load(options.file)
        published = _engine_settings(document)
        result = assess(
            from_document(document),
            draws=_chosen(options.draws, published.get("draws"), DEFAULT_DRAWS),
            seed=_chosen(options.seed, published.get("seed"), DEFAULT_SEED),
        )
    except (EngineError, OSError) as error:
        sys.stderr.write(f"{options.file}: {error}\n")
        return 2
    json.dump(result.to_dict(), sys.stdout, indent=2, ensure_ascii=False, allow_nan=False)
    sys.stdout.write("\n")
    return 0


def _load(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        msg = f"not JSON ({error})."
        raise EngineError(msg) from error
    if not isinstance(document, dict):
        msg = "the document must be a JSON object."
        raise EngineError(msg)
    return document


def _chosen(asked: int | None, published: object, default: int) -> int:
    if asked is not None:
        return asked
    if published is None:
        return default
    if not isinstance(published, int):
        msg = f"/result/engine holds {published!r} where a whole number is wanted."
        raise EngineError(msg)
    return published


def _engine_settings(document: dict[str, Any]) -> dict[str, object]:
    result = document.get("result")
    engine = result.get("engine") if isinstance(result, dict) else None
    return engine if isinstance(engine, dict) else {}


if __name__ == "__main__":
    sys.exit(main())

"""``python -m lca.engine assess FILE.json`` recomputes an assessment from its document alone; ``schema`` prints its shape."""

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lca.engine import DEFAULT_DRAWS, DEFAULT_SEED, EngineError, assess, from_document
from lca.engine.schema import schema


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
    commands.add_parser("schema", help="print the JSON Schema of an inventory document")
    options = parser.parse_args(arguments)
    if options.command == "schema":
        _print(schema())
        return 0
    return _assess(options)


def _assess(options: argparse.Namespace) -> int:
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
    _print(result.to_dict())
    return 0


def _print(document: Mapping[str, Any]) -> None:
    json.dump(document, sys.stdout, indent=2, ensure_ascii=False, allow_nan=False)
    sys.stdout.write("\n")


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

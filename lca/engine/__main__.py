"""``python -m lca.engine assess|sobol|trace|verify FILE``: recompute and explain an assessment from its document alone; ``schema`` prints its shape."""

import argparse
import hashlib
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lca.engine import (
    DEFAULT_DRAWS,
    DEFAULT_SEED,
    DEFAULT_TOP,
    Category,
    EngineError,
    Stage,
    assess,
    from_document,
    trace_total,
    variance_indices,
)
from lca.engine.opening import data_of, document_of
from lca.engine.schema import schema
from lca.engine.verification import TOLERANCE, verify


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0 on success, 1 where figures do not follow, 2 for a file that cannot be assessed."""
    options = _parser().parse_args(arguments)
    if options.command == "schema":
        _print(schema())
        return 0
    try:
        found = options.run(_load(options.file), options)
    except (EngineError, OSError) as error:
        sys.stderr.write(f"{options.file}: {error}\n")
        return 2
    if options.command == "verify" and not options.json:
        sys.stdout.write(f"{_sentences(found)}\n")
    else:
        _print(found)
    return int(found.get("is_confirmed") is False)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m lca.engine", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser(
        "assess", help="print the result of an inventory or a report's JSON"
    )
    _add_common(command, "default: as published, else 4096")
    command.set_defaults(run=_assess)
    command = commands.add_parser(
        "sobol", help="print which share of each total's variance each parameter makes"
    )
    _add_common(command, "64 to 65536; default: as published, else 4096")
    known = ", ".join(Category)
    command.add_argument(
        "--category", nargs="+", default=[], help=f"default: all declared; of {known}"
    )
    command.add_argument(
        "--top",
        type=int,
        default=DEFAULT_TOP,
        help="parameters with indices of their own; the others are given together (default: %(default)s)",
    )
    command.set_defaults(run=_sobol)
    command = commands.add_parser(
        "trace", help="print every step of a total: flows, symbols, values, units and sources"
    )
    _add_file(command)
    command.add_argument("--category", required=True, help=f"one of {known}")
    command.add_argument("--stage", help=f"one stage alone, of {', '.join(Stage)}")
    command.set_defaults(run=_trace)
    command = commands.add_parser(
        "verify", help="recompute a report's JSON or PDF; status 1 if a figure does not follow"
    )
    _add_file(command)
    command.add_argument(
        "--tolerance", type=float, default=TOLERANCE, help="relative (default: %(default)g)"
    )
    command.add_argument("--json", action="store_true", help="all of it, not a sentence")
    command.set_defaults(run=_verify)
    commands.add_parser("schema", help="print the JSON Schema of an inventory document")
    return parser


def _add_file(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "file", type=Path, help="an inventory document, or a snapshot that holds one"
    )


def _add_common(command: argparse.ArgumentParser, draws: str) -> None:
    _add_file(command)
    command.add_argument("--draws", type=int, help=f"power of two; {draws}")
    command.add_argument("--seed", type=int, help="default: as published, else 2026")


def _assess(document: dict[str, Any], options: argparse.Namespace) -> dict[str, Any]:
    draws, seed = _settings(document, options)
    return assess(from_document(document), draws=draws, seed=seed).to_dict()


def _sobol(document: dict[str, Any], options: argparse.Namespace) -> dict[str, Any]:
    draws, seed = _settings(document, options)
    return variance_indices(
        from_document(document),
        draws=draws,
        seed=seed,
        categories=options.category,
        top=options.top,
    ).to_dict()


def _trace(document: dict[str, Any], options: argparse.Namespace) -> dict[str, Any]:
    return trace_total(from_document(document), options.category, options.stage)


def _verify(document: dict[str, Any], options: argparse.Namespace) -> dict[str, Any]:
    data = data_of(options.file.read_bytes())
    found = verify(document, tolerance=options.tolerance)
    return {"sha256": hashlib.sha256(data).hexdigest(), **found.to_dict()}


def _sentences(found: Mapping[str, Any]) -> str:
    """What verifying came to, for people."""
    told = [f"SHA-256 of the data: {found['sha256']}"]
    if found["is_confirmed"]:
        told.append(
            f"Confirmed: all {found['figures']:,} figures follow from the inventory"
            f" (largest relative difference {found['largest']:.1e})."
        )
    else:
        told.append(f"NOT confirmed: {found['differ']:,} of {found['figures']:,} figures differ.")
        told += [
            f"  {item['pointer']}: published {item['published']}, recomputed {item['recomputed']}"
            for item in found["differences"]
        ]
    return "\n".join(told)


def _settings(document: dict[str, Any], options: argparse.Namespace) -> tuple[int, int]:
    """Draws and seed as asked, else as published, else the usual ones."""
    published = _engine_settings(document)
    return (
        _chosen(options.draws, published.get("draws"), DEFAULT_DRAWS),
        _chosen(options.seed, published.get("seed"), DEFAULT_SEED),
    )


def _print(document: Mapping[str, Any]) -> None:
    json.dump(document, sys.stdout, indent=2, ensure_ascii=False, allow_nan=False)
    sys.stdout.write("\n")


def _load(path: Path) -> dict[str, Any]:
    return document_of(data_of(path.read_bytes()))


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

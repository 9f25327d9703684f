"""``accuracy`` evaluates a model on the small task that ships with the probe, alone or against another precision."""

import argparse
import json
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lca.measure.cli.measuring import StopSignal, add_source
from lca.measure.cli.output import print_line, say, target_of, write
from lca.measure.control import Progress
from lca.measure.errors import InvalidDocument
from lca.measure.spec import ALL_PRECISIONS, ProbeSpec

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001  argparse gives the type no other name


def add_commands(commands: "Commands") -> None:
    """Add ``accuracy``."""
    command = commands.add_parser(
        "accuracy", help="evaluate a model on a small task: multiple choice and perplexity"
    )
    command.set_defaults(execute=_run)
    add_source(command)
    command.add_argument("--precision", choices=ALL_PRECISIONS, default="bf16")
    command.add_argument("--device", default="auto", help="auto, cpu, cuda or cuda:N")
    command.add_argument("--time-limit-s", type=float, default=600.0, metavar="S")
    command.add_argument(
        "--against", type=Path, metavar="FILE", help="a document of this command, to be compared with"
    )  # fmt: skip
    command.add_argument("--out", required=True, metavar="FILE", help="where the document goes; - prints it")  # fmt: skip
    command.add_argument("--json-progress", action="store_true", help="print progress as JSON lines, for programs")  # fmt: skip


def _run(options: argparse.Namespace) -> None:
    names = {field.name for field in fields(ProbeSpec)}
    spec = ProbeSpec(**{key: value for key, value in vars(options).items() if key in names})
    before = _read(options.against) if options.against else None
    target = target_of(options.out)
    stop = StopSignal()
    from lca.measure import run as _  # noqa: F401  tells which package is missing
    from lca.measure.accuracy.evaluate import evaluate
    from lca.measure.accuracy.scoring import against

    show = (lambda progress: print_line(asdict(progress))) if options.json_progress else _show
    document = evaluate(spec, on_progress=show, should_stop=stop)
    if before is not None:
        document["against"] = {"model": before.get("model"), **against(before, document)}
    write(document, target)
    _tell(document)


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        msg = f"{path}: cannot be read as JSON ({error})."
        raise InvalidDocument(msg) from error
    if not isinstance(found, dict):
        msg = f"{path}: no JSON object."
        raise InvalidDocument(msg)
    return found


def _show(progress: Progress) -> None:
    say(f"{progress.done / progress.total:4.0%}  {progress.elapsed_s:6.1f} s  {progress.phase}")


def _tell(document: dict[str, Any]) -> None:
    for name, stat in document["results"].items():
        say(f"{name}: {stat['value']:.4g} {stat['unit']} ({stat['p05']:.4g} to {stat['p95']:.4g})")
    for name in ("accuracy", "perplexity_ratio"):
        if stat := document.get("against", {}).get(name):
            say(f"against the other, {name}: {stat['value']:+.4g} {stat['unit']} ({stat['p05']:+.4g} to {stat['p95']:+.4g})")  # fmt: skip

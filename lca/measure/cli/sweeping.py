"""``profile`` measures a model over batches, prompt lengths and precisions within a budget of time."""

import argparse
import json
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lca.measure.cli.measuring import StopSignal, add_meter, add_source
from lca.measure.cli.output import as_text, print_line, say, target_of, write
from lca.measure.control import Progress
from lca.measure.errors import InvalidRequest
from lca.measure.plan import AXES, INDEX, Plan
from lca.measure.spec import ALL_PRECISIONS, ProbeSpec

if TYPE_CHECKING:
    from lca.measure.cli.measuring import Commands

TARGET_SHARE = 0.03
LEAST_REPEATS = 3


def add_commands(commands: "Commands") -> None:
    """Add ``profile``."""
    profile = commands.add_parser(
        "profile", help="measure a model over batches, prompts and precisions within a budget"
    )
    profile.set_defaults(execute=_profile)
    add_source(profile)
    profile.add_argument("--batches", type=_numbers, default=[1], metavar="N,N")
    profile.add_argument("--prompts", type=_numbers, default=[128], metavar="N,N", help="tokens")
    profile.add_argument(
        "--precisions", type=_words, default=["bf16"], metavar="P,P", help=", ".join(ALL_PRECISIONS)
    )
    profile.add_argument("--outputs", type=_numbers, default=[32], metavar="N,N", help="tokens")
    profile.add_argument(
        "--repeats", type=int, default=LEAST_REPEATS, metavar="N", help="least windows per phase"
    )
    profile.add_argument(
        "--target-share",
        type=float,
        default=TARGET_SHARE,
        metavar="SHARE",
        help="half-width of the mean's 90 %% interval over repeats at which a point is done",
    )
    profile.add_argument("--budget-s", type=float, required=True, metavar="S", help="for all")
    profile.add_argument("--window-s", type=float, metavar="S", help="shortest window")
    profile.add_argument("--idle-s", type=float, default=2.0, metavar="S")
    profile.add_argument("--seed", type=int, default=2026, metavar="N")
    profile.add_argument(
        "--done", type=_words, default=[], metavar="KEY,KEY", help="points to leave out"
    )
    add_meter(profile)
    profile.add_argument(
        "--bundle",
        metavar="FILE",
        help="also write index and documents in one, to send to a server",
    )
    profile.add_argument(
        "--json-progress", action="store_true", help="print progress as JSON lines, for programs"
    )
    profile.add_argument(
        "--out", required=True, metavar="FOLDER", help="new or empty; a document a point, an index"
    )


def _numbers(text: str) -> list[int]:
    values = [int(part) for part in text.split(",")]
    if len(set(values)) < len(values):
        raise ValueError(text)
    return values


def _words(text: str) -> list[str]:
    values = text.split(",")
    if len(set(values)) < len(values):
        raise ValueError(text)
    return values


def folder_of(out: str) -> Path:
    """Return the folder for a sweep, made if it is new; an old sweep in it is not mixed with another."""
    folder = Path(out)
    try:
        folder.mkdir(exist_ok=True)
        is_empty = not any(folder.iterdir())
    except OSError as error:
        msg = f"--out is {out}; name a folder that can be made or is empty ({error})."
        raise InvalidRequest(msg) from error
    if not is_empty:
        msg = f"--out is {out}, which holds files already; name a new or empty folder."
        raise InvalidRequest(msg)
    return folder


def _plan(options: argparse.Namespace) -> Plan:
    """Return what the options ask for; what is wrong is told before anything is measured."""
    names = {field.name for field in fields(ProbeSpec)} - {"budget_s"}
    given = {key: value for key, value in vars(options).items() if key in names}
    given |= {"precision": options.precisions[0], "time_limit_s": max(options.budget_s, 5.0)}
    axes = {axis: getattr(options, axis) for axis in AXES}
    return Plan(base=ProbeSpec(**given), budget_s=options.budget_s, done=options.done, **axes)


def bundled(folder: Path) -> dict[str, Any]:
    """Return a sweep's index with the documents that it names."""
    index: dict[str, Any] = json.loads((folder / INDEX).read_text(encoding="utf-8"))
    files = [point["file"] for point in index["points"] if point["status"] == "measured"]
    texts = [(folder / name).read_text(encoding="utf-8") for name in files]
    return {**index, "documents": [json.loads(text) for text in texts]}


def _show(progress: Progress) -> None:
    share = progress.done / progress.total
    say(f"{share:4.0%}  {progress.elapsed_s:6.1f} s  {progress.phase}")


def _profile(options: argparse.Namespace) -> None:
    plan = _plan(options)
    bundle = target_of(options.bundle) if options.bundle else None
    folder = folder_of(options.out)
    stop = StopSignal()
    from lca.measure.sweep import Sweep, into

    report = (lambda step: print_line(asdict(step))) if options.json_progress else _show
    sweep = Sweep(plan, write=into(folder, as_text), say=say, report=report, should_stop=stop)
    measured = sum(point["status"] == "measured" for point in sweep.run())
    if bundle is not None:
        write(bundled(folder), bundle)
    say(f"{measured} of {plan.count} points measured; {folder / 'index.json'}")

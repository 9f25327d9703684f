"""The command line: ``run`` measures and writes one JSON document, ``devices`` lists what could be measured with what."""

import argparse
import json
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path
from types import FrameType

from lca.measure.control import Progress
from lca.measure.errors import InvalidRequest, MeasureError
from lca.measure.spec import PRECISIONS, PRESETS, ProbeSpec

INTERNAL_ERROR = 70


def parser() -> argparse.ArgumentParser:
    """Return the command line's grammar."""
    root = argparse.ArgumentParser(
        prog="python -m lca.measure",
        description="Measure the joules per token of a language model on this machine.",
        epilog="Exit codes: 0 done; 2 bad request; 3 package missing; 4 does not fit; 5 no meter; 6 meter rejected; "
        "7 time limit; 8 cancelled; 9 no such model; 70 fault of this program.",
    )
    commands = root.add_subparsers(dest="command", required=True)
    commands.add_parser("devices", help="list devices, and the energy meters that can read them")
    run = commands.add_parser("run", help="measure a model and write one JSON document")
    _add_model(run)
    _add_shape(run)
    run.add_argument(
        "--out", required=True, metavar="FILE", help="where the document goes; - prints it"
    )
    run.add_argument(
        "--json-progress", action="store_true", help="print progress as JSON lines, for programs"
    )
    return root


def _add_model(run: argparse.ArgumentParser) -> None:
    which = run.add_mutually_exclusive_group(required=True)
    which.add_argument("--preset", choices=PRESETS, help="reference model with seeded weights")
    which.add_argument("--model", metavar="NAME", help="local folder, or name on a hub")
    run.add_argument("--revision", help="commit or tag of a hub model")
    run.add_argument("--precision", choices=PRECISIONS, default="bf16")
    run.add_argument("--device", default="auto", help="auto, cpu, cuda or cuda:N")
    run.add_argument("--meter", help="energy meter; by default the first available one")
    run.add_argument(
        "--cpu-tdp-w",
        type=float,
        metavar="W",
        help="design power of the cores, for a modelled figure",
    )


def _add_shape(run: argparse.ArgumentParser) -> None:
    run.add_argument("--batch-size", type=int, default=1, metavar="N")
    run.add_argument("--prompt-tokens", type=int, default=128, metavar="N")
    run.add_argument("--output-tokens", type=int, default=32, metavar="N")
    run.add_argument("--repeats", type=int, default=5, metavar="N", help="windows per phase")
    run.add_argument("--warmup", type=int, default=1, metavar="N", help="passes before measuring")
    run.add_argument("--seed", type=int, default=2026, metavar="N")
    run.add_argument("--time-limit-s", type=float, default=600.0, metavar="S")
    run.add_argument("--idle-s", type=float, default=2.0, metavar="S", help="shortest idle window")
    run.add_argument(
        "--window-s", type=float, metavar="S", help="shortest window; meter's own by default"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    options = parser().parse_args(arguments)
    try:
        if options.command == "devices":
            return _print_devices()
        return _run(options)
    except MeasureError as error:
        _report_error(error, as_json=getattr(options, "json_progress", False))
        return error.exit_code


def _report_error(error: MeasureError, *, as_json: bool) -> None:
    if as_json:
        _print_line({"error": error.code, "message": str(error)})
    else:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201  the command line speaks here


def _print_line(message: dict[str, object]) -> None:
    print(json.dumps(message), file=sys.stderr, flush=True)  # noqa: T201  the command line speaks here


def _print_devices() -> int:
    from lca.measure import run as _  # noqa: F401  tells which package is missing
    from lca.measure.devices import all_devices
    from lca.measure.meters import availability

    listing = [
        {
            **asdict(device),
            "meters": {
                name: reason or "available" for name, reason in availability(device).items()
            },
        }
        for device in all_devices()
    ]
    print(json.dumps(listing, indent=2))  # noqa: T201  the command line speaks here
    return 0


class StopSignal:
    """True once an interrupt or a request to terminate arrived, or the program that started this one is gone."""

    def __init__(self) -> None:
        self._stopped = False
        self._parent = os.getppid()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopped = True

    def __call__(self) -> bool:
        """Tell whether to stop."""
        return self._stopped or os.getppid() != self._parent


def _show(progress: Progress) -> None:
    share = progress.done / progress.total
    line = f"{share:4.0%}  {progress.elapsed_s:6.1f} s  {progress.phase}"
    print(line, file=sys.stderr, flush=True)  # noqa: T201  the command line speaks here


def _run(options: argparse.Namespace) -> int:
    names = {field.name for field in fields(ProbeSpec)}
    spec = ProbeSpec(**{key: value for key, value in vars(options).items() if key in names})
    target = _target(options.out)
    stop = StopSignal()
    from lca.measure.run import run

    show = (lambda progress: _print_line(asdict(progress))) if options.json_progress else _show
    document = run(spec, on_progress=show, should_stop=stop)
    _write(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n", target)
    return 0


def _target(out: str) -> Path | None:
    """Return where the document goes, found out before minutes are spent on it."""
    if out == "-":
        return None
    target = Path(out)
    if target.is_dir() or not target.parent.is_dir():
        msg = f"--out is {out}; name a file in a folder that exists."
        raise InvalidRequest(msg)
    return target


def _write(text: str, target: Path | None) -> None:
    if target is None:
        sys.stdout.write(text)
        return
    draft = target.with_name(f".{target.name}.part")
    draft.write_text(text, encoding="utf-8")
    draft.replace(target)

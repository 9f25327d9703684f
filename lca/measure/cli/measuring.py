"""``run`` measures a model and writes one JSON document, ``devices`` lists what could be measured with what."""

import argparse
import os
import signal
from dataclasses import asdict, fields
from types import FrameType
from typing import TYPE_CHECKING

from lca.measure.cli.output import print_document, print_line, say, target_of, write
from lca.measure.control import Progress
from lca.measure.spec import ALL_PRECISIONS, ALL_PRESETS, ProbeSpec

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001  argparse gives the type no other name


def add_commands(commands: "Commands") -> None:
    """Add ``devices`` and ``run``."""
    devices = commands.add_parser(
        "devices", help="list devices, and the energy meters that can read them"
    )
    devices.set_defaults(execute=_print_devices)
    run = commands.add_parser("run", help="measure a model and write one JSON document")
    run.set_defaults(execute=_run)
    add_source(run)
    run.add_argument("--precision", choices=ALL_PRECISIONS, default="bf16")
    add_meter(run)
    _add_shape(run)
    run.add_argument(
        "--out", required=True, metavar="FILE", help="where the document goes; - prints it"
    )
    run.add_argument(
        "--json-progress", action="store_true", help="print progress as JSON lines, for programs"
    )


def add_source(run: argparse.ArgumentParser) -> None:
    """Add which model to run."""
    which = run.add_mutually_exclusive_group(required=True)
    which.add_argument("--preset", choices=ALL_PRESETS, help="reference model with seeded weights")
    which.add_argument("--model", metavar="NAME", help="local folder, or name on a hub")
    run.add_argument("--revision", metavar="COMMIT", help="of a hub model: 40 hexadecimal digits")
    run.add_argument("--gguf", metavar="FILE", help="a GGUF file in the folder of --model")


def add_meter(command: argparse.ArgumentParser) -> None:
    """Add where to run and with which meter."""
    command.add_argument("--device", default="auto", help="auto, cpu, cuda or cuda:N")
    command.add_argument("--meter", help="energy meter; by default the first available one")
    command.add_argument(
        "--allow-shared",
        action="store_true",
        help="measure although others use the device; the document is flagged",
    )
    command.add_argument(
        "--cpu-tdp-w",
        type=float,
        metavar="W",
        help="design power of the cores, for a modelled figure",
    )
    outer = command.add_argument_group("an outer power meter (PDU, BMC) that writes a log")
    outer.add_argument(
        "--external-log", metavar="FILE", help="lines of time,watts (seconds since 1970)"
    )
    outer.add_argument(
        "--external-boundary", choices=("node", "rack"), help="what it stands before"
    )
    outer.add_argument(
        "--external-uncertainty",
        type=float,
        metavar="SHARE",
        help="half-width of its 90 %% interval, e.g. 0.02",
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


def _print_devices(_options: argparse.Namespace) -> None:
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
    print_document(listing)


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
    say(f"{share:4.0%}  {progress.elapsed_s:6.1f} s  {progress.phase}")


def _run(options: argparse.Namespace) -> None:
    names = {field.name for field in fields(ProbeSpec)}
    spec = ProbeSpec(**{key: value for key, value in vars(options).items() if key in names})
    target = target_of(options.out)
    stop = StopSignal()
    from lca.measure.run import run

    show = (lambda progress: print_line(asdict(progress))) if options.json_progress else _show
    write(run(spec, on_progress=show, should_stop=stop), target)

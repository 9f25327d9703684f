"""The command line: measure models and servers, evaluate answers, check meters, list devices, fit profiles, predict with them, work for a server."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from lca.measure.cli import answering, checking, driving, measuring, predicting, sweeping, working
from lca.measure.cli.output import report_error
from lca.measure.errors import MeasureError

INTERNAL_ERROR = 70
SCRIPT = "cradle-probe"


def _name() -> str:
    """Return what this program was called as."""
    called = Path(sys.argv[0]).name
    return called if called == SCRIPT else "python -m lca.measure"


def parser() -> argparse.ArgumentParser:
    """Return the command line's grammar; each command carries the function that runs it."""
    root = argparse.ArgumentParser(
        prog=_name(),
        description="Measure the joules per token of a language model on this machine, or predict them from measurements.",
        epilog="Exit codes: 0 done; 2 bad request; 3 package missing; 4 does not fit; 5 no meter; 6 meter rejected; "
        "7 time limit; 8 cancelled; 9 no such model; 10 invalid document; 11 cannot join; 12 no devices; 70 fault of this program.",
    )
    commands = root.add_subparsers(dest="command", required=True)
    measuring.add_commands(commands)
    sweeping.add_commands(commands)
    answering.add_commands(commands)
    driving.add_commands(commands)
    checking.add_commands(commands)
    predicting.add_commands(commands)
    working.add_commands(commands)
    return root


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    options = parser().parse_args(arguments)
    try:
        options.execute(options)
    except MeasureError as error:
        report_error(error, as_json=getattr(options, "json_progress", False))
        return error.exit_code
    return 0

"""``drive`` sends requests to a server that speaks OpenAI's protocol while a meter of this machine runs."""

import argparse
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from lca.measure.cli.measuring import StopSignal, add_meter
from lca.measure.cli.output import say, target_of, write
from lca.measure.errors import InvalidRequest
from lca.measure.meter import MeterOptions

if TYPE_CHECKING:
    from lca.measure.cli.measuring import Commands
    from lca.measure.endpoint.drive import Load


def add_commands(commands: "Commands") -> None:
    """Add ``drive``."""
    drive = commands.add_parser(
        "drive",
        help="send requests to a running server (vLLM, TGI, llama.cpp) and meter its device",
    )
    drive.set_defaults(execute=_drive)
    drive.add_argument("--endpoint", required=True, metavar="URL", help="up to /v1")
    drive.add_argument("--model", required=True, metavar="NAME", help="as the server calls it")
    drive.add_argument(
        "--trace", type=Path, metavar="FILE", help='lines of {"prompt", "max_tokens"}'
    )
    drive.add_argument("--requests", type=int, metavar="N", help="made up instead of a trace")
    drive.add_argument("--in", dest="prompt_tokens", type=int, default=256, metavar="N")
    drive.add_argument("--out-tokens", dest="output_tokens", type=int, default=128, metavar="N")
    drive.add_argument("--concurrency", type=int, default=1, metavar="N")
    drive.add_argument("--windows", type=int, default=3, metavar="N", help="parts metered apart")
    drive.add_argument("--idle-s", type=float, default=5.0, metavar="S")
    drive.add_argument("--timeout-s", type=float, default=300.0, metavar="S", help="of silence")
    drive.add_argument("--seed", type=int, default=2026, metavar="N")
    drive.add_argument(
        "--ignore-end", action="store_true", help="always write all tokens (vLLM, SGLang)"
    )
    drive.add_argument("--api-key-variable", metavar="NAME", help="environment variable of the key")
    drive.add_argument(
        "--server-processes", type=int, default=1, metavar="N", help="of the server on the device"
    )
    add_meter(drive)
    drive.add_argument("--out", required=True, metavar="FILE", help="- prints it")


def load_of(options: argparse.Namespace) -> "Load":
    """Return the requests that the options name, warm-up apart."""
    from lca.measure.endpoint.drive import Load
    from lca.measure.endpoint.trace import read, synthetic

    if (options.trace is None) == (options.requests is None):
        raise InvalidRequest("Name exactly one of --trace FILE and --requests N.")
    if min(options.prompt_tokens, options.output_tokens, options.concurrency) < 1:
        raise InvalidRequest("--in, --out-tokens and --concurrency must be at least 1.")
    if options.trace is not None:
        requests = read(options.trace)
    else:
        shape = (options.prompt_tokens, options.output_tokens)
        requests = synthetic(options.requests, *shape, options.seed)
    warmup = synthetic(
        options.concurrency, options.prompt_tokens, options.output_tokens, options.seed + 1
    )
    return Load(
        requests=requests,
        warmup=warmup,
        concurrency=options.concurrency,
        windows=options.windows,
        idle_s=options.idle_s,
    )


def _drive(options: argparse.Namespace) -> None:
    target = target_of(options.out)
    load = load_of(options)
    meter_options = MeterOptions(
        allow_shared=options.allow_shared,
        expected_processes=options.server_processes,
        external_log=options.external_log,
        external_boundary=options.external_boundary,
        external_uncertainty=options.external_uncertainty,
    )
    stop = StopSignal()
    from lca.measure import meters
    from lca.measure import run as _  # noqa: F401  tells which package is missing
    from lca.measure.conditions import open_watch
    from lca.measure.devices import choose_device
    from lca.measure.endpoint.client import Endpoint
    from lca.measure.endpoint.drive import Driver, document
    from lca.measure.environment import describe_environment

    endpoint = Endpoint(
        url=options.endpoint,
        model=options.model,
        timeout_s=options.timeout_s,
        api_key=os.environ.get(options.api_key_variable or ""),
        ignore_end=options.ignore_end,
    )
    device = choose_device(options.device)
    started = time.monotonic()
    meter = meters.open_meter(device, options.meter, meter_options)
    try:
        watch = open_watch(device, meter_options, counts_others=False)
        driver = Driver(endpoint, meter, watch, stop)
        driver.run(load, say)
    finally:
        meter.close()
    result = document(
        driver,
        load,
        meter,
        model=options.model,
        trace=options.trace.name if options.trace else "synthetic",
        environment=describe_environment(device, 1),
        duration_s=time.monotonic() - started,
    )
    write(result, target)

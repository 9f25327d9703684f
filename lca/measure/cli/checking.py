"""``crosscheck`` compares our meter with integrated power samples and with Zeus on an NVIDIA board."""

import argparse
import math
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lca.measure.cli.output import say, target_of, write
from lca.measure.spec import ALL_PRECISIONS, ALL_PRESETS, ProbeSpec

if TYPE_CHECKING:
    from lca.measure.cli.measuring import Commands
    from lca.measure.meter import Device

SAMPLING_S = 0.05


def add_commands(commands: "Commands") -> None:
    """Add ``crosscheck``."""
    check = commands.add_parser(
        "crosscheck", help="compare our meter with power samples and Zeus on an NVIDIA board"
    )
    check.set_defaults(execute=_crosscheck)
    check.add_argument("--preset", choices=ALL_PRESETS, default="ref-1b")
    check.add_argument("--precision", choices=ALL_PRECISIONS, default="bf16")
    check.add_argument("--batch-size", type=int, default=8, metavar="N")
    check.add_argument("--prompt-tokens", type=int, default=512, metavar="N")
    check.add_argument("--window-s", type=float, default=20.0, metavar="S")
    check.add_argument("--repeats", type=int, default=5, metavar="N")
    check.add_argument("--device", default="auto", help="auto, cuda or cuda:N")
    check.add_argument("--out", required=True, metavar="FILE", help="- prints it")


def _crosscheck(options: argparse.Namespace) -> None:
    target = target_of(options.out)
    spec = ProbeSpec(
        preset=options.preset,
        precision=options.precision,
        batch_size=options.batch_size,
        prompt_tokens=options.prompt_tokens,
        output_tokens=1,
        window_s=options.window_s,
        device=options.device,
    )
    from lca.measure import run as _  # noqa: F401  tells which package is missing
    from lca.measure.crosscheck import (
        Instruments,
        crosscheck,
        head,
        open_zeus,
        require_board,
        versions,
    )
    from lca.measure.devices import choose_device
    from lca.measure.document import described
    from lca.measure.environment import describe_environment
    from lca.measure.meters import nvml_energy, nvml_power
    from lca.measure.nvml import open_nvml
    from lca.measure.sampling import Sampler

    device = choose_device(options.device)
    require_board(device)
    counter = nvml_energy.open_meter(device)
    power: Any = nvml_power.open_meter(device)
    instruments = Instruments(
        counter=counter,
        power=Sampler(power.read_w, SAMPLING_S),
        zeus=open_zeus(device.index),
        zeus_index=device.index,
    )
    try:
        work = _work(spec, device)
        result = crosscheck(work, instruments, repeats=options.repeats, say=say)
    finally:
        counter.close()
        power.close()
    document = {
        **head(),
        "request": spec.to_dict(),
        "environment": {**describe_environment(device, 1), **versions(open_nvml())},
        "meter": described(counter.description),
        "sampling_period_s": SAMPLING_S,
        **result,
    }
    write(document, target)


def _work(spec: ProbeSpec, device: "Device") -> Callable[[], None]:
    """Return prefill passes that last about one window, synchronised at their end."""
    import torch

    from lca.measure.workloads.loader import load

    model = load(spec, device)
    shape = (spec.batch_size, spec.prompt_tokens)
    prompt = torch.randint(model.vocabulary, shape).to(model.module.device)

    def passes(count: int) -> None:
        with torch.inference_mode():
            for _ in range(count):
                model.module(input_ids=prompt, logits_to_keep=1)
            torch.cuda.synchronize(model.module.device)

    passes(3)
    started = time.perf_counter()
    passes(3)
    pass_s = (time.perf_counter() - started) / 3
    count = max(1, math.ceil((spec.window_s or 0) / max(pass_s, 1e-6)))
    return lambda: passes(count)

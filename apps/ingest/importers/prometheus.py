"""Scrapes of Prometheus metrics: what vLLM and Text Generation Inference served, what DCGM counted."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

import attrs

from apps.ingest.errors import FileRejected
from apps.ingest.importers._figures import kept
from apps.ingest.prometheus_text import sample
from apps.ingest.reading import Head, lines
from apps.ingest.record import Boundary, Found, Note, Outcome, Rejected, Run
from lca.engine import Provenance

NAME = "prometheus"
TITLE = "Prometheus metrics of vLLM, TGI or DCGM"

OURS = re.compile(r"^(?:vllm:|tgi_|DCGM_FI_)\w+(?:\{.*\})?\s", re.MULTILINE)
MJ_PER_KWH = 3.6e9
MOST_KEPT = 20_000
MOST_MODELS = 10

# Our name for a figure, and the metrics whose samples it sums.
FACTS = {
    "prompt_tokens": (
        "vllm:prompt_tokens_total",
        "vllm:prompt_tokens",
        "tgi_request_input_length_sum",
    ),
    "output_tokens": (
        "vllm:generation_tokens_total",
        "vllm:generation_tokens",
        "tgi_request_generated_tokens_sum",
    ),
    "requests": ("tgi_request_count",),
    "successful_requests": ("vllm:request_success_total", "tgi_request_success"),
    "failed_requests": ("tgi_request_failure",),
    "cached_prompt_tokens": ("vllm:prefix_cache_hits_total",),
    "most_output_tokens_asked_for": ("tgi_request_max_new_tokens_sum",),
    "power_w": ("DCGM_FI_DEV_POWER_USAGE",),
}
ENERGY = "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION"

SINCE_START = Note(
    code="since-start",
    text="Its counters run since the server began; only the difference of two scrapes is a stretch of work.",
)
SINCE_BOOT = Note(
    code="since-boot",
    text="Its energy is counted since the machine began; only the difference of two scrapes is a run.",
)
IDLE = Note(code="idle", text="The server has made no token yet, so there is no energy per token.")
UPPER_BOUND = Note(
    code="upper-bound",
    text="It gives the tokens asked for at most, which are not those that were made.",
)
SLICES = Note(
    code="twice",
    text="A GPU is counted more than once, as it is with slices; its highest counter was taken.",
)

Key: TypeAlias = tuple[str, str]


def score(head: Head) -> float:
    """Tell by names of metrics that vLLM, TGI or DCGM give."""
    return 0.9 if OURS.search(head.text) else 0.0


def read(path: Path) -> Iterator[Found]:
    """Stream refused lines, then the server or the machine as one run."""
    scrape = Scrape()
    for number, text in lines(path):
        if not text.strip() or text.lstrip().startswith("#"):
            continue
        if why := scrape.take(text.strip()):
            yield Rejected(line=number, why=why, remedy="Scrape it again, whole.")
    if not scrape.sums and not scrape.joules:
        raise FileRejected("It holds no figure of vLLM, TGI or DCGM.", "Scrape /metrics again.")
    yield scrape.run()


@attrs.define(kw_only=True)
class Scrape:
    """Sums of the metrics that are of use."""

    sums: dict[str, float] = attrs.field(factory=dict)
    joules: dict[str, float] = attrs.field(factory=dict)
    models: dict[str, None] = attrs.field(factory=dict)
    gpu_models: dict[str, None] = attrs.field(factory=dict)
    is_twice: bool = False

    def take(self, text: str) -> str:
        """Take a line in; else say why not."""
        found = sample(text)
        if not found:
            return "It is no sample of Prometheus."
        if not OURS.match(text):
            return ""
        wanted = next((fact for fact, names in FACTS.items() if found.name in names), "")
        if not wanted and found.name != ENERGY:
            return ""
        if found.value is None:
            return f"The value of {found.name} is negative or no number."
        self._name(self.models, found.labels.get("model_name", ""))
        self._name(self.gpu_models, found.labels.get("modelName", ""))
        if wanted:
            self.sums[wanted] = self.sums.get(wanted, 0.0) + found.value
        else:
            self._count(found.labels, found.value)
        return ""

    def _count(self, labels: dict[str, str], millijoules: float) -> None:
        gpu = labels.get("UUID") or labels.get("gpu") or ""
        self.is_twice = self.is_twice or gpu in self.joules
        if gpu in self.joules or len(self.joules) < MOST_KEPT:
            self.joules[gpu] = max(self.joules.get(gpu, 0.0), millijoules)

    @staticmethod
    def _name(names: dict[str, None], name: str) -> None:
        if name and len(names) < MOST_MODELS:
            names[name[:100]] = None

    def run(self) -> Run:
        """Give what was scraped as one run."""
        energy = sum(self.joules.values()) / MJ_PER_KWH if self.joules else None
        return Run(
            line=1,
            name=", ".join(self.models),
            energy_kwh=energy,
            energy_parts_kwh={} if energy is None else {"gpu": energy},
            pue_inside=None if energy is None else 1.0,
            gpu_model=", ".join(self.gpu_models),
            gpu_count=float(len(self.joules)) or None,
            outcome=Outcome.UNKNOWN,
            boundary=Boundary.UNKNOWN if energy is None else Boundary.ACCELERATOR,
            provenance=Provenance.SUPPLIED if energy is None else Provenance.MEASURED,
            tool="dcgm-exporter" if energy is not None else "",
            facts=self.sums,
            notes=kept(*self._traps()),
        )

    def _traps(self) -> Iterator[Note | None]:
        yield SINCE_BOOT if self.joules else None
        yield SINCE_START if set(self.sums) - {"power_w"} else None
        yield IDLE if self.sums.get("output_tokens") == 0 else None
        is_bound = "most_output_tokens_asked_for" in self.sums and "output_tokens" not in self.sums
        yield UPPER_BOUND if is_bound else None
        yield SLICES if self.is_twice else None

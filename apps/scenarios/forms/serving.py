"""What the pages of serving, compression and placement ask: measured servers, a place, and requests."""

from collections.abc import Mapping
from typing import Any

from django import forms

from apps.scenarios.measures.policy import ARRIVALS
from apps.scenarios.placement.costs import GOALS, Link
from apps.scenarios.placement.study import Asked
from apps.scenarios.serving.library import shipped
from apps.scenarios.serving.trace import Shape
from apps.scenarios.site import servers

DEFAULTS = {
    "profile": "llama-3.1-8b-instruct/h100x1",
    "process": "poisson",
    "rate": 2.0,
    "prompt": 500,
    "generated": 250,
}
REQUESTS = 3_000
COMPRESSED = {"before": "qwen3-32b/b200x1", "after": "qwen3-30b-a3b-instruct-2507/b200x1"}
"""As many parameters, of which a tenth is active."""
PLACED = {
    "first": "llama-3.1-8b-instruct/h100x1",
    "second": "llama-3.1-8b-instruct/b200x1",
    "goal": GOALS[0],
    "prompt": 1024,
    "generated": 256,
    "batch": 64,
    "kv_bytes": 131_072,
    "gb_s": 64,
}
"""Llama 3.1 8B: 32 layers x 8 heads x 128 x 2 x 2 bytes of keys and values a token."""


class _Question(forms.Form):
    """A question about measured servers at a place."""

    PROFILES: tuple[str, ...] = ()
    UNITS: Mapping[str, str] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(name, name) for name in sorted(shipped(servers()))]
        for name in self.PROFILES:
            self.fields[name].choices = choices  # type: ignore[attr-defined]  # a choice field

    def pairs(self) -> list[tuple[Any, str]]:
        """Return each field with the unit beside it."""
        return [(field, self.UNITS.get(field.name, "")) for field in self]


def _zone() -> forms.CharField:
    return forms.CharField(
        label="Electricity of",
        max_length=20,
        help_text="A zone of the library, such as SE or WORLD.",
    )


class ServingForm(_Question):
    """A question to the simulator."""

    PROFILES = ("profile",)
    UNITS = {"rate": "1/s", "prompt": "token", "generated": "token", "memory": "token"}
    profile = forms.ChoiceField(label="Measured server")
    zone = _zone()
    rate = forms.FloatField(label="Requests that arrive", min_value=0.001, max_value=1_000)
    process = forms.ChoiceField(label="How they arrive", choices=list(ARRIVALS.items()))
    prompt = forms.FloatField(label="Mean prompt", min_value=1, max_value=100_000)
    generated = forms.FloatField(label="Mean answer", min_value=2, max_value=20_000)
    memory = forms.FloatField(
        label="Memory for keys and values",
        required=False,
        min_value=1,
        max_value=1e12,
        help_text="Tokens of context at a time, as the server logs at its start. Without it, the measured batch alone is the limit.",
    )

    def shape(self) -> Shape:
        """Return what is to be drawn."""
        said = self.cleaned_data
        return Shape(
            process=said["process"],
            rate=said["rate"],
            requests=REQUESTS,
            prompt=said["prompt"],
            generated=said["generated"],
        )


class CompressionForm(_Question):
    """Which measured server would take the place of which."""

    PROFILES = ("before", "after")
    before = forms.ChoiceField(label="Serves today")
    after = forms.ChoiceField(
        label="Would serve",
        help_text="A smaller, sparser or coarser model; on the same accelerators, or the ratio is of both.",
    )


class PlacementForm(_Question):
    """Which of two servers reads the prompt and which writes the answer."""

    PROFILES = ("first", "second")
    UNITS = {"prompt": "token", "generated": "token", "kv_bytes": "B/token", "gb_s": "GB/s"}
    first = forms.ChoiceField(label="Measured server A")
    second = forms.ChoiceField(label="Measured server B", help_text="Of the same model.")
    zone = _zone()
    goal = forms.ChoiceField(label="Best by", choices=[(goal, goal) for goal in GOALS])
    prompt = forms.IntegerField(label="Prompt", min_value=0, max_value=100_000)
    generated = forms.IntegerField(label="Answer", min_value=1, max_value=20_000)
    batch = forms.IntegerField(label="Decoded at a time", min_value=1, max_value=100_000)
    kv_bytes = forms.FloatField(label="Keys and values", min_value=0, max_value=1e8)
    gb_s = forms.FloatField(label="Link", min_value=1e-3, max_value=1e5)

    def asked(self) -> Asked:
        """Return the request to look at closely."""
        said = self.cleaned_data
        return Asked(
            goal=said["goal"],
            prompt=said["prompt"],
            generated=said["generated"],
            batch=said["batch"],
        )

    def link(self) -> Link:
        """Return what carries keys and values."""
        return Link(bytes_per_token=self.cleaned_data["kv_bytes"], gb_s=self.cleaned_data["gb_s"])

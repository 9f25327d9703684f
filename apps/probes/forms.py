"""The forms that start a probe and add a host."""

import uuid
from typing import Any

from django import forms

from apps.probes.models import ProbeHost
from apps.probes.services import LONGEST_H, LONGEST_S
from lca.measure.spec import ALL_PRECISIONS, ALL_PRESETS, BOUNDS, PRECISIONS, PRESETS

PRESET_LABELS = {
    "tiny": "tiny: 4 million parameters, a trial in seconds",
    "ref-0.1b": "ref-0.1b: 0.1 billion parameters",
    "ref-0.5b": "ref-0.5b: 0.5 billion parameters",
    "ref-1b": "ref-1b: 1.1 billion parameters",
    "ref-3b": "ref-3b: 3 billion parameters",
    "ref-8b": "ref-8b: 8 billion parameters",
    "ref-14b": "ref-14b: 14 billion parameters",
    "tiny-moe": "tiny-moe: a mixture of experts, a trial in seconds",
    "ref-moe-7b": "ref-moe-7b: 6.9 billion parameters, 1.3 active",
}
PRECISION_LABELS = {
    "fp32": "fp32: 32-bit floats",
    "bf16": "bf16: 16-bit floats",
    "int8": "int8: 8-bit weights",
    "fp4": "fp4: 4-bit weights",
    "fp16": "fp16: 16-bit floats of the older kind",
    "nf4": "nf4: 4-bit weights, steps for a normal distribution",
    "torch-int8": "torch-int8: 8-bit weights by torch itself, processors alone",
}


def _whole(name: str, label: str, initial: int, help_text: str) -> forms.IntegerField:
    low, high = BOUNDS[name]
    return forms.IntegerField(
        label=label,
        min_value=int(low),
        max_value=int(high),
        initial=initial,
        help_text=help_text,
    )


class ProbeForm(forms.Form):
    """What to measure; every field has a working default."""

    preset = forms.ChoiceField(
        label="Model",
        choices=[(name, PRESET_LABELS[name]) for name in PRESETS],
        help_text="A decoder with seeded weights: energy depends on shapes, not on what the weights say.",
    )
    precision = forms.ChoiceField(
        choices=[(name, PRECISION_LABELS[name]) for name in PRECISIONS],
        initial="bf16",
        help_text="How the weights are stored.",
    )
    prompt_tokens = _whole("prompt_tokens", "Prompt", 128, "Tokens read per sequence.")
    output_tokens = _whole("output_tokens", "Output", 32, "Tokens written per sequence.")
    batch_size = _whole("batch_size", "Batch size", 1, "Sequences at once.")
    time_limit_s = forms.IntegerField(
        label="Time limit",
        min_value=int(BOUNDS["time_limit_s"][0]),
        max_value=LONGEST_S,
        initial=300,
        help_text="The probe fails rather than run longer.",
    )
    label = forms.CharField(
        required=False, max_length=150, help_text="A name to find it by, if you like."
    )
    submission = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4, required=False)


class HostForm(forms.Form):
    """A host's name."""

    name = forms.CharField(
        max_length=80, help_text="What people call the machine, for example rack-7."
    )


class HostProbeForm(ProbeForm):
    """A probe on a host: on which of its devices, and how often."""

    device = forms.ChoiceField()
    every_h = forms.IntegerField(
        label="Repeat",
        required=False,
        min_value=1,
        max_value=LONGEST_H,
        help_text="Measures again and again, and raises an alarm when the device drifts. Empty: once.",
    )
    field_order = ["device"]

    def __init__(self, host: ProbeHost, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["preset"].choices = [(name, PRESET_LABELS[name]) for name in ALL_PRESETS]  # type: ignore[attr-defined]  # it is a ChoiceField
        self.fields["precision"].choices = [  # type: ignore[attr-defined]  # it is a ChoiceField
            (name, PRECISION_LABELS[name]) for name in ALL_PRECISIONS
        ]
        self.fields["device"].choices = [  # type: ignore[attr-defined]  # it is a ChoiceField
            (device["address"], f"{device['address']}: {device['name'] or 'unnamed'}")
            for device in host.devices
        ]

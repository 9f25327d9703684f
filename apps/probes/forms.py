"""The forms that start a probe and add a host."""

import uuid
from typing import Any

from django import forms

from apps.probes.models import ProbeHost
from apps.probes.services import LONGEST_H, LONGEST_S
from lca.measure.plan import AXES
from lca.measure.spec import ALL_PRECISIONS, ALL_PRESETS, BOUNDS, PRECISIONS, offered

PRESET_LABELS = {
    "tiny": "tiny: 4 million parameters, a trial in seconds",
    "ref-0.1b": "ref-0.1b: 0.1 billion parameters",
    "ref-0.5b": "ref-0.5b: 0.5 billion parameters",
    "ref-1b": "ref-1b: 1.1 billion parameters",
    "ref-3b": "ref-3b: 3 billion parameters",
    "ref-8b": "ref-8b: 8 billion parameters",
    "ref-14b": "ref-14b: 14 billion parameters",
    "tiny-moe": "tiny-moe: a mixture of experts, a trial in seconds",
    "gemma3-270m": "gemma3-270m: Gemma 3 with its real weights, 0.3 billion parameters",
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


class WholeNumbers(forms.CharField):
    """Whole numbers with commas between them, each within the bounds of ``name``."""

    def __init__(self, name: str, **options: Any) -> None:
        super().__init__(required=False, max_length=500, **options)
        self.bounds = BOUNDS[name]

    def clean(self, value: Any) -> list[int]:
        text = super().clean(value)
        try:
            numbers = [int(part) for part in text.replace(",", " ").split()]
        except ValueError as error:
            msg = f"{text!r} is no list of whole numbers. Write, for example, 1, 4, 16."
            raise forms.ValidationError(msg) from error
        low, high = self.bounds
        if wrong := [number for number in numbers if not low <= number <= high]:
            msg = f"{wrong[0]} must lie between {low:.0f} and {high:.0f}."
            raise forms.ValidationError(msg)
        return list(dict.fromkeys(numbers))


class ProbeForm(forms.Form):
    """What to measure; every field has a working default."""

    preset = forms.ChoiceField(
        label="Model",
        choices=lambda: [(name, PRESET_LABELS[name]) for name in offered()],
        help_text="Ours have seeded weights: energy depends on shapes, not on what the weights say.",
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
    precisions = forms.MultipleChoiceField(
        required=False,
        choices=[(name, name) for name in PRECISIONS],
        widget=forms.CheckboxSelectMultiple,
    )
    batches = WholeNumbers("batch_size", label="Batch sizes", help_text="For example 1, 4, 16.")
    prompts = WholeNumbers("prompt_tokens", label="Prompts", help_text="Tokens, as 128, 1024.")
    outputs = WholeNumbers("output_tokens", label="Outputs", help_text="Tokens, as 32, 256.")
    budget_s = forms.IntegerField(
        label="Budget",
        required=False,
        min_value=5,
        max_value=LONGEST_S,
        help_text="For all runs together; what would not end within it is not begun, and is listed.",
    )
    label = forms.CharField(
        required=False, max_length=150, help_text="A name to find it by, if you like."
    )
    submission = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4, required=False)

    def clean(self) -> dict[str, Any]:
        """Gather what a sweep varies, if anything, in ``sweep``."""
        values = super().clean() or self.cleaned_data
        axes = {name: values.pop(name, None) for name in AXES}
        budget_s = values.pop("budget_s", None)
        varied = {name: found for name, found in axes.items() if found}
        if varied and budget_s is None and "budget_s" not in self.errors:
            self.add_error("budget_s", "Give the sweep a budget in seconds.")
        values["sweep"] = {**varied, "budget_s": budget_s} if varied or budget_s else None
        return values

    @property
    def sweep_is_open(self) -> bool:
        """Whether the part about sweeps has anything in it, and is shown."""
        names = (*AXES, "budget_s")
        return any(self[name].data or self[name].errors for name in names)


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
        self.fields["precisions"].choices = [(name, name) for name in ALL_PRECISIONS]  # type: ignore[attr-defined]  # it is a ChoiceField
        self.fields["device"].choices = [  # type: ignore[attr-defined]  # it is a ChoiceField
            (device["address"], f"{device['address']}: {device['name'] or 'unnamed'}")
            for device in host.devices
        ]

    def clean(self) -> dict[str, Any]:
        """Refuse a sweep on a schedule: drift is watched on one load."""
        values = super().clean()
        if values.get("every_h") and values.get("sweep"):
            self.add_error("every_h", "A sweep runs once. Leave this empty, or measure one load.")
        return values


class FitForm(forms.Form):
    """A fit on this organisation's measurements."""

    label = forms.CharField(required=False, max_length=150, help_text="A name to find it by.")
    with_modelled = forms.BooleanField(
        required=False,
        label="Modelled measurements too",
        help_text="They were calculated, not measured; the fit says so wherever it is used.",
    )

"""What the serving page asks: a measured server, a place, and what arrives."""

from typing import Any

from django import forms

from apps.scenarios.measures.policy import ARRIVALS
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


class ServingForm(forms.Form):
    """A question to the simulator."""

    profile = forms.ChoiceField(label="Measured server")
    zone = forms.CharField(
        label="Electricity of",
        max_length=20,
        help_text="A zone of the library, such as SE or WORLD.",
    )
    rate = forms.FloatField(label="Requests that arrive", min_value=0.001, max_value=1_000)
    process = forms.ChoiceField(label="How they arrive", choices=list(ARRIVALS.items()))
    prompt = forms.FloatField(label="Mean prompt", min_value=1, max_value=100_000)
    generated = forms.FloatField(label="Mean answer", min_value=2, max_value=20_000)
    UNITS = {"rate": "1/s", "prompt": "token", "generated": "token"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = sorted(shipped(servers()))
        self.fields["profile"].choices = [(name, name) for name in names]  # type: ignore[attr-defined]  # a choice field

    def pairs(self) -> list[tuple[Any, str]]:
        """Return each field with the unit beside it."""
        return [(field, self.UNITS.get(field.name, "")) for field in self]

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

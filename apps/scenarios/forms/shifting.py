"""What the page of where and when asks: hourly intensities, a job, and what interruptions cost."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict

from apps.scenarios.errors import BadInput
from apps.scenarios.shifting.schedule import Job
from apps.scenarios.shifting.series import MOST_HOURS, Intensity, read
from apps.scenarios.shifting.study import Shift

UNITS = ("g CO2e/kWh", "kg CO2e/kWh")
LARGEST_BYTES = 2_000_000
TWO_WEEKS, MOST_CELLS = 336, 1_000_000
"""Hours until the deadline, and hours of work x deadline x sites, that a page searches for each of up to 40 starts: a few seconds."""
EXAMPLE = {
    "unit": UNITS[0],
    "hours": 24,
    "deadline": 72,
    "start": 0,
    "kw": 10,
    "limit": 1,
    "pause": 0.1,
    "move": 0.5,
}


class ShiftForm(forms.Form):
    """A question to the scheduler."""

    MEASURED = {"hours": "h", "deadline": "h", "start": "h", "kw": "kW", "pause": "h", "move": "h"}
    file = forms.FileField(
        label="Hourly intensities",
        required=False,
        help_text="CSV: a time, then a column for each site; <site>_marginal for each, where known.",
    )
    series = forms.CharField(
        label="The same as text",
        required=False,
        max_length=LARGEST_BYTES,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text="Filled from the file; or paste it here.",
    )
    unit = forms.ChoiceField(label="In", choices=[(unit, unit) for unit in UNITS])
    hours = forms.IntegerField(label="Work", min_value=1, max_value=TWO_WEEKS)
    deadline = forms.IntegerField(label="Done within", min_value=1, max_value=TWO_WEEKS)
    start = forms.IntegerField(
        label="Start after",
        min_value=0,
        max_value=MOST_HOURS,
        help_text="Hours into the series. From 24 on, the day before can be a forecast.",
    )
    home = forms.CharField(
        label="At home", required=False, max_length=100, help_text="A site; else the first."
    )
    kw = forms.FloatField(label="Power of the machines", min_value=0.001, max_value=1e6)
    limit = forms.FloatField(
        label="Share of it to be drawn",
        min_value=0.05,
        max_value=1,
        help_text="Below 1, work takes longer by as much.",
    )
    pause = forms.FloatField(label="A pause takes", min_value=0, max_value=1_000)
    move = forms.FloatField(label="A move takes", min_value=0, max_value=1_000)

    def __init__(
        self,
        data: Any = None,
        files: "MultiValueDict[str, UploadedFile[bytes]] | None" = None,
        **more: Any,
    ) -> None:
        if data is not None and files and (file := files.get("file")):
            data = data.copy()
            data["series"] = _text(file)
        super().__init__(data, files, **more)

    def pairs(self) -> list[tuple[Any, str]]:
        """Return each field of the job with the unit beside it."""
        return [
            (field, self.MEASURED.get(field.name, ""))
            for field in self
            if field.name not in ("file", "series")
        ]

    def clean(self) -> dict[str, Any]:
        """Read the series and the job whole, and say at which field either fails."""
        said = super().clean() or {}
        if self.errors:
            return said
        if not said["series"].strip():
            self.add_error("file", "Give hourly intensities, as a file or as text.")
            return said
        try:
            self.known = read(said["series"], said["unit"])
            self.shift = self._shift(self.known)
        except BadInput as error:
            field = error.field if error.field in self.fields else "series"
            self.add_error(field, error.message)
        return said

    def _shift(self, known: Intensity) -> Shift:
        said = self.cleaned_data
        shift = Shift(
            job=Job(
                hours=said["hours"],
                deadline=said["deadline"],
                pause_h=said["pause"],
                move_h=said["move"],
            ),
            kw=said["kw"],
            limit=said["limit"],
            home=known.place(said["home"]),
            start=said["start"],
        )
        if shift.limited.hours * said["deadline"] * len(known.sites) > MOST_CELLS:
            msg = "This is too much for a page: shorten the work, the deadline or the list of sites, or use manage.py whatif shift."
            raise BadInput(msg, field="deadline")
        return shift


def _text(file: "UploadedFile[bytes]") -> str:
    """Return what a file says; bytes that are no text are shown as such, and refused where they stand for a number."""
    said = bytes(file.read(LARGEST_BYTES + 1))
    return said.decode("utf-8-sig", errors="replace").replace("\r\n", "\n")

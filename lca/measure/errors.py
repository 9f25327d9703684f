"""Errors of the probe: one class, one exit code and one stable word for each thing that can stop a measurement."""


class MeasureError(Exception):
    """A measurement cannot be made, or was stopped.

    ``exit_code`` is what the command line returns, ``code`` is stable for programs that read its messages.
    """

    exit_code = 1
    code = "failed"


class InvalidRequest(MeasureError):
    """The request contradicts itself or lies outside its bounds; ``field`` names what is wrong, if it is one thing."""

    exit_code = 2
    code = "invalid_request"

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class MissingPackage(MeasureError):
    """A package of the ``probe`` extra is not installed."""

    exit_code = 3
    code = "missing_package"


class DoesNotFit(MeasureError):
    """The model needs more memory than the device or the host has free."""

    exit_code = 4
    code = "does_not_fit"


class MeterUnavailable(MeasureError):
    """The energy meter asked for, or every meter, cannot read this machine."""

    exit_code = 5
    code = "meter_unavailable"


class MeterRejected(MeasureError):
    """A meter returned what no powered device can draw: NaN, a negative energy, or zero under load."""

    exit_code = 6
    code = "meter_rejected"


class TimeLimitReached(MeasureError):
    """The measurement was still running when its time limit ended."""

    exit_code = 7
    code = "time_limit"


class Cancelled(MeasureError):
    """Somebody asked the measurement to stop."""

    exit_code = 8
    code = "cancelled"


class ModelUnavailable(MeasureError):
    """The model cannot be found or loaded."""

    exit_code = 9
    code = "model_unavailable"


class InvalidDocument(MeasureError):
    """A measurement document breaks its schema, or its results do not follow from its windows."""

    exit_code = 10
    code = "invalid_document"

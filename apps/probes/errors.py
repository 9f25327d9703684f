"""What can be wrong with a probe or a measurement."""

from apps.accounts.errors import DomainError


class InvalidProbe(DomainError):
    """The probe asked for cannot be run."""

    code = "invalid_probe"


class ProbeExtraMissing(DomainError):
    """The packages that run models are not installed beside this server."""

    code = "probe_extra_missing"


class TooManyProbes(DomainError):
    """The organisation already has as many open probes as it may."""

    code = "too_many_probes"
    status = 429


class NothingToFit(DomainError):
    """The organisation has no measurement that a profile can be fitted to."""

    code = "nothing_to_fit"


class NotCancellable(DomainError):
    """The probe has already ended."""

    code = "not_cancellable"
    status = 409


class InvalidMeasurement(DomainError):
    """The document is not one that ``lca.measure`` wrote."""

    code = "invalid_measurement"


class BrokerRefuses(DomainError):
    """The broker cannot admit hosts."""

    code = "broker_refuses"
    status = 503


class TooManyHosts(DomainError):
    """The organisation already has as many hosts as it may."""

    code = "too_many_hosts"
    status = 429


class InvalidResult(DomainError):
    """A host sent something that is not a result."""

    code = "invalid_result"

"""Impacts of answering requests by the published method of EcoLogits 0.11.3, over arrays of requests.

Method: https://ecologits.ai/latest/methodology/llm_inference/, as released in version 0.11.3
(``ecologits.impacts.llm.compute_llm_impacts``), whose figures these are to rounding.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from lca.engine.distributions import Draws
from lca.engine.errors import InvalidValue
from lca.engine.vocabulary import Category

Values: TypeAlias = float | npt.ArrayLike
SECONDS_PER_HOUR = 3600
WH_PER_KWH = 1000
BITS_PER_BYTE = 8
POSITIVE = float(np.finfo(np.float64).tiny)
FINITE = float(np.finfo(np.float64).max)


def _floats(values: Values) -> Draws:
    return np.asarray(values, dtype=np.float64)


def _checked(name: str, values: Draws, least: float, most: float) -> None:
    low, high = values.min(initial=most), values.max(initial=least)
    if not (low >= least and high <= most):  # NaN is neither
        msg = f"{name}: values run from {low:g} to {high:g}; they must be numbers from {least:g} to {most:g}."
        raise InvalidValue(msg, name)


@attrs.frozen(kw_only=True)
class Coefficients:
    """Coefficients of the method; the defaults are those of version 0.11.3.

    Parameters
    ----------
    energy_alpha, energy_beta, energy_gamma : float
        Energy per output token and accelerator, a exp(b B) P + c [Wh]; P in billion parameters.
    latency_alpha, latency_beta, latency_gamma : float
        Latency per output token, l_P P + l_B B + l_0 [s].
    batch : float
        Requests answered at once, B.
    bits, memory_overhead, gpu_memory_gb : float
        Bits of a weight, what a model takes over what its weights take, memory of an accelerator [GB].
    gpus_per_host, host_kw : float
        Accelerators of a host, and its power without them [kW].
    lifetime_s : float
        Service life of hosts and accelerators [s].
    gpu_gwp, gpu_adpe, gpu_primary : float
        Embodied impacts of an accelerator [kg CO2e], [kg Sb eq], [MJ].
    host_gwp, host_adpe, host_primary : float
        The same of a host without accelerators.
    """

    energy_alpha: float = 1.1665273170451914e-06
    energy_beta: float = -0.011205921025579175
    energy_gamma: float = 4.052928146734005e-05
    latency_alpha: float = 0.0006785088094353663
    latency_beta: float = 0.0003119310311688259
    latency_gamma: float = 0.019473717579473387
    batch: float = 64
    bits: float = 16
    memory_overhead: float = 1.2
    gpu_memory_gb: float = 80
    gpus_per_host: float = 8
    host_kw: float = 1.2
    lifetime_s: float = 3 * 365 * 24 * SECONDS_PER_HOUR
    gpu_gwp: float = 273
    gpu_adpe: float = 0.00895
    gpu_primary: float = 3721
    host_gwp: float = 5700
    host_adpe: float = 0.37
    host_primary: float = 70000

    def __attrs_post_init__(self) -> None:
        """Refuse what cannot exist; only the batch exponent may be negative."""
        for name, value in attrs.asdict(self).items():
            _checked(name, _floats(value), -FINITE if name == "energy_beta" else POSITIVE, FINITE)


ECOLOGITS = Coefficients()


def _between(least: float, most: float) -> Any:
    def check(_: object, attribute: "attrs.Attribute[Draws]", values: Draws) -> None:
        _checked(attribute.name, values, least, most)

    return check


NOT_NEGATIVE = _between(0.0, FINITE)


@attrs.frozen(kw_only=True, eq=False)
class Queries:
    """Requests, each with its own model, length and place; the fields broadcast to the shape (n_queries,).

    An interval has one axis more in front, shape (2, n_queries): the lower ends, then the upper. Impacts rise with
    each field that may be an interval (parameters, PUE, WUE), so that theirs come out in the same order.

    Parameters
    ----------
    active_b, total_b : array
        Active and total parameters [billion].
    tokens_out : array
        Output tokens of the request [token].
    gwp, adpe, primary, ewif : array
        Electricity: [kg CO2e/kWh], [kg Sb eq/kWh], [MJ/kWh], [L/kWh].
    pue, wue : array
        Facility over IT energy [1]; water on site over IT energy [L/kWh].
    latency_s : array
        Latency as measured [s]; it counts where it is shorter than the modelled one.
    tokens_per_s, first_token_s : array
        Speed, which takes the place of the regression unless it is NaN [token/s]; time to the first token [s].

    Raises
    ------
    InvalidValue
        For values that cannot exist, with their name.
    """

    active_b: Draws = attrs.field(converter=_floats, validator=_between(POSITIVE, FINITE))
    total_b: Draws = attrs.field(converter=_floats, validator=_between(POSITIVE, FINITE))
    tokens_out: Draws = attrs.field(converter=_floats, validator=NOT_NEGATIVE)
    gwp: Draws = attrs.field(converter=_floats, validator=NOT_NEGATIVE)
    adpe: Draws = attrs.field(converter=_floats, validator=NOT_NEGATIVE)
    primary: Draws = attrs.field(converter=_floats, validator=NOT_NEGATIVE)
    ewif: Draws = attrs.field(converter=_floats, validator=NOT_NEGATIVE)
    pue: Draws = attrs.field(converter=_floats, validator=_between(1.0, FINITE))
    wue: Draws = attrs.field(converter=_floats, validator=NOT_NEGATIVE)
    latency_s: Draws = attrs.field(
        converter=_floats, validator=_between(0.0, np.inf), default=np.inf
    )
    tokens_per_s: Draws = attrs.field(converter=_floats, default=np.nan)
    first_token_s: Draws = attrs.field(converter=_floats, validator=NOT_NEGATIVE, default=0.0)

    def __attrs_post_init__(self) -> None:
        """Refuse a speed that is not one, and fields that do not fit each other."""
        speed = self.tokens_per_s
        _checked("tokens_per_s", speed[~np.isnan(speed)], POSITIVE, FINITE)
        self.shape()

    def shape(self) -> tuple[int, ...]:
        """Shape that all fields broadcast to."""
        shapes = {a.name: getattr(self, a.name).shape for a in attrs.fields(Queries)}
        try:
            return np.broadcast_shapes(*shapes.values())
        except ValueError as error:
            found = ", ".join(f"{name} {shape}" for name, shape in shapes.items() if shape)
            msg = f"The fields must have one value, or as many as there are requests: {found}."
            raise InvalidValue(msg, *shapes) from error


@attrs.frozen(kw_only=True, eq=False)
class QueryImpacts:
    """Impacts of each request by phase and category, in the category's unit; arrays of the requests' shape.

    Use is given for climate change by the mix of the request, water, minerals and metals, primary energy and
    electricity; what is embodied for the first, third and fourth.
    """

    usage: Mapping[Category, Draws]
    embodied: Mapping[Category, Draws]

    def total(self, category: Category) -> Draws:
        """Both phases together."""
        made = self.embodied.get(category)
        return self.usage[category] if made is None else self.usage[category] + made


def query_impacts(queries: Queries, coefficients: Coefficients = ECOLOGITS) -> QueryImpacts:
    """Impacts of requests in all categories at once."""
    q, c = queries, coefficients
    gpus = accelerators_needed(q.total_b, c)
    latency = np.minimum(q.latency_s, _modelled_latency(q, c))
    it_energy = gpus * (_host_kwh(latency, c) + q.tokens_out * _kwh_per_token(q.active_b, c))
    energy = q.pue * it_energy
    lives = gpus * latency / (c.lifetime_s * c.batch)  # accelerators' lives that a request takes
    usage = {
        Category.GWP_LOCATION: energy * q.gwp,
        Category.WATER: it_energy * (q.wue + q.pue * q.ewif),
        Category.ADPE: energy * q.adpe,
        Category.PRIMARY_ENERGY: energy * q.primary,
        Category.ELECTRICITY: energy,
    }
    embodied = {
        Category.GWP_LOCATION: lives * (c.host_gwp / c.gpus_per_host + c.gpu_gwp),
        Category.ADPE: lives * (c.host_adpe / c.gpus_per_host + c.gpu_adpe),
        Category.PRIMARY_ENERGY: lives * (c.host_primary / c.gpus_per_host + c.gpu_primary),
    }
    shape = q.shape()
    return QueryImpacts(usage=_shaped(usage, shape), embodied=_shaped(embodied, shape))


def _shaped(impacts: Mapping[Category, Draws], shape: tuple[int, ...]) -> Mapping[Category, Draws]:
    return MappingProxyType({c: np.broadcast_to(values, shape) for c, values in impacts.items()})


def accelerators_needed(total_b: Values, coefficients: Coefficients = ECOLOGITS) -> Draws:
    """Smallest power of two of accelerators whose memory holds the model [GPU], shape of ``total_b`` [billion]."""
    c = coefficients
    memory_gb = c.memory_overhead * _floats(total_b) * c.bits / BITS_PER_BYTE
    mantissa, exponent = np.frexp(np.ceil(memory_gb / c.gpu_memory_gb))
    result: Draws = np.ldexp(1.0, exponent - (mantissa == 0.5))  # noqa: PLR2004 - a power of two itself
    return result


def _modelled_latency(q: Queries, c: Coefficients) -> Draws:
    """Latency of the answer by its speed, else by the regression [s]."""
    regression = c.latency_alpha * q.active_b + c.latency_beta * c.batch + c.latency_gamma
    per_token = np.where(np.isnan(q.tokens_per_s), regression, 1 / q.tokens_per_s)
    result: Draws = q.tokens_out * per_token + q.first_token_s
    return result


def _host_kwh(latency: Draws, c: Coefficients) -> Draws:
    """Energy of the share of a host that goes with one accelerator [kWh/GPU]."""
    return latency * (c.host_kw / (SECONDS_PER_HOUR * c.gpus_per_host * c.batch))


def _kwh_per_token(active_b: Draws, c: Coefficients) -> Draws:
    """Energy of an accelerator per output token [kWh/token/GPU]."""
    alpha = c.energy_alpha * np.exp(c.energy_beta * c.batch)
    result: Draws = (alpha * active_b + c.energy_gamma) / WH_PER_KWH
    return result

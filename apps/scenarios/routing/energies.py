"""The energy of each candidate where labelled queries hold none: given by somebody, or tried over ratios."""

from collections.abc import Sequence

from apps.scenarios.errors import BadInput
from apps.scenarios.routing.queries import Queries

RATIOS = (2.0, 5.0, 10.0, 20.0)
PAIR = 2


def variants(known: Queries, given: Sequence[str]) -> list[Queries]:
    """Return the queries with the energies to try: those given as ``MODEL=J``, else the data's own, else ratios of two models.

    Raises
    ------
    BadInput
        For an energy that cannot be read, is of no candidate, or is needed and not given.
    """
    if given:
        return [known.with_energy(_joules(known.models, given))]
    if known.energy is not None:
        return [known]
    if len(known.models) != PAIR:
        msg = f"The data hold no energy. Give it for each model, as {known.models[0]}=120 in joules a query."
        raise BadInput(msg, field="energy")
    better = int(known.quality.mean(axis=0).argmax())
    return [
        known.with_energy([ratio if place == better else 1.0 for place in range(PAIR)])
        for ratio in RATIOS
    ]


def listed(text: str) -> list[str]:
    """Return energies that somebody wrote, a line each."""
    return [line for each in text.splitlines() if (line := each.strip())]


def provenance(known: Queries, given: Sequence[str]) -> str:
    """Return where the energies come from."""
    if given:
        return "supplied for this what-if"
    return "assumed ratios: the data hold no energy" if known.energy is None else "from the data"


def _joules(models: tuple[str, ...], given: Sequence[str]) -> list[float]:
    found: dict[str, float] = {}
    for text in given:
        name, _, number = text.partition("=")
        try:
            found[name.strip()] = float(number)
        except ValueError:
            msg = f"“{text}”: write an energy as MODEL=J, for instance {models[0]}=120."
            raise BadInput(msg, field="energy") from None
    if set(found) != set(models):
        msg = f"An energy is needed for each of {', '.join(models)}, and for no other."
        raise BadInput(msg, field="energy")
    return [found[name] for name in models]

"""Filters and tags through which every number reaches a page."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from apps.accounts import presentation

register = template.Library()
register.filter("sig3", presentation.sig3)
register.filter("count", presentation.count)
register.filter("given", presentation.given)
register.filter("symbol_html", presentation.symbol_html)
register.filter("percent", presentation.percent)
register.filter("unit_html", presentation.unit_html)


@register.filter
def quantity(value: object, unit: str = "") -> SafeString:
    """``159210|quantity:"kg CO2e"`` gives ``159 t CO₂e``; the unit's size follows the value."""
    return _written(presentation.figure(value, unit))


@register.filter
def amount(value: object, unit: str = "") -> SafeString:
    """Like ``quantity``, in the very unit given: for inputs, which people wrote in that unit."""
    number = presentation.as_number(value)
    if number is None:
        return _written(None)
    return _written(presentation.Figure(number=presentation.given(number), unit=unit))


@register.filter
def interval(stat: Mapping[str, Any] | None) -> SafeString:
    """The 90 % interval of a statistic in the unit that its figure is printed in: ``120–180 t CO₂e``."""
    shown = presentation.figure_of(stat)
    if shown is None:
        return format_html('<span class="gap">{}</span>', gettext(presentation.NOT_DECLARED))
    if not shown.has_interval:
        return format_html('<span class="gap">{}</span>', gettext("no spread declared"))
    between = f" {gettext('to')} " if presentation.MINUS in shown.low + shown.high else "–"
    return format_html(
        "{}{}{}{}{}",
        shown.low,
        between,
        shown.high,
        presentation.THIN if shown.unit else "",
        shown.unit_html,
    )


@register.filter(name="figure")
def figure_filter(stat: Mapping[str, Any] | None) -> SafeString:
    """One statistic in a line: ``159 t CO₂e``; a gap is written as a gap."""
    return _written(presentation.figure_of(stat))


@register.filter
def duration(seconds: object) -> str:
    """Seconds for readers: ``7500`` becomes ``2 h 5 min``."""
    number = presentation.as_number(seconds)
    if number is None:
        return gettext(presentation.NOT_DECLARED)
    if number < 60:  # noqa: PLR2004  a minute
        return f"{presentation.sig3(number)} s"
    minutes = round(number / 60)
    hours, rest = divmod(minutes, 60)
    return f"{hours:,} h {rest} min".replace(",", presentation.THIN) if hours else f"{rest} min"


@register.filter
def get(mapping: Mapping[str, Any] | None, key: str) -> Any:
    """Look a key up in a mapping; ``None`` when either is missing."""
    return mapping.get(key) if isinstance(mapping, Mapping) else None


@register.filter
def values(mapping: Mapping[str, Any], keys: str) -> list[Any]:
    """Values of several keys, in the order given: ``row|values:"pue,wue"``."""
    return [mapping.get(key) for key in keys.split(",")]


@register.filter
def name_of(categories: Sequence[Mapping[str, str]], key: str) -> str:
    """Label of an impact category."""
    return next((row["label"] for row in categories if row["key"] == key), key)


@register.filter
def of_use(stat: Mapping[str, Any]) -> Mapping[str, Any]:
    """A statistic per request with the unit of the impact alone."""
    return {**stat, "unit": str(stat["unit"]).split("/", maxsplit=1)[0]}


@register.filter
def first(rows: Sequence[Any], count: object) -> Sequence[Any]:
    """The first rows of a list; all of them where no count is given."""
    return rows[: int(str(count))] if count else rows


@register.filter
def change(share: object) -> str:
    """A relative difference with its sign: ``+1.2 %``."""
    number = presentation.as_number(share)
    sign = "+" if number is not None and number > 0 else ""
    return f"{sign}{presentation.percent(share)}"


@register.filter
def day(text: object) -> str:
    """A date of a JSON document for readers: ``2025-03-01`` becomes ``1 March 2025``."""
    try:
        return date_format(date.fromisoformat(str(text)[:10]), "j F Y")
    except ValueError:
        return str(text)


@register.filter
def stage_label(stage: str) -> str:
    """Name of a life-cycle stage for readers."""
    return gettext(presentation.STAGES.get(stage, stage.replace("_", " ").capitalize()))


@register.filter
def stage_colour(stage: str) -> str:
    """Colour of a stage on paper; pages take theirs from the stylesheet."""
    return presentation.STAGE_COLOURS.get(stage, "#6a6d75")


@register.filter
def words(key: object) -> str:
    """A programmer's word for readers: ``final_training`` becomes ``final training``."""
    return str(key).replace("_", " ")


@register.simple_tag
def make_figure(
    stat: Mapping[str, Any] | str = "",
    value: object = "",
    unit: str = "",
    low: object = "",
    high: object = "",
    *,
    scale: object = True,
) -> presentation.Figure | None:
    """Prepare what the ``figure`` component prints, from a statistic or from its parts."""
    scales = scale not in ("no", "false", False)
    if isinstance(stat, Mapping):
        return presentation.figure_of(stat, scale=scales)
    return presentation.figure(value, unit, low, high, scale=scales)


@register.simple_tag
def stage_segments(by_stage: Mapping[str, Any] | None, category: str) -> list[dict[str, Any]]:
    """Segments of a stage bar."""
    return presentation.stage_segments(by_stage, category)


@register.simple_tag
def provenance_segments(shares: Mapping[str, float] | None) -> list[dict[str, Any]]:
    """Segments of a provenance bar."""
    return presentation.provenance_segments(shares)


def _written(shown: presentation.Figure | None) -> SafeString:
    if shown is None:
        return format_html('<span class="gap">{}</span>', gettext(presentation.NOT_DECLARED))
    if not shown.unit:
        return format_html("{}", shown.number)
    return format_html(
        '{}{}<span class="unit">{}</span>', shown.number, presentation.THIN, shown.unit_html
    )

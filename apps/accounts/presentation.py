"""How numbers and units are written for readers: three significant digits, sensible units, thin spaces.

Rounding happens here and nowhere else. Nothing in this module knows a model or a request.
"""

import math
import re
from collections.abc import Mapping
from typing import Any

import attrs
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

THIN = "\u202f"
MINUS = "\u2212"
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
PLAIN_DIGITS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", f"{MINUS}0123456789")
NOT_DECLARED = "not declared"
_PLAIN_FROM, _PLAIN_TO = -3, 11  # powers of ten written out; beyond, as 1.2 × 10⁻⁵
_SMALLEST_PERCENT, _WHOLE_PERCENT = 0.1, 9.95

# Each ladder: (unit, size in the base unit, smallest value of that size to use it for).
_MASS = (
    ("kt", 1e6, 1e7),
    ("t", 1e3, 1e3),
    ("kg", 1.0, 1.0),
    ("g", 1e-3, 1e-3),
    ("mg", 1e-6, 1e-6),
    ("µg", 1e-9, 1e-9),
    ("ng", 1e-12, 0.0),
)
_VOLUME = (
    ("m³", 1e3, 1e3),
    ("L", 1.0, 1.0),
    ("mL", 1e-3, 1e-3),
    ("µL", 1e-6, 0.0),
)
_ELECTRICITY = (
    ("GWh", 1e6, 1e6),
    ("MWh", 1e3, 1e3),
    ("kWh", 1.0, 1.0),
    ("Wh", 1e-3, 1e-3),
    ("mWh", 1e-6, 0.0),
)
_ENERGY = (
    ("TJ", 1e6, 1e6),
    ("GJ", 1e3, 1e3),
    ("MJ", 1.0, 1.0),
    ("kJ", 1e-3, 1e-3),
    ("J", 1e-6, 0.0),
)
LADDERS = {"kg": _MASS, "L": _VOLUME, "kWh": _ELECTRICITY, "MJ": _ENERGY}
PROVENANCE_WORDS = ("measured", "supplied", "modelled", "default")
STAGES = {
    "hardware": "Hardware",
    "development": "Development",
    "training": "Training",
    "inference": "Inference",
    "network_devices": "Network & devices",
    "end_of_life": "End of life",
}
STAGE_COLOURS = {  # after Paul Tol's muted scheme; the same in static/css/tokens.css
    "hardware": "#332288",
    "development": "#ddcc77",
    "training": "#cc6677",
    "inference": "#44aa99",
    "network_devices": "#88ccee",
    "end_of_life": "#999933",
}


@attrs.frozen(kw_only=True)
class Figure:
    """One number ready to print: value, unit, and the ends of its 90 % interval in the same unit."""

    number: str
    unit: str
    low: str = ""
    high: str = ""

    @property
    def unit_html(self) -> SafeString:
        """Unit with true subscripts."""
        return unit_html(self.unit)

    @property
    def has_interval(self) -> bool:
        """Whether there is a spread to show."""
        return bool(self.low) and self.low != self.high


def as_number(value: object) -> float | None:
    """Read a finite number, or ``None`` for anything else."""
    if isinstance(value, bool) or value is None or value == "":
        return None
    try:
        number = float(value)  # type: ignore[arg-type]  # templates pass anything; refused below
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def sig3(value: object, digits: int = 3) -> str:
    """Write a number to ``digits`` significant digits, with thin spaces between thousands."""
    number = as_number(value)
    if number is None:
        return gettext(NOT_DECLARED)
    if number == 0:
        return "0"
    rounded = float(f"{number:.{digits - 1}e}")
    exponent = math.floor(math.log10(abs(rounded)))
    if not _PLAIN_FROM <= exponent <= _PLAIN_TO:
        mantissa = rounded / 10**exponent
        return (
            f"{_signed(mantissa, digits - 1)}{THIN}×{THIN}10{f'{exponent}'.translate(SUPERSCRIPTS)}"
        )
    return _signed(rounded, max(0, digits - 1 - exponent))


def given(value: object) -> str:
    """Write a number as somebody gave it: up to six significant digits, without padding zeros."""
    number = as_number(value)
    if number is None:
        return gettext(NOT_DECLARED)
    digits = len(f"{number:.5e}".partition("e")[0].replace(".", "").lstrip("-").rstrip("0")) or 1
    return sig3(number, digits)


def count(value: object) -> str:
    """Write a counted thing in full: ``1 082 990``; fractions keep up to two places."""
    number = as_number(value)
    if number is None:
        return gettext(NOT_DECLARED)
    places = 0 if number == int(number) else 2
    return _signed(number, places)


def _signed(number: float, places: int) -> str:
    text = f"{abs(number):,.{places}f}".replace(",", THIN)
    if (get_language() or "").startswith("fr"):
        text = text.replace(".", ",")
    return f"{MINUS}{text}" if number < 0 else text


def percent(value: object) -> str:
    """Write a share as per cent: ``34 %``, ``3.4 %``, ``< 0.1 %``."""
    number = as_number(value)
    if number is None:
        return gettext(NOT_DECLARED)
    share = number * 100
    if share and abs(share) < _SMALLEST_PERCENT:
        return f"{'>' if share < 0 else '<'}{THIN}{_signed(math.copysign(_SMALLEST_PERCENT, share), 1)}{THIN}%"
    places = 1 if share and abs(share) < _WHOLE_PERCENT else 0
    return f"{_signed(share, places)}{THIN}%"


def scaled(value: float, unit: str) -> tuple[float, str]:
    """Choose the size of unit a reader expects: ``(159210, "kg CO2e")`` gives ``(159.21, "t CO2e")``."""
    base, space, rest = _split(unit)
    ladder = LADDERS.get(base)
    if ladder is None:
        return 1.0, unit
    magnitude = abs(value) or 1.0
    name, size = next((name, size) for name, size, least in ladder if magnitude >= least)
    return size, f"{name}{space}{rest}"


def _split(unit: str) -> tuple[str, str, str]:
    match = re.match(r"([^\s/]+)([\s/]?)(.*)", unit or "")
    return (match[1], match[2], match[3]) if match else ("", "", "")


def figure(
    value: object, unit: str = "", low: object = None, high: object = None, *, scale: bool = True
) -> Figure | None:
    """Prepare a value with its interval; ``None`` when nothing is declared."""
    number = as_number(value)
    if number is None:
        return None
    size, shown = scaled(number, unit) if scale else (1.0, unit)
    ends = [as_number(low), as_number(high)]
    texts = ["" if end is None else sig3(end / size) for end in ends]
    return Figure(number=sig3(number / size), unit=shown, low=texts[0], high=texts[1])


def figure_of(stat: Mapping[str, Any] | None, *, scale: bool = True) -> Figure | None:
    """Prepare one of the engine's statistics: nominal value with its P5 and P95."""
    if not stat:
        return None
    return figure(
        stat.get("nominal"), stat.get("unit", ""), stat.get("p05"), stat.get("p95"), scale=scale
    )


def plain_figure(stat: Mapping[str, Any] | None) -> str:
    """One statistic as plain text: ``20.4 kt CO₂e``; what is not there is not declared."""
    shown = figure_of(stat)
    return f"{shown.number} {unit_text(shown.unit)}".strip() if shown else gettext(NOT_DECLARED)


def unit_html(text: object) -> SafeString:
    """Escape a text and give its units true sub- and superscripts: CO₂, m³, cm²."""
    escaped = str(conditional_escape(str(text)))
    escaped = re.sub(r"\bCO2", "CO<sub>2</sub>", escaped)
    escaped = re.sub(r"\b(mm|cm|m|km)\^?([23])\b", r"\1<sup>\2</sup>", escaped)
    return mark_safe(escaped.replace("CO₂", "CO<sub>2</sub>"))  # noqa: S308  (escaped above)


def symbol_html(text: object) -> SafeString:
    """Escape a formula, set its indices below the line and its constants as powers of ten."""
    escaped = str(conditional_escape(str(text)))
    escaped = re.sub(r"(?<=[A-Za-z])_([A-Za-z0-9]+)", r"<sub>\1</sub>", escaped)
    escaped = re.sub(r"(?<![\w.])\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.])", _constant, escaped)
    return mark_safe(escaped)  # noqa: S308  (escaped above)


def _constant(match: re.Match[str]) -> str:
    text = match[0]
    if "." not in text and "e" not in text:
        return text
    shown, _, power = given(float(f"{float(text):.3g}")).partition("×\u202f10")
    exponent = power.translate(PLAIN_DIGITS)
    return f"{shown}×{THIN}10<sup>{exponent}</sup>" if power else shown


def unit_text(text: str) -> str:
    """Units as plain text for SVG titles and alternative texts."""
    return text.replace("CO2", "CO₂")


def stage_segments(
    by_stage: Mapping[str, Mapping[str, Any]] | None, category: str
) -> list[dict[str, Any]]:
    """Shares of the stages in one impact category, in reporting order, with their place on a 0-100 bar."""
    stats = {stage: ((by_stage or {}).get(stage) or {}).get(category) for stage in STAGES}
    amounts = {stage: max(0.0, stat["nominal"]) for stage, stat in stats.items() if stat}
    total = sum(amounts.values())
    segments, start = [], 0.0
    for stage, amount in amounts.items():
        share = amount / total if total else 0.0
        segments.append(
            {
                "key": stage,
                "label": STAGES[stage],
                "share": share,
                "x": f"{start * 100:.3f}",
                "width": f"{share * 100:.3f}",
                "middle": f"{(start + share / 2) * 100:.3f}",
                "stat": stats[stage],
            }
        )
        start += share
    return segments


def provenance_segments(shares: Mapping[str, float] | None) -> list[dict[str, Any]]:
    """Measured, supplied, modelled and default shares with their place on a 0-100 bar."""
    segments, start = [], 0.0
    for word in PROVENANCE_WORDS:
        share = (shares or {}).get(word) or 0.0
        if share > 0:
            segments.append(
                {
                    "key": word,
                    "label": word,
                    "share": share,
                    "x": f"{start * 100:.3f}",
                    "width": f"{share * 100:.3f}",
                }
            )
            start += share
    return segments

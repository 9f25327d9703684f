"""Words and units that a report explains."""

from django.utils.translation import gettext_noop as noop

TERMS = (
    (
        noop("ADPe"),
        noop("Depletion of minerals and metals, in kilograms of antimony equivalents (kg Sb eq)."),
    ),
    (
        noop("CO2e"),
        noop(
            "Carbon dioxide equivalents: greenhouse gases weighted by their warming over 100 years (GWP100)."
        ),
    ),
    (
        noop("Embodied"),
        noop("From making, transporting and disposing of things, as against running them."),
    ),
    (
        noop("EWIF"),
        noop(
            "Water that evaporates in making a kilowatt-hour of electricity, in litres, off site."
        ),
    ),
    (noop("Functional unit"), noop("The quantified service that figures per use are given for.")),
    (
        noop("Gap"),
        noop("Something inside the boundary of which nothing was declared. It is not zero."),
    ),
    (noop("Interval"), noop("P5 to P95 of the draws: nine in ten lie within.")),
    (noop("Location-based"), noop("By the average of the grid where electricity was used.")),
    (noop("Market-based"), noop("By contracts and certificates of the one who used it.")),
    (
        noop("Marginal, fully loaded"),
        noop("One more use alone; and with its share of development, training and hardware."),
    ),
    (noop("Nominal value"), noop("The deterministic result: the product of nominal parameters.")),
    (noop("Primary energy"), noop("Energy as it is found in nature, in megajoules (MJ).")),
    (
        noop("PUE"),
        noop("Power usage effectiveness: a data centre's energy over that of its computers."),
    ),
    (
        noop("WUE"),
        noop(
            "Water that a data centre evaporates per kilowatt-hour of its computers, in litres, on site."
        ),
    ),
)

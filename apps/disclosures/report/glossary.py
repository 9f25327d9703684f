"""Words and units that a report explains."""

TERMS = (
    ("ADPe", "Depletion of minerals and metals, in kilograms of antimony equivalents (kg Sb eq)."),
    (
        "CO2e",
        "Carbon dioxide equivalents: greenhouse gases weighted by their warming over 100 years (GWP100).",
    ),
    ("Embodied", "From making, transporting and disposing of things, as against running them."),
    (
        "EWIF",
        "Water that evaporates in making a kilowatt-hour of electricity, in litres, off site.",
    ),
    ("Functional unit", "The quantified service that figures per use are given for."),
    ("Gap", "Something inside the boundary of which nothing was declared. It is not zero."),
    ("Interval", "P5 to P95 of the draws: nine in ten lie within."),
    ("Location-based", "By the average of the grid where electricity was used."),
    ("Market-based", "By contracts and certificates of the one who used it."),
    (
        "Marginal, fully loaded",
        "One more use alone; and with its share of development, training and hardware.",
    ),
    ("Nominal value", "The deterministic result: the product of nominal parameters."),
    ("Primary energy", "Energy as it is found in nature, in megajoules (MJ)."),
    ("PUE", "Power usage effectiveness: a data centre's energy over that of its computers."),
    (
        "WUE",
        "Water that a data centre evaporates per kilowatt-hour of its computers, in litres, on site.",
    ),
)

"""Words and sentences that documents draw from a fixed stock, named here so that catalogues hold them.

``SENTENCES`` have holes: what stood in them is put back, itself in the language of the page where it is such a word.
"""

from django.utils.translation import gettext_noop as noop

WORDS = (
    # life-cycle stages, components, statuses
    *(noop("Hardware"), noop("Development"), noop("Training"), noop("Inference")),
    *(noop("Network & devices"), noop("End of life")),
    *(noop("electricity"), noop("embodied"), noop("water on site"), noop("water off site")),
    *(noop("cooling overhead"), noop("building"), noop("upstream"), noop("accelerators")),
    *(noop("host servers"), noop("servers"), noop("idle capacity"), noop("inherited share")),
    *(noop("included"), noop("excluded"), noop("not declared")),
    *(noop("measured"), noop("supplied"), noop("modelled"), noop("default")),
    *(noop("Draft"), noop("In review"), noop("Changes requested"), noop("Approved")),
    *(noop("Published"), noop("Superseded"), noop("Withdrawn")),
    *(noop("prepared"), noop("reviewed"), noop("approved"), noop("yes"), noop("no")),
    # impact categories by the engine's names
    *(noop("Climate change, location-based"), noop("Climate change, market-based")),
    *(noop("Water consumption"), noop("Water consumption without hydropower's evaporation")),
    *(noop("Water scarcity of electricity and cooling"), noop("Depletion of minerals and metals")),
    *(noop("Climate change"), noop("Primary energy"), noop("Electricity")),
    *(noop("gwp location"), noop("gwp market"), noop("adpe"), noop("water scarcity")),
    noop("water without hydropower"),
    # what parameters are called, before the name of what they belong to
    *(noop("ADPe of electricity"), noop("EWIF"), noop("PUE"), noop("WUE"), noop("TDP")),
    *(noop("PUE − 1"), noop("Energy"), noop("GPU-hours"), noop("Accelerator-hours")),
    noop("Embodied climate change, location-based"),
    *(noop("Embodied climate change"), noop("Embodied depletion of minerals and metals")),
    *(noop("Embodied primary energy"), noop("Embodied water consumption")),
    *(noop("Grid electricity"), noop("Electricity without contract")),
    *(noop("Contractual electricity"), noop("Node overhead"), noop("Service life")),
    *(noop("Primary energy of electricity"), noop("Utilisation"), noop("Requests")),
    *(noop("Water scarcity (AWARE)"), noop("Energy per input token")),
    *(noop("Energy per output token"), noop("Host share per accelerator")),
    *(noop("Input tokens per request"), noop("Output tokens per request")),
    *(noop("Mean power as a share of TDP"), noop("Mean power per accelerator")),
    *(noop("Accelerators per node"), noop("Accelerators per host")),
    *(noop("Accelerators that hold the model"), noop("Output tokens per functional unit")),
    *(noop("Output tokens served"), noop("Requests served"), noop("Queries over the model's life")),
    *(noop("Water consumed per water withdrawn"), noop("Images or videos per request")),
    *(noop("Water of electricity with hydropower's evaporation"), noop("Share covered")),
    *(
        noop("Water of electricity without hydropower's evaporation"),
        noop("Share without contract"),
    ),
    *(noop("Share covered by contracts"), noop("Part without contract")),
    *(noop("Energy of idle capacity per energy at work"), noop("location-based")),
    noop("Error of the regression against measurements"),
    # boundaries of one request, and scenarios
    *(noop("Accelerators"), noop("Server"), noop("Idle capacity"), noop("Data centre")),
    *(noop("Serving hardware"), noop("Life cycle")),
    *(noop("Electricity with half the carbon"), noop("PUE of 1.1 at every site")),
    *(noop("Hardware kept two years longer"), noop("Hardware used half as much of its life")),
    noop("Twice the embodied impact of hardware"),
    # what was declared
    *(noop("text"), noop("image"), noop("audio"), noop("video"), noop("multimodal"), noop("other")),
    *(noop("data processing"), noop("exploration"), noop("debugging"), noop("failed")),
    *(noop("ablation"), noop("evaluation"), noop("final training"), noop("fine-tuning")),
    noop("fine tuning"),
    *(noop("supplier-specific tariff"), noop("power purchase agreement")),
    *(noop("energy attribute certificates"), noop("by year"), noop("by month"), noop("by hour")),
    *(noop("not stated"), noop("life-cycle: fuel supply and plants included")),
    noop("direct: what leaves the stacks"),
    *(noop("with hydropower's evaporation"), noop("without hydropower's evaporation")),
    noop("water consumed, per kWh of IT energy"),
    noop("water consumed, per kWh of facility energy"),
    noop("water withdrawn, per kWh of IT energy"),
    noop("water withdrawn, per kWh of facility energy"),
    *(noop("meter export"), noop("invoice"), noop("log of a scheduler or a tool")),
    *(noop("product carbon footprint"), noop("contract or certificate")),
    # the five tests of the review
    noop("The methods used are consistent with ISO 14040 and ISO 14044"),
    noop("The methods used are scientifically and technically valid"),
    noop("The data used are appropriate and reasonable for the goal of the study"),
    noop("The interpretation reflects the limitations and the goal of the study"),
    noop("The report is transparent and consistent"),
    # files of the report
    *(noop("BoAmps reports of measured tasks"), noop("PACT 3.0.3 product footprint")),
    noop("EU model documentation form: compute and energy"),
    *(noop("Hugging Face model-card block"), noop("openLCA JSON-LD package")),
    *(noop("SCI for AI, consumer and provider"), noop("SPDX 3.0.1, AI profile")),
    *(noop("CSV bundle"), noop("Workbook with a live calculation trace")),
    noop("Canonical JSON, ai-footprint-disclosure/1.0"),
    noop("It holds measured tasks, and none is declared."),
    noop("It holds energy by activity, and none is declared."),
    noop("It holds the energy of training, and none is declared."),
    noop("It holds the emissions of training, and none are declared."),
    noop("It holds one functional unit, fully loaded, and that figure is not declared."),
    noop("It needs the period that the figures cover."),
    noop("It needs the share of emissions left out, which is not declared."),
    noop("It needs requests or tokens served, or the tokens, compute or parameters of training."),
    noop("It holds the energy of training and inference, and neither is declared."),
    # how sources were read, and reasons that are proposed
    noop("read in the publisher's own file or text"),
    noop("read in an open package that republishes it"),
    noop("transcribed by a third party; confirm before quoting"),
    noop("computed for this library; method in the note"),
    noop("Left out by default: outside the provider's control and rarely known."),
    # gaps without a name in them
    noop("The data-centre building is not counted."),
    noop("No contractual electricity is declared, so there is no market-based figure."),
    noop(
        "The water of making hardware is in no scarcity figure: where it was consumed is not known."
    ),
    noop("The energy of idle capacity is not declared."),
    noop("Per-use figures need a deployment with its requests."),
)
SENTENCES = (
    noop("{a} is included, but nothing is declared."),
    noop("The hardware of {a} is not declared."),
    noop("{a} of {b} is not stated by its publisher."),
    noop("No embodied figure for {a} of {b}."),
    noop("Could add about {a} ({b} of the total)."),
    noop("No contract for all the electricity of {a}; the grid average stands in for the rest."),
    noop("The energy of {a} cannot be predicted without: {b}."),
    noop("The energy per image or video of {a} is not declared."),
    noop("The images or videos per request of {a} are not declared."),
    noop(
        "Water consumption without hydropower's evaporation is not given, as it is not known for “{a}”: the EWIF of {b} "
        "does not say whether it holds it."
    ),
    noop("scaled to {a} output tokens by the tokens served"),
    noop("Grid electricity in the hours of {a}"),
    noop("Share inherited from {a}"),
    noop("Part of {a}"),
    noop("{a} is not declared."),
)

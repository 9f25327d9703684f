"""What published studies found of the share of final training, for scale; taken over as published, or from their figures."""

import attrs


@attrs.frozen(kw_only=True)
class Study:
    """One published share, what it is a share of, and where it stands."""

    name: str
    training_share: float
    of: str
    how: str
    citation: str
    url: str


STUDIES = (
    Study(
        name="Moshi, 7 billion parameters",
        training_share=0.04,
        of="GPU time of research and development",
        how="published",
        citation="López-Rauhut, Landrieu, Aubry, Ligozat (2026), Environmental Footprint of GenAI Research, summary",
        url="https://arxiv.org/abs/2604.11154",
    ),
    Study(
        name="Olmo 3",
        training_share=1 - 0.822,
        of="climate impact of development and training",
        how="published: development 82.2 %",
        citation="Morrison, Smith, Strubell (2026), The Hidden Cost of Thinking: Energy Use and Environmental Impact of LMs Beyond"
        " Pretraining, abstract",
        url="https://arxiv.org/abs/2605.01158",
    ),
    Study(
        name="OLMo, 20 million to 13 billion parameters",
        training_share=312 / (312 + 159),
        of="climate impact of development and training",
        how="from 312 t of training and 159 t of development",
        citation="Morrison, Na, Fernandez, Dettmers, Strubell, Dodge (2025), Holistically Evaluating the Environmental Impact of"
        " Creating Language Models, tables of development and training",
        url="https://arxiv.org/abs/2503.05804",
    ),
)

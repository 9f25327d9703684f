"""Reference decoder models: grouped-query attention, SwiGLU, rotary positions; shapes only, weights come from a seed.

Energy per token depends on shapes, precision and device, not on the values of the weights, so a seeded model measures
what a trained one of the same shape would draw, and everybody can build the same one.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Preset:
    """Shape of a decoder; sizes in elements."""

    hidden: int
    layers: int
    heads: int
    key_value_heads: int
    intermediate: int
    vocabulary: int
    tied: bool
    note: str


PRESETS: dict[str, Preset] = {
    "tiny": Preset(
        hidden=256,
        layers=4,
        heads=8,
        key_value_heads=4,
        intermediate=704,
        vocabulary=4_096,
        tied=True,
        note="4 million parameters: a trial in seconds, too small to stand for a real model",
    ),
    "ref-0.1b": Preset(
        hidden=768,
        layers=12,
        heads=12,
        key_value_heads=4,
        intermediate=2_048,
        vocabulary=32_000,
        tied=True,
        note="0.1 billion parameters",
    ),
    "ref-0.5b": Preset(
        hidden=1_280,
        layers=26,
        heads=20,
        key_value_heads=4,
        intermediate=3_456,
        vocabulary=32_000,
        tied=True,
        note="0.5 billion parameters",
    ),
    "ref-1b": Preset(
        hidden=2_048,
        layers=22,
        heads=32,
        key_value_heads=4,
        intermediate=5_632,
        vocabulary=32_000,
        tied=False,
        note="1.1 billion parameters",
    ),
}

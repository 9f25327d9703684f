"""Reference decoder models: grouped-query attention, SwiGLU, rotary positions; shapes only, weights come from a seed.

Energy per token depends on shapes, precision and device, not on the values of the weights, so a seeded model measures
what a trained one of the same shape would draw, and everybody can build the same one.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Preset:
    """Shape of a decoder; sizes in elements. With ``experts`` each layer has that many, of which each token uses some."""

    hidden: int
    layers: int
    heads: int
    key_value_heads: int
    intermediate: int
    vocabulary: int
    tied: bool
    note: str
    experts: int = 0
    experts_per_token: int = 0


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
    "ref-3b": Preset(
        hidden=3_072,
        layers=28,
        heads=24,
        key_value_heads=8,
        intermediate=8_192,
        vocabulary=128_256,
        tied=True,
        note="3.2 billion parameters, the shape of Llama 3.2 3B",
    ),
    "ref-8b": Preset(
        hidden=4_096,
        layers=32,
        heads=32,
        key_value_heads=8,
        intermediate=14_336,
        vocabulary=128_256,
        tied=False,
        note="8.0 billion parameters, the shape of Llama 3.1 8B",
    ),
    "ref-14b": Preset(
        hidden=5_120,
        layers=40,
        heads=40,
        key_value_heads=8,
        intermediate=17_408,
        vocabulary=151_936,
        tied=False,
        note="14.8 billion parameters, the shape of Qwen3 14B",
    ),
    "tiny-moe": Preset(
        hidden=256,
        layers=4,
        heads=8,
        key_value_heads=4,
        intermediate=256,
        vocabulary=4_096,
        tied=True,
        experts=8,
        experts_per_token=2,
        note="8 million parameters in a mixture of experts: a trial in seconds",
    ),
    "ref-moe-7b": Preset(
        hidden=2_048,
        layers=16,
        heads=16,
        key_value_heads=16,
        intermediate=1_024,
        vocabulary=50_304,
        tied=False,
        experts=64,
        experts_per_token=8,
        note="6.9 billion parameters in a mixture of experts, 1.3 billion active, sizes of OLMoE 1B-7B in Mixtral's architecture",
    ),
}

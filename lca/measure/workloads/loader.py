"""Builds or loads the model that is measured, after checking that it fits."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import torch
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    LlamaConfig,
    PretrainedConfig,
    PreTrainedModel,
)
from transformers.utils import logging as transformers_logging

from lca.measure.errors import ModelUnavailable
from lca.measure.meter import Device
from lca.measure.spec import ProbeSpec
from lca.measure.workloads.memory import (
    BYTES_PER_WEIGHT,
    host_bytes_free,
    refuse_if_too_large,
    required_bytes,
)
from lca.measure.workloads.presets import PRESETS
from lca.measure.workloads.quantise import quantise

DTYPES = {
    "fp32": torch.float32,
    "bf16": torch.bfloat16,
    "int8": torch.bfloat16,
    "fp4": torch.bfloat16,
}
QUANTISED = ("int8", "fp4")


@dataclass(frozen=True)
class LoadedModel:
    """A model on its device, and what the document says of it."""

    module: PreTrainedModel
    vocabulary: int
    description: dict[str, object]


@contextmanager
def _default_dtype(dtype: torch.dtype) -> Iterator[None]:
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        yield
    finally:
        torch.set_default_dtype(before)


def preset_config(name: str, positions: int) -> LlamaConfig:
    """Return the configuration of a reference model."""
    shape = PRESETS[name]
    return LlamaConfig(
        vocab_size=shape.vocabulary,
        hidden_size=shape.hidden,
        intermediate_size=shape.intermediate,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        num_key_value_heads=shape.key_value_heads,
        tie_word_embeddings=shape.tied,
        max_position_embeddings=max(4_096, positions),
    )


def _config(spec: ProbeSpec) -> PretrainedConfig:
    if spec.preset is not None:
        return preset_config(spec.preset, spec.prompt_tokens + spec.output_tokens)
    try:
        return AutoConfig.from_pretrained(
            spec.model,
            revision=spec.revision,
            trust_remote_code=False,
            local_files_only=_is_folder(spec),
        )
    except (OSError, ValueError) as error:
        raise _unavailable(spec, error) from error


def _is_folder(spec: ProbeSpec) -> bool:
    return Path(spec.model or "").is_dir()


def _unavailable(spec: ProbeSpec, error: Exception) -> ModelUnavailable:
    lines = str(error).strip().splitlines()
    reason = lines[0] if lines else type(error).__name__
    return ModelUnavailable(
        f"The model {_label(spec)!r} cannot be loaded: {reason} "
        "Give a folder with config.json and safetensors weights, or the name and revision of a public model; "
        "code that comes with a model is never run."
    )


def _label(spec: ProbeSpec) -> str:
    """Return the model's public name: of a folder its last part alone, since paths may name people."""
    if spec.preset is not None:
        return spec.preset
    return Path(spec.model or "").resolve().name if _is_folder(spec) else str(spec.model)


def check_fits(spec: ProbeSpec, device: Device) -> tuple[PretrainedConfig, int]:
    """Return the model's configuration and number of parameters, if it fits.

    Raises
    ------
    DoesNotFit
        If the device, or the host while loading, has too little memory.
    ModelUnavailable
        If there is no such model, or it is not a decoder that transformers itself knows.
    """
    config = _config(spec)
    try:
        with torch.device("meta"):
            skeleton = AutoModelForCausalLM.from_config(config, trust_remote_code=False)
    except (OSError, ValueError) as error:
        raise _unavailable(spec, error) from error
    head = skeleton.get_output_embeddings()
    linear = sum(
        layer.weight.numel()
        for layer in skeleton.modules()
        if isinstance(layer, torch.nn.Linear) and layer is not head
    )
    total = sum(weight.numel() for weight in skeleton.parameters())
    needed = _needed_bytes(spec, config, linear=linear, total=total)
    _refuse(spec, device, needed=needed, total=total)
    return config, total


def _needed_bytes(spec: ProbeSpec, config: PretrainedConfig, *, linear: int, total: int) -> int:
    text = config.get_text_config()
    heads = text.num_attention_heads
    width = getattr(text, "head_dim", None) or text.hidden_size // heads
    return required_bytes(
        linear_parameters=linear,
        other_parameters=total - linear,
        layers=text.num_hidden_layers,
        key_value_width=(getattr(text, "num_key_value_heads", None) or heads) * width,
        widest=max(getattr(text, "intermediate_size", 0), text.hidden_size),
        positions=spec.batch_size * (spec.prompt_tokens + spec.output_tokens),
        precision=spec.precision,
    )


def _refuse(spec: ProbeSpec, device: Device, *, needed: int, total: int) -> None:
    loading = int(total * BYTES_PER_WEIGHT["fp32" if spec.precision == "fp32" else "bf16"])
    if device.kind == "cuda":
        free, _ = torch.cuda.mem_get_info(device.index)
        refuse_if_too_large(needed, free, "device")
        refuse_if_too_large(loading, host_bytes_free(), "host")
    else:
        quantising = loading if spec.precision in QUANTISED else 0
        refuse_if_too_large(needed + quantising, host_bytes_free(), "host")


def _build(config: PretrainedConfig, spec: ProbeSpec) -> PreTrainedModel:
    dtype = DTYPES[spec.precision]
    if spec.preset is not None:
        with torch.random.fork_rng(), _default_dtype(dtype):
            torch.manual_seed(spec.seed)
            return cast("PreTrainedModel", AutoModelForCausalLM.from_config(config))
    try:
        return cast(
            "PreTrainedModel",
            AutoModelForCausalLM.from_pretrained(
                spec.model,
                config=config,
                revision=spec.revision,
                trust_remote_code=False,
                local_files_only=_is_folder(spec),
                use_safetensors=True,
                dtype=dtype,
            ),
        )
    except (OSError, ValueError) as error:
        raise _unavailable(spec, error) from error


def load(spec: ProbeSpec, device: Device) -> LoadedModel:
    """Build or load the model in its precision on its device.

    Raises
    ------
    DoesNotFit, ModelUnavailable, MissingPackage
        Before any weight is loaded where that can be known.
    """
    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    config, parameters = check_fits(spec, device)
    model = _build(config, spec)
    if spec.precision in QUANTISED:
        quantise(model, spec.precision, keep=model.get_output_embeddings())
    target = "cpu" if device.kind == "cpu" else f"cuda:{device.index}"
    model = model.to(target).eval()
    text = config.get_text_config()
    return LoadedModel(
        module=model,
        vocabulary=text.vocab_size,
        description={
            "name": _label(spec),
            "architecture": type(model).__name__,
            "parameters": parameters,
            "layers": text.num_hidden_layers,
            "weights_bytes": sum(w.numel() * w.element_size() for w in model.parameters()),
            "precision": spec.precision,
            "weights": "seeded" if spec.preset is not None else "pretrained",
        },
    )

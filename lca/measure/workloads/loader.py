"""Builds or loads the model that is measured, after checking that it fits."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import torch
from transformers import AutoModelForCausalLM, PretrainedConfig, PreTrainedModel
from transformers.utils import logging as transformers_logging

from lca.measure.errors import InvalidRequest
from lca.measure.meter import Device
from lca.measure.spec import ProbeSpec
from lca.measure.workloads.memory import (
    host_bytes_free,
    refuse_if_too_large,
    required_bytes,
)
from lca.measure.workloads.packaged import located
from lca.measure.workloads.quantise import quantise, stored_bytes
from lca.measure.workloads.sources import (
    config_of,
    label,
    loading_options,
    origin,
    unavailable,
)

DTYPES = {
    "fp32": torch.float32,
    "bf16": torch.bfloat16,
    "fp16": torch.float16,
    "int8": torch.bfloat16,
    "fp4": torch.bfloat16,
    "nf4": torch.bfloat16,
    "torch-int8": torch.float32,
}
QUANTISED = ("int8", "fp4", "nf4", "torch-int8")
LEAST_QUANTISED = (
    0.5  # of the weights beside embeddings and head: below, the precision's name would mislead
)


@dataclass(frozen=True)
class Size:
    """Numbers of weights: all, those of linear layers, embeddings with head, and those that one token uses."""

    total: int
    linear: int
    embedding: int
    active: int


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


def size_of(model: PreTrainedModel) -> Size:
    """Count a model's weights; on the meta device too."""
    head = model.get_output_embeddings()
    linear = sum(
        layer.weight.numel()
        for layer in model.modules()
        if isinstance(layer, torch.nn.Linear) and layer is not head
    )
    ends = {
        id(layer.weight): layer.weight for layer in (model.get_input_embeddings(), head) if layer
    }
    total = sum(weight.numel() for weight in model.parameters())
    experts = sum(w.numel() for name, w in model.named_parameters() if ".experts." in name)
    text = model.config.get_text_config()
    count = getattr(text, "num_local_experts", None) or getattr(text, "num_experts", None) or 1
    used = min(getattr(text, "num_experts_per_tok", None) or count, count)
    return Size(
        total=total,
        linear=linear,
        embedding=sum(weight.numel() for weight in ends.values()),
        active=total - experts * (count - used) // count,
    )


def skeleton(spec: ProbeSpec, config: PretrainedConfig) -> PreTrainedModel:
    """Return the model without memory for its weights."""
    try:
        with torch.device("meta"):
            model = AutoModelForCausalLM.from_config(config, trust_remote_code=False)
    except (OSError, ValueError) as error:
        raise unavailable(spec, error) from error
    return cast("PreTrainedModel", model)


def _shape(spec: ProbeSpec) -> tuple[PretrainedConfig, Size]:
    """Return configuration and size; those of a model from a file are read once, since a GGUF header takes seconds."""
    if spec.preset is None:
        same = ProbeSpec(model=spec.model, revision=spec.revision, gguf=spec.gguf)
        config, size = _shape_of_file(same)
        return deepcopy(config), size
    config = config_of(spec)
    return config, size_of(skeleton(spec, config))


@lru_cache(maxsize=2)
def _shape_of_file(spec: ProbeSpec) -> tuple[PretrainedConfig, Size]:
    config = config_of(spec)
    return config, size_of(skeleton(spec, config))


def check_fits(spec: ProbeSpec, device: Device) -> tuple[PretrainedConfig, Size]:
    """Return the model's configuration and size, if it fits.

    Raises
    ------
    InvalidRequest
        If the precision does not run on the device, or would leave most of the weights as they are.
    DoesNotFit
        If the device, or the host while loading, has too little memory.
    ModelUnavailable
        If there is no such model, or it is not a decoder that transformers itself knows.
    """
    spec = located(spec)
    if spec.precision == "torch-int8" and device.kind != "cpu":
        raise InvalidRequest("torch-int8 runs on processors alone; take int8.", "precision")
    config, size = _shape(spec)
    if spec.precision in QUANTISED and size.linear < LEAST_QUANTISED * (
        size.total - size.embedding
    ):
        msg = (
            f"{spec.precision} changes linear layers, and most weights of {label(spec)} lie elsewhere (experts in one block): "
            "it would be measured under a wrong name. Take fp32, bf16 or fp16."
        )
        raise InvalidRequest(msg, "precision")
    _refuse(spec, device, needed=_needed_bytes(spec, config, size), total=size.total)
    return config, size


def _needed_bytes(spec: ProbeSpec, config: PretrainedConfig, size: Size) -> int:
    text = config.get_text_config()
    heads = text.num_attention_heads
    width = getattr(text, "head_dim", None) or text.hidden_size // heads
    return required_bytes(
        linear_parameters=size.linear,
        other_parameters=size.total - size.linear,
        layers=text.num_hidden_layers,
        key_value_width=(getattr(text, "num_key_value_heads", None) or heads) * width,
        widest=max(getattr(text, "intermediate_size", 0), text.hidden_size),
        positions=spec.batch_size * (spec.prompt_tokens + spec.output_tokens),
        precision=spec.precision,
    )


def _refuse(spec: ProbeSpec, device: Device, *, needed: int, total: int) -> None:
    loading = total * DTYPES[spec.precision].itemsize
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
    options = loading_options(spec)
    if spec.gguf is None:
        options["use_safetensors"] = True
    else:
        options |= _unpacked()
    try:
        model = AutoModelForCausalLM.from_pretrained(
            spec.model, config=config, dtype=dtype, **options
        )
    except (OSError, ValueError) as error:
        raise unavailable(spec, error) from error
    return cast("PreTrainedModel", model)


def _unpacked() -> dict[str, object]:
    """Return the option that unpacks a GGUF file's weights, so that no kernel is fetched from a hub to run them packed."""
    try:
        from transformers import GgufConfig
    except ImportError:  # older: they are always unpacked
        return {}
    return {"quantization_config": GgufConfig(dequantize=True)}


def load(spec: ProbeSpec, device: Device) -> LoadedModel:
    """Build or load the model in its precision on its device.

    Raises
    ------
    DoesNotFit, ModelUnavailable, MissingPackage
        Before any weight is loaded where that can be known.
    """
    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    spec = located(spec)
    config, size = check_fits(spec, device)
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
            "name": label(spec),
            "architecture": type(model).__name__,
            "parameters": size.total,
            "parameters_active": size.active,
            "layers": text.num_hidden_layers,
            "weights_bytes": stored_bytes(model),
            "precision": spec.precision,
            "weights": "seeded" if spec.preset is not None else "pretrained",
            **origin(spec),
        },
    )

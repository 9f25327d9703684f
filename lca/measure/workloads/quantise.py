"""Weights to 8 or 4 bits, layer by layer, leaving embeddings and output head as they are: with bitsandbytes or torch's own."""

import logging
import os
import warnings
from types import ModuleType

import torch
from torch import nn

from lca.measure.errors import MissingPackage

OUTLIER_THRESHOLD = 6.0  # LLM.int8(), Dettmers et al. (2022), arXiv:2208.07339: activations beyond it stay in 16 bits


def _bitsandbytes() -> ModuleType:
    """Import bitsandbytes without its search for kernels on a hub."""
    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    try:
        import bitsandbytes
    except ImportError as error:
        msg = 'int8, fp4 and nf4 need bitsandbytes: python -m pip install "bitsandbytes>=0.48".'
        raise MissingPackage(msg) from error
    return bitsandbytes  # type: ignore[no-any-return]  # untyped package


def _quantised(layer: nn.Linear, precision: str, bnb: ModuleType) -> nn.Module:
    bias = layer.bias is not None
    if precision == "int8":
        new = bnb.nn.Linear8bitLt(
            layer.in_features,
            layer.out_features,
            bias=bias,
            has_fp16_weights=False,
            threshold=OUTLIER_THRESHOLD,
        )
        new.weight = bnb.nn.Int8Params(
            layer.weight.data, requires_grad=False, has_fp16_weights=False
        )
    else:
        new = bnb.nn.Linear4bit(
            layer.in_features,
            layer.out_features,
            bias=bias,
            compute_dtype=torch.bfloat16,
            quant_type=precision,
        )
        new.weight = bnb.nn.Params4bit(layer.weight.data, requires_grad=False, quant_type=precision)
    if bias:
        new.bias = layer.bias
    return new


def _torch_int8(layer: nn.Linear) -> nn.Module:
    """Return the layer with 8-bit weights, its inputs quantised as they come; torch runs that on processors alone."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # to be removed one day, still in the torch that is pinned
        layer.qconfig = torch.ao.quantization.default_dynamic_qconfig
        new: nn.Module = torch.ao.nn.quantized.dynamic.Linear.from_float(layer)
    return new


def quantise(model: nn.Module, precision: str, keep: nn.Module | None) -> nn.Module:
    """Replace the linear layers of ``model``, except ``keep``; bitsandbytes' weights change when it moves to its device."""
    bnb = None if precision == "torch-int8" else _bitsandbytes()
    for name, layer in list(model.named_modules()):
        if isinstance(layer, nn.Linear) and layer is not keep:
            parent, _, leaf = name.rpartition(".")
            new = _torch_int8(layer) if bnb is None else _quantised(layer, precision, bnb)
            setattr(model.get_submodule(parent), leaf, new)
    return model


def stored_bytes(model: nn.Module) -> int:
    """Return how much memory the weights take; torch's own 8-bit layers keep theirs outside of the parameters."""
    listed = sum(weight.numel() * weight.element_size() for weight in model.parameters())
    packed = sum(
        tensor.numel() * tensor.element_size()
        for layer in model.modules()
        if isinstance(layer, torch.ao.nn.quantized.dynamic.Linear)
        for tensor in (layer.weight(), layer.bias())
        if tensor is not None
    )
    return int(listed + packed)

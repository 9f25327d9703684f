"""Weights to 8 or 4 bits with bitsandbytes, layer by layer, leaving embeddings and output head in 16 bits."""

import logging
import os
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
        msg = 'int8 and fp4 need bitsandbytes: python -m pip install "bitsandbytes>=0.48".'
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
            quant_type="fp4",
        )
        new.weight = bnb.nn.Params4bit(layer.weight.data, requires_grad=False, quant_type="fp4")
    if bias:
        new.bias = layer.bias
    return new


def quantise(model: nn.Module, precision: str, keep: nn.Module | None) -> nn.Module:
    """Replace the linear layers of ``model``, except ``keep``; the weights change when it moves to its device."""
    bnb = _bitsandbytes()
    for name, layer in list(model.named_modules()):
        if isinstance(layer, nn.Linear) and layer is not keep:
            parent, _, leaf = name.rpartition(".")
            setattr(model.get_submodule(parent), leaf, _quantised(layer, precision, bnb))
    return model

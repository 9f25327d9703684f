"""Joules per token of a language model, measured on the machine at hand.

Runs alone on a bare GPU host (torch, transformers, bitsandbytes, nvidia-ml-py, numpy): ``python -m lca.measure run``.
Importing this package loads none of them; only :mod:`lca.measure.run` and what it calls do.
"""

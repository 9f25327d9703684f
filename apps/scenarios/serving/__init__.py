"""Serving: what batching, timing, consolidation and power caps do to the energy of a request, by simulation of a trace.

Pure Python and numpy: no framework, no database. :mod:`~apps.scenarios.serving.study` compares policies on one trace;
:mod:`~apps.scenarios.serving.replica` is the event loop.
"""

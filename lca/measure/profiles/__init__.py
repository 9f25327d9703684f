"""Profiles: energy per request of a language model that nobody measured, with an interval, from measurements of others.

A physical model of serving (bytes moved, operations, fixed time, communication) is fitted to published measurements;
:mod:`~lca.measure.profiles.profile` reads the shipped fit and predicts with numpy alone, :mod:`~lca.measure.profiles.fitting`
makes it anew and needs scipy.
"""

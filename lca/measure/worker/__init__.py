"""A GPU host of the fleet: it joins with a token, takes probes from its own queue, and sends results until they are stored.

Nothing here loads torch: each probe runs in a process of its own (:mod:`lca.measure.child`). Needs ``celery[redis]``.
"""

"""Phase placement: prefill on one device and decoding on another, by energy, latency or their product (the method of ELLIE).

No framework, no database. Devices are serving profiles; :mod:`~apps.scenarios.placement.costs` prices every pair over lengths.
"""

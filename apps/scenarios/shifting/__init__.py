"""Where and when: run a job in the hours and at the sites whose electricity is cleanest, within a deadline.

No framework, no database. :mod:`~apps.scenarios.shifting.schedule` finds the best schedule exactly, and costs simple ones.
"""

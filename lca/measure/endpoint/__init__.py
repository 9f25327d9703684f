"""Measuring a server that speaks OpenAI's protocol from outside, while a meter of this machine runs. Needs no torch."""

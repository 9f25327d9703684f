"""How well a model answers in a precision: a small task that ships with the probe, so that two precisions can be compared."""

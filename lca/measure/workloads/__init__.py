"""The models that are measured: reference presets with seeded weights, and models from a folder or a hub."""

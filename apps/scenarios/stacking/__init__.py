"""Scenarios: measures stacked on an assessment's inventory, assessed on the same draws, so that nothing is saved twice."""

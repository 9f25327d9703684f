"""Carbon against water: what every kind of cooling costs of both at a place, with the water of its electricity."""

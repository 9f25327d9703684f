"""Numbers as a publication prints them: the digits say how precise a number is."""

from decimal import Decimal

import attrs


@attrs.frozen
class Printed:
    """A printed number; ``1.20`` is not ``1.2``."""

    text: str

    @property
    def value(self) -> float:
        """The number."""
        return float(self.text)

    @property
    def exponent(self) -> int:
        """Power of ten of the last printed digit: −2 for ``1.20``, 4 for ``1.46e6``."""
        return int(Decimal(self.text).as_tuple().exponent)

    @property
    def half_digit(self) -> float:
        """Half a unit of the last printed digit: the rounding that the number may hide."""
        return float(Decimal(5).scaleb(self.exponent - 1))

"""How far a fit is off on measurements, told by folds that never saw their models."""

import numpy as np

from lca.measure.profiles.documents import Measured
from lca.measure.profiles.fit import Fit
from lca.measure.profiles.serving import Column
from lca.measure.profiles.text import terms


def unseen_errors(fit: Fit, measured: Measured) -> Column:
    """Return the absolute error of each measurement's decoding, by the part of the fit that never saw its base model.

    Parameters
    ----------
    fit : Fit
        Made with these measurements or without; for a base model that it does not know, the whole of it counts.
    measured : Measured
        Joules per token.

    Returns
    -------
    array, shape (documents,)
        |predicted / measured - 1|. [1]
    """
    table = measured.table
    each = terms(table.rows)
    result = np.empty(len(table.energy))
    for base in sorted(set(table.base.tolist())):
        mine = table.base == base
        coefficients = fit.part(base)[0].by_term(table.rows.accelerator[mine])
        predicted = (each[mine] * coefficients).sum(axis=1)
        result[mine] = np.abs(predicted / table.energy[mine] - 1.0)
    return result

"""The calculator: an assessment is a sum of monomials over shared, uncertain parameters.

Pure: no framework, no file, no clock, no global randomness. ``python -m lca.engine``
is the only door to the outside.
"""

from lca.engine.alteration import Alteration
from lca.engine.assess import DEFAULT_DRAWS, DEFAULT_SEED, EVERYTHING, assess
from lca.engine.distributions import (
    Empirical,
    Fixed,
    Lognormal,
    Normal,
    Pert,
    Triangular,
    Uniform,
)
from lca.engine.document import (
    alteration_document,
    from_document,
    read_alteration,
    to_document,
)
from lca.engine.errors import EngineError
from lca.engine.flow import Flow, Gap
from lca.engine.formula import trace, trace_total
from lca.engine.indices import CategoryIndices, Indices
from lca.engine.inventory import Inventory
from lca.engine.one_at_a_time import Swing, swings
from lca.engine.parameter import Derived, Parameter
from lca.engine.pedigree import Pedigree
from lca.engine.result import ENGINE_VERSION, Result, Stat
from lca.engine.scenario import Comparison, compare, difference
from lca.engine.sobol_indices import DEFAULT_TOP, variance_indices
from lca.engine.verification import Difference, Verification, verify
from lca.engine.vocabulary import Category, Component, Provenance, Stage

__all__ = [
    "DEFAULT_DRAWS",
    "DEFAULT_SEED",
    "DEFAULT_TOP",
    "ENGINE_VERSION",
    "EVERYTHING",
    "Alteration",
    "Category",
    "CategoryIndices",
    "Comparison",
    "Component",
    "Derived",
    "Difference",
    "Empirical",
    "EngineError",
    "Fixed",
    "Flow",
    "Gap",
    "Indices",
    "Inventory",
    "Lognormal",
    "Normal",
    "Parameter",
    "Pedigree",
    "Pert",
    "Provenance",
    "Result",
    "Stage",
    "Stat",
    "Swing",
    "Triangular",
    "Uniform",
    "Verification",
    "alteration_document",
    "assess",
    "compare",
    "difference",
    "from_document",
    "read_alteration",
    "swings",
    "to_document",
    "trace",
    "trace_total",
    "variance_indices",
    "verify",
]

"""``python -m lca.measure``."""

import sys

from lca.measure.cli import main

sys.exit(main())

"""``python -m lca.client``."""

from lca.client.cli import main

if __name__ == "__main__":
    main()

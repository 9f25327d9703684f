"""Pages of the library, and of what organisations add to it."""

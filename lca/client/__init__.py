"""What CI systems install: the ``cradle`` command. Knows no Django; numpy only where something is measured."""

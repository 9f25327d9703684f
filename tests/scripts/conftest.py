"""The scripts are modules beside each other; make them importable."""

from tests import servers

assert servers.ROOT

"""The devices and parameters of the factor files that ship, read once."""

import pytest

from apps.factors.embodied import outcomes
from apps.factors.embodied.choice import LADDER, choose
from apps.factors.embodied.reading import devices_in, library_in
from apps.factors.services import DEFAULT_FOLDER
from apps.factors.tables import read_tables


@pytest.fixture(scope="session")
def tables():
    return read_tables(DEFAULT_FOLDER)


@pytest.fixture(scope="session")
def making(tables):
    return library_in(tables)


@pytest.fixture(scope="session")
def devices(tables):
    return {device.key: device for device in devices_in(tables)}


@pytest.fixture(scope="session")
def said(devices, making):
    return {key: outcomes(device, making) for key, device in devices.items()}


@pytest.fixture(scope="session")
def choices(said, making):
    return {
        key: {indicator: choose(indicator, found, making) for indicator in LADDER}
        for key, found in said.items()
    }

"""A small library, a member, and factors of theirs."""

import io

import pytest

from apps.accounts.models import Role
from apps.factors import services
from apps.factors.models import OwnFactor
from tests.factories import MembershipFactory

PDF = b"%PDF-1.7\nthe page that shows the number"


@pytest.fixture
def release(library):
    library.factors(
        library.row(),
        library.row(source="RIVAL", value="0.063", chosen="no"),
        library.row(key="SE", value="0.035"),
    )
    return services.load_release(path=library.folder)


@pytest.fixture
def member():
    return MembershipFactory(role=Role.EDITOR)


def blank(member, **values):
    stated = {
        "kind": "zone",
        "key": "FR",
        "indicator": "gwp_location",
        "value": 38.0,
        "unit": "g CO2e/kWh",
        "year": 2025,
        "source_text": "Supplier statement",
        "licence": "internal",
    }
    return OwnFactor(organisation=member.organisation, **stated | values)


def added(member, **values):
    return services.add(factor=blank(member, **values), actor=member.user)


def attach(member, factor, content=PDF, name="page.pdf"):
    return services.attach(
        factor=factor,
        file=io.BytesIO(content),
        name=name,
        expected_version=factor.version,
        actor=member.user,
    )

import json
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import Membership, Role
from apps.probes.models import ProbeRequest
from lca.measure import document, meters
from lca.measure.meter import Device, MeterOptions
from tests.factories import MembershipFactory

Document = dict[str, Any]


@pytest.fixture
def member(db: None) -> Membership:
    return MembershipFactory(role=Role.EDITOR)


@pytest.fixture
def stranger(db: None) -> Membership:
    return MembershipFactory(role=Role.OWNER)


@pytest.fixture
def page(member: Membership) -> Client:
    """A browser signed in as the editor."""
    client = Client()
    client.force_login(member.user)
    return client


@pytest.fixture
def extra_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests run no model, so they do not need the packages that do."""
    monkeypatch.setattr("apps.probes.selectors.missing_packages", list)


@pytest.fixture
def make_document() -> Callable[..., Document]:
    """A document as the probe builds it, from round windows: decode 25 J/token, prefill 3, idle 10 W."""

    def make(*, modelled: bool = True, decode_j: float = 250.0) -> Document:
        meter = (
            meters.modules()["modelled"]
            .open_meter(Device(kind="cpu"), MeterOptions(cpu_tdp_w=100.0))
            .description
        )
        if not modelled:
            meter = replace(
                meters.modules()["nvml_energy"].DESCRIPTION,  # type: ignore[attr-defined]  # every meter that needs no machine has it
            )
        rows = [
            ("idle", 0, 2.0, 20.0),
            ("idle", 0, 2.0, 20.0),
            ("prefill", 100, 1.0, 300.0),
            ("prefill", 100, 1.0, 300.0),
            ("decode", 10, 2.0, decode_j),
            ("decode", 10, 2.0, decode_j),
        ]
        built = document.build(
            request={
                "preset": "tiny",
                "model": None,
                "revision": None,
                "precision": "fp4",
                "batch_size": 1,
                "prompt_tokens": 100,
                "output_tokens": 10,
                "repeats": 2,
                "warmup": 1,
                "seed": 1,
                "time_limit_s": 60.0,
                "idle_s": 2.0,
                "window_s": None,
                "device": "cpu",
                "meter": None,
                "cpu_tdp_w": None,
            },
            model={
                "name": "tiny",
                "architecture": "LlamaForCausalLM",
                "parameters": 4_000_000,
                "layers": 4,
                "weights_bytes": 3_576_320,
                "precision": "fp4",
                "weights": "seeded",
            },
            environment={
                "python": "3.11.7",
                "system": "Linux x86_64",
                "packages": {"torch": "2.13.0"},
                "processor": "a processor",
                "cores": 2,
                "threads": 2,
                "device": {"kind": "cpu", "name": "a processor"},
            },
            meter=meter,
            windows=[
                {
                    "phase": phase,
                    "repeat": index % 2,
                    "iterations": 1,
                    "tokens": tokens,
                    "duration_s": seconds,
                    "energy_j": joules,
                }  # type: ignore[typeddict-item]  # spelled in pieces
                for index, (phase, tokens, seconds, joules) in enumerate(rows)
            ],
            duration_s=12.5,
        )
        plain: Document = json.loads(json.dumps(built))
        return plain

    return make


@pytest.fixture
def make_probe(member: Membership) -> Callable[..., ProbeRequest]:
    def make(**values: Any) -> ProbeRequest:
        defaults = {
            "organisation": member.organisation,
            "requested_by": member.user,
            "preset": "tiny",
            "precision": "bf16",
            "queued_at": timezone.now(),
            "submission": uuid.uuid4(),
        }
        return ProbeRequest.objects.create(**{**defaults, **values})

    return make

"""Probes executed for real, in the measuring process that the worker starts."""

import os
from collections.abc import Callable
from importlib.util import find_spec

import pytest

from apps.accounts.models import Membership
from apps.probes import services
from apps.probes.models import ProbeRequest, ProbeState
from lca.measure import child
from lca.measure.spec import ProbeSpec

pytestmark = pytest.mark.django_db
MakeProbe = Callable[..., ProbeRequest]


@pytest.fixture(autouse=True)
def _probe_extra() -> None:
    if find_spec("torch") and find_spec("transformers") and find_spec("bitsandbytes"):
        return
    message = "torch, transformers and bitsandbytes are not installed. Add them with: make probe"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


def execute(probe: ProbeRequest) -> ProbeRequest:
    services.execute(request_id=probe.pk)
    probe.refresh_from_db()
    return probe


def test_a_probe_ends_with_a_measurement(member: Membership, make_probe: MakeProbe) -> None:
    probe = execute(make_probe(precision="fp4", prompt_tokens=8, output_tokens=4, repeats=2))
    assert (probe.state, probe.progress, probe.message) == ("succeeded", 1.0, "")
    assert probe.measurement is not None
    assert probe.measurement.organisation == member.organisation
    assert probe.measurement.decode_j_per_token > 0
    assert probe.measurement.document["request"]["prompt_tokens"] == 8


def test_a_model_that_does_not_fit_fails_with_what_helps(make_probe: MakeProbe) -> None:
    probe = execute(
        make_probe(preset="ref-1b", precision="fp32", batch_size=256, prompt_tokens=32_768)
    )
    assert probe.state == ProbeState.FAILED
    assert "Take a smaller model" in probe.message
    assert probe.measurement is None


def test_a_probe_that_overruns_fails_with_its_limit(make_probe: MakeProbe) -> None:
    probe = execute(make_probe(time_limit_s=5, output_tokens=8_192, prompt_tokens=512))
    assert probe.state == ProbeState.FAILED
    assert "time limit of 5 s" in probe.message


def test_a_probe_called_off_while_running_ends_cancelled(make_probe: MakeProbe) -> None:
    probe = execute(make_probe(cancel_requested=True, output_tokens=8_192))
    assert probe.state == ProbeState.CANCELLED
    assert probe.measurement is None


def test_a_measuring_process_that_crashes_leaves_a_reference(
    make_probe: MakeProbe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        child, "command", lambda *_: [child.sys.executable, "-c", "import os; os.abort()"]
    )
    probe = execute(make_probe())
    assert probe.state == ProbeState.ERRORED
    assert probe.reference
    assert probe.reference in probe.message


def test_a_fault_of_the_worker_itself_leaves_no_hung_probe(
    make_probe: MakeProbe, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fault(spec: ProbeSpec, out: object) -> list[str]:
        message = "disk full"
        raise OSError(message)

    monkeypatch.setattr(child, "command", fault)
    probe = make_probe()
    with pytest.raises(OSError, match="disk full"):
        services.execute(request_id=probe.pk)
    probe.refresh_from_db()
    assert probe.state == ProbeState.ERRORED


def test_the_measuring_process_is_told_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://user:password@host/db")
    told = child.environment()
    assert not set(child.SECRETS) & set(told)
    assert "PATH" in told

"""The drivers' interfaces with recorded readings; the only things in these tests that are not real."""

import sys
from types import ModuleType, SimpleNamespace

import pytest


class NVMLError(Exception):
    pass


class FakeNvml(ModuleType):
    """NVIDIA's library."""

    NVMLError = NVMLError

    def __init__(
        self, *, energy_mj: list[int] | None = None, power_mw: list[float] | None = None
    ) -> None:
        super().__init__("pynvml")
        self.energy_mj = energy_mj
        self.power_mw = power_mw
        self.asked: list[object] = []
        self.pids: list[int] = []
        self.mig = 0

    def nvmlInit(self) -> None:  # noqa: N802  the driver's name
        pass

    def nvmlShutdown(self) -> None:  # noqa: N802  the driver's name
        pass

    def nvmlDeviceGetHandleByUUID(self, uuid: str) -> str:  # noqa: N802  the driver's name
        self.asked.append(uuid)
        return uuid

    def nvmlDeviceGetHandleByIndex(self, index: int) -> int:  # noqa: N802  the driver's name
        self.asked.append(index)
        return index

    def nvmlDeviceGetDeviceHandleFromMigDeviceHandle(self, handle: object) -> str:  # noqa: N802  the driver's name
        return f"board of {handle}"

    def nvmlDeviceGetComputeRunningProcesses(self, _handle: object) -> list[SimpleNamespace]:  # noqa: N802  the driver's name
        return [SimpleNamespace(pid=pid) for pid in self.pids]

    def nvmlDeviceGetMigMode(self, _handle: object) -> list[int]:  # noqa: N802  the driver's name
        return [self.mig, self.mig]

    def nvmlDeviceGetTotalEnergyConsumption(self, _handle: object) -> int:  # noqa: N802  the driver's name
        if self.energy_mj is None:
            message = "Not Supported"
            raise NVMLError(message)
        return self.energy_mj.pop(0)

    def nvmlDeviceGetPowerUsage(self, _handle: object) -> float:  # noqa: N802  the driver's name
        if self.power_mw is None:
            message = "Not Supported"
            raise NVMLError(message)
        return self.power_mw[0] if len(self.power_mw) == 1 else self.power_mw.pop(0)


class AmdSmiException(Exception):
    pass


class FakeAmd(ModuleType):
    """AMD's library: an accumulator that advances with its power at each reading, as 6.2.1 and newer tell it."""

    AmdSmiException = AmdSmiException

    def __init__(
        self, *, counts: list[int], power_w: object = 300, pids: tuple[int, ...] = ()
    ) -> None:
        super().__init__("amdsmi")
        self.counts = counts
        self.power_w = power_w
        self.pids = pids
        self.asked: list[object] = []

    def amdsmi_init(self) -> None:
        pass

    def amdsmi_shut_down(self) -> None:
        pass

    def amdsmi_get_processor_handle_from_bdf(self, bdf: str) -> str:
        self.asked.append(bdf)
        return bdf

    def amdsmi_get_processor_handles(self) -> list[str]:
        return ["first", "second"]

    def amdsmi_get_gpu_process_list(self, _handle: object) -> list[dict[str, int]]:
        return [{"pid": pid} for pid in self.pids]

    def amdsmi_get_power_info(self, _handle: object) -> dict[str, object]:
        return {"socket_power": "N/A", "average_socket_power": self.power_w}

    def amdsmi_get_energy_count(self, _handle: object) -> dict[str, float]:
        return {
            "energy_accumulator": self.counts.pop(0),
            "counter_resolution": 15.3,
            "timestamp": 0,
        }


def plug(monkeypatch: pytest.MonkeyPatch, library: ModuleType | None, name: str = "pynvml") -> None:
    monkeypatch.setitem(sys.modules, name, library)

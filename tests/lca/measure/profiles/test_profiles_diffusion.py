"""Images and videos: the shipped fits can be made again, bounds hold, more work takes more."""

import json
from dataclasses import replace

import pytest

from lca.measure.cli import main
from lca.measure.errors import DoesNotFit, InvalidRequest
from lca.measure.profiles.diffusion import Picture, predict, shipped
from scripts import profiles

IMAGE = Picture(params=12, gpu="H100", batch=4, steps=50)
VIDEO = replace(IMAGE, params=14, width=832, height=480, frames=81)


def test_the_shipped_fits_are_those_of_the_tables() -> None:
    again = json.loads(profiles.diffusion_text())
    for kind, each in shipped().items():
        assert again[kind]["log_coefficients"] == pytest.approx(each["log_coefficients"], abs=2e-3)
        assert again[kind]["log_half_width"] == pytest.approx(each["log_half_width"], abs=2e-3)


@pytest.mark.parametrize("picture", [IMAGE, VIDEO])
def test_more_work_takes_more_energy(picture: Picture) -> None:
    key = f"energy_per_{picture.kind}_j"
    energy = predict(picture)[key]
    assert 0 < energy["p05"] < energy["value"] < energy["p95"]
    more = [{"steps": 60}, {"width": 2048}, {"params": 20.0}, {"gpus": 2}, {"batch": 1}]
    for change in more:
        assert predict(replace(picture, **change))[key]["value"] > energy["value"]


def test_measured_models_lie_inside() -> None:
    """FLUX.1-dev on one H100, batch 4: 7,551 to 18,109 J over all configurations; Wan 2.1: 288,110 to 500,462 J."""
    image, video = predict(IMAGE)["energy_per_image_j"], predict(VIDEO)["energy_per_video_j"]
    assert image["p05"] < 8000 < image["p95"]
    assert video["p05"] < 300_000 < video["p95"]


def test_an_accelerator_that_was_not_measured_is_said_and_wider() -> None:
    known = predict(IMAGE)["energy_per_image_j"]
    result = predict(replace(IMAGE, gpu="L40S"))
    energy = result["energy_per_image_j"]
    assert energy["p95"] / energy["value"] > known["p95"] / known["value"]
    assert "NVIDIA L40S was not measured" in result["extrapolates"]


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(DoesNotFit):
        predict(replace(IMAGE, params=100))
    with pytest.raises(InvalidRequest, match="steps is 0"):
        replace(IMAGE, steps=0)


def test_the_command_predicts_pictures(capsys: pytest.CaptureFixture[str]) -> None:
    line = "predict --params-total 14 --gpu H100 --batch 4 --steps 50 --video 832x480x81 --fps 15"
    assert main([*line.split(), "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["energy_per_video_j"] == predict(VIDEO)["energy_per_video_j"]
    assert result["energy_per_second_j"]["value"] == pytest.approx(
        result["energy_per_video_j"]["value"] * 15 / 81
    )
    assert main(line.split()) == 0
    assert "energy per second" in capsys.readouterr().out
    assert main(["predict", "--image", "1024", *line.split()[1:-4]]) == 2
    assert "--image is 1024" in capsys.readouterr().err

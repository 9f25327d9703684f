"""Every export against the published schema of its format, and its figures against the document's."""

import csv
import io
import json
import os
import re
from pathlib import Path
from typing import Any

import huggingface_hub
import jsonschema
import olca_schema
import pytest
import spdx_python_model
import yaml
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from django.urls import reverse
from olca_schema.zipio import ZipReader
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

from apps.accounts.models import Role
from apps.assessments.models import AISystem
from apps.disclosures import canonical, exports, schema, services
from apps.disclosures.exports.facts import plain
from tests.apps.disclosures.conftest import serve
from tests.apps.disclosures.unpacking import unpacked
from tests.disclosing import complete, person

pytestmark = pytest.mark.django_db
SCHEMAS = Path(__file__).resolve().parents[3].parent / "shared" / "schemas"
NAMES = (
    "boamps.zip",
    "cyclonedx.json",
    "eu-gpai-form.json",
    "model-card.md",
    "openlca.zip",
    "pact.json",
    "report.json",
    "sci-ai.json",
    "spdx.json",
    "tables.zip",
    "workbook.xlsx",
)


def published_schema(*parts: str) -> Path:
    path = SCHEMAS.joinpath(*parts)
    if not path.exists() and not os.environ.get("CI"):
        pytest.skip("the published schemas are not beside this checkout")
    return path


def stage(document: dict[str, Any], name: str, category: str) -> dict[str, Any]:
    return document["result"]["by_stage"][name][category]


def test_every_format_is_there():
    assert sorted(exports.formats()) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_file_says_which_disclosure_it_is_of_and_is_the_same_bytes_again(made, report, name):
    content = made(name)
    assert made(name) == content
    if name == "report.json":
        assert content == report.content
        return
    text = b" ".join(unpacked(content).values()) if content[:2] == b"PK" else content
    for fact in (str(report.uuid), report.sha256, f"/d/{report.assessment.slug}/v1/"):
        assert fact.encode() in text


def test_the_canonical_json_is_valid_by_the_published_schema(document, client):
    assert schema.problems(document) == []
    served = client.get("/schemas/ai-footprint-disclosure/1.0.json")
    assert served.json()["properties"]["schema"]["const"] == document["schema"]
    broken = json.loads(json.dumps(document))
    broken["publication"]["signed_sha256"] = "no hash"
    broken["result"]["totals"]["gwp_location"]["nominal"] = "12"
    assert len(schema.problems(broken)) == 2


def test_the_model_card_means_training_alone_in_whole_grams(made, document):
    card = huggingface_hub.ModelCard(made("model-card.md").decode())
    block = card.data.to_dict()["co2_eq_emissions"]
    expected = stage(document, "training", "gwp_location")["nominal"] * 1000
    assert block["emissions"] == round(expected)
    assert isinstance(block["emissions"], int)
    filtered = re.search(r"\d+\.\d+|\d+", str(block["emissions"]))  # as the hub's filter reads it
    assert filtered is not None
    assert float(filtered[0]) == round(expected)
    assert block["training_type"] == "pre-training"
    assert "Environmental Impact" in card.content


def test_the_model_card_keeps_hostile_names_as_text(served):
    AISystem.objects.filter(pk=served.system_id).update(name="a: b\n---\nevil: |x| <b>")
    served.hardware.update(name="rack | [x](javascript:1)")
    served.refresh_from_db()
    card = exports.make(
        "model-card.md", services.freeze(assessment=complete(served), actor=None).content
    )
    front = card.decode().split("---\n")[1]
    assert list(yaml.safe_load(front)) == ["co2_eq_emissions"]


def test_boamps_reports_are_valid_and_hold_measured_kwh(made, document):
    folder = published_schema("boamps")
    files = [json.loads(path.read_text()) for path in folder.glob("*.json")]
    registry: Registry[Any] = Registry().with_resources(
        (file["id"], Resource.from_contents(file, default_specification=DRAFT4)) for file in files
    )
    whole = next(file for file in files if file["id"].endswith("report_schema.json"))
    validator = jsonschema.Draft4Validator(whole, registry=registry)
    reports = [json.loads(text) for text in unpacked(made("boamps.zip")).values()]
    assert [error.message for one in reports for error in validator.iter_errors(one)] == []
    energy = [one["measures"][0]["powerConsumption"] for one in reports]
    runs = [run["energy_kwh"] for run in document["runs"]]
    assert energy[:3] == runs
    assert energy[3] == pytest.approx((0.4 * 400 + 0.02 * 300) * 2e9 / 3.6e6)


def test_the_pact_footprint_is_valid_and_written_without_exponents(made, document):
    api = yaml.safe_load(published_schema("pact", "openapi-v3.yaml").read_text())
    found = json.loads(made("pact.json"))
    validator = jsonschema.Draft202012Validator(
        {"$ref": "#/components/schemas/ProductFootprint", **api}
    )
    assert [error.message for error in validator.iter_errors(found)] == []
    loaded = document["per_use"]["fully_loaded"]["gwp_location"]["nominal"]
    assert float(found["pcf"]["pcfExcludingBiogenicUptake"]) == loaded
    assert "e" not in found["pcf"]["pcfExcludingBiogenicUptake"].lower()


def test_cyclonedx_is_valid_and_operational_alone(made, document):
    text = made("cyclonedx.json").decode()
    assert JsonStrictValidator(SchemaVersion.V1_7).validate_str(text) is None
    bom = json.loads(text)
    considerations = bom["components"][0]["modelCard"]["considerations"]
    entries = considerations["environmentalConsiderations"]["energyConsumptions"]
    assert "co2CostOffset" not in text
    [training] = [row for row in entries if row["activity"] == "training"]
    assert training["activityEnergyCost"]["value"] == pytest.approx(
        stage(document, "training", "electricity")["nominal"]
    )
    assert training["co2CostEquivalent"]["value"] == pytest.approx(
        stage(document, "training", "gwp_location")["nominal"] / 1000
    )


def test_cyclonedx_is_valid_by_the_shared_schema_too(made):
    folder = published_schema("cyclonedx")
    files = [json.loads(path.read_text()) for path in folder.glob("*.json")]
    registry: Registry[Any] = Registry().with_resources(
        (file["$id"], Resource.from_contents(file)) for file in files
    )
    whole = next(file for file in files if "bom-1.7" in file["$id"])
    validator = jsonschema.Draft7Validator(whole, registry=registry)
    found = json.loads(made("cyclonedx.json"))
    assert [error.message for error in validator.iter_errors(found)] == []


def test_spdx_is_read_by_its_own_classes(made, document):
    model = spdx_python_model.v3_0_1
    graph = model.SHACLObjectSet()
    model.JSONLDDeserializer().read(io.BytesIO(made("spdx.json")), graph)
    [package] = graph.foreach_type("ai_AIPackage")
    used = package.ai_energyConsumption
    for key in ("training", "inference"):
        [entry] = getattr(used, f"ai_{key}EnergyConsumption")
        assert entry.ai_energyQuantity == pytest.approx(
            stage(document, key, "electricity")["nominal"]
        )


def test_sci_gives_two_scores_without_market_based_figures(made, document):
    found = json.loads(made("sci-ai.json"))
    request, token = found["scores"]["consumer"]
    assert request["score"] * request["functional_units"] / 1000 == pytest.approx(
        request["kg_co2e"]
    )
    assert sum(part["kg_co2e"] for part in request["components"]) == pytest.approx(
        document["result"]["by_activity"]["inference"]["gwp_location"]["nominal"]
    )
    assert token["functional_units"] == 2e9 * 700
    [billion] = found["scores"]["provider"]
    assert billion["functional_unit"] == "billion parameters"
    assert all(row["source"] and row["methodology"] for row in found["coefficients"])


def test_the_eu_form_rounds_as_asked_and_is_for_authorities(report, made, document, client):
    found = json.loads(made("eu-gpai-form.json"))
    kwh = stage(document, "training", "electricity")["nominal"]
    assert found["training_energy"]["value"] == float(f"{kwh / 1000:.3g}")
    assert found["training_compute"]["value"] == "N/A"
    assert found["restricted_to"] == ["AI Office", "national competent authorities"]
    public = reverse("disclosures:export", args=[report.assessment.slug, 1, "eu-gpai-form.json"])
    assert client.get(public).status_code == 404
    client.force_login(person(report.assessment, Role.VIEWER))
    place = [report.organisation.slug, report.assessment.slug, 1, "eu-gpai-form.json"]
    assert client.get(reverse("disclosures:own_export", args=place)).status_code == 200


def test_openlca_is_read_by_its_own_package(made, tmp_path):
    path = tmp_path / "openlca.zip"
    path.write_bytes(made("openlca.zip"))
    reader = ZipReader(path)
    assert list(reader.read_each(olca_schema.ImpactMethod))
    reader.close()


def test_the_tables_hold_every_statistic(made, document):
    rows = list(
        csv.DictReader(io.StringIO(unpacked(made("tables.zip"))["results.csv"].decode("utf-8-sig")))
    )
    total = next(r for r in rows if r["scope"] == "total" and r["indicator"] == "gwp_location")
    assert float(total["nominal"]) == document["result"]["totals"]["gwp_location"]["nominal"]


def test_what_a_document_does_not_hold_is_said_and_not_made(study):
    content = services.freeze(assessment=study, actor=None).content
    missing = {row.name: row.missing for row in exports.rows(json.loads(content)) if row.missing}
    assert set(missing) == {"pact.json"}
    with pytest.raises(KeyError):
        exports.make("pact.json", content)


def test_the_published_files_are_kept_and_their_hashes_told(report, client):
    names = [file.name for file in services.file_all(snapshot_id=report.pk)]
    assert set(names) == {"report.pdf", "summary.pdf", *NAMES} - {"eu-gpai-form.json"}
    manifest = client.get(f"/d/{report.assessment.slug}/v1/files.json").json()
    for row in manifest["files"]:
        content = client.get(row["address"]).content
        assert canonical.sha256(content) == row["sha256"]
    assert manifest["signed_sha256"] == report.signed_sha256


def test_a_kept_file_that_was_changed_on_disk_is_not_served_as_it_is(report, client, settings):
    [pdf] = [f for f in services.file_all(snapshot_id=report.pk) if f.name == "report.pdf"]
    path = Path(settings.MEDIA_ROOT) / pdf.path
    assert path.stat().st_mode & 0o222 == 0
    path.chmod(0o644)
    path.write_bytes(b"%PDF-1.7 something else")
    content = client.get(f"/d/{report.assessment.slug}/v1/report.pdf").content
    assert canonical.sha256(content) == pdf.sha256


@pytest.mark.parametrize(
    ("value", "text"),
    [(1.14e-3, "0.00114"), (1e-9, "0.000000001"), (3.0, "3"), (0.0, "0"), (1e21, "1" + "0" * 21)],
)
def test_numbers_are_written_out(value, text):
    assert plain(value) == text


def test_a_second_deployment_without_tokens_takes_the_score_per_token_away(served):
    second = serve(served)
    second.tokens_in = None
    second.name = "Batch"
    type(second).objects.filter(pk=second.pk).update(tokens_in=None, name="Batch")
    content = services.freeze(assessment=served, actor=None).content
    consumer = json.loads(exports.make("sci-ai.json", content))["scores"]["consumer"]
    assert [row["functional_unit"] for row in consumer] == ["request"]

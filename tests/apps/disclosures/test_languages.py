"""A report in French: no word of ours left in English, numbers as French writes them, what people wrote untouched."""

import json
import re
from html.parser import HTMLParser
from io import BytesIO, StringIO

import pytest
from django.core.management import call_command
from django.utils import translation
from django.utils.translation import gettext
from pikepdf import Pdf

from apps.accounts.presentation import percent, sig3
from apps.assessments.models import ContractKind, Modality, RunCategory, StageStatus, WueBasis
from apps.disclosures import services
from apps.disclosures.models import Disclosure, EvidenceKind, Snapshot, Status
from apps.disclosures.report import vocabulary
from apps.disclosures.report.language import of, tag, term
from apps.disclosures.report.page import render_html
from apps.disclosures.report.pdf import html_of, render_pdf, render_summary
from tests.disclosing import complete, released

pytestmark = pytest.mark.django_db

LETTERS = re.compile(r"[^\W\d_]{3,}")
# Words that both languages write alike, units, symbols and names of files and standards.
ALIKE = {
    *(
        "Action",
        "Actions",
        "ADPe",
        "Conclusions",
        "Contact",
        "Description",
        "Export",
        "Format",
        "Impact",
    ),
    *("Interpretation", "Option", "Organisation", "Part", "PUE", "Question", "Site", "Sites"),
    *("Source", "Sources", "Total", "Version", "Volume", "WUE", "EWIF", "TDP", "Zone", "GPU"),
    *(
        "ablation",
        "exploration",
        "Scope",
        "Marginal",
        "Adaptation",
        "eq",
        "kWh",
        "MWh",
        "GWh",
        "mWh",
    ),
    *("world", "year", "request", "token", "node", "grid", "life", "host", "Sb", "SHA", "Licence"),
    *("CycloneDX", "BOM", "ESRS", "ISO", "ITU", "SCI", "for", "AFNOR", "SPEC", "json", "emb", "md"),
    *("mean", "card", "model", "openlca", "report", "spdx", "tables", "workbook", "zip", "xlsx"),
    *("cyclonedx", "disclosure", "http", "https", "localhost", "pact", "sci", "sec", "ngo", "out"),
}


class _Texts(HTMLParser):
    def __init__(self):
        super().__init__()
        self.texts, self.quiet = set(), 0

    def handle_starttag(self, name, attributes):
        self.quiet += name in {"style", "pre", "code"}
        shown = {"alt", "title", "aria-label", "data-note", "data-mark", "data-identity"}
        self.texts |= {value for key, value in attributes if key in shown and value}

    def handle_endtag(self, name):
        self.quiet -= name in {"style", "pre", "code"}

    def handle_data(self, data):
        if not self.quiet:
            self.texts.add(" ".join(data.split()))


def texts(html):
    reader = _Texts()
    reader.feed(html)
    return {text for text in reader.texts if LETTERS.search(text)}


def strings(value):
    """Every string of a document: what people and factor tables say, in the language that they said it in."""
    if isinstance(value, dict):
        return set().union(*(strings(part) for part in value.values()), set())
    if isinstance(value, list):
        return set().union(*(strings(part) for part in value), set())
    return {value} if isinstance(value, str) else set()


def left_in_english(document, english, french):
    """Texts that stand in both and hold a word that neither the document nor both languages bring."""
    said = " ".join(" ".join(strings(document)).split())
    with translation.override("fr"):
        ours = {text for text in english & french if gettext(text) != text}
    named = {row["label"] for row in document["published_figures"]}  # as people called them
    if ours := ours - named - ALIKE:
        return dict.fromkeys(ours, "in the catalogue")
    known = set(LETTERS.findall(said)) | ALIKE | {"CO₂e"}
    return {
        text: words
        for text in english & french
        if text.removesuffix("…").strip() not in said
        if (words := set(LETTERS.findall(text)) - known)
    }


@pytest.fixture
def demo(release):
    call_command("demo", "load", stdout=StringIO())
    return list(Snapshot.objects.filter(status=Status.PUBLISHED))


def french(document):
    document["disclosure"]["language"] = "fr"
    return json.dumps(document).encode()


@pytest.mark.parametrize("render", [html_of, render_html], ids=["pdf", "page"])
def test_nothing_of_ours_is_left_in_english(demo, render):
    for snapshot in demo:
        english = texts(render(snapshot.content, snapshot.edition))
        in_french = texts(render(french(snapshot.read()), snapshot.edition))
        assert left_in_english(snapshot.read(), english, in_french) == {}
        assert len(in_french - english) > 300


def test_words_of_documents_are_known_in_french():
    labels = [
        *(label for kind in (ContractKind, Modality, RunCategory) for label in kind.labels),
        *(label for kind in (StageStatus, WueBasis, EvidenceKind, Status) for label in kind.labels),
    ]
    with translation.override("fr"):
        alike = {"ablation", "exploration", "audio", "image", "multimodal"}
        assert [label for label in labels if term(label) == label and label not in alike] == []


def test_a_term_keeps_names_and_translates_the_rest():
    with translation.override("fr"):
        assert term("Grid electricity, Dublin") == "Électricité du réseau, Dublin"
        assert term("Run 7: water off site") == "Run 7: eau hors site"
        assert term("The hardware of Run 7 is not declared.") == (
            "Le matériel de Run 7 n’est pas déclaré."
        )
        assert term("Whatever somebody wrote") == "Whatever somebody wrote"
    assert term("Grid electricity, Dublin") == "Grid electricity, Dublin"


def test_sentences_with_holes_are_found_again():
    holes = {"a": "Alpha", "b": "Beta"}
    with translation.override("fr"):
        for sentence in vocabulary.SENTENCES:
            said = sentence.format(**holes)
            assert term(said) != said
            assert "Alpha" in term(said)


def test_numbers_are_written_as_french_writes_them():
    with translation.override("fr"):
        assert sig3(12345.678) == "12\u202f300"
        assert sig3(1.2345) == "1,23"
        assert percent(0.034) == "3,4\u202f%"
    assert sig3(1.2345) == "1.23"


def test_a_french_report_goes_through_the_gate_and_names_its_language(served):
    complete(served)
    Disclosure.objects.filter(assessment=served).update(language="fr")
    snapshot = released(served)
    document = snapshot.read()
    assert (of(document), tag(document), document["meta"]["language"]) == ("fr", "fr-FR", "fr-FR")
    for made in (render_pdf, render_summary):
        pdf = Pdf.open(BytesIO(made(snapshot.content, snapshot.edition)))
        assert str(pdf.Root.Lang) == "fr-FR"
    html = html_of(snapshot.content, snapshot.edition)
    assert "Autodéclaré. Sans revue indépendante." in html
    assert "Aucune compensation ni émission évitée n’est comprise dans un total." in html
    page = services.render_html(snapshot.content, snapshot.edition)
    assert '<article class="report" lang="fr-FR">' in page


def test_the_language_is_chosen_with_the_particulars_and_a_reworded_sentence_stays(served):
    complete(served)
    Disclosure.objects.filter(assessment=served).update(
        language="fr", relative_wording="Our own words on relative results."
    )
    snapshot = services.freeze(assessment=served, actor=None)
    html = html_of(snapshot.content)
    assert "Our own words on relative results." in html
    assert "Le déclarant a reformulé ces phrases" in html
    assert translation.get_language() == "en-gb"


def test_a_public_page_in_french_stands_in_an_english_frame(served, client):
    complete(served)
    Disclosure.objects.filter(assessment=served).update(language="fr")
    released(served)
    page = client.get(f"/d/{served.slug}/").content.decode()
    assert '<html lang="en' in page
    assert '<header class="hero" lang="fr-FR">' in page
    assert "Résultats principaux" in page
    assert "Headline results" not in page

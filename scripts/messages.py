"""Words of the report in other languages: gather them from the sources into the catalogues, and compile these.

``python scripts/messages.py`` adds what is new, drops what is gone and compiles; ``--check`` changes nothing and fails where
a catalogue lags behind the sources, lacks a translation, or differs from its compiled file.
"""

import ast
import io
import os
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from console import ROOT, say

LOCALE = ROOT / "apps" / "disclosures" / "locale"
TEMPLATES = (
    *(ROOT / "templates" / "reports").rglob("*.html"),
    *(ROOT / "templates" / "cotton").glob("*.html"),
    *(ROOT / "templates" / "disclosures").glob("_*.html"),
    *(ROOT / "templates" / "scenarios").glob("_*.html"),
)
MODULES = (
    *(ROOT / "apps" / "disclosures" / "report").glob("*.py"),
    ROOT / "apps" / "accounts" / "presentation.py",
    ROOT / "apps" / "assessments" / "median.py",
    ROOT / "apps" / "accounts" / "templatetags" / "cradle.py",
)
CALLS = ("_", "gettext", "noop", "ngettext")
CALL = re.compile(r"""(?:gettext|_)\(u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")\)""")
NO_DAY = datetime(2000, 1, 1, tzinfo=UTC)  # the same file on every day

Message = str | tuple[str, ...]


def found() -> Iterator[Message]:
    """Every message of the sources."""
    for path in sorted(MODULES):
        yield from of_module(path.read_text("utf-8"))
    for path in sorted(TEMPLATES):
        yield from of_template(path.read_text("utf-8"))


def of_module(source: str) -> Iterator[Message]:
    """Messages of a module's calls, those inside f-strings too."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
            texts = [str(word.value) for word in node.args if isinstance(word, ast.Constant)]
            if node.func.id == "ngettext":
                yield tuple(texts)
            elif texts:
                yield texts[0]


def of_template(source: str) -> Iterator[str]:
    """Messages of a template's ``translate`` and ``blocktranslate`` tags and ``_()`` constants."""
    from django.utils.translation.template import templatize

    for literal in CALL.findall(templatize(source)):
        yield ast.literal_eval(literal)


def read(path: Path) -> Catalog:
    """A catalogue as it stands."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3])


def compiled(catalogue: Catalog) -> bytes:
    """What Django reads."""
    catalogue.creation_date = catalogue.revision_date = NO_DAY
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def brought_up(path: Path) -> Catalog:
    """The catalogue with the messages of the sources and the translations that it had."""
    old = read(path)
    new = Catalog(locale=old.locale, project="Cradle", fuzzy=False)
    new.mime_headers = old.mime_headers
    for message in sorted(set(found()), key=str):
        known = old.get(message)
        new.add(message, known.string if known else "", flags=sorted(known.flags) if known else ())
    return new


def write(path: Path) -> None:
    """Bring a catalogue up to the sources, and compile it."""
    new = brought_up(path)
    with path.open("wb") as file:
        write_po(file, new, width=0, omit_header=True, no_location=True)
    header = f'msgid ""\nmsgstr ""\n"Language: {new.locale}\\n"\n"MIME-Version: 1.0\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    header += f'"Plural-Forms: {new.plural_forms}\\n"\n\n'
    path.write_text(header + path.read_text("utf-8"), "utf-8")
    path.with_suffix(".mo").write_bytes(compiled(read(path)))


def complaints(path: Path) -> list[str]:
    """What is wrong with a catalogue."""
    old, wanted = read(path), set(found())
    have = {message.id for message in old if message.id}
    bare = [str(message.id) for message in old if message.id and not message.string]
    wrong = [f"not in the catalogue: {text}" for text in sorted(map(str, wanted - have))]
    wrong += [f"no longer in the sources: {text}" for text in sorted(map(str, have - wanted))]
    wrong += [f"not translated: {text}" for text in bare]
    if path.with_suffix(".mo").read_bytes() != compiled(old):
        wrong.append("the compiled file differs; run scripts/messages.py")
    return [f"{path.relative_to(ROOT)}: {text}" for text in wrong]


def main() -> int:
    """Write, or check."""
    import django

    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    paths = sorted(LOCALE.glob("*/LC_MESSAGES/django.po"))
    if "--check" in sys.argv:
        wrong = [text for path in paths for text in complaints(path)]
        print(*wrong, sep="\n", end="\n" if wrong else "")
        return 1 if wrong else 0
    for path in paths:
        write(path)
        say(f"{path.relative_to(ROOT)} is brought up and compiled")
    return 0


if __name__ == "__main__":
    sys.exit(main())

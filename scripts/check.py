"""Every check that is not a test: lint, types, architecture, templates, spelling, Django's own, links in the docs."""

import re
import shutil
import sys
import tempfile
import time
from pathlib import Path

from console import PYTHON, ROOT, VENV, run, say

BIN = VENV / "bin"
SOURCES = ("apps", "lca", "scripts", "tests", "benchmarks", "manage.py")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def broken_links() -> list[str]:
    """Return links in the documents that lead to no file of the project."""
    documents = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    found = [
        (doc, target)
        for doc in documents
        for target in LINK.findall(doc.read_text(encoding="utf-8"))
    ]
    inside = [
        (doc, target.split("#")[0])
        for doc, target in found
        if "://" not in target and target[0] not in "#<"
    ]
    return [
        f"{doc.relative_to(ROOT)}: {target}"
        for doc, target in inside
        if not target.startswith("mailto:") and not (doc.parent / target).exists()
    ]


def links() -> bool:
    """Check the links between documents."""
    broken = broken_links()
    print(*broken, sep="\n", end="\n" if broken else "")
    return not broken


def deployment(folder: Path) -> bool:
    """Run Django's deployment checks with the settings of an installation behind HTTPS."""
    env = {
        "CRADLE_DATA": str(folder),
        "CRADLE_HTTPS": "true",
        "SECRET_KEY": "k" * 25 + "abcdefghijklmnopqrstuvwxyz",
    }
    return run([PYTHON, "manage.py", "check", "--deploy", "--fail-level", "WARNING"], env=env) == 0


def migrations(folder: Path) -> bool:
    """Check that the models have no change without a migration."""
    env = {"CRADLE_DATA": str(folder), "SECRET_KEY": "only for this check"}
    return run([PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"], env=env) == 0


def command(*words: str | Path) -> bool:
    """Run a checking program."""
    return run(words) == 0


def main() -> None:
    """Run all checks, report each, and fail if one failed."""
    folder = Path(tempfile.mkdtemp(prefix="cradle-check-"))
    checks = {
        "lint": lambda: command(BIN / "ruff", "check", *SOURCES),
        "format": lambda: command(BIN / "ruff", "format", "--check", *SOURCES),
        "types": lambda: command(PYTHON, "-m", "mypy", "lca", "apps", *ROOT.glob("scripts/*.py")),
        "architecture": lambda: command(
            PYTHON, "-c", "from importlinter.cli import lint_imports_command as c; c()"
        ),
        "templates": lambda: command(PYTHON, "-m", "djlint", "templates", "--lint", "--quiet"),
        "messages": lambda: command(PYTHON, ROOT / "scripts" / "messages.py", "--check"),
        "spelling": lambda: command(BIN / "typos"),
        "migrations": lambda: migrations(folder),
        "deployment": lambda: deployment(folder),
        "links": links,
    }
    failed = []
    for name, check in checks.items():
        began = time.monotonic()
        say(f"Checking {name}")
        if not check():
            failed.append(name)
        say(f"  {name}: {'FAILED' if name in failed else 'ok'}, {time.monotonic() - began:.1f} s")
    shutil.rmtree(folder, ignore_errors=True)
    say(f"Failed: {', '.join(failed)}" if failed else "All checks passed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

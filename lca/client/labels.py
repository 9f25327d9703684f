"""What a build knows about itself: branch, commit and base, from its CI system's variables, else from git."""

import os
import subprocess

BRANCH = (
    "GITHUB_HEAD_REF",
    "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME",
    "CI_COMMIT_BRANCH",
    "GITHUB_REF_NAME",
    "CI_COMMIT_REF_NAME",
)
COMMIT = ("GITHUB_SHA", "CI_COMMIT_SHA")
BASE = ("GITHUB_BASE_REF", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME")


def branch() -> str:
    """Name of the branch, or nothing."""
    return _variable(BRANCH) or _git("rev-parse", "--abbrev-ref", "HEAD").replace("HEAD", "")


def commit() -> str:
    """Hash of the commit, or nothing."""
    return _variable(COMMIT) or _git("rev-parse", "HEAD")


def base() -> str:
    """Branch that a change is to go to, or nothing."""
    return _variable(BASE)


def _variable(names: tuple[str, ...]) -> str:
    return next((value for name in names if (value := os.environ.get(name, ""))), "")


def _git(*words: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603  fixed words
            ["git", *words],  # noqa: S607  whichever git the person has
            capture_output=True,
            text=True,
            check=False,
            timeout=10,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""

"""The repository as git knows it."""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def tracked(*paths: str) -> list[Path]:
    """The tracked files under `paths` (all without), absolute, those that are there."""
    # A machine of CI may check out as one user and test as another.
    git = ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z", "--", *paths]
    listed = subprocess.check_output(git, cwd=ROOT, text=True)
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]

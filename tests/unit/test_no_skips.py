"""A skipped test must not look like a passed one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SKIPS = {
    "in a test": "def test_it(): pytest.skip('no server')",
    "by a mark": "@pytest.mark.skipif(True, reason='no server')\ndef test_it(): pass",
    "of a module": "pytest.importorskip('no_such_module_at_all')",
    "in a fixture": (
        "@pytest.fixture\ndef server(): pytest.skip('no server')\ndef test_it(server): pass"
    ),
    "expected failure": "@pytest.mark.xfail\ndef test_it(): raise AssertionError('no server')",
}


@pytest.mark.parametrize("source", SKIPS.values(), ids=SKIPS.keys())
def test_a_skip_fails_the_run(source: str, tmp_path: Path) -> None:
    (tmp_path / "test_probe.py").write_text(f"import pytest\n{source}\n", encoding="utf-8")
    plugin = ["-p", "tests.support.no_skips", "-p", "no:cacheprovider"]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "--quiet", *plugin, "--rootdir", tmp_path, tmp_path],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode != 0
    assert "no test may be skipped here" in run.stdout
    assert "skipped" not in run.stdout.splitlines()[-1]

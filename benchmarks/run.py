"""Run every bench of this folder, print the table and write build/bench.json.

    .venv/bin/python benchmarks/run.py [NAME ...]

A bench is a module with `benches() -> list[dict]` (design: interfaces, «Benchmarks»). NAME limits
the run to those modules.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
OUT = HERE.parent / "build" / "bench.json"
FIELDS = ("name", "ours", "peer", "ratio", "unit", "peer_name")
NO_BENCHES = {"run", "harness", "helpdesk", "bulk", "desk_data", "dismissing", "ledger_data"}


def main(wanted: list[str]) -> int:
    sys.path[:] = [str(HERE.parent), *(path for path in sys.path if path != str(HERE))]
    names = sorted(file.stem for file in HERE.glob("*.py"))
    unknown = set(wanted) - set(names)
    if unknown:
        print(f"no such bench: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    found: list[dict[str, Any]] = []
    _print_row(FIELDS)
    for name in names:
        if name in NO_BENCHES or (wanted and name not in wanted):
            continue
        module = importlib.import_module(f"benchmarks.{name}")
        if not hasattr(module, "benches"):
            continue
        for bench in module.benches():
            _print_row([str(bench[field]) for field in FIELDS])
            found.append(bench)
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(OUT)
    return 0


def _print_row(cells: tuple[str, ...] | list[str]) -> None:
    name, ours, peer, ratio, unit, peer_name = cells
    print(f"{name:<46} {ours:>10} {peer:>10} {ratio:>8}  {unit:<8} {peer_name}", flush=True)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

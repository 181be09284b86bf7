"""Timing of ours against a peer, in turn, so that both meet the same machine at the same moment."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from statistics import median
from time import perf_counter, process_time
from typing import Any, TypeVar

T = TypeVar("T")
Bench = dict[str, Any]


def race(
    inputs: Sequence[T],
    ours: Callable[[T], object],
    peer: Callable[[T], object],
    *,
    ours_per_peer: int = 1,
) -> tuple[float, float]:
    """Median seconds of one call of ours and of the peer's, on the same inputs.

    Each input is drawn once by either, so that nothing is remembered of it. `ours_per_peer` inputs
    go to ours for each that goes to the peer, where the peer is so slow that a race would take
    minutes. The first input warms both up.
    """
    ours(inputs[0])
    peer(inputs[0])
    mine: list[float] = []
    theirs: list[float] = []
    with _no_collector():
        for number, item in enumerate(inputs[1:]):
            mine.append(_seconds(ours, item))
            if number % ours_per_peer == 0:
                theirs.append(_seconds(peer, item))
    return median(mine), median(theirs)


def cpu_seconds(inputs: Sequence[T], work: Callable[[T], object]) -> float:
    """Median CPU seconds of a call; the first input warms up."""
    work(inputs[0])
    spent = []
    with _no_collector():
        for item in inputs[1:]:
            begin = process_time()
            work(item)
            spent.append(process_time() - begin)
    return median(spent)


def faster(
    name: str, ours: float, peer: float, peer_name: str, unit: str = "ms", scale: float = 1000.0
) -> Bench:
    """A line of the table where the ratio says how many times ours is faster."""
    return {
        "name": name,
        "ours": round(ours * scale, 3),
        "peer": round(peer * scale, 3),
        "ratio": round(peer / ours, 2),
        "unit": unit,
        "peer_name": peer_name,
    }


def growth(name: str, large: float, small: float, peer_name: str, unit: str) -> Bench:
    """A line where the ratio is the time at the large size over that at the small one."""
    return {
        "name": name,
        "ours": round(large, 3),
        "peer": round(small, 3),
        "ratio": round(large / small, 2),
        "unit": unit,
        "peer_name": peer_name,
    }


def _seconds(work: Callable[[T], object], item: T) -> float:
    begin = perf_counter()
    work(item)
    return perf_counter() - begin


@contextmanager
def _no_collector() -> Iterator[None]:
    """As `timeit` does it: nobody pays for the garbage of the other."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()

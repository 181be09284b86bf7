"""One sub-command of `accessflow`; `cli.py` gathers them."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """`name`: one word or two («db upgrade»). `run` returns the exit code.

    For wrong input it raises AccessflowError, which `cli.main` prints (exit 1).
    """

    name: str
    help: str
    arguments: Callable[[ArgumentParser], None]
    run: Callable[[Namespace], int]

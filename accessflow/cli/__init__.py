"""The `accessflow` command."""

from accessflow.cli.main import main

__all__ = ["main"]

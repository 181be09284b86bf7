"""Whole numbers in addresses and forms: one that no row can have is no number."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Flask, Request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.routing import IntegerConverter, Map

MOST = 2**31 - 1
"""As large as a key of the database."""


def read_key(text: str) -> int:
    """Raises ValueError."""
    number = int(text)
    if abs(number) > MOST:
        raise ValueError(f"{text[:20]}… is too large")
    return number


def keys_in(texts: Iterable[str]) -> list[int]:
    """Those of the texts that are keys, in their order."""
    short = (text for text in texts if text.isdecimal() and len(text) <= 10)
    return [number for number in map(int, short) if number <= MOST]


class Parameters(ImmutableMultiDict[str, str]):
    """`get(..., type=int)` and `getlist(..., type=int)` read keys: what is none is not there."""

    def get(  # type: ignore[override]  # one signature for its overloads
        self,
        key: str,
        default: Any = None,
        type: Any = None,  # noqa: A002
    ) -> Any:
        return super().get(key, default, read_key if type is int else type)

    def getlist(self, key: str, type: Any = None) -> list[Any]:  # noqa: A002
        return super().getlist(key, read_key if type is int else type)


class KeyedRequest(Request):
    parameter_storage_class = Parameters


class KeyConverter(IntegerConverter):
    """`<int:...>` of a rule: a larger one leads nowhere (404)."""

    def __init__(self, map: Map, signed: bool = False) -> None:  # noqa: A002
        super().__init__(map, min=-MOST if signed else None, max=MOST, signed=signed)


def init_app(app: Flask) -> None:
    """Before any rule is added."""
    app.request_class = KeyedRequest
    app.url_map.converters["int"] = KeyConverter

"""YAML with its line numbers, so that a broken catalogue names file, line and reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, time
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import yaml

Word = TypeVar("Word", bound=str)


class CatalogueError(Exception):
    """The catalogue cannot be used. `str()` is «file:line: reason»; `key` and `value` are what is
    wrong there, where one key is."""

    def __init__(self, file: Path, line: int, reason: str, key: str = "", value: str = "") -> None:
        super().__init__(f"{file}:{line}: {reason}")
        self.file, self.line, self.reason = file, line, reason
        self.key, self.value = key, value


class Node:
    """A mapping of the file. Every key must be asked for: `done()` refuses what nobody read."""

    def __init__(self, file: Path, node: yaml.Node) -> None:
        self.file = file
        self.line = node.start_mark.line + 1
        if not isinstance(node, yaml.MappingNode):
            self.fail("a mapping «key: value» is expected here")
        self._values: dict[str, yaml.Node] = {}
        for key, value in node.value:
            if key.value in self._values:
                raise CatalogueError(file, key.start_mark.line + 1, f"«{key.value}» stands twice")
            self._values[key.value] = value
        self._asked: set[str] = set()

    def fail(self, reason: str, key: str | None = None, value: str = "") -> NoReturn:
        node = self._values.get(key) if key else None
        line = node.start_mark.line + 1 if node else self.line
        raise CatalogueError(self.file, line, reason, key or "", value)

    def done(self) -> None:
        for key in self._values:
            if key not in self._asked:
                self.fail(f"unknown key «{key}»", key)

    def has(self, key: str) -> bool:
        self._asked.add(key)
        node = self._values.get(key)
        return node is not None and node.tag != "tag:yaml.org,2002:null"

    def keys(self) -> list[str]:
        return list(self._values)

    def text(self, key: str, default: str | None = None) -> str:
        if not self.has(key):
            return self._missing(key) if default is None else default
        node = self._values[key]
        if not isinstance(node, yaml.ScalarNode):
            self.fail(f"«{key}»: a text is expected", key)
        return str(node.value)

    def filled(self, key: str) -> str:
        """A text that is not blank."""
        value = self.text(key)
        if not value.strip():
            self.fail(f"«{key}» is blank", key)
        return value

    def _missing(self, key: str) -> NoReturn:
        raise CatalogueError(self.file, self.line, f"«{key}» is missing", key)

    def optional(self, key: str) -> str | None:
        return self.text(key) if self.has(key) else None

    def choice(self, key: str, allowed: Sequence[Word], default: Word | None = None) -> Word:
        value = self.text(key, default)
        found = next((word for word in allowed if word == value), None)
        if found is None:
            self.fail(f"«{key}»: «{value}» is none of {', '.join(sorted(allowed))}", key)
        return found

    def number(self, key: str, default: float | None = None) -> float:
        value = self.text(key, None if default is None else str(default))
        try:
            return float(value)
        except ValueError:
            self.fail(f"«{key}»: «{value}» is no number", key, value)

    def whole(self, key: str) -> int:
        value = self.text(key)
        if not value.isdigit():
            self.fail(f"«{key}»: «{value}» is no whole number", key, value)
        return int(value)

    def wholes(self, key: str) -> tuple[int, ...]:
        texts = self.texts(key)
        if wrong := [text for text in texts if not text.isdigit()]:
            self.fail(f"«{key}»: «{wrong[0]}» is no whole number", key, wrong[0])
        return tuple(int(text) for text in texts)

    def flag(self, key: str, default: bool | None = None) -> bool:
        value = self.text(key, None if default is None else str(default).lower())
        if value not in ("true", "false"):
            self.fail(f"«{key}»: «{value}» is neither true nor false", key)
        return value == "true"

    def day(self, key: str) -> date:
        return self._day(self.text(key), key)

    def _day(self, value: str, key: str) -> date:
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"«{key}»: «{value}» is no date (2026-11-21)", key, value)

    def optional_day(self, key: str) -> date | None:
        return self.day(key) if self.has(key) else None

    def days(self, key: str) -> frozenset[date]:
        return frozenset(self._day(value, key) for value in self.texts(key))

    def times(self, key: str) -> tuple[time, time]:
        values = self.texts(key)
        try:
            start, end = (time.fromisoformat(value) for value in values)
        except ValueError:
            told = "–".join(values)
            self.fail(f"«{key}»: two times are expected, [«09:00», «17:00»]", key, told)
        if start >= end:
            told = f"{start:%H:%M}–{end:%H:%M}"
            self.fail(f"«{key}»: {start:%H:%M} is not before {end:%H:%M}", key, told)
        return start, end

    def texts(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        if not self.has(key):
            return self._missing(key) if default is None else default
        return tuple(self._scalar(item, key) for item in self._items(key))

    def _items(self, key: str) -> list[yaml.Node]:
        node = self._values[key]
        if not isinstance(node, yaml.SequenceNode):
            self.fail(f"«{key}»: a list is expected", key)
        return list(node.value)

    def _scalar(self, item: yaml.Node, key: str) -> str:
        if not isinstance(item, yaml.ScalarNode):
            raise CatalogueError(
                self.file, item.start_mark.line + 1, f"«{key}»: texts are expected"
            )
        return str(item.value)

    def node(self, key: str) -> Node:
        if not self.has(key):
            self._missing(key)
        return Node(self.file, self._values[key])

    def nodes(self, key: str) -> Iterator[Node]:
        """The mappings of a list; none where the key is absent."""
        if self.has(key):
            for item in self._items(key):
                yield Node(self.file, item)

    def scalars_or_nodes(self, key: str) -> Iterator[str | Node]:
        if self.has(key):
            for item in self._items(key):
                scalar = isinstance(item, yaml.ScalarNode)
                yield str(item.value) if scalar else Node(self.file, item)


def node_of(values: Mapping[str, Any]) -> Node:
    """The node of plain values, read by the rules of the files; its file is called «settings»."""
    text = yaml.safe_dump(dict(values), allow_unicode=True)
    found = yaml.compose(text, Loader=yaml.CSafeLoader)
    if found is None:
        raise AssertionError("a mapping is never an empty document")
    return Node(Path("settings"), found)


def read(file: Path) -> Node:
    """The file's top mapping. Raises CatalogueError where it is missing or is no YAML."""
    try:
        text = file.read_text("utf-8")
    except OSError as error:
        raise CatalogueError(file, 1, f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CatalogueError(file, 1, "is not UTF-8") from error
    try:
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise CatalogueError(file, line, f"is no YAML: {error.problem}") from error
    if node is None:
        raise CatalogueError(file, 1, "is empty")
    return Node(file, node)

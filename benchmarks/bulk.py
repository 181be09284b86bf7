"""Many rows at once into a table: by COPY on PostgreSQL, by `executemany` on SQLite."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any, cast

from sqlalchemy import JSON, Connection, Table, insert, text
from sqlalchemy.orm import DeclarativeBase

from accessflow.db.session import Database

CHUNK = 10_000
Row = Mapping[str, Any]


def load(database: Database, mapped: type[DeclarativeBase], rows: Iterable[Row]) -> None:
    """All rows name the same columns; those that they leave out have the table's own defaults."""
    table = cast(Table, mapped.__table__)
    waiting = iter(rows)
    with database.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            _copy(connection, table, waiting)
        else:
            while chunk := list(islice(waiting, CHUNK)):
                connection.execute(insert(table), chunk)


def settle(database: Database) -> None:
    """What a PostgreSQL that has been at work for long has done by itself. A SQLite does nothing of
    the kind."""
    if database.engine.dialect.name == "postgresql":
        by_itself = database.engine.execution_options(isolation_level="AUTOCOMMIT")
        with by_itself.connect() as connection:
            connection.execute(text("VACUUM ANALYZE"))


def spread(n: int, salt: int, among: Sequence[Any]) -> Any:
    """One of `among`, by no rule that another salt would follow, too; the same each time."""
    mixed = (n * 0x9E3779B1 + salt * 0x85EBCA77) & 0xFFFFFFFF
    mixed = ((mixed ^ (mixed >> 15)) * 0x2C1B3C6D) & 0xFFFFFFFF
    return among[(mixed ^ (mixed >> 12)) % len(among)]


def _copy(connection: Connection, table: Table, rows: Iterator[Row]) -> None:
    first = next(rows)
    fields = [_field(column, first) for column in table.columns if _is_filled(column, first)]
    names = ", ".join(f'"{column.name}"' for column in table.columns if _is_filled(column, first))
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor:
        with cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
            for row in chain([first], rows):
                copy.write_row([field(row) for field in fields])
        if "id" in table.columns and "id" in first:
            series = f"pg_get_serial_sequence('{table.name}', 'id')"
            cursor.execute(f'SELECT setval({series}, (SELECT max(id) FROM "{table.name}"))')


def _is_filled(column: Any, row: Row) -> bool:
    return column.name in row or column.default is not None


def _field(column: Any, row: Row) -> Callable[[Row], Any]:
    name = column.name
    if name not in row:
        usual = column.default.arg if column.default.is_scalar else {}
        value = json.dumps(usual) if isinstance(column.type, JSON) else usual
        return lambda _: value
    if isinstance(column.type, JSON):
        return lambda row: json.dumps(row[name], ensure_ascii=False)
    return lambda row: row[name]

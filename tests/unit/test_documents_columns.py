"""Columns are as wide as what stands in them needs, and together as wide as the page."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accessflow.documents.model import Cell, Table, TableColumn
from accessflow.documents.tables import LaidTable, lay_table
from accessflow.domain.errors import Invalid
from tests.documents_models import application, person, table12

LANDSCAPE, HEIGHT = 15137, 9150
TEXTS = st.text("абвгдежзик ЛМН-.@123", max_size=60)


def words_are_whole(laid: LaidTable) -> bool:
    return all(
        line.end == len(cell.text) or not cell.text[line.end - 1 : line.end + 1].isalpha()
        for row in (*laid.header, *laid.rows)
        for cell, filled in zip(row.grid.cells, row.fills, strict=True)
        for line in filled.lines
        if "@" not in cell.text
    )


@pytest.mark.parametrize("long", [False, True])
def test_no_word_of_twelve_columns_is_cut(long: bool) -> None:
    laid = lay_table(table12(tuple(person(n, long)[:12] for n in range(10))), LANDSCAPE, HEIGHT)
    if long:  # 255 characters with no blank at the end of the organisation's name
        laid.rows[:] = []
    assert words_are_whole(laid)
    assert sum(laid.widths) == LANDSCAPE


def test_a_column_of_numbers_is_narrow() -> None:
    columns = (TableColumn("number", 0.4, "center"), TableColumn("name", 2.0), TableColumn("b"))
    header = (Cell("№ п/п"), Cell("ФИО"), Cell("Наименование функционального объекта"))
    rows = tuple(
        (Cell(str(n)), Cell("Петрова Анна Ивановна"), Cell("Поликлиника")) for n in range(1, 12)
    )
    widths = lay_table(Table(columns, (header,), rows), LANDSCAPE, HEIGHT).widths
    assert widths[0] < LANDSCAPE / 10
    assert widths[0] == min(widths)


def test_snils_stands_in_one_line() -> None:
    table = next(b for b in application(10).blocks if isinstance(b, Table))
    laid = lay_table(table, LANDSCAPE, HEIGHT)
    assert {len(row.fills[5].lines) for row in laid.rows} == {1}


def test_an_empty_table_is_shared_by_weight() -> None:
    columns = (TableColumn("a", 1.0), TableColumn("b", 3.0))
    table = Table(columns, ((Cell("А"), Cell("Б")),), ((Cell(""), Cell("")),) * 3)
    first, second = lay_table(table, 8000, HEIGHT).widths
    assert second == pytest.approx(3 * first, rel=0.05)


def test_type_is_nine_points_where_words_fit_and_never_under_eight() -> None:
    assert lay_table(table12((person(0),)), LANDSCAPE, HEIGHT).size == 9.0
    wide = Table(
        tuple(TableColumn(f"c{n}") for n in range(14)),
        (tuple(Cell("Электроэнцефалографический") for _ in range(14)),),
    )
    assert lay_table(wide, LANDSCAPE, HEIGHT).size == 8.0


def test_a_header_that_is_a_list_does_not_take_the_page() -> None:
    roles = "\n".join(f"− Работник {name} (ФРМО/ФРМР)," for name in "АБВГДЕ")
    columns = tuple(TableColumn(f"c{n}") for n in range(9))
    header = (*(Cell(f"Графа {n}") for n in range(8)), Cell(f"Наименование роли:\n{roles}"))
    rows = (tuple(Cell(text) for text in person(1)[:9]),) * 5
    laid = lay_table(Table(columns, (header,), rows), LANDSCAPE, HEIGHT)
    assert laid.header_height < HEIGHT / 3


def test_a_row_with_nothing_in_it_leaves_room_for_a_pen() -> None:
    table = Table((TableColumn("a"), TableColumn("b")), (), ((Cell(""), Cell("")),))
    assert lay_table(table, 8000, HEIGHT).rows[0].height >= 500


@given(st.lists(st.lists(TEXTS, min_size=4, max_size=4), min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_every_cell_has_the_height_its_lines_need(texts: list[list[str]]) -> None:
    table = Table(
        tuple(TableColumn(f"c{n}") for n in range(4)),
        (tuple(Cell(f"Заголовок {n}") for n in range(4)),),
        tuple(tuple(map(Cell, row)) for row in texts),
    )
    laid = lay_table(table, 9000, HEIGHT)
    assert sum(laid.widths) == 9000
    for row in laid.rows:
        assert row.height >= max(len(filled.lines) for filled in row.fills) * laid.pitch + 60


@pytest.mark.parametrize("text", ["Пет\x0bрова", "a\x00b@example.org", "1\x1f2", "a\ud800@b.ru"])
def test_a_control_character_in_a_cell_is_refused_in_words(text: str) -> None:
    table = Table((TableColumn("a"),), (), ((Cell(text),),))
    with pytest.raises(Invalid, match="управляющий знак"):
        lay_table(table, 4000, HEIGHT)


def test_a_cell_over_rows_makes_room_in_the_last_of_them() -> None:
    tall = Cell("Слово " * 60, rowspan=2)
    table = Table(
        (TableColumn("a", 0.2), TableColumn("b")), (), ((tall, Cell("да")), (Cell("нет"),))
    )
    laid = lay_table(table, 4000, HEIGHT)
    assert laid.rows[0].tied
    assert not laid.rows[1].tied
    needed = len(laid.rows[0].fills[0].lines) * laid.pitch
    assert laid.rows[0].height + laid.rows[1].height > needed


@pytest.mark.parametrize(
    "rows",
    [
        ((Cell("а"),),),
        ((Cell("а", colspan=3),),),
        ((Cell("а", rowspan=2), Cell("б")),),
        ((Cell("а", rowspan=2), Cell("б")), (Cell("в"), Cell("г"))),
    ],
)
def test_spans_that_make_no_rectangle_are_refused(rows: tuple[tuple[Cell, ...], ...]) -> None:
    with pytest.raises(ValueError, match=r"columns|below"):
        lay_table(Table((TableColumn("a"), TableColumn("b")), (), rows), 4000, HEIGHT)

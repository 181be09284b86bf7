"""What comes onto which page: rows whole, headers again, a signature never alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accessflow.documents.layout import Layout, lay_out
from accessflow.documents.model import (
    Cell,
    DocumentModel,
    Paragraph,
    SignatureBlock,
    Table,
    TableColumn,
)
from accessflow.documents.pages import Placed
from accessflow.documents.paragraphs import LaidParagraph
from accessflow.documents.styles import SIGNATURE
from accessflow.documents.tables import LaidTable
from tests.documents_models import STAMP, application, cover, grouped, letter

SENTENCE = "Прошу предоставить доступ пользователям к порталу. "


def rows_of(page: list[Placed]) -> list[int]:
    return [p.begin for p in page if isinstance(p.laid, LaidTable) and p.begin >= 0]


def has_signature(page: list[Placed]) -> bool:
    return any(isinstance(p.laid, LaidParagraph) and p.laid.style == SIGNATURE for p in page)


def height_of(piece: Placed) -> int:
    laid = piece.laid
    if isinstance(laid, LaidParagraph):
        return (piece.end - piece.begin) * laid.style.pitch
    if piece.begin < 0:
        return laid.header_height
    return laid.rows[piece.begin].height


def hold(layout: Layout, rows: int) -> None:
    """What is true of every application."""
    pages = [list(page) for page in layout.pages]
    assert [n for page in pages for n in rows_of(page)] == list(range(rows))
    signed = [page for page in pages if has_signature(page)]
    assert len(signed) == 1
    assert rows_of(signed[0])[-1:] == [rows - 1]
    for page in pages:
        bottoms = [piece.top + height_of(piece) for piece in page]
        assert bottoms == sorted(bottoms)
        assert bottoms[-1] <= layout.page.body_height
        if rows_of(page):
            first = next(p for p in page if isinstance(p.laid, LaidTable))
            assert first.begin == -1, "the header comes before the first row of every page"


@given(rows=st.integers(1, 200), sentences=st.integers(0, 60), position=st.integers(1, 12))
@settings(max_examples=60, deadline=None)
def test_the_signature_stays_with_the_last_row(rows: int, sentences: int, position: int) -> None:
    model = application(rows)
    body = Paragraph(SENTENCE * sentences or "Прошу.")
    signature = SignatureBlock("Заместитель главного врача " * position, "Иванов И.И.", "М.П.")
    blocks = tuple(
        body if b == model.blocks[1] else signature if isinstance(b, SignatureBlock) else b
        for b in model.blocks
    )
    hold(lay_out(replace(model, blocks=blocks)), rows)


@pytest.mark.parametrize("rows", range(1, 41))
def test_a_grouped_header_comes_again(rows: int) -> None:
    hold(lay_out(grouped(rows)), rows)


@pytest.mark.parametrize("rows", [1, 10, 26, 27, 28, 29, 30, 31, 60, 200])
def test_a_letter_keeps_its_end_with_the_table(rows: int) -> None:
    hold(lay_out(letter(rows)), rows)


def test_room_is_left_for_the_code_alone_where_there_is_one() -> None:
    stamped, bare = lay_out(application(1)), lay_out(application(1, stamp=None))
    assert bare.page.bottom == 1134, "20 mm"
    assert stamped.page.bottom >= 1134 + 397, "the code's 22 mm reach 7 mm over the margin"


def test_a_row_higher_than_a_page_goes_on_and_loses_no_line() -> None:
    model = cover()
    table = next(b for b in model.blocks if isinstance(b, Table))
    long = Cell(SENTENCE * 300)
    rows = (*table.rows[:4], (table.rows[4][0], long), *table.rows[5:])
    blocks = tuple(replace(b, rows=rows) if isinstance(b, Table) else b for b in model.blocks)
    layout = lay_out(replace(model, blocks=blocks))
    parts = [piece.part for page in layout.pages for piece in page if piece.part]
    laid = next(b for b in layout.blocks if isinstance(b, LaidTable))
    assert [n for part in parts for n in part] == list(range(len(laid.rows[4].fills[1].lines)))
    assert len(parts) > 1


def test_rows_that_a_cell_spans_stay_together_unless_no_page_holds_them() -> None:
    def spanned(rows: int) -> LaidTable:
        columns = (TableColumn("a"), TableColumn("b"))
        lines: list[tuple[Cell, ...]] = [(Cell("Ресурсы", rowspan=rows), Cell("1"))]
        lines += [(Cell(str(n)),) for n in range(2, rows + 1)]
        model = DocumentModel("т", "landscape", (Table(columns, (), tuple(lines)),), STAMP, "т")
        return next(b for b in lay_out(model).blocks if isinstance(b, LaidTable))

    assert [row.tied for row in spanned(3).rows] == [True, True, False]
    assert not any(row.tied for row in spanned(80).rows)


def test_two_tables_and_a_table_at_the_end_are_parted_by_a_paragraph() -> None:
    table = Table((TableColumn("a"),), (), ((Cell("1"),),))
    model = DocumentModel("т", "portrait", (table, table), None, "т")
    kinds = [type(block) for block in lay_out(model).blocks]
    assert kinds == [LaidTable, LaidParagraph, LaidTable, LaidParagraph]


def test_the_same_model_is_laid_out_the_same() -> None:
    def places(layout: Layout) -> list[list[tuple[int, int, int]]]:
        return [[(p.begin, p.end, p.top) for p in page] for page in layout.pages]

    assert places(lay_out(application(60))) == places(lay_out(application(60)))

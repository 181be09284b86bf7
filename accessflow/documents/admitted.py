"""«Список допущенных»: those admitted to personal data, on paper, for the head to sign (G, H.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from accessflow.documents.model import (
    Cell,
    DocumentModel,
    Paragraph,
    SignatureBlock,
    Table,
    TableColumn,
)
from accessflow.documents.names import file_stem

COLUMNS = (
    (TableColumn("number", 0.4, "center"), "№ п/п"),
    (TableColumn("name", 2.2), "Фамилия, имя, отчество"),
    (TableColumn("position", 2.0), "Должность"),
    (TableColumn("system", 1.8), "Информационная система"),
    (TableColumn("role", 1.6), "Роль"),
    (TableColumn("since", 0.9, "center"), "Доступ с"),
    (TableColumn("ground", 1.3), "Основание"),
)
BLANK_POST = "Руководитель организации"
BLANK_NAME = "____________________"


@dataclass(frozen=True, slots=True)
class Admitted:
    """One line: who is admitted to what, since when and by what."""

    name: str
    position: str
    system: str
    role: str
    since: date
    ground: str


def admitted_list(
    organization: tuple[str, str],
    system: str,
    on: date,
    rows: Sequence[Admitted],
    signatory: tuple[str, str],
    *,
    margin_left_mm: float = 20.0,
) -> DocumentModel:
    """`organization`: full and short name; `system`: "" for all of them; `signatory`: post and
    «Фамилия И.О.», both empty where the organisation has named nobody."""
    full, short = organization
    where = (
        f"в информационной системе «{system.strip('«»')}»"
        if system
        else "в информационных системах"
    )
    title = f"Список работников, допущенных к обработке персональных данных {where}"
    post, name = signatory
    blocks = (
        Paragraph(
            f"Список работников, допущенных к обработке персональных данных\n{where}", "title"
        ),
        Paragraph(full or short, "title"),
        Paragraph(f"По состоянию на {on:%d.%m.%Y}. Всего записей: {len(rows)}.", "caption"),
        Table(
            columns=tuple(column for column, _ in COLUMNS),
            header=(tuple(Cell(header) for _, header in COLUMNS),),
            rows=tuple(_line(number, row) for number, row in enumerate(rows, 1)),
        ),
        SignatureBlock(
            post or BLANK_POST,
            name or BLANK_NAME,
            seal="М.П.",
            before="«____» _______________ 20___ г.",
        ),
    )
    return DocumentModel(
        title=f"{title}. {short}",
        orientation="landscape",
        blocks=blocks,
        stamp=None,
        file_stem=file_stem("Список допущенных", system, short, f"{on:%d.%m.%Y}"),
        margin_left_mm=margin_left_mm,
    )


def _line(number: int, row: Admitted) -> tuple[Cell, ...]:
    texts = (
        str(number),
        row.name,
        row.position,
        row.system,
        row.role or "роль не предусмотрена",
        f"{row.since:%d.%m.%Y}",
        row.ground,
    )
    return tuple(Cell(text) for text in texts)

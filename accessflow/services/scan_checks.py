"""What is checked of a scan: whose it is, all of its pages, legible (Рег. 3.4.1, R18).

The facts are kept in `RequestFile.checks`; `lines` tells them. Signature and seal are for
a person to look at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from accessflow.documents.model import Stamp
from accessflow.documents.scan import Sheet
from accessflow.domain.errors import Invalid
from accessflow.domain.text import counted

LEAST_DPI, GOOD_DPI = 100, 200
Level = Literal["ok", "warn", "danger", "info", "mute"]
Checks = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Expected:
    """What the paper should be. `digests`: of every rendering that may have been printed;
    `changed`: when and by whom the data were changed last; `extra`: what to mind of further pages.
    """

    number: str
    version: int
    digests: frozenset[str]
    pages: int
    changed: str = ""
    extra: str = "Посмотрите, что это приложение к заявке"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list of checks; `small` says more, or what to do."""

    level: Level
    text: str
    small: str = ""


def judge(sheets: Sequence[Sheet], expected: Expected) -> tuple[tuple[int, ...], Checks]:
    """The pages to keep, blank ones left out, and what was found.

    Raises Invalid for what is no scan of this application as it stands, with what to do.
    """
    written = [sheet for sheet in sheets if not sheet.blank]
    if not written:
        raise Invalid("Все страницы скана пустые: положите листы печатью к стеклу.")
    for sheet in written:
        _require_ours(sheet, expected)
        _require_legible(sheet)
    if len(written) < expected.pages:
        raise Invalid(
            f"Не хватает страниц: в скане {len(written)}, а напечатано {expected.pages}."
            " Отсканируйте все страницы; их можно выбрать и несколькими файлами сразу.",
            pages=len(written),
        )
    return tuple(sheet.number for sheet in written), _found(sheets, written, expected)


def _require_ours(sheet: Sheet, expected: Expected) -> None:
    for code in sheet.codes:
        if code.number != expected.number:
            raise Invalid(_foreign(sheet, code))
        if code.version != expected.version:
            raise Invalid(_of_another_version(code, expected))
        if code.digest not in expected.digests:
            raise Invalid(
                "На скане напечатано не то, что сейчас в заявке: с тех пор изменились данные"
                " организации или подписанта. Напечатайте заявку заново, подпишите и отсканируйте."
            )


def _foreign(sheet: Sheet, code: Stamp) -> str:
    whose = f"из заявки {code.number}" if code.number else "с листа, напечатанного без номера"
    return (
        f"Страница {sheet.number} — {whose}. Скан нескольких заявок загрузите на странице"
        " «На подпись»: он сам разложится по заявкам."
    )


def _of_another_version(code: Stamp, expected: Expected) -> str:
    if code.version > expected.version:
        return f"Это скан версии {code.version}, а такой версии у заявки нет."
    changed = f": данные изменили {expected.changed}" if expected.changed else ""
    return (
        f"Это скан версии {code.version}, а в заявке уже версия {expected.version}{changed}."
        f" Напечатайте версию {expected.version}, подпишите и отсканируйте её."
    )


def _require_legible(sheet: Sheet) -> None:
    if sheet.dpi is not None and sheet.dpi < LEAST_DPI:
        raise Invalid(
            f"Страница {sheet.number}: разрешение {sheet.dpi} dpi, текст не прочесть."
            " Отсканируйте с разрешением 200–300 dpi."
        )


def _found(sheets: Sequence[Sheet], written: Sequence[Sheet], expected: Expected) -> Checks:
    read = sum(bool(sheet.codes) for sheet in written)
    return {
        "code": "ok" if read else "unreadable",
        "number": expected.number,
        "version": expected.version,
        "read": read,
        "pages": len(written),
        "expected": expected.pages,
        "dpi": min((sheet.dpi for sheet in written if sheet.dpi is not None), default=None),
        "drawn": [n for n, sheet in enumerate(written, 1) if sheet.dpi is None],
        "turned": [n for n, sheet in enumerate(written, 1) if sheet.askew],
        "blank": len(sheets) - len(written),
        "extra": expected.extra if len(written) > expected.pages else "",
    }


def lines(checks: Mapping[str, Any]) -> Iterator[Line]:
    """What the page shows of a scan."""
    yield _code_line(checks)
    yield _pages_line(checks)
    yield from _resolution_lines(checks)
    if turned := checks.get("turned"):
        pages = ", ".join(map(str, turned))
        yield Line("info", f"Повёрнуто само по QR-коду: стр. {pages}")
    if blank := checks.get("blank"):
        pages = counted(blank, "пустая страница", "пустые страницы", "пустых страниц")
        yield Line("info", f"Не вошло: {pages}", "В исходном файле они есть")
    yield Line("mute", "Подпись и печать программа не оценивает — посмотрите сами")


def _code_line(checks: Mapping[str, Any]) -> Line:
    whose = f"заявка {checks.get('number')}, версия {checks.get('version')}"
    if checks.get("code") != "ok":
        return Line("warn", "QR-код не читается", f"Посмотрите сами, что это {whose}")
    if checks["read"] < checks["pages"]:
        found = f"Код прочитан на {checks['read']} из {checks['pages']} страниц, посмотрите другие"
        return Line("ok", f"QR-код: это {whose}", found)
    return Line("ok", f"QR-код: это {whose}")


def _pages_line(checks: Mapping[str, Any]) -> Line:
    pages, expected = checks.get("pages", 0), checks.get("expected", 0)
    if pages > expected:
        return Line("warn", f"Страниц {pages}, а напечатано {expected}", checks.get("extra", ""))
    return Line("ok", f"Страниц {pages} из {expected}")


def _resolution_lines(checks: Mapping[str, Any]) -> Iterator[Line]:
    dpi = checks.get("dpi")
    if dpi is not None and dpi < GOOD_DPI:
        yield Line("warn", f"Разрешение {dpi} dpi", "Лучше от 200: нечитаемый скан вернут")
    elif dpi is not None:
        yield Line("ok", f"Разрешение {dpi} dpi")
    if drawn := checks.get("drawn"):
        pages = ", ".join(map(str, drawn))
        text = f"Не скан, а готовый PDF: стр. {pages}"
        yield Line("warn", text, "На нём не может быть подписи и печати с бумаги")

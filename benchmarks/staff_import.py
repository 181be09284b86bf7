"""A list of 10,000 people: read and validated by us, merely read by openpyxl."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from datetime import date
from statistics import median
from time import process_time

import openpyxl
import xlsxwriter

from accessflow.documents.sheet_in import read_tables
from accessflow.domain.snils import check_digits
from accessflow.forms.sheets.staff import recognise
from accessflow.forms.sheets.staff_checks import understand

ROWS = 10_000
ROUNDS = 5
HEADERS = (
    "№", "Сотрудник", "Табельный номер", "Должность", "Дата приема", "Дата рождения",
    "Страховой номер ПФР", "Телефон рабочий", "Телефон мобильный", "E-mail",
)  # fmt: skip
_LAST = ("Иванова", "Петрова", "Мамедова", "Голубева-Пономарева", "Третьякова", "Ёлкина", "Ким")
_FIRST = ("Анна", "Мария", "Елена", "Ольга", "Синклитикия", "Ия", "Наталья")
_MIDDLE = ("Ивановна", "Петровна", "Ильинична", "Сергеевна", "Эльдаровна")
_POSITIONS = ("Врач-терапевт", "Медицинская сестра", "Акушерка", "Фельдшер-лаборант")
_UNITS = ("Поликлиника", "Приемное отделение", "Отдел кадров", "Отделение новорожденных №2")


def workbook(rows: int = ROWS, seed: int = 47) -> bytes:
    """A list as a personnel system exports it: title, departments as headings, a tenth bad."""
    rng = random.Random(seed)
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("TDSheet")
        sheet.write(0, 0, "Штатные сотрудники")
        day = book.add_format({"num_format": "dd.mm.yyyy"})
        sheet.write_row(5, 0, HEADERS)
        line = 6
        for number in range(rows):
            if number % 500 == 0:
                sheet.write(line, 0, _UNITS[number // 500 % len(_UNITS)])
                line += 1
            _write_person(sheet, line, number, rng, day)
            line += 1
    return stream.getvalue()


def _write_person(
    sheet: xlsxwriter.worksheet.Worksheet,
    line: int,
    number: int,
    rng: random.Random,
    day: xlsxwriter.format.Format,
) -> None:
    bad = rng.randrange(10) == 0
    nine = f"{rng.randrange(2_000_000, 999_999_999):09d}"
    check = check_digits(nine) if not bad else "99"
    name = f"{rng.choice(_LAST)} {rng.choice(_FIRST)} {rng.choice(_MIDDLE)}"
    tail = f"{rng.randrange(10_000_000):07d}"
    sheet.write_number(line, 0, number + 1)
    sheet.write_string(line, 1, name.replace("о", "o") if bad else name)
    sheet.write_string(line, 2, f"{number:05d}")
    sheet.write_string(line, 3, rng.choice(_POSITIONS))
    sheet.write_datetime(line, 4, date(2000 + number % 26, 1 + number % 12, 1), day)
    sheet.write_string(line, 5, "10.08.1973")
    sheet.write_string(line, 6, f"{nine[:3]}-{nine[3:6]}-{nine[6:]} {check}")
    sheet.write_string(line, 7, f"8(81379)9{tail[:1]}-{tail[1:4]} (доб.45)")
    sheet.write_string(line, 8, rng.choice(("8-921{}", "+7 921 {}", "8921-{}")).format(tail))
    sheet.write_string(line, 9, f"person{number}@{'mail.ur' if bad else 'bolnica47.ru'}")


def ours(data: bytes) -> int:
    """Rows read, recognised, validated and held against each other."""
    return len(understand(recognise(read_tables(data, "staff.xlsx")), date(2026, 11, 20)))


def peer(data: bytes) -> int:
    """Rows read by openpyxl in its quickest mode, values alone."""
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
    rows = sum(1 for _ in book["TDSheet"].iter_rows(values_only=True))
    book.close()
    return rows


def benches() -> list[dict[str, object]]:
    """Both timed in turn, CPU seconds, the median of five."""
    data = workbook()
    assert ours(data) == ROWS
    assert peer(data) > ROWS
    times: dict[str, list[float]] = {"ours": [], "peer": []}
    for _ in range(ROUNDS):
        times["ours"].append(_timed(ours, data))
        times["peer"].append(_timed(peer, data))
    mine, theirs = median(times["ours"]), median(times["peer"])
    return [
        {
            "name": f"staff import, {ROWS} rows read and validated",
            "ours": round(mine, 3),
            "peer": round(theirs, 3),
            "ratio": round(theirs / mine, 2),
            "unit": "s",
            "peer_name": "openpyxl read_only, reading alone",
        }
    ]


def _timed(action: Callable[[bytes], int], data: bytes) -> float:
    started = process_time()
    action(data)
    return process_time() - started

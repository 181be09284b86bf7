"""Documents made by hand, of every kind of page: what the tests of the writers draw."""

from __future__ import annotations

from accessflow.documents.model import (
    Block,
    Cell,
    DocumentModel,
    Paragraph,
    ServiceColumn,
    SignatureBlock,
    Stamp,
    Table,
    TableColumn,
)

COL12 = (
    "Наименование учреждения",
    "Должность",
    "Фамилия",
    "Имя",
    "Отчество",
    "СНИЛС^*",
    "Рабочий телефон",
    "Контактный телефон",
    "Адрес электронной почты^*^*",
    "Система",
    "Роль в системе^*^*^*",
    "Статус доступа (предоставить доступ/удалить доступ)",
)
NOTES = (
    (
        "^* доступ предоставляется только мед. работнику, который занесен на портал ФРМР "
        "(иначе доступ предоставлен не будет)"
    ),
    (
        "^*^* адрес электронной почты должен быть уникальным, иначе заявка принята не будет и "
        "доступ не будет предоставлен!"
    ),
    "^*^*^* Роли, доступные для медицинской организации:",
    (
        "Администратор МО - Пользователи с данной ролью имеют возможность создавать, "
        "редактировать, подписывать и просматривать медицинские свидетельства о смерти в пределах "
        "своей медицинской организации."
    ),
    (
        "Медицинский работник - Пользователи с данной ролью имеют возможность просматривать "
        "медицинские свидетельства о смерти в пределах своей медицинской организации."
    ),
    (
        "Данную заявку можно скачать на портале материалов ЕГИСЗ: "
        "https://portal.egisz.rosminzdrav.ru/materials/3935"
    ),
)
SURNAMES = (
    "Петрова", "Константинопольская-Преображенская", "Ким", "Щербакова", "Мухамеджанова",
    "Римская-Корсакова", "Ли", "Соловьёва", "Задунайская", "Островская",
)  # fmt: skip
NAMES = ("Анна", "Мария-Антуанетта", "Ольга", "Екатерина", "Юлия", "Александра")
PATRONYMICS = ("Ивановна", "Константиновна", "отсутствует", "Вячеславовна", "Рашид кызы")
POSITIONS = (
    "Врач-статистик",
    "Медицинская сестра",
    "Заведующий отделением анестезиологии-реанимации - врач-анестезиолог-реаниматолог",
    "Врач-оториноларинголог",
    "Главная акушерка",
)
ROLES = ("Администратор МО", "Медицинский работник")
STATUSES = ("предоставить доступ", "удалить доступ")
SHORT = "ГБУЗ ЛО «Всеволожская КМБ»"
FULL = (
    "Государственное бюджетное учреждение здравоохранения Ленинградской области "
    "«Всеволожская клиническая межрайонная больница»"
)
STAMP = Stamp("9f3a5b7c2d10", "2026-000123", 3)


def person(number: int, long: bool = False) -> tuple[str, ...]:
    """A row of COL12; `long` takes the longest values that are let through."""
    surname = SURNAMES[number % len(SURNAMES)]
    email = f"{'abcdefgh'[number % 8]}.user{number}@kmb.example.org"
    name, patronymic = NAMES[number % len(NAMES)], PATRONYMICS[number % len(PATRONYMICS)]
    organization, position = SHORT, POSITIONS[number % len(POSITIONS)]
    if long:
        organization = (FULL + " (филиал № 3 в городе Сертолово, улица Ветеранов) ").ljust(255, "в")
        email = f"konstantinopolskaya.anastasia.{number:03d}@hospital.example.org"
        position = POSITIONS[2]
    return (
        organization, position, surname, name, patronymic,
        f"112-233-{number % 1000:03d} 95", f"8 (812) 670-{number % 100:02d}-81",
        f"+7 921 {number % 1000:03d}-00-00", email, "ФРМСС",
        ROLES[number % 2], STATUSES[number % 2],
    )  # fmt: skip


def table12(rows: tuple[tuple[str, ...], ...]) -> Table:
    choices = {10: ROLES, 11: STATUSES}
    return Table(
        tuple(TableColumn(f"c{i}", choices=choices.get(i, ())) for i in range(12)),
        (tuple(Cell(text) for text in COL12),),
        tuple(tuple(Cell(text) for text in row) for row in rows),
    )


def application(rows: int, long: bool = False, stamp: Stamp | None = STAMP) -> DocumentModel:
    """Appendix 8: landscape, twelve columns, notes below the signature."""
    people = tuple(person(n, long) for n in range(rows))
    return DocumentModel(
        "Форма заявки на предоставление доступа к реестру «ФРМСС»",
        "landscape",
        (
            Paragraph("Форма заявки на предоставление доступа к реестру «ФРМСС»", "title"),
            Paragraph(
                "Прошу предоставить доступ пользователю(-ям) к порталу «Федеральный реестр "
                "медицинских свидетельств о смерти». Сведения о пользователе(-ях) приведены в "
                "Таблица 8.1 Информация о пользователе(-ях)."
            ),
            Paragraph("Таблица 8.1 – Информация о пользователе(-ях)", "caption"),
            table12(people),
            SignatureBlock("Главный врач", "Иванов И.И.", "М.П."),
            *(Paragraph(note, "note") for note in NOTES),
        ),
        stamp,
        "ФРМСС Всеволожская КМБ 2026-11-21 2026-000123",
        service=(ServiceColumn("snils", "СНИЛС (служебный)", tuple(p[5] for p in people)),),
        meta=(("form", "appendix-08"), ("system", "frmss"), ("action", "grant")),
    )


def grouped(rows: int) -> DocumentModel:
    """Appendix 4: a header cell over two columns."""
    columns = (
        TableColumn("number", 0.3, "center"), TableColumn("org"), TableColumn("oid"),
        TableColumn("email"), TableColumn("name"), TableColumn("snils"), TableColumn("object"),
    )  # fmt: skip
    header = (
        (
            Cell("№ п/п", rowspan=2),
            Cell("Сокращенное наименование медицинской организации", rowspan=2),
            Cell("OID медицинской организации", rowspan=2),
            Cell("Адрес электронной почты", rowspan=2),
            Cell(
                "Пользователь медицинской организации, которому необходимо предоставить доступ",
                colspan=2,
            ),
            Cell(
                "Наименование функционального объекта, к которому требуется предоставление доступа",
                rowspan=2,
            ),
        ),
        (Cell("ФИО"), Cell("СНИЛС")),
    )
    body = []
    for n in range(rows):
        p = person(n)
        body.append((
            Cell(str(n + 1)), Cell(SHORT), Cell("1.2.643.5.1.13.13.12.2.47.4821"), Cell(p[8]),
            Cell(f"{p[2]} {p[3]} {p[4]}"), Cell(p[5]), Cell("Поликлиника № 2"),
        ))  # fmt: skip
    return DocumentModel(
        "Форма заявки на предоставление доступа",
        "landscape",
        (
            Paragraph("УДАЛЕНИЕ ДОСТУПА", "mark"),
            Paragraph(
                "Форма заявки на предоставление доступа пользователям уровня МО, подведомственных "
                "федеральным органам исполнительной власти российской федерации к федеральной "
                "подсистеме",
                "title",
            ),
            Paragraph(
                "Прошу предоставить пользователю(-ям) права роли Сотрудник МО в Федеральный "
                "регистр лиц, имеющих право на обеспечение лекарственными препаратами. Сведения о "
                "пользователе(-ях) приведены в Таблица 4.1 Информация о пользователе(-ях)."
            ),
            Paragraph("Таблица 4.1 – Информация о пользователе(-ях)", "caption"),
            Table(columns, header, tuple(body)),
            SignatureBlock(
                "Заместитель главного врача по медицинской части", "Сидорова С.С.", "М.П."
            ),
        ),
        STAMP,
        "ФРЛЛО",
    )


def letter(rows: int, stamp: Stamp | None = STAMP, margin: float = 20.0) -> DocumentModel:
    """Appendix 16: portrait, an addressee, paragraphs between the table and the signature."""
    columns = (
        TableColumn("number", 0.2, "center"), TableColumn("oid"), TableColumn("emdr_id"),
    )  # fmt: skip
    header = (
        Cell("№ п/п"), Cell("OID медицинской организации (по данным ФРМО)"),
        Cell("emdr_id (идентификатор) загруженного ЭМД по ошибке в РЭМД ЕГИСЗ"),
    )  # fmt: skip
    body = tuple(
        (Cell(str(n + 1)), Cell("1.2.643.5.1.13.13.12.2.47.4821"), Cell(f"224.16.25.09.{n:09d}"))
        for n in range(rows)
    )
    blocks: tuple[Block, ...] = (
        Paragraph("Исх. № 01-12/345\nот 21.11.2026", "requisite"),
        Paragraph(
            "Заместителю председателя Комитета по здравоохранению Ленинградской области\n"
            "Е.Г. Власову\nib_lomiac@lenreg.ru\nsec.lokz@lenreg.ru",
            "addressee",
        ),
        Paragraph("Уважаемый Егор Геннадьевич!", "salutation"),
        Paragraph(
            f"{FULL} сообщает, что при формировании электронного медицинского документа о рождении "
            "«Медицинское свидетельство о рождении» была допущена ошибка (указана неверная дата "
            "рождения матери). Документ подписан электронной подписью и зарегистрирован в «Реестре "
            "электронных медицинских документов ЕГИСЗ» (https://remd.egisz.rosminzdrav.ru) (далее "
            "- РЭМД ЕГИСЗ) со статусом «4». Электронные медицинские документы (далее - ЭМД) "
            "содержат следующие идентификаторы:"
        ),
        Table(columns, (header,), body),
        Paragraph(
            "Просим Вас оказать содействие по удалению вышеуказанных ЭМД во избежание наличия "
            "дублей в системе РЭМД ЕГИСЗ."
        ),
        Paragraph("Приложение. Статус свидетельств о рождении на 2 л. в 1 экз."),
        SignatureBlock("Главный врач", "Иванов И.И.", "М.П."),
    )
    return DocumentModel(
        "Письмо об удалении ЭМД", "portrait", blocks, stamp, "РЭМД", margin_left_mm=margin
    )


def label_value(filled: bool = True) -> DocumentModel:
    """Appendix 15: label and value, with a grid of its own inside two rows."""
    columns = (
        TableColumn("number", 0.2, "center"), TableColumn("label", 2.0), TableColumn("a"),
        TableColumn("b"), TableColumn("c"), TableColumn("d", 0.6),
    )  # fmt: skip

    def value(text: str) -> str:
        return text if filled else ""

    rows = (
        (
            Cell("1.", rowspan=2),
            Cell(
                "Наименование и юридический адрес организации, в отношении которых необходимо "
                "обеспечить разграничение доступа к информации.",
                rowspan=2,
            ),
            Cell("Наименование МО:"),
            Cell(value(FULL), colspan=3),
        ),
        (
            Cell("Юр. адрес:"),
            Cell(value("188643, Ленинградская область, г. Всеволожск, Колтушское шоссе, д. 20"), 3),
        ),
        (
            Cell("2."),
            Cell("Основание разграничения доступа"),
            Cell(value("Договор № 17 от 01.11.2026\nПриказ № 5"), colspan=4),
        ),
        (
            Cell("3.", rowspan=2),
            Cell("Описание необходимых разграничений прав доступа", rowspan=2),
            Cell("Наименование ресурса:"),
            Cell("Доменное имя ресурса:"),
            Cell("IP адрес в ЗСПД"),
            Cell("Порт"),
        ),
        (
            Cell(value("ГИС «Электронная очередь»")),
            Cell(value("queue.example.org")),
            Cell(value("172.23.1.250")),
            Cell(value("443")),
        ),
    )
    return DocumentModel(
        "Форма заявки на разграничение доступа",
        "landscape",
        (
            Paragraph("Исх.: №_ ___________\nОт «____» __ ___ 20_ _г.", "requisite"),
            Paragraph(
                "Председателю Комитета цифрового развития Ленинградской области А.С. Сытнику",
                "addressee",
            ),
            Paragraph("Форма заявки на разграничение доступа", "title"),
            Table(columns, (), rows),
            SignatureBlock("Главный врач", "Иванов И.И."),
        ),
        STAMP if filled else None,
        "ЗСПД",
    )


def cover() -> DocumentModel:
    """Appendix 2: portrait, two columns, notes and no signature."""
    rows = (
        ("Наименование организации:", FULL),
        ("ФИО автора:", "Константинопольская-Преображенская Мария-Антуанетта Вячеславовна"),
        ("Контактный телефон:", "8 (812) 670-52-81, доб. 12"),
        ("E-mail^1", "konstantinopolskaya.anastasia.001@hospital.example.org"),
        ("Общее описание вопроса/проблемы:", "Не открывается карточка пациента. " * 40),
        ("Критичность проблемы:", "средняя"),
    )
    return DocumentModel(
        "Таблица 2.1. Шаблон формы обращения в ИС ТП МИАЦ ЛО",
        "portrait",
        (
            Paragraph("Таблица 2.1. Шаблон формы обращения в ИС ТП МИАЦ ЛО", "title"),
            Table(
                (TableColumn("label", 1.0), TableColumn("value", 2.0)),
                (),
                tuple((Cell(label, rich=True), Cell(value.strip())) for label, value in rows),
            ),
            Paragraph(
                "^1 В связи с тем, что подписанные формы заявок отправляются через почты "
                "секретарей МО, поэтому для уточнения нужно внести данные в форму",
                "note",
            ),
        ),
        STAMP,
        "ИС ТП",
    )


def blank() -> DocumentModel:
    """Appendix 8 with nothing in it."""
    empty = tuple(("",) * 12 for _ in range(8))
    model = application(0, stamp=None)
    blocks = tuple(table12(empty) if isinstance(block, Table) else block for block in model.blocks)
    return DocumentModel(model.title, "landscape", blocks, None, "ФРМСС бланк")


EXAMPLES = {
    "application-1": application(1),
    "application-10": application(10),
    "application-60": application(60),
    "application-long-5": application(5, long=True),
    "grouped-10": grouped(10),
    "grouped-60": grouped(60),
    "letter-3": letter(3),
    "letter-60": letter(60, margin=30.0),
    "label-value": label_value(),
    "label-value-blank": label_value(filled=False),
    "cover": cover(),
    "blank": blank(),
}

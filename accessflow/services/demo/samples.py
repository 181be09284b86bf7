"""The made-up organisations of the demonstration and who signs for them."""

from __future__ import annotations

from accessflow.services.organizations import OrganizationData
from accessflow.services.signatories import SignatoryData

ORGANIZATIONS = {
    "prb": OrganizationData(
        full_name="Государственное бюджетное учреждение здравоохранения Ленинградской области "
        "«Приозёрная районная больница — учебная»",
        short_name="ГБУЗ ЛО «Приозёрная РБ-учебная»",
        oid="1.2.643.5.1.13.13.12.2.47.94821",
        inn="4707001239",
        legal_address="188760, Ленинградская область, г. Приозёрный, ул. Учебная, д. 1",
        actual_address="188760, Ленинградская область, г. Приозёрный, ул. Учебная, д. 1",
        subject_rf="Ленинградская область",
        phone="8 (81379) 500-10",
        mailbox="sekretar@prb.example",
    ),
    "vrb": OrganizationData(
        full_name="Государственное бюджетное учреждение здравоохранения Ленинградской области "
        "«Волосковская районная больница»",
        short_name="ГБУЗ ЛО «Волосковская РБ»",
        oid="1.2.643.5.1.13.13.12.2.47.94822",
        inn="4708004560",
        legal_address="188410, Ленинградская область, г. Волосково, пр. Образцовый, д. 12",
        actual_address="188410, Ленинградская область, г. Волосково, пр. Образцовый, д. 12",
        subject_rf="Ленинградская область",
        phone="8 (81368) 500-20",
        mailbox="sekretar@vrb.example",
        vipnet_ready=True,
    ),
    "lp": OrganizationData(
        full_name="Государственное бюджетное учреждение здравоохранения Ленинградской области "
        "«Лесопольская поликлиника»",
        short_name="ГБУЗ ЛО «Лесопольская поликлиника»",
        oid="1.2.643.5.1.13.13.12.2.47.94823",
        inn="4709007892",
        legal_address="188650, Ленинградская область, пос. Лесополье, ул. Примерная, д. 3",
        actual_address="188650, Ленинградская область, пос. Лесополье, ул. Примерная, д. 3",
        subject_rf="Ленинградская область",
        phone="8 (81370) 500-30",
        mailbox="priemnaya@lp.example",
    ),
    "kz": OrganizationData(
        kind="committee",
        full_name="Комитет по здравоохранению Ленинградской области",
        short_name="КЗ ЛО",
        inn="4705003216",
        subject_rf="Ленинградская область",
        phone="8 (812) 555-04-00",
        mailbox="kz@kz.example",
    ),
}

SIGNATORIES = (
    ("prb", SignatoryData("Главный врач", "Ястребов", "Николай", "Николаевич", is_head=True)),
    (
        "prb",
        SignatoryData(
            "Заместитель главного врача по медицинской части",
            "Савельев",
            "Андрей",
            "Геннадьевич",
            basis="Приказ от 12.01.2026 № 14-о",
            valid_from="2026-01-12",
            valid_until="2027-12-31",
        ),
    ),
    ("vrb", SignatoryData("Главный врач", "Мельников", "Борис", "Львович", is_head=True)),
    ("lp", SignatoryData("И. о. главного врача", "Голубева", "Марина", "Петровна", is_head=True)),
    (
        "kz",
        SignatoryData("Первый заместитель председателя комитета", "Архипов", "Лев", "Ильич",
                      basis="Распоряжение от 02.02.2026 № 31-р", valid_from="2026-02-02"),
    ),
)  # fmt: skip

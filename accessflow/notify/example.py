"""The made-up application that sample letters are about."""

from __future__ import annotations

from accessflow.notify.rendering import About

ABOUT = About(
    number="2026-00412",
    what="предоставление доступа",
    system="ФРМСС",
    organization="ГБУЗ ЛО «Приозёрская РБ-учебная»",
    path="requests/412",
    registration_no="МИАЦ-2026-000118",
)

"""Errors as people see them: a Russian page that says what to do next; for htmx, a toast."""

from __future__ import annotations

import logging

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError
from werkzeug.exceptions import HTTPException

from accessflow.domain.errors import AccessflowError, Conflict, Forbidden, Invalid, NotFound
from accessflow.web import context, kept, login
from accessflow.web.htmx import is_htmx, trouble

log = logging.getLogger("accessflow.web")

STATUS: dict[type[AccessflowError], int] = {
    NotFound: 404,
    Forbidden: 403,
    Conflict: 409,
    Invalid: 422,
}

OUT_OF_RANGE = "22003"
"""PostgreSQL's state for a number that is too large."""

TITLES = {
    400: "Запрос не разобрать",
    403: "Сюда нельзя",
    404: "Такой страницы нет",
    405: "Так сюда не обращаются",
    409: "Данные уже изменились",
    413: "Файл слишком большой",
    422: "Так не получится",
    500: "Ошибка сервера",
}

ADVICE = {
    400: "Вернитесь на предыдущую страницу, обновите её и повторите.",
    403: "Если доступ нужен по работе, обратитесь к администратору.",
    404: "Проверьте адрес или откройте нужное из списка: запись могли удалить, "
    "или она принадлежит другой организации.",
    405: "Откройте страницу из меню и нажмите кнопку на ней.",
    409: "Откройте запись заново: там уже чужие правки. Своё повторите поверх них.",
    413: "Принимаются файлы до 25 МБ. Уменьшите файл или разделите его на части.",
    422: "Вернитесь на предыдущую страницу и исправьте указанное.",
    500: "Ошибка записана. Повторите через минуту; если не помогло, сообщите администратору номер.",
}


def init_app(app: Flask) -> None:
    app.register_error_handler(AccessflowError, on_own)
    app.register_error_handler(CSRFError, on_stale_page)
    app.register_error_handler(HTTPException, on_http)
    app.register_error_handler(OverflowError, on_large_number)
    app.register_error_handler(DataError, on_large_number)
    app.register_error_handler(Exception, on_failure)


def on_own(error: AccessflowError) -> ResponseReturnValue:
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500)
    log.info("%s %s %s", status, type(error).__name__, error.ids)
    return answer(status, error.message)


def on_stale_page(error: CSRFError) -> ResponseReturnValue:
    log.info("400 csrf %s", error.description)
    if request.endpoint == "auth.login":
        return login.stale()
    message = "Страница устарела: её открыли до входа или в прежнем сеансе."
    return answer(400, message, kept.from_request())


def on_http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:  # a redirect or an answer made on purpose
        return error.response
    return answer(error.code or 500, "")


def on_large_number(error: OverflowError | DataError) -> ResponseReturnValue:
    """A number in a form, made by hand, that neither database takes; it is no row's."""
    if isinstance(error, DataError):
        of_database = getattr(error.orig, "sqlstate", "") == OUT_OF_RANGE
    else:  # of SQLite's driver, or of anything else that counts, which is a fault of ours
        of_database = "SQLite INTEGER" in str(error)
    if not of_database:
        return on_failure(error)
    log.info("400 %s", type(error).__name__)
    context.refresh()
    return answer(400, "В запросе число, которого здесь быть не может.", kept.from_request())


def on_failure(error: Exception) -> ResponseReturnValue:
    number = f"{context.now():%d%H%M%S}"
    context.refresh()  # what failed may be its transaction, and the page asks more
    # The traceback's own lines only: the message of a database error would carry its parameters.
    log.error("500 %s %s", number, type(error).__name__, exc_info=_without_values(error))
    return answer(500, f"Номер ошибки: {number}.", kept.from_request())


def answer(status: int, message: str, carried: kept.Kept | None = None) -> ResponseReturnValue:
    if is_htmx():
        return trouble(message or TITLES.get(status, "Ошибка"), status)
    page = render_template(
        "errors/error.html",
        status=status,
        title=TITLES.get(status, "Ошибка"),
        message=message,
        advice=ADVICE.get(status, ""),
        kept=carried,
        path=request.path,
    )
    return page, status


def _without_values(error: Exception) -> Exception:
    bare = RuntimeError(type(error).__name__)
    return bare.with_traceback(error.__traceback__)

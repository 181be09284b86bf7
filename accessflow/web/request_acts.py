"""What is done with a whole application: copied, corrected, deleted and taken back."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from accessflow.domain.errors import Invalid
from accessflow.domain.text import counted
from accessflow.services import requests, stages
from accessflow.web import context
from accessflow.web.kept import local_path
from accessflow.web.keys import keys_in
from accessflow.web.request_blueprint import blueprint
from accessflow.web.toasts import toast


@blueprint.post("/<int:request_id>/resubmit")
def resubmit(request_id: int) -> ResponseReturnValue:
    new = requests.resubmit(
        context.db(),
        actor=context.actor(),
        now=context.now(),
        catalogue=context.catalogue(),
        request_id=request_id,
    )
    toast("Сделана исправленная копия: поправьте то, из-за чего отказали")
    return redirect(url_for("editor.edit", request_id=new))


@blueprint.post("/<int:request_id>/documents")
def stage_documents(request_id: int) -> ResponseReturnValue:
    """КЗ's letter and act on the deletion of an ЭМД, filled from the МО's letter (R41)."""
    made = stages.prepare(
        context.db(),
        actor=context.actor(),
        now=context.now(),
        catalogue=context.catalogue(),
        request_id=request_id,
    )
    toast("Письмо и акт готовы к заполнению: проверьте их и передайте на подпись")
    return redirect(url_for("editor.edit", request_id=made[0]))


@blueprint.post("/<int:request_id>/copy")
def copy(request_id: int) -> ResponseReturnValue:
    new = requests.copy(
        context.db(),
        actor=context.actor(),
        now=context.now(),
        catalogue=context.catalogue(),
        request_id=request_id,
    )
    toast("Сделана копия: проверьте данные")
    return redirect(url_for("editor.edit", request_id=new))


@blueprint.post("/<int:request_id>/delete")
def delete_one(request_id: int) -> ResponseReturnValue:
    return _delete([request_id])


@blueprint.post("/delete")
def delete() -> ResponseReturnValue:
    """The picked drafts of the list."""
    ids = keys_in(request.form.getlist("pick"))
    if not ids:
        raise Invalid("Отметьте черновики, которые нужно удалить.")
    return _delete(ids)


@blueprint.post("/restore")
def restore() -> ResponseReturnValue:
    """Undoes a deletion: the button of its message posts here."""
    ids = keys_in(request.args.get("ids", "").split(","))
    numbers = requests.restore(
        context.db(), actor=context.actor(), now=context.now(), request_ids=ids
    )
    toast(f"Возвращено в черновики: {_told(numbers)}")
    return redirect(url_for(".index"))


def _delete(ids: list[int]) -> ResponseReturnValue:
    numbers = requests.delete(
        context.db(), actor=context.actor(), now=context.now(), request_ids=ids
    )
    undo = url_for(".restore", ids=",".join(map(str, ids)))
    toast(f"Удалено: {_told(numbers)}", undo=undo)
    return redirect(local_path(request.form.get("back", "")) or url_for(".index"))


def _told(numbers: list[str]) -> str:
    if len(numbers) == 1:
        return f"черновик {numbers[0]}"
    return counted(len(numbers), "черновик", "черновика", "черновиков")

"""Scans and other files put to an application by the forms of its pages."""

from __future__ import annotations

import io

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from accessflow.db.tables import RequestFile
from tests.request_examples import House


def files_of(*contents: bytes, name: str = "скан.pdf", **more: str) -> dict[str, object]:
    return {"scan": [(io.BytesIO(content), name) for content in contents], **more}


def post(client: FlaskClient, path: str, data: dict[str, object]) -> TestResponse:
    answer = client.post(path, data=data, content_type="multipart/form-data")
    # The test client itself puts a long body into a temporary file and forgets it.
    answer.request.environ["wsgi.input"].close()
    return answer


def only(clinic: House, kind: str = "scan") -> RequestFile:
    with clinic.db.read() as session:
        return session.scalars(select(RequestFile).where(RequestFile.kind == kind)).one()

"""Answers to htmx: a part of a page, or trouble told in a toast while the page stays as it is."""

from __future__ import annotations

import json

from flask import Response, request


def is_htmx() -> bool:
    """Whether htmx asks for a part of a page (not for a whole page after a boost or history)."""
    headers = request.headers
    return headers.get("HX-Request") == "true" and headers.get("HX-Boosted") != "true"


def trouble(message: str, status: int, link: str = "", link_text: str = "") -> Response:
    """Nothing on the page is replaced; `static/js/toasts.js` shows the words."""
    detail = {"text": message, "kind": "danger", "link": link, "linkText": link_text}
    response = Response(message, status, mimetype="text/plain")
    response.headers["HX-Trigger"] = json.dumps(
        {"af:toast": detail}
    )  # ASCII: headers carry no more
    response.headers["HX-Reswap"] = "none"
    return response

"""Forms of a page, read as a browser without JavaScript would send them."""

from __future__ import annotations

import html
import re
from typing import Any

from werkzeug.datastructures import MultiDict


def fields_of(form: str) -> MultiDict[str, Any]:
    """What a browser would send of the form, buttons apart."""
    fields: MultiDict[str, Any] = MultiDict()
    for tag in re.findall(r"<input[^>]*>", form):
        told = {k: html.unescape(v) for k, v in re.findall(r'(\w+)="([^"]*)"', tag)}
        box = told.get("type") in ("checkbox", "radio")
        if "name" in told and (not box or " checked" in tag) and " disabled" not in tag:
            fields.add(told["name"], told.get("value", ""))
    for name, options in re.findall(
        r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL
    ):
        picked = re.search(r'value="([^"]*)" selected', options)
        fields.add(name, html.unescape(picked[1]) if picked else "")
    for name, text in re.findall(
        r'<textarea[^>]* name="([^"]+)"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL
    ):
        fields.add(name, html.unescape(text))
    return fields

"""What somebody typed and could not be taken yet: it goes along as hidden fields, never lost.

Used when the session has ended, when the page's token is stale, and when the server failed.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import current_app, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

PREFIX = "kept:"
ADDRESS = "kept_address"
FILES = "kept_files"
_NOT_KEPT = frozenset({"csrf_token", "password"})


@dataclass(frozen=True, slots=True)
class Kept:
    """`address` is a path of this application that takes POST; `files_lost`: files were chosen."""

    address: str
    fields: tuple[tuple[str, str], ...]
    files_lost: bool = False


def from_request() -> Kept | None:
    """The fields of the POST at hand, or None where there is nothing that may be kept."""
    if request.method != "POST" or not _sent_by_our_page():
        return None
    files = any(f.filename for f in request.files.values())
    return Kept(request.full_path.rstrip("?"), _pairs(request.form, ""), files)


def from_form(form: MultiDict[str, str]) -> Kept | None:
    """The fields that a page of ours carried along under the prefix."""
    address = form.get(ADDRESS, "")
    if not address or not _takes_post(address):
        return None
    return Kept(address, _pairs(form, PREFIX), FILES in form)


def local_path(address: str) -> str | None:
    """The address where it stays on this server, else None (no open redirect)."""
    parts = urlsplit(address)
    outside = parts.scheme or parts.netloc or "\\" in address or not address.startswith("/")
    return None if outside else address


def _pairs(form: MultiDict[str, str], prefix: str) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name.removeprefix(prefix), value)
        for name, value in form.items(multi=True)
        if name.startswith(prefix) and name.removeprefix(prefix) not in _NOT_KEPT
    )


def _sent_by_our_page() -> bool:
    """A stranger's page must not have its POST kept and sent again in the person's name."""
    site = request.headers.get("Sec-Fetch-Site")
    if site not in (None, "same-origin"):
        return False
    origin = request.headers.get("Origin") or request.headers.get("Referer")
    return origin is None or urlsplit(origin).netloc == request.host


def _takes_post(address: str) -> bool:
    if local_path(address) is None:
        return False
    adapter = current_app.create_url_adapter(request)
    if adapter is None:
        return False
    try:
        adapter.match(urlsplit(address).path, method="POST")
    except (HTTPException, RequestRedirect):
        return False
    return True

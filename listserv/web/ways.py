"""What pages with buttons share: all of it or nothing, and on to the next page."""

from contextlib import AbstractContextManager

from flask import redirect, request
from werkzeug.wrappers import Response

from listserv.web.visit import visit


def attempt() -> AbstractContextManager[object]:
    """All of what is done within, or nothing, while the request goes on and shows the form again."""
    return visit().db.begin_nested()


def to(name: str, rest: str) -> Response:
    """On to another page of this list (303: by GET, so that a reload sends nothing again)."""
    return redirect(f"{request.script_root}/{name}/{rest}", 303)

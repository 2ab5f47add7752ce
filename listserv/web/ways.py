"""What pages with buttons share: who asks, all of it or nothing, and on to the next page."""

from contextlib import AbstractContextManager
from urllib.parse import quote

from flask import redirect, request
from werkzeug.wrappers import Response

from listserv.usecases.stewards import Steward, steward
from listserv.web.visit import visit

# What a view answers: a page, one with another status than 200, or the way to the next.
Shown = str | tuple[str, int] | Response
LARGEST = 2**63 - 1


def whole(typed: str) -> int:
    """A whole number as a form or an address holds it. Raises ValueError also for what no database can hold: `get` gives its default then."""
    number = int(typed)
    if abs(number) > LARGEST:
        raise ValueError(typed[:40])
    return number


def who_asks(name: str) -> Steward:
    """The person in front of the browser, who looks after this list. Raises NotFound for anybody else."""
    return steward(visit().db, name, visit().actor)


def attempt() -> AbstractContextManager[object]:
    """All of what is done within, or nothing, while the request goes on and shows the form again."""
    return visit().db.begin_nested()


def on(path: str) -> Response:
    """On to another page (303: by GET, so that a reload sends nothing again)."""
    return redirect(f"{request.script_root}{path}", 303)


def to(name: str, rest: str) -> Response:
    """On to another page of this list."""
    return on(f"/{name}/{rest}")


def as_value(path: str) -> str:
    """A path with its whole question, as the value of one in another path."""
    return quote(path, safe="/?=:@,")


def to_the_door(otherwise: str = "") -> Response:
    """First say who you are, then come back here; after a form that was sent, come to `otherwise`."""
    back = otherwise if otherwise and request.method == "POST" else request.full_path.rstrip("?")
    return on(f"/sign-in?next={as_value(request.script_root + back)}")

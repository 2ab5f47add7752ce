"""HyperKitty's links lead to ours, so that what was linked, quoted and bookmarked before an archive came here lives on."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from listserv.errors import NotFound
from listserv.usecases import oldlinks
from listserv.web.visit import visit

blueprint = Blueprint("oldlinks", __name__)

View = Callable[..., AnyResponse]
# Where HyperKitty's own documentation and its container put it.
BASES = ("/archives", "/hyperkitty")


def old(*rules: str) -> Callable[[View], View]:
    """Views of old addresses, below each base, with and without a slash at the end."""

    def register(view: View) -> View:
        for base in BASES:
            for rule in rules:
                blueprint.add_url_rule(f"{base}{rule}", view_func=view, methods=["GET"], strict_slashes=False)
        return view

    return register


def moved(path: str) -> AnyResponse:
    """The answer: there, for good."""
    return redirect(f"{request.script_root}{path}", 301)


@old("/", "/list/")
def front() -> AnyResponse:
    """All lists."""
    return moved("/")


@old("/list/<address>/", "/list/<address>/latest/")
def mailing_list(address: str) -> AnyResponse:
    """A list, and its newest threads."""
    return moved(f"/{oldlinks.list_at(visit().db, address, visit().actor)}/")


@old("/list/<address>/<int(fixed_digits=4):year>/<int:month>/", "/list/<address>/<int(fixed_digits=4):year>/<int:month>/<int:day>/")
def month(address: str, year: int, month: int, day: int = 1) -> AnyResponse:
    """A month; also a day, for which we have no page of its own."""
    name = oldlinks.list_at(visit().db, address, visit().actor)
    if not (1 <= month <= 12 and 1 <= day <= 31):
        raise NotFound("there is no such page")
    return moved(f"/{name}/month/{year:04d}-{month:02d}")


@old("/list/<address>/message/<message_hash>/", "/list/<address>/message/<message_hash>/attachment/<int:number>/<path:file>")
def message(address: str, message_hash: str, **_: Any) -> AnyResponse:
    """A message; also what it carries, because HyperKitty numbers that in its own way."""
    found = oldlinks.message_at(visit().db, address, message_hash, visit().actor)
    return moved(f"/{found.mlist}/message/{found.hash}")


@old("/list/<address>/thread/<message_hash>/")
def thread(address: str, message_hash: str) -> AnyResponse:
    """A thread, which there has the name of its first message. A browser keeps the fragment: our posts have that id too."""
    found = oldlinks.message_at(visit().db, address, message_hash, visit().actor)
    by_date = "?flat=1" if request.args.get("sort") == "date" else ""
    return moved(f"/{found.mlist}/thread/{found.thread_id}{by_date}")

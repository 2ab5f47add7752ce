"""Marking as read: by a button, or by a script that has seen somebody read to the end. Nothing else moves a mark."""

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from listserv.usecases import positions
from listserv.web.visit import visit
from listserv.web.ways import to, whole

blueprint = Blueprint("positions", __name__)


@blueprint.post("/<list:name>/thread/<id:thread_id>/read")
def thread(name: str, thread_id: int) -> AnyResponse:
    """A thread has been read up to the message of a number, so that what came after the page was made stays new."""
    found = positions.read_thread(visit().db, name, thread_id, upto(), visit().actor, visit().now)
    return Response(status=204) if by_script() else to(found.mlist.name, f"thread/{found.thread_id}{same_page()}")


@blueprint.post("/<list:name>/read")
def everything(name: str) -> AnyResponse:
    """All threads of a list are read, up to the message of a number."""
    view = positions.read_list(visit().db, name, upto(), visit().actor, visit().now)
    return Response(status=204) if by_script() else to(view.mlist.name, "")


def upto() -> int:
    """Up to which message; what is no number moves no mark."""
    return request.form.get("upto", 0, type=whole)


def by_script() -> bool:
    """Does a script ask, which shows no page? (`navigator.sendBeacon` can say nothing of itself but that it takes anything.)"""
    return request.headers.get("X-Requested-With") == "fetch" or "text/html" not in request.headers.get("Accept", "")


def same_page() -> str:
    """The page of the thread that the form stood on: back to where one was, and never elsewhere."""
    page, flat = request.form.get("page", 1, type=whole), "flat" in request.form
    asked = ([f"page={page}"] if page > 1 else []) + (["flat=1"] if flat else [])
    return f"?{'&'.join(asked)}" if asked else ""

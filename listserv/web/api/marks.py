"""ETags: what a program has got already, and what has been changed since it looked."""

from flask import Response, request
from pydantic import BaseModel

from listserv.web.api.problems import Problem
from listserv.web.headers import mark_of


def marked(thing: BaseModel, status: int = 200) -> Response:
    """The answer with this thing and its ETag; 304 where the program has it."""
    body = thing.model_dump_json().encode()
    answer = Response(body, status, content_type="application/json")
    answer.set_etag(mark_of(body))
    if request.method in ("GET", "HEAD"):
        answer.make_conditional(request)
    return answer


def require_unchanged(thing: BaseModel) -> None:
    """Is the thing as the program saw it? Raises 412 where `If-Match` names another state of it; without that header nothing is asked."""
    if "If-Match" in request.headers and not request.if_match.contains(mark_of(thing.model_dump_json().encode())):
        raise Problem("precondition-failed")

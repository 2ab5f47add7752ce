"""What is refused, as programs read it (RFC 9457): one table of kinds, one form for all of them."""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Response, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from listserv.errors import Conflict, Expired, Invalid, NotAllowed, NotFound, Refusal, TooMany
from listserv.site import is_unavailable, why
from listserv.usecases import limits
from listserv.usecases.repeating import KeyReused
from listserv.web.visit import site_here, visit

log = logging.getLogger(__name__)

TYPE = "application/problem+json"
WINDOW = timedelta(minutes=10)
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: its word, its status, its title and what to do."""

    word: str
    status: int
    title: str
    way: str


KINDS = {
    kind.word: kind
    for kind in (
        Kind("bad-request", 400, "The request cannot be understood", "See `errors`: each names the place by a JSON pointer, or a parameter."),
        Kind("unauthorized", 401, "A token is needed", "Send `Authorization: Bearer lst_…` with a token that is still good."),
        Kind("not-allowed", 403, "This person may not do this", "Ask somebody whose role allows it."),
        Kind("insufficient-scope", 403, "The token is not made for this", "Make a token with the scope that `detail` names."),
        Kind("not-found", 404, "There is no such thing, or this person may not see it", "Look at the address, and at whose token it is."),
        Kind("method-not-allowed", 405, "This address is not used in that way", "`Allow` names the methods there are."),
        Kind("conflict", 409, "The thing is not in the state that this presumes", "Look at it again, then decide."),
        Kind("expired", 410, "This was good once", "Begin anew."),
        Kind("precondition-failed", 412, "It has been changed since you looked", "Get it again, and send its new ETag with `If-Match`."),
        Kind("too-large", 413, "That was too much at once", "Send less."),
        Kind("unsupported-media-type", 415, "The body has another form than is read here", "Send JSON in UTF-8, not packed: `Content-Type: application/json`."),
        Kind("invalid", 422, "What was sent is not what is wanted", "See `errors`: each names the place by a JSON pointer, or a parameter."),
        Kind("key-reused", 422, "This key belongs to another request", "Use a new Idempotency-Key for each thing that is to be done."),
        Kind("too-many-requests", 429, "A little later, please", "Wait as many seconds as `Retry-After` says."),
        Kind("internal", 500, "This is our fault", "Nothing was changed. Those who look after this server can see what it was."),
        Kind("unavailable", 503, "Not at the moment", "Try again in a few minutes."),
    )
}
BY_STATUS = {kind.status: kind.word for kind in reversed(KINDS.values())}
REFUSALS: dict[type[Refusal], str] = {
    NotFound: "not-found",
    NotAllowed: "not-allowed",
    Invalid: "invalid",
    TooMany: "too-many-requests",
    Expired: "expired",
    Conflict: "conflict",
    KeyReused: "key-reused",
}


class Problem(Exception):
    """A request that is refused; `errors` names the fields at fault."""

    def __init__(self, word: str, detail: str = "", *, errors: Sequence[dict[str, str]] = (), headers: dict[str, str] | None = None) -> None:
        super().__init__(word)
        self.kind = KINDS[word]
        self.detail = detail
        self.errors = errors
        self.headers = headers or {}


def is_for_programs() -> bool:
    """Is this a request that a program reads the answer of? (The page about the API is for people.)"""
    return request.path == "/api" or (request.path.startswith("/api/") and request.path != "/api/v1/")


def shown(problem: Problem) -> Response:
    """The answer that says it."""
    kind = problem.kind
    body: dict[str, Any] = {"type": f"{site_here().settings.site.url}/api/v1/#{kind.word}", "title": kind.title, "status": kind.status}
    body["detail"] = problem.detail or kind.way
    body["instance"] = f"{request.script_root}{request.path}"
    if problem.errors:
        body["errors"] = list(problem.errors)
    answer = Response(json.dumps(body, ensure_ascii=False), kind.status, content_type=TYPE)
    answer.headers.update(problem.headers)
    if kind.status == 429:
        answer.headers.setdefault("Retry-After", str(limits.seconds_left(visit().now, WINDOW)))
    return answer


def refused(refusal: Refusal) -> Response:
    """An expected no."""
    word = next(word for kind, word in REFUSALS.items() if isinstance(refusal, kind))
    headers = {}
    if word == "too-many-requests":
        seconds = refusal.facts.get("seconds")
        headers["Retry-After"] = str(seconds if isinstance(seconds, int) else limits.seconds_left(visit().now, HOUR))
    # What is not there and what may not be seen must read alike.
    return shown(Problem(word, "" if word == "not-found" else sentence(refusal), headers=headers))


def sentence(refusal: Refusal) -> str:
    """A refusal in words; a bare key (`already-decided`) is made into some."""
    said = str(refusal)
    return said if " " in said else said.replace("-", " ")


def http_error(error: HTTPException) -> Response | HTTPException:
    """What the framework refuses."""
    code = error.code or 500
    if code < 400:
        return error
    headers = {}
    if isinstance(error, MethodNotAllowed):
        headers["Allow"] = allowed(error)
    return shown(Problem(BY_STATUS.get(code, "internal" if code >= 500 else "bad-request"), headers=headers))


def allowed(error: MethodNotAllowed) -> str:
    """The methods there are, as `Allow` names them."""
    return ", ".join(sorted(error.valid_methods or ()))


def failed(error: Exception) -> Response:
    """A problem that was raised, or a database that is away; anything else is our fault, told to the log, and to the program without any of it."""
    if isinstance(error, Problem):
        return shown(error)
    if is_unavailable(error):
        log.error("unavailable: %s %s: %s", request.method, request.url_rule, why(error))
        return shown(Problem("unavailable"))
    log.error("failed: %s %s", request.method, request.path, exc_info=error)
    return shown(Problem("internal"))

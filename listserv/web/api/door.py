"""One request of a program: who asks, how often, whether it was asked before; then the view, and nothing of it where it refuses."""

import json
import logging
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from flask import Flask, Response, current_app, g, request

from listserv.errors import NotFound, Refusal
from listserv.site import Site, is_unavailable
from listserv.usecases import apitokens, repeating, stewards
from listserv.usecases.access import list_and_member
from listserv.web.api import caller as callers
from listserv.web.api.caller import Call
from listserv.web.api.problems import Problem, is_for_programs
from listserv.web.visit import stranger, visit

log = logging.getLogger(__name__)

View = Callable[[], Any]
SAFE = ("GET", "HEAD", "OPTIONS")
# Of each endpoint: the scope that it needs; and those to which a mail with all its files may come. Filled by `endpoints.endpoint`.
SCOPES: dict[str, str] = {}
WITH_FILES: set[str] = set()
# Around the files of a message: its words, as JSON may spell them.
AROUND = 1024 * 1024
# Of endpoints that have to ask the network: what does it, before anything is locked.
BEFORE: dict[str, Callable[[], None]] = {}
# Endpoints that tell a secret: once, so that what is kept to be said again holds none.
SECRETS: set[str] = set()
# What anybody may read.
PUBLIC = ("api.openapi",)
KEY = "Idempotency-Key"
# What a stored answer keeps of its headers.
KEPT = ("Content-Type", "Location", "ETag")


def answer(site: Site, view: View, write: Callable[[Site, View], Any]) -> Any:
    """What the view says. No cookie is read: there is nothing that another site could make a browser do."""
    g.visit = stranger(site)
    if request.method == "OPTIONS" and not request.routing_exception:
        return _methods()
    if request.routing_exception or request.endpoint in PUBLIC:
        return view()
    with site.reading() as db:
        g.visit.db = db
        who = callers.identify(db)
        g.call = Call(who, SCOPES[str(request.endpoint)])
        if g.call.lacks and not request.view_args:
            raise callers.insufficient(g.call.scope)
        if request.method in SAFE:
            said = _run(view)
    if request.method not in SAFE:
        _read_body()
        if before := BEFORE.get(str(request.endpoint)):
            before()
        said = write(site, lambda: _once(view))
    _note_use(site)
    return said


def _methods() -> Response:
    """What may be done at this address, to whoever asks: it tells nothing of what is there."""
    return bare(Response(status=204, headers={"Allow": ", ".join(sorted(current_app.make_default_options_response().allow))}))


def bare(response: Response) -> Response:
    """An answer that tells nothing, and so has no type (RFC 9110 section 8.3)."""
    response.headers.remove("Content-Type")
    return response


def _run(view: View) -> Any:
    """The view's answer, where the token is made for it.

    That a scope is missing is only told of what may be seen: so the view goes first, and what it did is rolled back.
    """
    call: Call = g.call
    try:
        said = view()
    except NotFound:
        raise
    except Refusal:
        if call.lacks:
            raise callers.insufficient(call.scope) from None
        raise
    if call.lacks:
        raise callers.insufficient(call.scope)
    return said


def _once(view: View) -> Any:
    """The same key and the same request: the same answer again, and nothing done twice."""
    key = request.headers.get(KEY, "") if request.method == "POST" else ""
    if not key:
        return _run(view)
    db, who = visit().db, callers.caller()
    known = repeating.begin(db, who, key, _digest(), visit().now)
    if known.status:
        _require_sight()
        return _again(known)
    said = current_app.make_response(_run(view))
    headers = "\n".join(f"{name}: {said.headers[name]}" for name in KEPT if name in said.headers)
    repeating.keep(db, known, repeating.Answer(said.status_code, headers, _kept(said)))
    return said


def _kept(said: Response) -> str:
    body = said.get_data(as_text=True)
    return json.dumps({**json.loads(body), "secret": ""}, ensure_ascii=False) if request.endpoint in SECRETS else body  # nosec B105: taken out


def _require_sight() -> None:
    """May they still look at the list that it is about? What was told then may be more than they may know now. Raises NotFound."""
    call: Call = g.call
    if name := (request.view_args or {}).get("name"):
        look = stewards.steward if call.scope == "moderate" else list_and_member
        look(visit().db, name, call.caller.actor)


def _again(known: Any) -> Response:
    headers = dict(line.split(": ", 1) for line in known.headers.splitlines())
    return Response(known.body, known.status, {**headers, "Idempotency-Replayed": "true"})


def _digest() -> bytes:
    return sha256(json.dumps([request.method, request.full_path]).encode() + b"\0" + request.get_data()).digest()


def _read_body() -> None:
    """All of it, before anything is locked. Raises 413 where it is too large."""
    with_files = visit().settings.smtp.max_size + AROUND if request.endpoint in WITH_FILES else 0
    request.max_content_length = with_files or current_app.config["MAX_CONTENT_LENGTH"]
    request.get_data()
    key = request.headers.get(KEY, "")
    if len(key) > repeating.LONGEST_KEY or any(not " " <= letter <= "~" for letter in key):
        raise Problem("bad-request", f"{KEY} has up to {repeating.LONGEST_KEY} characters of ASCII.")


def _note_use(site: Site) -> None:
    """Note about once an hour that a token is in use, so that its owner can tell it from one that is not."""
    who = callers.caller()
    if apitokens.is_fresh(who, visit().now):
        return
    try:
        with site.writing() as db:
            apitokens.touch(db, who, visit().now)
    except Exception as error:
        if not is_unavailable(error):
            raise
        log.warning("not noted: token=%s", who.token_id)  # the answer is made already


def set_up(app: Flask) -> None:
    """Dress every answer to a program, before the armour that every answer gets."""
    app.after_request(dress)


def dress(response: Response) -> Response:
    """What programs are told is kept by nobody in between."""
    if not is_for_programs():
        return response
    if "call" in g or response.status_code >= 400:
        response.headers["Cache-Control"] = "no-store"
    else:
        response.headers.setdefault("Cache-Control", "public, max-age=300")
    response.headers["Vary"] = "Authorization"
    if "link" in g:
        response.headers["Link"] = g.link
    response.headers.setdefault("Content-Language", "en")
    return response

"""Refusals and failures as pages: one table (architecture section 6)."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from listserv.errors import Conflict, Expired, Invalid, NotAllowed, NotFound, Refusal, TooMany
from listserv.i18n import N_, translations
from listserv.site import is_unavailable, why
from listserv.usecases import limits
from listserv.web.api import problems
from listserv.web.pages import page
from listserv.web.visit import visit

log = logging.getLogger(__name__)

# Most limits are for an hour.
HOUR = timedelta(hours=1)
# What may not be seen is answered exactly like what is not there.
STATUS: dict[type[Refusal], int] = {NotFound: 404, NotAllowed: 404, Invalid: 400, TooMany: 429, Expired: 410, Conflict: 409}


@dataclass(frozen=True, slots=True)
class Wording:
    """A page's heading and what to do."""

    title: str
    words: str


WORDINGS = {
    400: Wording(N_("That did not work"), N_("The request could not be understood. Please go back and try again.")),
    405: Wording(N_("That did not work"), N_("This address cannot be used in that way. Please go back and try again.")),
    409: Wording(N_("Somebody was faster"), N_("This has been decided or changed in the meantime. Please go back and look again.")),
    410: Wording(N_("This link was good once"), N_("Links for signing in work once and for an hour. A new one is quickly made.")),
    413: Wording(N_("That was too much at once"), N_("What was sent is larger than this page can take.")),
    429: Wording(N_("A little later, please"), N_("This was asked for many times in a short while.")),
    500: Wording(N_("This is our fault"), N_("Something went wrong here, and nothing was changed. Those who look after this server can see what it was.")),
    503: Wording(N_("Not at the moment"), N_("This server is being looked after. Please try again in a few minutes.")),
}


def set_up(app: Flask) -> None:
    """One way of saying no for everything."""
    app.register_error_handler(Refusal, refused)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Exception, failed)


def refused(refusal: Refusal) -> tuple[str, int] | Response:
    """An expected no."""
    if problems.is_for_programs():
        return problems.refused(refusal)
    code = next(code for kind, code in STATUS.items() if isinstance(refusal, kind))
    if code == 404:
        return missing()
    if code == 429:
        return too_many(refusal)
    return trouble(code, str(refusal) if code == 400 else "")


def too_many(refusal: Refusal) -> tuple[str, int]:
    """A limit has been reached; when it will work again is told to people and to programs."""
    seconds = refusal.facts.get("seconds")
    g.retry_after = seconds if isinstance(seconds, int) else limits.seconds_left(visit().now, HOUR)
    minutes = max(1, -(-g.retry_after // 60))
    spoken = translations(visit().language)
    words = spoken.gettext(WORDINGS[429].words)
    again = spoken.ngettext("Please try again in %(num)s minute.", "Please try again in %(num)s minutes.", minutes) % {"num": minutes}
    return trouble(429, f"{words} {again}")


def http_error(error: HTTPException) -> tuple[str, int] | HTTPException | Response:
    """What the framework refuses: an unknown address, a method, a body that is too large."""
    if problems.is_for_programs():
        return problems.http_error(error)
    code = error.code or 500
    if code < 400:
        return error
    if code == 404:
        return missing()
    if isinstance(error, MethodNotAllowed):
        g.allowed = problems.allowed(error)
    return trouble(code)


def failed(error: Exception) -> tuple[str, int] | Response:
    """Our own fault: told to the log with all that is known, to the reader without any of it. A database that is away is nobody's, and comes back."""
    if problems.is_for_programs():
        return problems.failed(error)
    if is_unavailable(error):
        log.error("unavailable: %s %s: %s", request.method, request.url_rule, why(error))
        return trouble(503)
    # The rule and its numbers, and not the path: that is anybody's words, line ends too, and may be somebody's key.
    numbers = {name: value for name, value in (request.view_args or {}).items() if isinstance(value, int)}
    log.error("failed: %s %s %s", request.method, request.url_rule, numbers, exc_info=error)
    return trouble(500)


def missing() -> tuple[str, int]:
    """The page for what is not there and for what may not be seen."""
    wanted = f"{request.script_root}{request.full_path.rstrip('?')}" if request.method != "POST" else ""
    return page("errors/missing.html", wanted=wanted), 404


def trouble(code: int, words: str = "") -> tuple[str, int]:
    """The page for everything else that is refused."""
    wording = WORDINGS.get(code, WORDINGS[500 if code >= 500 else 400])
    return page("errors/trouble.html", code=code, title=wording.title, words=words or wording.words), code

"""What every answer says beside its page: nothing from elsewhere, nothing inline, nothing kept by others."""

from datetime import timedelta
from hashlib import sha256

from flask import Flask, Response, g, request

from listserv.usecases import limits
from listserv.web import forms
from listserv.web.visit import secure, visit

POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        # For what scripts fetch and tell of themselves: previews, the place where somebody has read to.
        "connect-src 'self'",
        "img-src 'self' data:",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "interest-cohort=()",
}
# Asked again each time: who has signed out on a shared machine leaves no pages behind.
PAGE = {"Cache-Control": "private, no-cache", "Vary": "Cookie, Accept-Language"}
# The same for everybody: it depends on nothing that the reader sends.
FOR_ALL = "public"
# A year; other hosts of the domain are not ours to speak for.
TLS_ALWAYS = "max-age=31536000"
HOUR = timedelta(hours=1)
# Seconds after which it is worth asking again for what is not there at the moment.
AWAY = "60"
# Pages and documents that are looked at again; everything else tells its own mark, or has none.
MARKED = frozenset(("text/html", "application/atom+xml", "application/xml"))


def set_up(app: Flask) -> None:
    """Dress every answer."""
    app.after_request(dress)


def dress(response: Response) -> Response:
    """Add what is not there yet."""
    forms.remember(response)
    mark(response)
    headers = response.headers
    # What is known already keeps the armour that it came with.
    for name, value in () if response.status_code == 304 else ALWAYS.items():
        headers.setdefault(name, value)
    if secure():
        headers.setdefault("Strict-Transport-Security", TLS_ALWAYS)
    if not headers.get("Cache-Control", "").startswith(FOR_ALL):
        for name, value in PAGE.items():
            headers.setdefault(name, value)
    # Search engines are let in only where a page has said so (`web.outside`).
    if "indexed" not in g:
        headers.setdefault("X-Robots-Tag", "noindex")
    if response.status_code == 429:
        headers.setdefault("Retry-After", str(g.get("retry_after") or limits.seconds_left(visit().now, HOUR)))
    if response.status_code == 503:
        headers.setdefault("Retry-After", AWAY)
    # RFC 9110 section 15.5.6: a wrong method is told which are right.
    if "allowed" in g:
        headers.setdefault("Allow", g.allowed)
    # The Host header is the client's word: our own redirects name no host.
    location = headers.get("Location", "")
    if location.startswith(request.host_url):
        headers["Location"] = location[len(request.host_url) - 1 :]
    return response


def mark(response: Response) -> None:
    """Give a finished page its ETag; 304 where the reader has this very page.

    A weak one: a proxy may compress it on the way. Refusals have none, so that they tell nothing. The token in a form is
    the same as long as its browser's cookie is, so that pages with forms are known again too.
    """
    if response.status_code != 200 or request.method not in ("GET", "HEAD") or response.mimetype not in MARKED:
        return
    if response.direct_passthrough or not response.is_sequence or "ETag" in response.headers:
        return
    response.set_etag(mark_of(response.get_data()), weak=True)
    response.make_conditional(request)


def mark_of(page: bytes) -> str:
    """What tells a page from every other."""
    return sha256(page).hexdigest()[:24]

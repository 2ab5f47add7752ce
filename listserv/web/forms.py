"""Forms that only our own pages can send: a token in the form that fits a cookie of the same browser."""

import hmac
import secrets

from flask import Response, g, request

from listserv import links
from listserv.errors import Invalid
from listserv.i18n import N_
from listserv.web.visit import cookie, secure, visit

FIELD = "form"
# What forms of other sites send an address to: it does nothing but show it in our own form (web.subscribing).
FROM_ANYWHERE = "subscribing.ask"
# RFC 8058 section 3.2: the whole body of the one POST that comes from a mail server and not from a page.
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
FOREIGN = N_("This form did not come from this site, or its page was open too long. Please go back, load the page again, and send it once more.")


def token() -> str:
    """The value of a form's hidden field."""
    g.tokened = True
    return _token(_basis() or _new_basis())


def check() -> None:
    """Raises Invalid for a POST that does not come from a page of ours."""
    if request.endpoint == "unsubscribe.act" and request.form.to_dict(flat=False) == {key: [value] for key, value in ONE_CLICK.items()}:
        return
    if request.endpoint == FROM_ANYWHERE:
        return
    if not fits():
        raise Invalid(FOREIGN)


def fits() -> bool:
    """Does this POST come from a page that this browser was shown, in the session that it has now?"""
    basis = _basis()
    return bool(basis) and hmac.compare_digest(_token(basis).encode(), request.form.get(FIELD, "").encode())


def _basis() -> str:
    # A signed-in browser has a secret already; a stranger's gets one with its first form.
    return request.cookies.get(cookie("session")) or request.cookies.get(cookie("form")) or g.get("form_basis", "")


def _new_basis() -> str:
    g.form_basis = secrets.token_urlsafe(18)
    return str(g.form_basis)


def _token(basis: str) -> str:
    key = links.signing_key(visit().settings)
    return hmac.new(key, b"form " + basis.encode("utf-8", "replace"), "sha256").hexdigest()[:40]


def remember(response: Response) -> Response:
    """Give the browser the cookie that fits the form which it was just shown."""
    if "form_basis" in g:
        response.set_cookie(cookie("form"), g.form_basis, httponly=True, samesite="Lax", secure=secure(), path="/")
    return response

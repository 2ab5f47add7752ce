"""What every answer says beside its page: nothing from elsewhere, nothing inline, nothing kept by others."""

from flask import Flask, Response, request

from listserv.web import forms

POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self' data:",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
# The one page that shows a letter as it was formatted: its cleaned style attributes count (listserv/mail/htmlstyle.py), style sheets do not.
FORMATTED = f"{POLICY}; style-src-attr 'unsafe-inline'"
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


def set_up(app: Flask) -> None:
    """Dress every answer."""
    app.after_request(dress)


def dress(response: Response) -> Response:
    """Add what is not there yet."""
    forms.remember(response)
    for name, value in {**ALWAYS, **PAGE}.items():
        response.headers.setdefault(name, value)
    # The Host header is the client's word: our own redirects name no host.
    location = response.headers.get("Location", "")
    if location.startswith(request.host_url):
        response.headers["Location"] = location[len(request.host_url) - 1 :]
    return response

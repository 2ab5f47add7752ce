"""The web application of a site."""

from typing import Any
from urllib.parse import urlsplit

from flask import Flask, g, request
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import BaseConverter, IntegerConverter, Map

from listserv.mail.address import RESERVED_NAMES
from listserv.resources import folder
from listserv.site import Site
from listserv.web import (
    accessibility,
    account,
    errors,
    feeds,
    forms,
    forum,
    headers,
    health,
    letterstyle,
    listsettings,
    me,
    memberpages,
    moderating,
    oldlinks,
    outside,
    pages,
    search,
    static,
    threads,
    tools,
    topics,
    unsubscribe,
    visit,
    visitors,
    wholearchive,
    writing,
)

# Forms here hold an address and a button.
LARGEST_FORM = 64 * 1024
SAFE = ("GET", "HEAD", "OPTIONS")
BLUEPRINTS = (
    forum,
    threads,
    tools,
    topics,
    search,
    wholearchive,
    oldlinks,
    account,
    me,
    unsubscribe,
    writing,
    moderating,
    memberpages,
    listsettings,
    feeds,
    letterstyle,
    outside,
    accessibility,
    health,
    static,
)


class RowId(IntegerConverter):
    """A row's id: what no database can hold is no page."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=2**63 - 1)


class ListName(BaseConverter):
    """What may be a list's name. Our own first segments are not: `GET /sign-out` is a wrong method, not a missing list."""

    regex = rf"(?!(?:{'|'.join(sorted(RESERVED_NAMES))})(?![\w-]))[A-Za-z][A-Za-z0-9_-]{{0,62}}"


class Web(Flask):
    """Flask, with a session around each request: one that reads for GET, one that writes for POST."""

    def dispatch_request(self) -> Any:
        """Find out who asks, then run the view. What a refused or failed view did is rolled back."""
        if request.endpoint in visit.WITHOUT:
            return super().dispatch_request()
        site = visit.site_here()
        with site.reading() as db:
            g.visit = visit.begin(site, db)
            if request.method in SAFE or request.routing_exception:
                return super().dispatch_request()
        forms.check()
        with site.writing() as db:
            g.visit.db = db
            return super().dispatch_request()


class Mounted:
    """WSGI middleware for a site whose url has a path: `https://example.org/lists`, whether or not a proxy strips it."""

    def __init__(self, app: Any, prefix: str) -> None:
        self.app = app
        self.prefix = prefix

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Say where the application is mounted."""
        if not environ.get("SCRIPT_NAME"):
            environ["SCRIPT_NAME"] = self.prefix
            path = environ.get("PATH_INFO", "")
            if path == self.prefix or path.startswith(f"{self.prefix}/"):
                environ["PATH_INFO"] = path.removeprefix(self.prefix)
        return self.app(environ, start_response)


def create_app(site: Site) -> Web:
    """The WSGI application of a site. It keeps no state of its own: any number may run beside each other."""
    app = Web("listserv.web", static_folder=None, template_folder=str(folder("templates") / "web"))
    app.extensions["listserv"] = site
    app.config.update(MAX_CONTENT_LENGTH=LARGEST_FORM, MAX_FORM_MEMORY_SIZE=LARGEST_FORM)
    app.url_map.converters |= {"id": RowId, "list": ListName}
    pages.set_up(app)
    for part in BLUEPRINTS:
        app.register_blueprint(part.blueprint)
    errors.set_up(app)
    headers.set_up(app)
    visitors.set_up(app, site)
    prefix = urlsplit(site.settings.site.url).path.rstrip("/")
    if prefix:
        app.wsgi_app = Mounted(app.wsgi_app, prefix)  # type: ignore[method-assign]
    trusted = site.settings.web.proxies
    if trusted:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=trusted, x_proto=trusted, x_host=trusted, x_prefix=trusted)  # type: ignore[method-assign]
    return app

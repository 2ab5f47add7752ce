"""The web application of a site."""

from collections.abc import Callable
from itertools import chain
from typing import Any, NoReturn
from urllib.parse import quote, urlsplit, urlunsplit

from flask import Flask, Request, g, request
from werkzeug.exceptions import NotFound, RequestEntityTooLarge
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import BaseConverter, IntegerConverter, Map, RequestRedirect

from listserv.mail.address import RESERVED_NAMES
from listserv.resources import folder
from listserv.site import Site, is_worth_repeating
from listserv.usecases import bankthumbs
from listserv.web import (
    accessibility,
    account,
    admin,
    again,
    api,
    bank,
    bankfiles,
    digests,
    engine,
    errors,
    feeds,
    forms,
    forum,
    headers,
    health,
    inviting,
    journalwords,
    leaflet,
    letterstyle,
    listsettings,
    me,
    meetingforms,
    meetings,
    memberpages,
    metrics,
    moderating,
    news,
    newsdesk,
    newspreview,
    oldlinks,
    outside,
    pages,
    passkeys,
    pictures,
    positions,
    rules,
    search,
    secondfactor,
    static,
    stats,
    subscribing,
    successes,
    surveydesk,
    surveys,
    threads,
    tokenpages,
    tools,
    topics,
    unsubscribe,
    uploads,
    visit,
    visitors,
    webhookpages,
    wholearchive,
    writing,
)

# Forms here hold an address and a button.
LARGEST_FORM = 64 * 1024
SAFE = ("GET", "HEAD", "OPTIONS")
# Below these nobody learns which addresses there are, and programs spell theirs right.
SILENT = ("/admin", "/api/")
# How often a request is begun again that met another on its way.
AGAIN = 3
BLUEPRINTS = (
    forum,
    digests,
    threads,
    bank,
    positions,
    pictures,
    bankfiles,
    tools,
    topics,
    rules,
    search,
    wholearchive,
    oldlinks,
    account,
    passkeys,
    secondfactor,
    me,
    tokenpages,
    unsubscribe,
    writing,
    news,
    newsdesk,
    newspreview,
    subscribing,
    moderating,
    memberpages,
    inviting,
    listsettings,
    webhookpages,
    admin,
    surveys,
    surveydesk,
    leaflet,
    feeds,
    stats,
    meetings,
    meetingforms,
    successes,
    letterstyle,
    outside,
    accessibility,
    health,
    metrics,
    static,
    api,
)


class RowId(IntegerConverter):
    """A row's id: what no database can hold is no page."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=2**63 - 1)


class ListName(BaseConverter):
    """What may be a list's name. Our own first segments are not: `GET /sign-out` is a wrong method, not a missing list."""

    regex = rf"(?!(?:{'|'.join(sorted(RESERVED_NAMES))})(?![\w-]))[A-Za-z][A-Za-z0-9_-]{{0,62}}"


class Slug(BaseConverter):
    """A topic's short name."""

    regex = "[A-Za-z0-9][A-Za-z0-9-]{0,62}"


class Hash(BaseConverter):
    """A Message-ID-Hash: base32 of SHA-1."""

    regex = "[A-Za-z2-7]{32}"


class Web(Flask):
    """Flask, with a session around each request: one that reads for GET, one that writes for POST."""

    jinja_environment = engine.Environment

    def dispatch_request(self) -> Any:
        """Find out who asks, then run the view. What a refused or failed view did is rolled back."""
        if request.endpoint in visit.WITHOUT:
            return super().dispatch_request()
        site, too_large = visit.site_here(), uploads.TOO_LARGE in request.environ
        if too_large and api.is_for_programs():
            raise RequestEntityTooLarge
        if api.is_for_programs():
            return api.answer(site, super().dispatch_request, lambda site, view: self._write(site, AGAIN, view))
        if again.is_for_all():
            return again.answer(site, super().dispatch_request)
        with site.reading() as db:
            g.visit = visit.begin(site, db)
            if too_large:
                raise RequestEntityTooLarge
            admin.close_to_others()
            if request.method in SAFE or request.routing_exception:
                return super().dispatch_request()
            for desk in (writing, newsdesk):
                if desk.is_lost():
                    return desk.given_back()
        forms.check()
        return self._write(site, AGAIN, super().dispatch_request)

    def _write(self, site: Site, left: int, view: Callable[[], Any]) -> Any:
        """Run a view that writes. Whoever was in its way has finished by now: the same from the start sees what they did.

        That is right for every view, because nothing of the first run is left: its transaction is rolled back, its answer
        was never made, and what was sent is read again (fields are kept, files are wound back). Only PostgreSQL needs it:
        SQLite's one writer at a time never meets another.
        """
        try:
            with site.writing() as db:
                g.visit.db = db
                return view()
        except Exception as wrong:
            if not left or not is_worth_repeating(wrong):
                raise
        for file in chain.from_iterable(request.files.listvalues()):
            file.stream.seek(0)
        return self._write(site, left - 1, view)

    def raise_routing_exception(self, request: Request) -> NoReturn:
        """No page of ours; or one whose address lacks a slash or has one too many, and then the way there, without the host that the client named."""
        wrong = request.routing_exception
        if isinstance(wrong, NotFound) and (path := self._without_slash(request)):
            raise RequestRedirect(urlunsplit(("", "", path, request.query_string.decode("ascii", "replace"), "")))
        if isinstance(wrong, RequestRedirect):
            there = urlsplit(wrong.new_url)
            raise RequestRedirect(urlunsplit(("", "", f"/{there.path.lstrip('/')}", there.query, "")))
        super().raise_routing_exception(request)

    def _without_slash(self, request: Request) -> str:
        """The address of the page that somebody means who typed a slash behind it; empty where there is none, or where nobody is to know."""
        path = request.path.rstrip("/")
        if path in ("", request.path) or request.method not in ("GET", "HEAD") or path.startswith(SILENT):
            return ""
        found = self.create_url_adapter(request)
        return f"{request.script_root}/{quote(path.lstrip('/'))}" if found and found.test(path, "GET") else ""


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
    app.url_map.converters |= {"id": RowId, "list": ListName, "slug": Slug, "hash": Hash}
    pages.set_up(app)
    app.jinja_env.globals.update(told=journalwords.told, passkeys_here=passkeys.here, has_first_page=bankthumbs.can_be_shown)
    for part in BLUEPRINTS:
        app.register_blueprint(part.blueprint)
    errors.set_up(app)
    headers.set_up(app)
    api.set_up(app)
    visitors.set_up(app, site)
    prefix = urlsplit(site.settings.site.url).path.rstrip("/")
    if prefix:
        app.wsgi_app = Mounted(app.wsgi_app, prefix)  # type: ignore[method-assign]
    trusted = site.settings.web.proxies
    if trusted:
        # No X-Forwarded-Prefix: few proxies set it, so that it would be the client's word; the path stands in site.url (`Mounted`).
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=trusted, x_proto=trusted, x_host=trusted)  # type: ignore[method-assign]
    return app

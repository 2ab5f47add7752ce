"""One request: who asks, in which language and zone, at which moment, and the session to look with."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from flask import Request, current_app, g, has_request_context, request

from listserv.config import Settings
from listserv.i18n import choose_language
from listserv.site import Site
from listserv.usecases.access import STRANGER_ON_THE_WEB, Actor
from listserv.usecases.signin import Person, person_behind

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

# Endpoints that need neither a person nor a session.
WITHOUT = ("static.file", "health.healthz", "metrics.metrics")


@dataclass(slots=True)
class Visit:
    """What a view needs to know beside its own arguments."""

    settings: Settings
    language: str
    zone: str
    now: datetime
    person: Person | None = None
    opened: "Session | None" = None

    @property
    def db(self) -> "Session":
        """The session of this request: it reads for GET and writes for POST."""
        assert self.opened is not None
        return self.opened

    @db.setter
    def db(self, db: "Session") -> None:
        self.opened = db

    @property
    def actor(self) -> Actor:
        """Who asks."""
        return self.person.actor if self.person else STRANGER_ON_THE_WEB


def site_here() -> Site:
    """The site that this application serves."""
    site: Site = current_app.extensions["listserv"]
    return site


def begin(site: Site, db: "Session") -> Visit:
    """Who asks, from the browser's key."""
    now = site.now()
    person = person_behind(db, request.cookies.get(cookie("session"), ""), now)
    return _visit(site, now, person, db)


def stranger(site: Site) -> Visit:
    """Nobody in particular, before anything is looked up."""
    return _visit(site, site.now())


def _visit(site: Site, now: datetime, person: Person | None = None, db: "Session | None" = None) -> Visit:
    language = choose_language((person.language if person else "", *wanted_languages(request)), default=site.settings.site.language)
    zone = (person.timezone if person else "") or site.settings.timezone
    return Visit(site.settings, language, zone, now, person, db)


def wanted_languages(asked: Request) -> list[str]:
    """What the browser's owner reads, best first."""
    return [tag for tag in asked.accept_languages.values() if tag != "*"]


def visit() -> Visit:
    """The request in hand; where it failed before anybody was asked for, that of a stranger."""
    try:
        found: Visit = g.visit
    except AttributeError:
        found = g.visit = stranger(site_here())
    return found


def language() -> str:
    """The language of the page in hand."""
    if has_request_context():
        return visit().language
    return site_here().settings.site.language


def secure() -> bool:
    """Is this site read over https? Then its cookies travel no other way."""
    return site_here().settings.site.url.startswith("https:")


def cookie(name: str) -> str:
    """A cookie's name on this site."""
    return cookie_name(name, site_here().settings)


def cookie_name(name: str, settings: Settings) -> str:
    """A cookie's name. With `__Host-` no other host of the domain can plant one."""
    return f"__Host-listserv-{name}" if settings.site.url.startswith("https:") else f"listserv-{name}"

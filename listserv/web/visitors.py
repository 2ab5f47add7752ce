"""Who reads which list today, and how often strangers search: seen here, kept in `notes`."""

import re
from datetime import date
from functools import lru_cache
from ipaddress import ip_address, ip_network

from flask import Flask, Request, Response, current_app, g, request

from listserv.errors import TooMany
from listserv.site import Site
from listserv.usecases import bankdownloads, limits, visiting
from listserv.usecases.issuecounts import Page
from listserv.web.devices import device
from listserv.web.notes import SEARCHES, WINDOW, Notes
from listserv.web.visit import visit

# Pages that are read. Feeds are read by programs, and downloads follow a page.
READING = frozenset(
    ("forum.forum", "forum.topic", "forum.month", "forum.months", "forum.person", "forum.people", "threads.thread", "threads.message")
    + ("search.on_list", "news.blog", "bank.items", "bank.item")
)
# What is fetched from the bank of materials, and counted there.
FETCHING = frozenset(("bank.file",))
SEEN = (200, 304)
# Of them, where an issue of a newsletter may be read: what it is named by.
PAGES = {"threads.thread": ("thread", "thread_id"), "threads.message": ("message", "message_hash")}
# What people read with says one of these first; programs that fetch pages say anything else, or nothing.
READERS = re.compile(r"(?:Mozilla|Opera|Lynx|w3m|Links|ELinks|edbrowse|Dillo|NetSurf)\b", re.IGNORECASE)
ROBOTS = re.compile(
    # (A Cubot is a telephone.)
    r"(?<!cu)bot(?:\b|[/_;-])|crawl|spider|slurp|fetch|scrap|archiv|monitor|preview|externalhit|facebookcatalog|headless|lighthouse|pagespeed|phantomjs|validator|"
    r"index(?:er|ing)|inspection|checker|proxy|feed|rss|python|perl|java/|curl|wget|http-client|httpclient|libwww-perl|gptbot|claude|perplexity|bytespider|ms-?office|googleother|favicon|zgrab|censys|nmap|site24x7|uptime|\+https?://",
    re.IGNORECASE,
)
AHEAD = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")


def set_up(app: Flask, site: Site) -> None:
    """Look at every answer."""
    app.extensions["visitors"] = Notes(site)
    app.after_request(note)


def notes_of(app: Flask) -> Notes:
    """The notes of an application."""
    found: Notes = app.extensions["visitors"]
    return found


def note(response: Response) -> Response:
    """Count who has read a page of a list."""
    if request.method != "GET" or response.status_code not in SEEN or request.endpoint not in READING | FETCHING:
        return response
    if is_read_by_a_human(request):
        found = g.visit
        who = f"person {found.person.user_id}" if found.person else f"{household(request.remote_addr or '')} {family(request.headers.get('User-Agent', ''))}"
        _count(visiting.today(found.settings, found.now), request.view_args or {}, who)
    return response


def _count(day: date, where: dict[str, object], who: str) -> None:
    """A visit of the list; and, where the page may be an issue's, one of it."""
    name = str(where["name"]).lower()
    if request.endpoint in FETCHING:
        notes_of(current_app).page(day, Page(name, bankdownloads.KIND, str(where["material"])), who)
        return
    notes_of(current_app).visit(day, name, who)
    if request.endpoint in PAGES:
        kind, what = PAGES[request.endpoint]
        shown = str(where[what])
        notes_of(current_app).page(day, Page(name, kind, shown.upper() if kind == "message" else shown), who)


def let_search() -> None:
    """Search is dear: strangers have it so many times in a while. Raises TooMany.

    Looked up in the database, counted in memory: a GET writes nothing.
    """
    who = visit()
    network = "" if who.person else limits.network_of(request.remote_addr or "")
    if network and notes_of(current_app).search(network) + limits.used(who.db, "search", network, who.now, WINDOW) > SEARCHES:
        raise TooMany("searched often", seconds=limits.seconds_left(who.now, WINDOW))


def is_read_by_a_human(asked: Request) -> bool:
    """As far as one can tell: no robot, and no page fetched before anybody wanted it. Whoever is signed in is none, whatever they read with."""
    if any(word in asked.headers.get(name, "").lower() for name in AHEAD for word in ("prefetch", "prerender", "preview")):
        return False
    return g.visit.person is not None or is_browser(asked.headers.get("User-Agent", ""))


@lru_cache(maxsize=1024)
def is_browser(agent: str) -> bool:
    """Does a person look through this?"""
    return READERS.match(agent) is not None and not ROBOTS.search(agent)


@lru_cache(maxsize=1024)
def family(agent: str) -> str:
    """What many browsers are alike in."""
    return device(agent)


@lru_cache(maxsize=1024)
def household(peer: str) -> str:
    """An address; of IPv6 the part that stays the same when a machine takes a new one every few hours."""
    try:
        found = ip_address(peer.partition("%")[0])
    except ValueError:
        return ""
    return str(found) if found.version == 4 else str(ip_network(f"{found}/64", strict=False))

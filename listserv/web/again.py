"""A page that strangers ask for again while nothing at all has been written is the page that it was.

Pages of public archives, for browsers that are not signed in: the same for all who read the same language. Whether they are
still true says the database (`store.changes`), not a list of things that might have changed.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from flask import Response, g, request

from listserv.site import Site
from listserv.web import headers, visitors
from listserv.web.visit import cookie, site_here, stranger, visit

# Searching is counted each time.
KINDS = visitors.READING - {"search.on_list"} | {"forum.front"}
# `today` and `two weeks ago` become others by themselves.
LONGEST = timedelta(minutes=1)
# In bytes: of all pages, of one, and of what was asked for behind its path (an address may be as long as a head, and is kept beside its page).
MOST, LARGEST, LONGEST_QUERY = 24 * 1024 * 1024, 256 * 1024, 256


@dataclass(frozen=True, slots=True)
class Page:
    """A finished page, and until when it is true."""

    stamp: Hashable
    until: datetime
    body: bytes
    mark: str
    indexed: bool


class Pages:
    """The pages of one process, the oldest let go first."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.size = 0
        self.found: OrderedDict[Hashable, Page] = OrderedDict()

    def get(self, key: Hashable, stamp: Hashable, now: datetime) -> Page | None:
        """The page, where it is still true."""
        page = self.found.get(key)
        return page if page and page.stamp == stamp and page.until > now else None

    def keep(self, key: Hashable, page: Page) -> None:
        """Keep a page in the place of an older one."""
        if len(page.body) > LARGEST:
            return
        with self.lock:
            if old := self.found.pop(key, None):
                self.size -= len(old.body)
            self.found[key] = page
            self.size += len(page.body)
            while self.size > MOST:
                self.size -= len(self.found.popitem(last=False)[1].body)


def pages() -> Pages:
    """Those of the site in hand."""
    found: Pages = site_here().memory.setdefault(Pages, Pages())
    return found


def is_for_all() -> bool:
    """Is this a page that is the same for all strangers?"""
    return request.endpoint in KINDS and request.method == "GET" and not request.routing_exception and _is_short() and cookie("session") not in request.cookies


def _is_short() -> bool:
    return len(request.query_string) <= LONGEST_QUERY


def key() -> Hashable:
    """What such a page depends on beside what is written."""
    who = visit()
    return request.script_root, request.path, request.query_string, who.language, who.zone, id(who.settings)


def answer(site: Site, view: Callable[[], Any]) -> Any:
    """What the view says, or has said."""
    g.visit = stranger(site)
    stamp = site.changes.stamp()
    found = pages().get(key(), stamp, visit().now)
    if found:
        return shown(found)
    with site.reading() as db:
        g.visit.db = db
        made = view()
    # Whoever has a form of their own has a page of their own.
    if isinstance(made, str) and "tokened" not in g:
        body = made.encode()
        pages().keep(key(), Page(stamp, visit().now + LONGEST, body, headers.mark_of(body), "indexed" in g))
    return made


def shown(page: Page) -> Response:
    """A page as it was made; 304 where the reader has it."""
    if page.indexed:
        g.indexed = True
    response = Response(page.body, content_type="text/html; charset=utf-8")
    response.set_etag(page.mark, weak=True)
    response.make_conditional(request)
    return response

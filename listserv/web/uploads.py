"""How much may be sent to us: files by those who are signed in, forms by everybody. Decided before the first byte of it is kept."""

import copy
import logging
from http.cookies import CookieError, SimpleCookie
from typing import Any

from waitress.channel import HTTPChannel  # type: ignore[import-untyped]
from waitress.parser import HTTPRequestParser  # type: ignore[import-untyped]

from listserv.site import Site
from listserv.usecases import signin

log = logging.getLogger(__name__)

# What anybody may send; our forms are smaller still.
LARGEST_FORM = 1024 * 1024
# Around the files of a post: its other fields, and what a form puts between them.
AROUND = 1024 * 1024


def channel_for(site: Site, session_cookie: str) -> type[Any]:
    """A connection that asks who sends before it takes much."""

    class Parser(HTTPRequestParser):  # type: ignore[misc]
        adj: Any

        def parse_header(self, header_plus: bytes) -> None:
            super().parse_header(header_plus)
            if (self.content_length > LARGEST_FORM or self.chunked) and not is_known(site, self.headers.get("COOKIE", ""), session_cookie):
                self.adj = copy.copy(self.adj)
                self.adj.max_request_body_size = LARGEST_FORM

    class Channel(HTTPChannel):  # type: ignore[misc]
        parser_class = Parser

    return Channel


def is_known(site: Site, cookies: str, session_cookie: str) -> bool:
    """Does somebody who is signed in send this?"""
    try:
        key = SimpleCookie(cookies).get(session_cookie)
    except CookieError:
        return False
    if key is None:
        return False
    try:
        with site.reading() as db:
            return signin.person_behind(db, key.value, site.now()) is not None
    except Exception:
        # The connections of all others wait for this one's answer.
        log.exception("who sends this is not known")
        return False

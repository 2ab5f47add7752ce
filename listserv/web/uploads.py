"""How much may be sent to us: files by those who are signed in, forms by everybody. Decided before the first byte of it is kept."""

import copy
import logging
import socket
import time
from collections.abc import Callable
from datetime import datetime
from http.cookies import CookieError, SimpleCookie
from io import BytesIO
from typing import TYPE_CHECKING, Any

from waitress.channel import HTTPChannel  # type: ignore[import-untyped]
from waitress.parser import HTTPRequestParser, ParsingError  # type: ignore[import-untyped]
from waitress.task import ErrorTask, WSGITask  # type: ignore[import-untyped]
from waitress.utilities import RequestEntityTooLarge  # type: ignore[import-untyped]

from listserv.site import Site
from listserv.usecases import apitokens, signin

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

log = logging.getLogger(__name__)

# What anybody may send; our forms are smaller still.
LARGEST_FORM = 1024 * 1024
# Around the files of a post: its other fields, and what a form puts between them.
AROUND = 1024 * 1024
# In a request's environment: its body was not taken, and the application is to say so.
TOO_LARGE = "listserv.too_large"
# Whoever is still sending when the answer is out is heard for so long, in seconds, and nothing of it is kept.
LINGER = 10.0


def channel_for(site: Site, session_cookie: str) -> type[Any]:
    """A connection that asks who sends before it takes much."""

    class Parser(HTTPRequestParser):  # type: ignore[misc]
        adj: Any

        def parse_header(self, header_plus: bytes) -> None:
            super().parse_header(header_plus)
            if self.chunked and "CONTENT_LENGTH" in self.headers:
                # Two lengths (RFC 9112 section 6.1): a proxy in front may believe the other one. No answer but this goes out on the line.
                raise ParsingError("Content-Length and Transfer-Encoding")
            if (self.content_length > LARGEST_FORM or self.chunked) and not self.is_known():
                self.adj = copy.copy(self.adj)
                self.adj.max_request_body_size = LARGEST_FORM

        def is_known(self) -> bool:
            """A person in a browser, or a program with a token."""
            return is_known(site, self.headers.get("COOKIE", ""), session_cookie) or has_token(site, self.headers.get("AUTHORIZATION", ""))

    class Channel(Lingering):
        parser_class = Parser

    return Channel


class Refusing(WSGITask):  # type: ignore[misc]
    """Answers a request whose body is too large by the application's own page, or problem; nothing of the body comes to it."""

    channel: Any

    def get_environment(self) -> dict[str, Any]:
        """The request, without its body."""
        environ: dict[str, Any] = super().get_environment()
        return environ | {TOO_LARGE: True, "wsgi.input": BytesIO(), "CONTENT_LENGTH": "0"}

    def execute(self) -> None:
        """Say it; what still comes on this line is no request."""
        self.channel.lingers = True
        self.set_close_on_finish()
        super().execute()


def refusal(channel: Any, request: Any) -> Any:
    """The answer to what could not be taken."""
    return (Refusing if isinstance(request.error, RequestEntityTooLarge) else ErrorTask)(channel, request)


class Lingering(HTTPChannel):  # type: ignore[misc]
    """A connection that is not cut while somebody still sends what was refused: else they would read an error of the line instead of our answer."""

    error_task_class = staticmethod(refusal)
    connected: bool
    request: Any
    lingers = False
    until = 0.0

    def handle_close(self) -> None:
        """Say that nothing more comes from us, then wait for them."""
        if self.lingers and self.connected and not self.until:
            self.until, self.will_close = time.monotonic() + LINGER, False
            try:
                self.socket.shutdown(socket.SHUT_WR)
            except OSError:
                self.until = -1.0
            else:
                return
        self.cut()

    def cut(self) -> None:
        """End it now, whoever still sends; what has come of a request is let go."""
        super().handle_close()
        if self.request is not None:
            self.request.close()

    def readable(self) -> bool:
        """While it lingers, all is read; when its time is over, it ends."""
        if not self.until:
            return bool(super().readable())
        if time.monotonic() > self.until:
            self.handle_close()
        return bool(self.connected)

    def writable(self) -> bool:
        """Nothing more is said while it lingers."""
        return not self.until and bool(super().writable())

    def received(self, data: bytes) -> bool:
        """What comes while it lingers is dropped."""
        return bool(super().received(data)) if not self.until else bool(data)

    def handle_read(self) -> None:
        """An end from their side ends it."""
        super().handle_read()
        if self.until and not self.connected:
            self.connected = True
            self.handle_close()


def is_known(site: Site, cookies: str, session_cookie: str) -> bool:
    """Does somebody who is signed in send this?"""
    try:
        key = SimpleCookie(cookies).get(session_cookie)
    except CookieError:
        return False
    return key is not None and _found(site, signin.person_behind, key.value)


def has_token(site: Site, said: str) -> bool:
    """Does a program send this whose token is good?"""
    kind, _, secret = said.strip().partition(" ")
    return kind.lower() == "bearer" and _found(site, apitokens.caller, secret.strip())


def _found(site: Site, look: "Callable[[Session, str, datetime], object]", key: str) -> bool:
    try:
        with site.reading() as db:
            return look(db, key, site.now()) is not None
    except Exception:
        # The connections of all others wait for this one's answer.
        log.exception("who sends this is not known")
        return False

"""Calling addresses that people have named, over HTTPS: only what anybody could reach from anywhere, and never where an answer points.

A name is asked for once, at the moment of connecting; every address behind it must be public, and the connection goes to the
very one that was looked at. So neither a name that means something else a moment later (DNS rebinding), nor a number in disguise
(2130706433, ::ffff:127.0.0.1), nor a redirect leads to a machine behind our walls.
"""

import re
import socket
import ssl
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from http.client import HTTPConnection, HTTPException
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from threading import Event, Timer
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from listserv.errors import Invalid
from listserv.i18n import N_

LONGEST_URL = 2_000
# Seconds that one call may take, all in all, once its name is known.
TIMEOUT = 10.0
# Of an answer, so many bytes are read, and so many characters kept.
MOST_READ, KEPT = 4_096, 200
LATE = "no answer in time"
# Below it ports belong to other services than the web's.
FIRST_FREE_PORT = 1_024
# Public by their numbers, and yet inside: a cloud's own services (Azure); a site's own addresses of before (RFC 3879); those of examples (RFC 9637).
# Then what is not to be reached from everywhere by IANA's registries, where Pythons of different months say different things: protocol
# assignments (RFC 6890), anycast relays (RFC 7526), translation within one network (RFC 8215), discard (RFC 6666, 9780), segment routing (RFC 9602).
INSIDE = tuple(
    ip_network(network)
    for network in (
        *("168.63.129.16/32", "fec0::/10", "3fff::/20"),
        *("192.0.0.0/24", "192.88.99.0/24", "64:ff9b:1::/48", "100::/64", "100:0:0:1::/64", "2001::/23", "5f00::/16"),
    )
)
# Addresses that stand for IPv4 ones (RFC 6052 section 2.1).
NAT64 = ip_network("64:ff9b::/96")
# A last label like this makes a number of the whole name (WHATWG URL, "ends in a number").
NUMBER = re.compile(r"[0-9]+|0[xX][0-9a-fA-F]*")

BAD_URL = N_("Write the whole address of the receiver, such as https://hooks.example.org/listserv.")
HTTPS_ONLY = N_("The receiver's address has to begin with https://.")
NO_NAME_IN_IT = N_("The receiver's address must not hold a name or a password: the signature says who calls.")
BAD_PORT = N_("The receiver's port has to be 443, or 1024 or above.")
NOT_PUBLIC = N_("The receiver has to be reachable from the whole internet: this address is inside a network.")


class Place(NamedTuple):
    """Where a call goes."""

    tls: bool
    host: str
    port: int
    path: str
    # May it be this very machine? (a setting, for trying things out)
    loopback: bool


class Answer(NamedTuple):
    """What came of a call: `code` is 0 where nobody answered; `wait` the seconds that the receiver asks for."""

    code: int
    text: str
    wait: float = 0.0

    @property
    def good(self) -> bool:
        """Has the receiver taken it?"""
        return 200 <= self.code < 300


class Refused(OSError):
    """The address is none that we call."""


def place_of(url: str, *, loopback: bool = False) -> Place:
    """A receiver's address, understood. Raises Invalid, with a sentence for the form."""
    if len(url) > LONGEST_URL or re.search(r"[^\x21-\x7e]|\\", url):
        raise Invalid(BAD_URL)
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        raise Invalid(BAD_URL) from None
    if parts.scheme != "https" and not (loopback and parts.scheme == "http"):
        raise Invalid(HTTPS_ONLY)
    if "@" in parts.netloc:
        raise Invalid(NO_NAME_IN_IT)
    if not host or parts.fragment or "%" in host or len(host) > 253:
        raise Invalid(BAD_URL)
    tls = parts.scheme == "https"
    port = port if port is not None else (443 if tls else 80)
    if port != 443 and port < FIRST_FREE_PORT and not loopback:
        raise Invalid(BAD_PORT)
    _require_public_name(host, loopback=loopback)
    return Place(tls, host, port, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), loopback)


def _require_public_name(host: str, *, loopback: bool) -> None:
    """What is no name but a number is judged at once; a name is asked for when it is called."""
    try:
        number = ip_address(host)
    except ValueError:
        if NUMBER.fullmatch(host.rpartition(".")[2]):
            raise Invalid(NOT_PUBLIC) from None
        if host.lower() == "localhost" and not loopback:
            raise Invalid(NOT_PUBLIC) from None
        return
    if not may_call(number, loopback=loopback):
        raise Invalid(NOT_PUBLIC)


def may_call(number: IPv4Address | IPv6Address, *, loopback: bool = False) -> bool:
    """Is this an address of the whole internet, or (where that is allowed) of this very machine?"""
    meant = _meant(number)
    if meant.is_loopback:
        return loopback
    inside = meant.is_multicast or meant.is_reserved or meant.is_unspecified or any(meant in network for network in INSIDE if network.version == meant.version)
    return meant.is_global and not inside


def _meant(number: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 one stands for, in any of the ways in which it may."""
    if isinstance(number, IPv4Address):
        return number
    within = number.ipv4_mapped or number.sixtofour or (number.teredo[1] if number.teredo else None)
    if within is None and number in NAT64:
        within = IPv4Address(number.packed[-4:])
    if within is None and number.packed[:12] == bytes(12) and number.packed[12:] > b"\0\0\0\1":
        within = IPv4Address(number.packed[-4:])
    return within or number


class Line(HTTPConnection):
    """A connection to a place, looked at each time it is made; `call` as often as one likes."""

    def __init__(self, place: Place, *, timeout: float = TIMEOUT) -> None:
        super().__init__(place.host, place.port, timeout=timeout)
        self._place, self._limit, self._late = place, timeout, Event()
        if place.tls and place.port == 443:
            # The Host field names no usual port.
            self.default_port = 443

    def connect(self) -> None:
        """Connect to one of the addresses behind the name. Raises Refused where any of them is not public."""
        found = socket.getaddrinfo(self._place.host, self._place.port, type=socket.SOCK_STREAM)
        for *_, address in found:
            if not may_call(ip_address(str(address[0]).partition("%")[0]), loopback=self._place.loopback):
                raise Refused(NOT_PUBLIC)
        self.sock = self._first_of(found)
        self._require_time()
        if self._place.tls:
            self.sock = _context().wrap_socket(self.sock, server_hostname=self._place.host)
            self._require_time()

    def _require_time(self) -> None:
        """Whoever was cut off before there was a line to cut is cut off here. Raises TimeoutError."""
        if self._late.is_set():
            raise TimeoutError(LATE)

    def _first_of(self, found: Sequence[tuple[Any, ...]]) -> socket.socket:
        wrong: OSError = Refused("nobody is there")
        for family, kind, protocol, _, address in found[:4]:
            self._require_time()
            line = socket.socket(family, kind, protocol)
            line.settimeout(self._limit / 2)
            try:
                line.connect(address)
                line.settimeout(self._limit)
                return line
            except OSError as error:
                wrong = error
                line.close()
        raise wrong

    def call(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send a body by POST; what came of it. Never raises, and never follows where an answer points."""
        late = self._late = Event()
        watch = Timer(self._limit, self._cut, (late,))
        watch.daemon = True
        watch.start()
        try:
            self.request("POST", self._place.path, body, dict(headers))
            answer = self.getresponse()
            said = answer.read(MOST_READ)
            if late.is_set() or answer.will_close or not answer.isclosed():
                self.close()
            if late.is_set():
                # What has come until then is no answer, whatever it looks like.
                return Answer(0, LATE)
            return Answer(answer.status, _words(answer.status, answer.reason, said), _wait(answer.getheader("Retry-After")))
        except (OSError, HTTPException, ValueError) as wrong:
            self.close()
            return Answer(0, LATE if late.is_set() else _trouble(wrong))
        finally:
            watch.cancel()

    def _cut(self, late: Event) -> None:
        """Too long: whoever drips byte by byte gets no more of our time."""
        late.set()
        line = self.sock
        with suppress(OSError):
            if line is not None:
                line.shutdown(socket.SHUT_RDWR)


@cache
def _context() -> ssl.SSLContext:
    return ssl.create_default_context()


def _words(code: int, reason: str, said: bytes) -> str:
    if 300 <= code < 400:
        return f"{code} {reason}: redirects are not followed"[:KEPT]
    text = "" if 200 <= code < 300 else " ".join(said.decode("utf-8", "replace").split())
    return "".join(c if c.isprintable() else "?" for c in f"{code} {reason} {text}".strip())[:KEPT]


def _wait(value: str | None) -> float:
    """Seconds of Retry-After (RFC 9110 section 10.2.3); a date is not looked at."""
    return float(value) if value and re.fullmatch("[0-9]{1,6}", value) else 0.0


def _trouble(wrong: Exception) -> str:
    if isinstance(wrong, Refused):
        return str(wrong)
    if isinstance(wrong, socket.gaierror):
        return "there is no such name"
    if isinstance(wrong, ssl.SSLCertVerificationError):
        return f"its certificate cannot be believed: {wrong.verify_message}"[:KEPT]
    if isinstance(wrong, TimeoutError):
        return LATE
    return f"{type(wrong).__name__}: {wrong}"[:KEPT]

"""Questions to DNS: short, remembered, and never a reason for anything to wait long or to break.

A resolver that does not answer is left alone for a while: every mail would otherwise wait for it again.
"""

import socket
import time
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from threading import Lock
from typing import TYPE_CHECKING

from listserv.mail.dmarc import LookupFailed

if TYPE_CHECKING:
    from dns.message import Message

__all__ = ["LookupFailed", "Patience", "Resolver"]

# Seconds that an unanswered name, or a resolver that does not answer, is left alone.
REST = 60.0
LONGEST_TTL = 3600
MOST_REMEMBERED = 4096
# After so many silences one after another the resolver itself is held to be dead; before its first answer one is enough.
SILENCES = 3
# Seconds within which a living resolver answers a question about the root, however slow the domains of others are.
SIGN_OF_LIFE = 0.5
# RFC 6761 and its registry: nobody may own these names, so no question about them should leave the machine.
SPECIAL = ("test", "example", "invalid", "localhost", "local", "onion", "example.com", "example.net", "example.org")


class Silence(Exception):
    """No server answered at all."""


class Resolver:
    """Asks one resolver (`host:port`; empty: the system's), at most `timeout` seconds a question. Safe in threads."""

    def __init__(self, server: str = "", timeout: float = 2.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._server, self._timeout, self._clock = server, timeout, clock
        self._lock = Lock()
        self._known: dict[tuple[str, str], tuple[float, list[str] | None]] = {}
        self._silences, self._answered, self._resting_until = 0, False, 0.0

    def within(self, seconds: float) -> "Patience":
        """The same resolver for one piece of work, with all its questions together bounded."""
        return Patience(self, seconds)

    def txt(self, name: str) -> list[str]:
        """The TXT records of a name, [] where it has none. Raises LookupFailed, and nothing else."""
        return self.ask(name, "TXT")

    def ask(self, name: str, kind: str, timeout: float | None = None) -> list[str]:
        """The records of a kind (TXT, MX, A, PTR, …) as text, [] where there are none. Raises LookupFailed.

        `timeout` (seconds) where somebody has less time than this resolver's own; what is remembered is answered without any.
        """
        name = name.strip().rstrip(".").lower()
        if not name or (not self._server and is_special(name)):
            return []
        found = self._remembered((name, kind), self._timeout if timeout is None else min(timeout, self._timeout))
        if found is None:
            raise LookupFailed(f"no answer about {name}")
        return found

    def _remembered(self, question: tuple[str, str], timeout: float) -> list[str] | None:
        with self._lock:
            until, known = self._known.get(question, (0.0, None))
            now = self._clock()
            if now < until:
                return known
            if now < self._resting_until or timeout <= 0:
                return None
        found, ttl = self._look(*question, timeout)
        if found is None and self._is_hurried(timeout):
            return None
        with self._lock:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            self._known[question] = (self._clock() + ttl, found)
        return found

    def _look(self, name: str, kind: str, timeout: float) -> tuple[list[str] | None, float]:
        """The answer (None: unknown) and for how many seconds it is good."""
        try:
            found = query(name, kind, self._server, timeout)
        except Silence:
            if not self._is_hurried(timeout):
                self._count_silence(timeout)
            return None, REST
        with self._lock:
            self._silences, self._answered = 0, True
        return found if found else (None, REST)

    def _is_hurried(self, timeout: float) -> bool:
        """Was there too little time left to say anything of who did not answer? One mail must not silence names for the next."""
        return timeout < self._timeout / 2

    def _count_silence(self, timeout: float) -> None:
        """Rest where the resolver is dead. Where it lives, domains whose servers are slow must not keep it from answering about others."""
        with self._lock:
            self._silences += 1
            if self._silences < (SILENCES if self._answered else 1):
                return
        lives = self._lives(timeout)
        with self._lock:
            self._silences = 0 if lives else self._silences
            self._answered = self._answered or lives
            self._resting_until = 0.0 if lives else self._clock() + REST

    def _lives(self, timeout: float) -> bool:
        try:
            query(".", "NS", self._server, min(SIGN_OF_LIFE, timeout))
        except Silence:
            return False
        return True


class Patience:
    """A resolver's questions for one mail: as many as it likes, but at most `seconds` of waiting in all."""

    def __init__(self, resolver: Resolver, seconds: float) -> None:
        self._resolver, self._left = resolver, seconds

    def txt(self, name: str) -> list[str]:
        """As `Resolver.txt`; raises LookupFailed also where the time is up."""
        return self.ask(name, "TXT")

    def ask(self, name: str, kind: str) -> list[str]:
        """As `Resolver.ask`; raises LookupFailed also where the time is up."""
        start = time.monotonic()
        try:
            return self._resolver.ask(name, kind, self._left)
        finally:
            self._left -= time.monotonic() - start


def is_special(name: str) -> bool:
    """Is this one of the names that exist only on paper or on this machine (RFC 6761)?"""
    return any(name == special or name.endswith(f".{special}") for special in SPECIAL)


def query(name: str, kind: str, server: str, timeout: float) -> tuple[list[str], float] | None:
    """Ask once: records and seconds they are good for, or None where the servers have no answer. Raises Silence."""
    import dns.exception
    import dns.message
    import dns.rcode

    try:
        question = dns.message.make_query(name, kind, use_edns=0, payload=1232)
    except (dns.exception.DNSException, ValueError):  # no such name can exist
        return [], LONGEST_TTL
    answered = False
    for answer in _answers(question, server, time.monotonic() + timeout):
        answered = True
        if answer.rcode() in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
            return _read(answer)
    if not answered:
        raise Silence
    return None


def _read(answer: "Message") -> tuple[list[str], float] | None:
    from dns.exception import DNSException
    from dns.message import QueryMessage
    from dns.rdtypes.txtbase import TXTBase

    try:
        assert isinstance(answer, QueryMessage)
        chain = answer.resolve_chaining()
    except (DNSException, AssertionError):
        return None
    records = [b"".join(r.strings).decode("utf-8", "replace") if isinstance(r, TXTBase) else r.to_text() for r in chain.answer or ()]
    return records, min(chain.minimum_ttl, LONGEST_TTL)


def _answers(question: "Message", server: str, deadline: float) -> Iterator["Message"]:
    """What the servers answer, one after another, each asked twice because a datagram may be lost; nobody puts back the clock of `deadline`."""
    import dns.exception
    import dns.flags
    import dns.query

    addresses = _servers(server) * 2
    for number, (host, port) in enumerate(addresses):
        share = (deadline - time.monotonic()) / (len(addresses) - number)
        if share <= 0:
            return
        try:
            # The library knows the wall clock alone: it looks at it once, before it waits.
            answer = _ask_by_udp(question, host, port, time.time() + share)
            if answer.flags & dns.flags.TC:
                answer = dns.query.tcp(question, host, port=port, timeout=max(0.1, deadline - time.monotonic()))
        except (OSError, dns.exception.DNSException, ValueError, EOFError):
            continue
        yield answer


def _ask_by_udp(question: "Message", host: str, port: int, deadline: float) -> "Message":
    """One datagram on a connected socket: a port where nobody listens is known at once, not after a time-out."""
    import dns.query

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as connection:
        connection.setblocking(False)
        connection.connect((host, port))
        connection.send(question.to_wire())
        received = dns.query.receive_udp(connection, None, deadline, ignore_unexpected=True, ignore_errors=True, query=question)
    answer: Message = received[0]
    return answer


def _servers(server: str) -> list[tuple[str, int]]:
    import dns.resolver

    if not server:
        try:
            return [(str(host), 53) for host in dns.resolver.Resolver().nameservers[:3]]
        except (dns.resolver.NoResolverConfiguration, OSError):
            return []
    host, _, port = server.rpartition(":")
    host = host.strip("[]")
    try:
        return [(str(ip_address(host)), int(port))]
    except ValueError:
        pass
    try:
        return [(str(found[4][0]), int(port)) for found in socket.getaddrinfo(host, int(port), type=socket.SOCK_DGRAM)][:1]
    except (OSError, UnicodeError):
        return []

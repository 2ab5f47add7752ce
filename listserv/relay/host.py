"""What those who send by one relay have in common: where it is, what is known of it, and what signs."""

from collections.abc import Callable
from typing import Protocol

from listserv.relay.breaker import Breaker
from listserv.relay.fairness import Domains
from listserv.relay.mail import Answer, Content
from listserv.relay.place import Place

Sign = Callable[[bytes, Content], bytes]


def unmade(wrong: Exception) -> Answer:
    """One mail that cannot be made must not stop the others. It is tried again: the fault is ours."""
    return Answer(451, f"4.3.0 this mail could not be made: {wrong!r}"[:500], "MAKE")


class Host(Protocol):
    """The relay (smtp.SmtpRelay): where it is, how many connections it gets, what is known of it, and what signs."""

    place: Place
    connections: int
    breaker: Breaker
    domains: Domains
    sign: Sign | None

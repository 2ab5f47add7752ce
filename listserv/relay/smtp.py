"""An SMTP relay: copies go by `bulk`, single letters by `letters`; both know by one breaker whether it is there."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from listserv.mail.signing import Signer
from listserv.relay.breaker import Breaker, State
from listserv.relay.bulk import SmtpFanOut
from listserv.relay.fairness import Domains
from listserv.relay.host import Sign
from listserv.relay.mail import Answer, Done, Mail, Take
from listserv.relay.place import Place, Timeouts


class SmtpRelay:
    """A mail server that takes our mail. `connections` copies are under way at a time."""

    def __init__(self, place: Place, connections: int = 4, helo: str = "localhost", timeouts: Timeouts | None = None, *, signer: Signer | None = None) -> None:
        self.place = replace(place, helo=_host_name(helo), timeouts=timeouts or place.timeouts)
        self.connections = connections
        self.breaker, self.domains = Breaker(), Domains()
        self.sign: Sign | None = signer.sign if signer else None

    def fan_out(self, take: Take, done: Done) -> SmtpFanOut:
        """A sender of copies, for the running event loop."""
        return SmtpFanOut(self, take, done)

    def letters(self, mails: Sequence[Mail]) -> Iterator[tuple[Mail, Answer]]:
        """Send single letters over one connection. The library behind it is loaded with the first letter."""
        from listserv.relay.letters import send_letters

        return send_letters(self, mails)

    def state(self) -> State:
        """Is it there, and since when not, and which domains does it put off?"""
        return self.breaker.state(self.domains.paused)


def _host_name(domain: str) -> str:
    try:
        return domain.encode("idna").decode("ascii") or "localhost"
    except UnicodeError:
        return "localhost"

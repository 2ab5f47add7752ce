"""An SMTP relay: copies go by `bulk`, single letters by `letters`."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from listserv.relay.bulk import SmtpFanOut
from listserv.relay.mail import Answer, Done, Mail, Take
from listserv.relay.place import Place, Timeouts


class SmtpRelay:
    """A mail server that takes our mail. `connections` copies are under way at a time."""

    def __init__(self, place: Place, connections: int = 4, helo: str = "localhost", timeouts: Timeouts | None = None) -> None:
        self.place = replace(place, helo=_host_name(helo), timeouts=timeouts or place.timeouts)
        self.connections = connections

    def fan_out(self, take: Take, done: Done) -> SmtpFanOut:
        """A sender of copies, for the running event loop."""
        return SmtpFanOut(self.place, self.connections, take, done)

    def letters(self, mails: Sequence[Mail]) -> Iterator[tuple[Mail, Answer]]:
        """Send single letters over one connection. The library behind it is loaded with the first letter."""
        from listserv.relay.letters import send_letters

        return send_letters(self.place, mails)


def _host_name(domain: str) -> str:
    try:
        return domain.encode("idna").decode("ascii") or "localhost"
    except UnicodeError:
        return "localhost"

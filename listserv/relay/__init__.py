"""Door out: how mail leaves. A relay is a place; what it sends is pulled from the worker, copy by copy."""

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from listserv.config import Settings
from listserv.errors import Invalid
from listserv.mail.signing import Signer, read_signer
from listserv.relay.breaker import State
from listserv.relay.mail import Answer, Content, Done, Filled, Mail, Take

__all__ = ["Answer", "Content", "Done", "FanOut", "Filled", "Mail", "Relay", "State", "Take", "open_relay", "read_keys"]


class FanOut(Protocol):
    """Sends what `take` gives until it gives nothing, a few mails at a time, and says to `done` how each fared."""

    @property
    def busy(self) -> bool:
        """Is anything on its way?"""

    async def ready(self) -> str:
        """Make sure that the relay can be reached; else why not."""

    def wake(self, waiting: int) -> None:
        """There are so many mails to take."""

    async def settled(self) -> None:
        """Return when all that was taken has its answer."""

    async def close(self) -> None:
        """Let all connections go."""


class Relay(Protocol):
    """A place that takes mail."""

    def fan_out(self, take: Take, done: Done) -> FanOut:
        """A sender of copies, for the running event loop."""

    def letters(self, mails: Sequence[Mail]) -> Iterator[tuple[Mail, Answer]]:
        """Send single letters over one connection, one after another; call it outside the event loop."""

    def state(self) -> State:
        """Is it there, and since when not, and which domains does it put off? For those who watch."""


def open_relay(settings: Settings, **options: Any) -> Relay:
    """The relay of these settings; nothing is connected yet. Raises Invalid for a URL or a key that cannot be understood."""
    url, signer = settings.relay.url, read_keys(settings)
    if url.startswith("maildir:"):
        from listserv.relay.maildir import MaildirRelay

        return MaildirRelay(settings.data / url.removeprefix("maildir:"), signer)
    from listserv.relay.place import read_url
    from listserv.relay.smtp import SmtpRelay

    try:
        place = read_url(url)
    except ValueError as wrong:
        raise Invalid("relay.url: {wrong}", wrong=wrong) from None
    return SmtpRelay(place, settings.relay.connections, settings.site.domain, signer=signer, **options)


def read_keys(settings: Settings) -> Signer | None:
    """What signs the mail of these settings; None where the relay does. Raises Invalid with the reason."""
    relay = settings.relay
    if not relay.dkim_key:
        return None
    path = settings.data / relay.dkim_key
    try:
        return read_signer(path.read_bytes(), relay.dkim_selector, settings.site.domain)
    except OSError as wrong:
        raise Invalid("relay.dkim_key: {path}: {wrong}", path=path, wrong=wrong.strerror) from None
    except ValueError as wrong:
        raise Invalid("relay.dkim_key: {path}: {wrong}", path=path, wrong=wrong) from None

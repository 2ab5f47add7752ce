"""What all sessions of one process share."""

import ssl
from dataclasses import dataclass

from listserv.site import Site
from listserv.smtp.commit import GroupCommit
from listserv.smtp.guests import Guests
from listserv.smtp.hand import Hand
from listserv.smtp.limits import Limits
from listserv.smtp.routes import Routes


@dataclass
class House:
    """The site behind the doors, its limits, and who is inside."""

    site: Site
    limits: Limits
    tls: ssl.SSLContext | None

    def __post_init__(self) -> None:
        settings = self.site.settings
        self.commit = GroupCommit(self.site)
        self.guests = Guests(self.limits, settings.auth.peers)
        self.hand = Hand(settings.smtp.max_size)
        self.routes = Routes(self.site)


@dataclass(frozen=True, slots=True)
class Door:
    """One listening address."""

    house: House
    lmtp: bool = False
    # Networks of balancers, whose PROXY header is expected.
    proxy: str = ""

    @property
    def tls(self) -> ssl.SSLContext | None:
        """What STARTTLS is done with; LMTP never leaves the machine."""
        return None if self.lmtp else self.house.tls

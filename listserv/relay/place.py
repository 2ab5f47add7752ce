"""Where the relay is, who we are to it, and how long we wait: what `relay.url` says."""

import ssl
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote, urlsplit


class Security(StrEnum):
    """How a connection is protected: not at all, from the start, or by STARTTLS."""

    NONE = "smtp"
    TLS = "smtps"
    STARTTLS = "smtp+starttls"


PORTS = {Security.NONE: 25, Security.TLS: 465, Security.STARTTLS: 587}


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds. Together shorter than a lease, so that nothing is claimed anew while it is still being sent."""

    connect: float = 30.0
    # For the answers to one mail (RFC 5321 section 4.5.3.2 would have up to ten minutes for the last alone).
    reply: float = 300.0
    # How long a connection is kept that nobody needs; most servers end it after five minutes themselves.
    idle: float = 30.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where the relay is and who we are to it."""

    host: str
    port: int
    security: Security = Security.NONE
    user: str = ""
    password: str = ""
    helo: str = "localhost"
    timeouts: Timeouts = Timeouts()

    def tls(self) -> ssl.SSLContext:
        """What checks the relay's certificate: the system's authorities, and SSL_CERT_FILE."""
        return ssl.create_default_context()


def read_url(url: str) -> Place:
    """The place that a `relay.url` names. Raises ValueError with a sentence for the administrator."""
    parts = urlsplit(url)
    try:
        security = Security(parts.scheme)
        port = parts.port or PORTS[security]
    except ValueError:
        raise ValueError("write smtp://HOST:PORT, smtps://HOST:PORT, smtp+starttls://HOST:PORT or maildir:FOLDER") from None
    if not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("write it as smtp://[USER:PASSWORD@]HOST:PORT, with %40 for an @ in the user or password")
    return Place(parts.hostname, port, security, unquote(parts.username or ""), unquote(parts.password or ""))

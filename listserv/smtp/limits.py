"""How much one client, and all of them together, may ask of the doors."""

import resource
from dataclasses import dataclass

# Descriptors that are not for sessions: the database, the log, files of large mails.
SPARED = 96


@dataclass(frozen=True, slots=True)
class Limits:
    """Numbers for one process. Whoever is trusted (`auth.peers`) is held to the total and to the times alone."""

    # Sessions in all, in how many hundredths of them strangers may sit, and how many from one address (of IPv6: one /64).
    sessions: int = 1000
    strangers: int = 80
    per_peer: int = 20
    # RFC 5321 section 4.5.3.2.7: five minutes for a command, all of it; much less while the house is nearly full.
    command_seconds: float = 300.0
    crowded_seconds: float = 10.0
    # So many bytes of a mail must come in so many seconds, or be all that is missing.
    window_seconds: float = 60.0
    window_bytes: int = 16_384
    # A stranger who speaks within that time has not waited for the greeting.
    greeting_pause: float = 0.2
    proxy_seconds: float = 5.0
    # RFC 5321 section 4.5.3.1.8 asks for no fewer than 100.
    recipients: int = 100
    # Unknown recipients of a stranger: from so many on each takes a while, at so many it is over; and of one address within ten minutes.
    unknown_slow: int = 10
    unknown: int = 50
    unknown_per_peer: int = 200
    slow_seconds: float = 1.0
    # Commands that are none, or out of turn; and commands that lead nowhere (NOOP, RSET, VRFY, ...) without a mail between them.
    mistakes: int = 10
    small_talk: int = 200
    # Octets of a command line, and of a line of a mail: real mail has much longer ones than RFC 5321 allows.
    command_line: int = 2048
    mail_line: int = 1 << 20
    # Within that time every mail has its answer, whatever the database does (clients wait for ten minutes).
    answer_seconds: float = 50.0

    def room(self) -> int:
        """How many sessions this process can have open: no more than it may have descriptors for."""
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        return self.sessions if soft == resource.RLIM_INFINITY else max(min(self.sessions, soft - SPARED), 8)

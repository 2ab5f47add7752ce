"""What a copy consists of: what all copies of a post share, and what is each one's alone."""

from collections.abc import Sequence

from listserv import links
from listserv.config import Settings
from listserv.mail import headers, tokens
from listserv.mail.seals import Sealer
from listserv.store.deliveries import Claimed, Post


def shared_bytes(post: Post) -> bytes:
    """What all copies of a post have in common: header block, empty line, body. CRLF line ends, bare ones mended."""
    body = post.body if post.body is not None else headers.body_of(post.raw)
    return headers.crlf(post.head) + b"\r\n" + headers.crlf(body)


class Stationery:
    """What differs from copy to copy: the sender that a bounce comes back to, and the way off the list."""

    def __init__(self, settings: Settings) -> None:
        self._key = links.signing_key(settings)
        self._url = f"{settings.site.url}/unsubscribe/"
        self._at = f"@{settings.site.domain}"
        self._sealer = Sealer(self._key)

    def papers(self, copies: Sequence[Claimed]) -> list[tuple[str, bytes]]:
        """For each of these copies `sender` and `personal`: made together, because most of the cost is in the steps."""
        pairs = self._sealer.pairs([(copy.member_id, copy.outgoing_id) for copy in copies])
        return [(f"r+{bounce}{self._at}", self._lines(leave)) for bounce, leave in pairs]

    def sender(self, copy: Claimed) -> str:
        """The envelope sender of a copy (VERP)."""
        return self.papers([copy])[0][0]

    def personal(self, copy: Claimed) -> bytes:
        """The header lines of a copy alone."""
        return self.papers([copy])[0][1]

    def leave_url(self, member_id: int, outgoing_id: int) -> str:
        """The way off the list that stands in an issue: the same as in the header lines."""
        return f"{self._url}{tokens.sign(self._key, tokens.Kind.UNSUBSCRIBE, member_id, outgoing_id)}"

    def lines_of(self, member_id: int) -> bytes:
        """The header lines of one member's copies, for a copy that is no part of a fan-out."""
        return self._lines(tokens.sign(self._key, tokens.Kind.UNSUBSCRIBE, member_id))

    def _lines(self, token: str) -> bytes:
        # The link says which copies it came with, so that those who leave by an issue are counted; it tells nothing before it is pressed.
        # RFC 8058 section 3.1: both fields, or receivers ignore the one-click offer.
        ways = f"<{self._url}{token}>, <mailto:r+{token}{self._at}>"
        return f"List-Unsubscribe: {ways}\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n".encode()


def personal_lines(settings: Settings, member_id: int) -> bytes:
    """The header lines of one member's copies, for a copy that is no part of a fan-out."""
    return Stationery(settings).lines_of(member_id)

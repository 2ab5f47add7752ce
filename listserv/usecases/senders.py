"""What the network knows of a sender: gathered before the transaction, within a few seconds in all, and never a reason to refuse."""

from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from listserv.config import AuthSettings
from listserv.dns import Patience, Resolver
from listserv.mail import address, outgoing, spam
from listserv.mail.authentication import Alignment, Results, alignment, is_decided, read_results
from listserv.mail.checks import origin, own_results
from listserv.mail.dmarc import LookupFailed, dmarc_policy
from listserv.mail.outgoing import Dress
from listserv.mail.parse import Post
from listserv.mail.signatures import dkim_survives
from listserv.mail.spam import Spam

# Of waiting for DNS that one mail may cost; a sign of life of the resolver may come on top.
SECONDS = 4.0

Asked = Patience | Resolver


@dataclass(frozen=True, slots=True)
class Sender:
    """Is the author proven; does their domain ask others to refuse unaligned mail; would their alignment be lost on the way through us?"""

    alignment: Alignment = Alignment.UNKNOWN
    strict: bool = False
    munge: bool = False
    spam: Spam = Spam.NO


@dataclass(frozen=True, slots=True)
class Came:
    """How a mail came: the peer that brought it, and the envelope sender (empty: nobody)."""

    peer: str
    mail_from: str


def look(raw: bytes, post: Post, came: Came, dress: Dress | None, auth: AuthSettings, resolver: Resolver) -> Sender:
    """Ask what must be asked about a mail's single author. What DNS does not answer in time is unknown, and nothing else."""
    marks = spam.found(raw, auth.trust) if is_trusted(came.peer, auth.peers) else Spam.NO
    if len(post.authors) != 1:
        return Sender(spam=marks)
    domain, patience = address.domain_of(post.authors[0].address), resolver.within(SECONDS)
    # First, because what is not known by the end of the time is taken for no.
    strict = is_strict(domain, patience)
    found = alignment(results(raw, domain, came, auth, patience), domain, patience.txt)
    munge = strict and dress is not None and not survives(raw, post, dress, patience)
    return Sender(found, strict, munge, marks)


def results(raw: bytes, domain: str, came: Came, auth: AuthSettings, patience: Patience) -> Results:
    """What our MTA found out about a sender where it says so; what it has not looked at we find out ourselves.

    Many MTAs check SPF and DKIM and leave DMARC to whoever comes after them.
    """
    trusted = is_trusted(came.peer, auth.peers)
    told = read_results(raw, auth.trust) if trusted else Results()
    if is_decided(told, domain):
        return told
    rest = [finding for finding in told.findings if finding.method != "dmarc"]
    return own_results(raw, domain, came.mail_from, origin(raw, came.peer, trusted=trusted), patience.ask, rest)


def asked_about(raw: bytes, post: Post, mail_from: str, auth: AuthSettings, resolver: Resolver) -> Results:
    """All that can be found out about the sender of a mail of which the bytes alone are left: what our MTA said, and for the rest what we find."""
    domain = address.domain_of(post.authors[0].address) if len(post.authors) == 1 else ""
    told = read_results(raw, auth.trust)
    own = own_results(raw, domain, mail_from, origin(raw, "", trusted=True), resolver.within(SECONDS).ask)
    said = {finding.method for finding in told.findings}
    return Results((*told.findings, *(finding for finding in own.findings if finding.method not in said)))


def is_trusted(peer: str, networks: str) -> bool:
    """Does this peer's word about senders count (`auth.peers`)?"""
    try:
        where = ip_address(peer)
        return any(where in ip_network(one.strip(), strict=False) for one in networks.split(",") if one.strip())
    except ValueError:
        return False


def is_strict(domain: str, asked: Asked) -> bool:
    """Does the author's domain ask others to refuse unaligned mail? Not knowing means no: nothing is rewritten on a guess."""
    try:
        return dmarc_policy(domain, asked.txt) in ("quarantine", "reject")
    except LookupFailed:
        return False


def survives(raw: bytes, post: Post, dress: Dress, asked: Asked) -> bool:
    """Does the author's own signature still hold on the very bytes that members would get?"""
    copy = outgoing.copy_for_members(raw, post, dress)
    body = copy.body if copy.body is not None else outgoing.body_on_the_wire(raw)
    try:
        return dkim_survives(copy.head + b"\r\n" + body, address.domain_of(post.authors[0].address), asked.txt)
    except LookupFailed:
        return True

"""Our own findings about a sender, where no MTA that we trust has written any: SPF, DKIM, ARC and DMARC."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from listserv.mail import arc, headers, spf
from listserv.mail.address import domain_of
from listserv.mail.authentication import Finding, Results
from listserv.mail.dmarc import LookupFailed, Txt, fold_domain, policy_record, relaxed
from listserv.mail.fields import line
from listserv.mail.signatures import check_all
from listserv.mail.spf import Address, Ask

# Hops within our own house that a mail may have taken before it came to us.
MOST_INNER_HOPS = 5
INNER_NETWORKS = ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "::1/128", "fc00::/7", "fe80::/10")
INNER = [ip_network(one) for one in INNER_NETWORKS]
RECEIVED = re.compile(r"from\s+(\S{1,255})\s[^;]{0,400}?\[(?:IPv6:)?([0-9A-Fa-f.:]{3,45})\]", re.IGNORECASE)
# RFC 3848: whoever has logged in may send from anywhere.
LOGGED_IN = re.compile(r"\bwith\s+(?:UTF8)?E?SMTPS?A\b|\bauthenticated\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Origin:
    """Who brought a mail to us, or to the MTA in front of us."""

    ip: Address
    helo: str


def origin(raw: bytes, peer: str, *, trusted: bool) -> Origin | None:
    """The machine that a mail came from: the peer, or where that is ours the one it took the mail from; None where unknown.

    Only what our own machines wrote is read: the topmost Received, and the next as long as those above name inner hops.
    """
    if not trusted:
        ip = _address(peer)
        return Origin(ip, "") if ip else None
    received = [line(field.value.decode("utf-8", "replace")) for field in headers.split(raw)[0] if field.name == "received"]
    for hop in received[:MOST_INNER_HOPS]:
        found = RECEIVED.match(hop)
        ip = _address(found[2]) if found else None
        if not found or not ip or LOGGED_IN.search(hop):
            return None
        if not any(ip in network for network in INNER):
            return Origin(ip, found[1])
    return None


def _address(text: str) -> Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


def own_results(raw: bytes, author_domain: str, mail_from: str, came_from: Origin | None, ask: Ask) -> Results:
    """What we find out ourselves. The author's domain may be empty; a method of which nothing can be said is left out.

    DNS is asked about the author's domain first, so that what matters most is known when time runs out.
    """

    def txt(name: str) -> list[str]:
        return ask(name, "TXT")

    author = fold_domain(author_domain)
    try:
        record = policy_record(author, txt)
    except LookupFailed:
        record, unknown = None, True
    else:
        unknown = False
    found = [Finding("dkim", one.word, one.domain) for one in check_all(raw, txt)] or [Finding("dkim", "none")]
    chain = arc.chain(raw, txt)
    found += [Finding("arc", chain)] if chain else []
    found += _spf(mail_from, came_from, ask)
    if author:
        found += [Finding("dmarc", "temperror", author)] if unknown else _dmarc(author, record[1] if record else None, found, txt)
    return Results(tuple(found))


def _spf(mail_from: str, came_from: Origin | None, ask: Ask) -> list[Finding]:
    if came_from is None or not mail_from:
        return []
    return [Finding("spf", spf.check_host(came_from.ip, mail_from, came_from.helo, ask), fold_domain(domain_of(mail_from)))]


def _dmarc(author: str, record: dict[str, str] | None, found: Iterable[Finding], txt: Txt) -> list[Finding]:
    """RFC 9989 section 4.4. Without an answer from everything that could have passed nothing has failed."""
    if record is None:
        return [Finding("dmarc", "none", author)]
    modes = {"dkim": record.get("adkim", "r"), "spf": record.get("aspf", "r")}
    try:
        near = [f for f in found if f.method in modes and f.domain and _aligned(f.domain, author, modes[f.method], txt)]
    except LookupFailed:
        return [Finding("dmarc", "temperror", author)]
    if any(f.word == "pass" for f in near):
        return [Finding("dmarc", "pass", author)]
    if any(f.word == "temperror" for f in near):
        return [Finding("dmarc", "temperror", author)]
    return [Finding("dmarc", "fail", author)] if any(f.method == "spf" for f in found) else []


def _aligned(domain: str, author: str, mode: str, txt: Txt) -> bool:
    return domain == author if mode == "s" else relaxed(domain, author, txt)

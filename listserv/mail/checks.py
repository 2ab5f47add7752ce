"""Our own findings about a sender, where no MTA that we trust has written any: SPF, DKIM, ARC and DMARC."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from listserv.mail import arc, headers, spf
from listserv.mail.address import domain_of
from listserv.mail.authentication import Finding, Results
from listserv.mail.dmarc import LookupFailed, Txt, fold_domain, organizational_domain, policy_record, relaxed
from listserv.mail.fields import line
from listserv.mail.signatures import check_all
from listserv.mail.spf import Address, Ask

# Hops within our own house that a mail may have taken before it came to us.
MOST_INNER_HOPS = 5
LONGEST_HELO = 255
INNER_NETWORKS = ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "::1/128", "fc00::/7", "fe80::/10")
INNER = [ip_network(one) for one in INNER_NETWORKS]
_IP = r"\[(?:IPv6:)?(?P<%s>[0-9A-Fa-f.:]{3,45})\]"
# The address as the MTA saw it, where it puts it: `HELO (name [ip])`, `name ([ip] helo=…)`, `[ip] (helo=…)`. What the other
# side calls itself may look like any of them, so nothing else in brackets is read.
RECEIVED = re.compile(rf"from\s+(?:(?P<helo>\S+)\s+\((?:(?!helo\b|ehlo\b)[^\s()\[\]=]+\s)?{_IP % 'ip'}|{_IP % 'bare'}\s+\((?:port|helo|ident)=)", re.IGNORECASE)
# RFC 3848: whoever has logged in may send from anywhere.
LOGGED_IN = re.compile(r"\bwith\s+(?:UTF8)?E?SMTPS?A\b|\(authenticated\b", re.IGNORECASE)


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
        ip = _address(found["ip"] or found["bare"]) if found else None
        # Asked behind the address: a name that somebody gave themselves says nothing.
        if not found or not ip or LOGGED_IN.search(hop, found.end()):
            return None
        if not any(ip in network for network in INNER):
            return Origin(ip, (found["helo"] or "")[:LONGEST_HELO])
    return None


def _address(text: str) -> Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


def own_results(raw: bytes, author_domain: str, mail_from: str, came_from: Origin | None, ask: Ask, told: Sequence[Finding] = ()) -> Results:
    """What we find out ourselves. The author's domain may be empty; a method of which nothing can be said is left out.

    `told` is what somebody whom we believe has found out already; methods in it are not looked at again. DNS is asked about
    the author's domain first, so that what matters most is known when time runs out.
    """

    def txt(name: str) -> list[str]:
        return ask(name, "TXT")

    author, record, organization, unknown = fold_domain(author_domain), None, "", False
    try:
        record = policy_record(author, txt)
        organization = organizational_domain(author, txt) if record else ""
    except LookupFailed:
        unknown = record is None
    found = [*told, *_looked_at(raw, mail_from, came_from, ask, {finding.method for finding in told})]
    if author:
        found += [Finding("dmarc", "temperror", author)] if unknown else _dmarc(author, organization, record[1] if record else None, found, txt)
    return Results(tuple(found))


def _looked_at(raw: bytes, mail_from: str, came_from: Origin | None, ask: Ask, known: set[str]) -> list[Finding]:
    def txt(name: str) -> list[str]:
        return ask(name, "TXT")

    found: list[Finding] = []
    if "dkim" not in known:
        found += [Finding("dkim", one.word, one.domain) for one in check_all(raw, txt)] or [Finding("dkim", "none")]
    if "arc" not in known and (chain := arc.chain(raw, txt)):
        found.append(Finding("arc", chain))
    return found if "spf" in known else found + _spf(mail_from, came_from, ask)


def _spf(mail_from: str, came_from: Origin | None, ask: Ask) -> list[Finding]:
    if came_from is None or not mail_from:
        return []
    return [Finding("spf", spf.check_host(came_from.ip, mail_from, came_from.helo, ask), fold_domain(domain_of(mail_from)))]


def _dmarc(author: str, organization: str, record: dict[str, str] | None, found: Iterable[Finding], txt: Txt) -> list[Finding]:
    """RFC 9989 section 4.4. Without an answer from everything that could have passed nothing has failed.

    What lies outside the author's organization could not have passed, and is not asked about: a forger could have put names
    there whose servers never answer.
    """
    if record is None:
        return [Finding("dmarc", "none", author)]
    modes = {"dkim": record.get("adkim", "r"), "spf": record.get("aspf", "r")}
    try:
        own = [f for f in found if f.method in modes and f.domain and _is_within(f.domain, organization)]
        near = [f for f in own if _aligned(f.domain, author, modes[f.method], txt)]
    except LookupFailed:
        return [Finding("dmarc", "temperror", author)]
    if any(f.word == "pass" for f in near):
        return [Finding("dmarc", "pass", author)]
    if any(f.word == "temperror" for f in near):
        return [Finding("dmarc", "temperror", author)]
    return [Finding("dmarc", "fail", author)] if any(f.method == "spf" for f in found) else []


def _is_within(domain: str, organization: str) -> bool:
    return not organization or domain == organization or domain.endswith(f".{organization}")


def _aligned(domain: str, author: str, mode: str, txt: Txt) -> bool:
    return domain == author if mode == "s" else relaxed(domain, author, txt)

"""SPF (RFC 7208): may this machine send mail in the name of that domain?

DNS is asked through a function that the caller brings; it raises LookupFailed where there is no answer.
"""

import re
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_network

from listserv.mail.dmarc import LookupFailed, fold_domain
from listserv.mail.spfmacros import LONGEST_NAME, MOST_HOSTS, Address, Ask, Broken, Check, check_macros, check_target, expand

__all__ = ["Address", "Ask", "check_host"]

WORDS = {"+": "pass", "-": "fail", "~": "softfail", "?": "neutral"}
TERM = re.compile(r"([-+~?]?)(all|include|a|mx|ptr|ip4|ip6|exists)(?=[:/]|\Z)(?::([^/]*(?:/(?!/?\d)[^/]*)*))?((?://?\d[^/]*)*)", re.IGNORECASE)
IP_TERM = re.compile(r"([-+~?]?)(ip4|ip6):(\S+)", re.IGNORECASE)
MODIFIER = re.compile(r"([A-Za-z][\w.-]*)=(.*)")
CIDR = re.compile(r"(?:/(0|[1-9]\d?))?(?://(0|[1-9]\d{0,2}))?")


def check_host(ip: Address, sender: str, helo: str, ask: Ask) -> str:
    """RFC 7208's word for mail from `sender` (MAIL FROM; empty: nobody) brought by `ip`; never raises."""
    local, _, domain = sender.rpartition("@")
    domain = domain or helo
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    if not _is_domain(fold_domain(domain)):
        return "none"
    try:
        return _evaluate(Check(ip, f"{local or 'postmaster'}@{domain}", helo, ask), fold_domain(domain))
    except Broken:
        return "permerror"
    except LookupFailed:
        return "temperror"


def _is_domain(domain: str) -> bool:
    labels = domain.split(".")
    return len(domain) <= LONGEST_NAME and len(labels) > 1 and all(0 < len(label) <= 63 for label in labels)


def _evaluate(check: Check, domain: str) -> str:
    record = _record(check, domain)
    if record is None:
        return "none"
    terms = [term for term in record.split(" ")[1:] if term]
    modifiers = _modifiers(terms)
    mechanisms = [_mechanism(term) for term in terms if not _is_modifier(term)]
    for word, name, target, cidr in mechanisms:
        if _matches(check, domain, name, target, cidr):
            return word
    redirect = modifiers.get("redirect")
    if redirect is None:
        return "neutral"
    check.count()
    found = _evaluate(check, expand(check, redirect, domain))
    if found == "none":
        raise Broken
    return found


def _record(check: Check, domain: str) -> str | None:
    """The domain's one record (section 4.5)."""
    records = [text for text in check.ask(domain, "TXT") if text.lower() == "v=spf1" or text.lower().startswith("v=spf1 ")]
    if len(records) > 1 or any(not text.isascii() for text in records):
        raise Broken
    return records[0] if records else None


def _is_modifier(term: str) -> bool:
    found = MODIFIER.fullmatch(term)
    return found is not None


def _modifiers(terms: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for term in terms:
        modifier = MODIFIER.fullmatch(term)
        if not modifier:
            continue
        name = modifier[1].lower()
        check_macros(modifier[2])
        if name in ("redirect", "exp"):
            if name in found or not modifier[2]:
                raise Broken
            check_target(modifier[2])
            found[name] = modifier[2]
    return found


def _mechanism(term: str) -> tuple[str, str, str, str]:
    """Result, name, domain-spec or network, and prefix lengths of one mechanism (section 12)."""
    by_number = IP_TERM.fullmatch(term)
    if by_number:
        _network(by_number[2].lower(), by_number[3])
        return WORDS[by_number[1] or "+"], by_number[2].lower(), by_number[3], ""
    found = TERM.fullmatch(term)
    if not found:
        raise Broken
    name, target, cidr = found[2].lower(), found[3], found[4]
    needs, may = name in ("include", "exists"), name in ("a", "mx", "ptr")
    if (needs and not target) or (target is not None and not (needs or may)) or (cidr and name not in ("a", "mx")) or target == "":
        raise Broken
    if name in ("ip4", "ip6"):
        raise Broken
    if target:
        check_target(target)
    _prefixes(cidr)
    return WORDS[found[1] or "+"], name, target or "", cidr


def _prefixes(cidr: str) -> tuple[int, int]:
    found = CIDR.fullmatch(cidr)
    four, six = (int(found[1] or 32), int(found[2] or 128)) if found else (99, 999)
    if found and (found[1] == "0" or found[2] == "0"):
        four, six = (0 if found[1] == "0" else four), (0 if found[2] == "0" else six)
    if four > 32 or six > 128:
        raise Broken
    return four, six


def _network(name: str, text: str) -> tuple[int, int, int]:
    """Version, network as a number, and prefix length."""
    try:
        kind = IPv4Address if name == "ip4" else IPv6Address
        where, slash, length = text.partition("/")
        bits = 32 if name == "ip4" else 128
        if slash and (not re.fullmatch(r"0|[1-9]\d{0,2}", length) or int(length) > bits):
            raise Broken
        return kind(where).version, int(kind(where)), int(length) if slash else bits
    except ValueError as wrong:
        raise Broken from wrong


def _matches(check: Check, domain: str, name: str, target: str, cidr: str) -> bool:
    if name == "all":
        return True
    if name in ("ip4", "ip6"):
        version, network, length = _network(name, target)
        shift = (32 if version == 4 else 128) - length
        return check.ip.version == version and int(check.ip) >> shift == network >> shift
    check.count()
    where = expand(check, target, domain) if target else domain
    return MECHANISMS[name](check, where, cidr)


def _include(check: Check, where: str, cidr: str) -> bool:
    found = _evaluate(check, where)
    if found == "none":
        raise Broken
    return found == "pass"


def _a(check: Check, where: str, cidr: str) -> bool:
    return _is_among(check, check.addresses(where), cidr)


def _mx(check: Check, where: str, cidr: str) -> bool:
    hosts = [record.split()[-1].rstrip(".") for record in check.look(where, "MX")]
    if len(hosts) > MOST_HOSTS:
        raise Broken
    return any(_is_among(check, check.addresses(host), cidr) for host in hosts if host)


def _exists(check: Check, where: str, cidr: str) -> bool:
    return bool(check.look(where, "A"))


def _ptr(check: Check, where: str, cidr: str) -> bool:
    where = where.lower()
    return any(name == where or name.endswith(f".{where}") for name in check.names())


MECHANISMS: dict[str, Callable[[Check, str, str], bool]] = {"include": _include, "a": _a, "mx": _mx, "exists": _exists, "ptr": _ptr}


def _is_among(check: Check, found: Sequence[str], cidr: str) -> bool:
    length = _prefixes(cidr)[0 if check.ip.version == 4 else 1]
    return any(check.ip in ip_network(f"{address}/{length}", strict=False) for address in found)

"""What an SPF check knows and may still ask, and the names that its macros make of it (RFC 7208 sections 4.6.4, 5.5 and 7)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import quote

from listserv.mail.dmarc import LookupFailed

Address = IPv4Address | IPv6Address
# The records of a kind (TXT, A, AAAA, MX, PTR) at a name, [] where there are none. Raises LookupFailed.
Ask = Callable[[str, str], list[str]]

# RFC 7208 section 4.6.4.
MOST_LOOKUPS = 10
MOST_VOID = 2
MOST_HOSTS = 10
LONGEST_NAME = 253

MACRO = re.compile(r"%(?:([%_-])|\{([slodiphcrtv])(\d*)(r?)([-.+,/_=]*)\})", re.IGNORECASE)
LAST_LABEL = re.compile(r"(?:[a-z0-9]|[a-z0-9][a-z0-9-]*[a-z0-9])", re.IGNORECASE)


class Broken(Exception):
    """A record that nobody can follow: permerror."""


@dataclass(slots=True)
class Check:
    """One question and what it has cost so far."""

    ip: Address
    sender: str
    helo: str
    ask: Ask
    lookups: int = 0
    void: int = 0
    known_names: list[str] | None = None

    def count(self) -> None:
        """One more mechanism that asks DNS."""
        self.lookups += 1
        if self.lookups > MOST_LOOKUPS:
            raise Broken

    def look(self, name: str, kind: str) -> list[str]:
        """Ask; nothing found counts too."""
        found = self.ask(name, kind) if 0 < len(name) <= LONGEST_NAME else []
        self.void += not found
        if self.void > MOST_VOID:
            raise Broken
        return found

    def addresses(self, name: str) -> list[str]:
        """The addresses of a host, of the sender's kind."""
        return self.look(name, "A" if self.ip.version == 4 else "AAAA")

    def names(self) -> list[str]:
        """The sender's names that lead back to it; what cannot be asked is none."""
        if self.known_names is None:
            self.known_names = []
            self.known_names = [name for name in self._called() if self._leads_back(name)]
        return self.known_names

    def _called(self) -> list[str]:
        try:
            return [name.rstrip(".").lower() for name in self.look(self.ip.reverse_pointer, "PTR")[:MOST_HOSTS]]
        except LookupFailed:
            return []

    def _leads_back(self, name: str) -> bool:
        try:
            return any(ip_address(found) == self.ip for found in self.ask(name, "A" if self.ip.version == 4 else "AAAA"))
        except LookupFailed:
            return False


def check_target(text: str) -> None:
    """Raises Broken for a domain-spec that ends neither in a macro nor in a top-level domain (section 7.1)."""
    check_macros(text)
    if re.search(r"%\{[^}]*\}\Z", text):
        return
    last = text.removesuffix(".").rpartition(".")
    if not last[1] or not LAST_LABEL.fullmatch(last[2]) or last[2].isdigit():
        raise Broken


def check_macros(text: str) -> None:
    """Raises Broken for a macro that is none (section 7.1)."""
    for found in MACRO.finditer(text):
        if found[2] and (found[2].lower() in "crt" or (found[3] and not int(found[3][:9]))):
            raise Broken
    if "%" in MACRO.sub("", text) or any(not "!" <= c <= "~" for c in text):
        raise Broken


def expand(check: Check, text: str, domain: str) -> str:
    """Macros filled in (section 7); a name that is too long loses labels from the left."""
    name = MACRO.sub(lambda found: _macro(check, found, domain), text).removesuffix(".")
    # A record of macros can make megabytes of labels: they are not dropped one by one.
    return name if len(name) <= LONGEST_NAME else name[-LONGEST_NAME - 1 :].partition(".")[2]


def _macro(check: Check, found: re.Match[str], domain: str) -> str:
    if found[1]:
        return {"%": "%", "_": " ", "-": "%20"}[found[1]]
    letter = found[2].lower()
    value = _value(check, letter, domain)
    if found[3] or found[4] or found[5]:
        parts = re.split(f"[{re.escape(found[5] or '.')}]", value)
        parts = parts[::-1] if found[4] else parts
        value = ".".join(parts[-int(found[3][:9]) :] if found[3] else parts)
    return quote(value, safe="") if found[2].isupper() else value


def _value(check: Check, letter: str, domain: str) -> str:
    local, _, sender_domain = check.sender.rpartition("@")
    if letter == "i":
        four = check.ip.version == 4
        return str(check.ip) if four else ".".join(f"{int(check.ip):032x}")
    if letter == "p":
        names = check.names()
        below = [name for name in names if name == domain or name.endswith(f".{domain}")]
        return next(iter([*(name for name in below if name == domain), *below, *names]), "unknown")
    version = "in-addr" if check.ip.version == 4 else "ip6"
    return {"s": check.sender, "l": local, "o": sender_domain, "d": domain, "h": check.helo, "v": version}[letter]

"""`check`: what would go wrong, and how to mend it; one finding for each thing looked at."""

import base64
import ctypes
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path

from sqlalchemy.orm import Session

from listserv.config import FILE, Settings
from listserv.dns import LookupFailed, Resolver, is_special
from listserv.errors import Conflict
from listserv.mail.dmarc import dmarc_policy
from listserv.store import health

GIGABYTE = 1 << 30
# Nothing of ours was written before: a clock that says so has lost its battery.
NOT_BEFORE = datetime(2026, 1, 1, tzinfo=UTC)
SHORTEST_SECRET = 20


class State(StrEnum):
    """How a thing looked at is: as it should be, worth a thought, broken, or not to be found out from here."""

    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: what was found, and what to do about it."""

    what: str
    state: State
    found: str
    mend: str = ""


def good(what: str, found: str) -> Finding:
    """A thing as it should be."""
    return Finding(what, State.GOOD, found)


def about_settings(settings: Settings, owner_known: bool = True) -> Iterator[Finding]:
    """Are the settings fit for the outside world?"""
    path = settings.data / FILE
    if len(settings.site.secret) < SHORTEST_SECRET:
        yield Finding("secret", State.BAD, "site.secret is missing or short: links and bounce addresses could be forged", "set site.secret to 32 random characters")
    elif path.exists() and path.stat().st_mode & 0o077:
        yield Finding("secret", State.WARNING, f"others on this machine can read {path}", f"chmod 600 {path}")
    else:
        yield good("secret", "kept")
    if not settings.site.owner:
        yield Finding("owner", State.WARNING, "nobody gets what is written to postmaster and abuse", "set site.owner to an e-mail address")
    if not settings.site.url.startswith("https://"):
        yield Finding("url", State.WARNING, f"{settings.site.url} is not encrypted; mail programs ignore a one-click link that is not https (RFC 8058)", "put a web server with a certificate in front and set site.url to its https address")
    else:
        yield good("url", settings.site.url)
    if bool(settings.smtp.tls_cert) != bool(settings.smtp.tls_key):
        yield Finding("tls", State.BAD, "smtp.tls_cert and smtp.tls_key go together", "set both or neither")
    if not settings.auth.trust:
        yield Finding("auth", State.WARNING, "auth.trust is empty: no sender can be verified, and applicants are asked to confirm", "let your MTA check DKIM, SPF and DMARC and set auth.trust to the authserv-id that it writes")


def require_whole(db: Session) -> None:
    """Is the database file whole? Raises Conflict with what the database says is wrong."""
    wrong = health.integrity(db)
    if wrong:
        raise Conflict("the database is damaged: {wrong}; restore a backup", wrong=wrong)


def about_database(db: Session) -> Finding:
    """Is it whole?"""
    wrong = health.integrity(db)
    if wrong:
        return Finding("database", State.BAD, f"damaged: {wrong}", "stop listserv and restore a backup")
    return good("database", health.describe(db))


def about_clock(now: datetime, newest: datetime | None) -> Finding:
    """Does the clock go right? `newest` is the youngest moment in the database."""
    mend = "set the clock and keep it by NTP (chrony or systemd-timesyncd)"
    if now < NOT_BEFORE or (newest and now < newest):
        return Finding("clock", State.BAD, f"it says {now:%Y-%m-%d %H:%M} UTC, earlier than what is in the database", mend)
    if _clock_runs_free():
        return Finding("clock", State.WARNING, f"{now:%Y-%m-%d %H:%M} UTC; nothing keeps it right", mend)
    return good("clock", f"{now:%Y-%m-%d %H:%M} UTC")


def _clock_runs_free() -> bool:
    """Does the kernel say that nobody disciplines its clock? False where it cannot be asked."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        # adjtimex(2) with no modes set only reads; its answer 5 is TIME_ERROR, "not synchronized".
        return int(ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(512))) == 5
    except (OSError, AttributeError):
        return False


def about_disk(folder: Path) -> Finding:
    """Is there room for mail?"""
    usage = shutil.disk_usage(folder)
    words = f"{usage.free / GIGABYTE:.1f} GB free of {usage.total / GIGABYTE:.1f} GB under {folder}"
    if usage.free < GIGABYTE // 10:
        return Finding("disk", State.BAD, words, "make room: without it mail is refused for the time being")
    if usage.free < GIGABYTE or usage.free < usage.total // 20:
        return Finding("disk", State.WARNING, words, "make room before it fills up")
    return good("disk", words)


def about_dns(settings: Settings, resolver: Resolver, relay_host: str) -> Iterator[Finding]:
    """What others can find out about our domain: MX, SPF, DKIM, DMARC, and the name of the machine that sends."""
    domain = settings.site.domain
    if not settings.auth.dns and (is_special(domain) or "." not in domain):
        yield Finding("dns", State.UNKNOWN, f"{domain} is a name for examples and tests: nobody outside can write to it", "use a domain of your own")
        return
    for what, question in QUESTIONS.items():
        try:
            yield question(settings, resolver, relay_host)
        except LookupFailed:
            yield Finding(what, State.UNKNOWN, "the resolver does not answer", "try again, or set auth.dns")


def _mx(settings: Settings, resolver: Resolver, relay_host: str) -> Finding:
    domain = settings.site.domain
    hosts = mail_hosts(domain, resolver)
    if not hosts:
        return Finding("mx", State.BAD, f"no mail server is published for {domain}", f"publish: {domain}. MX 10 <your mail server>.")
    dead = [host for host in hosts if not addresses(host, resolver)]
    if dead:
        return Finding("mx", State.BAD, f"{dead[0]} has no address", f"publish an A or AAAA record for {dead[0]}")
    return good("mx", ", ".join(hosts))


def mail_hosts(domain: str, resolver: Resolver) -> list[str]:
    """The hosts that take mail for a domain, the preferred first; the domain itself where it has an address only (RFC 5321 section 5.1)."""
    found = [record.split() for record in resolver.ask(domain, "MX")]
    hosts = [host.rstrip(".") for _, host in sorted((int(preference), host) for preference, host in found)]
    return [host for host in hosts if host] or ([domain] if not found and addresses(domain, resolver) else [])


def addresses(host: str, resolver: Resolver) -> list[str]:
    """The addresses of a host; its own where it is one."""
    try:
        return [str(ip_address(host))]
    except ValueError:
        return [*resolver.ask(host, "A"), *resolver.ask(host, "AAAA")]


def _spf(settings: Settings, resolver: Resolver, relay_host: str) -> Finding:
    domain = settings.site.domain
    records = [text for text in resolver.txt(domain) if text.lower().split(" ")[0] == "v=spf1"]
    if not records:
        return Finding("spf", State.BAD, f"{domain} says nothing about who may send for it", f'publish: {domain}. TXT "v=spf1 mx -all" (and the relay, where it is another machine)')
    if len(records) > 1:
        return Finding("spf", State.BAD, "there are two SPF records, which is as good as an error (RFC 7208 section 4.5)", "keep one")
    if "+all" in records[0].lower().split() or "all" in records[0].lower().split():
        return Finding("spf", State.WARNING, f"{records[0]} allows everybody", "end it with -all")
    return good("spf", records[0])


def _dkim(settings: Settings, resolver: Resolver, relay_host: str) -> Finding:
    selector, domain = settings.relay.dkim_selector, settings.site.domain
    if not settings.relay.dkim_key:
        mend = f"let the relay sign with d={domain} (opendkim or rspamd), send yourself a post and look for `DKIM-Signature: … d={domain}` in it"
        return Finding("dkim", State.UNKNOWN, "the relay has to sign what leaves: without a signature mail programs show no one-click button (RFC 8058)", mend)
    name = f"{selector}._domainkey.{domain}"
    published = resolver.txt(name) if selector else []
    if not published:
        return Finding("dkim", State.BAD, f"no key is published at {name}" if selector else "relay.dkim_selector is empty", "publish the public half of relay.dkim_key there")
    if not same_key(Path(settings.relay.dkim_key), published[0]):
        return Finding("dkim", State.BAD, f"the key at {name} is not the one in {settings.relay.dkim_key}", "publish the public half of relay.dkim_key there")
    return good("dkim", f"{name} fits {settings.relay.dkim_key}")


def same_key(private: Path, record: str) -> bool:
    """Is a published key (RFC 6376 section 3.6.1) the public half of this RSA key? False for a file that cannot be read."""
    from dkim.crypto import UnparsableKeyError, parse_pem_private_key, parse_public_key

    tags = dict(part.strip().split("=", 1) for part in record.replace(" ", "").split(";") if "=" in part)
    try:
        mine, theirs = parse_pem_private_key(private.read_bytes()), parse_public_key(base64.b64decode(tags.get("p", "")))
    except (OSError, UnparsableKeyError, ValueError):
        return False
    return bool(mine["modulus"] == theirs["modulus"])


def _dmarc(settings: Settings, resolver: Resolver, relay_host: str) -> Finding:
    domain = settings.site.domain
    policy = dmarc_policy(domain, resolver.txt)
    if policy is None:
        return Finding("dmarc", State.WARNING, f"{domain} has no policy: large providers trust it less", f'publish: _dmarc.{domain}. TXT "v=DMARC1; p=none; rua=mailto:postmaster@{domain}"')
    return good("dmarc", f"p={policy}")


def _ptr(settings: Settings, resolver: Resolver, relay_host: str) -> Finding:
    """The machine that speaks to the world needs a name that leads back to it; large providers refuse others."""
    host = relay_host or next(iter(mail_hosts(settings.site.domain, resolver)), "")
    found = addresses(host, resolver) if host else []
    if not found:
        return Finding("ptr", State.UNKNOWN, "it is not known which machine sends", "set relay.url, or publish an MX")
    for address in found:
        names = [name.rstrip(".") for name in resolver.ask(ip_address(address).reverse_pointer, "PTR")]
        if not any(address in addresses(name, resolver) for name in names):
            return Finding("ptr", State.BAD, f"{address} ({host}) has no name that leads back to it", "ask whoever gave you the address for a PTR record, and publish the same name with that address")
    return good("ptr", f"{host}: {', '.join(found)}")


QUESTIONS: dict[str, Callable[[Settings, Resolver, str], Finding]] = {"mx": _mx, "spf": _spf, "dkim": _dkim, "dmarc": _dmarc, "ptr": _ptr}


def postfix(settings: Settings) -> str:
    """The lines for Postfix on this machine that fit these settings."""
    host, _, port = (settings.lmtp.listen or "127.0.0.1:8024").rpartition(":")
    domain = settings.site.domain
    return POSTFIX.format(domain=domain, place=f"inet:{host or '127.0.0.1'}:{port}", size=settings.smtp.max_size, trust=settings.auth.trust or "$myhostname")


POSTFIX = """\
# /etc/postfix/main.cf: mail for {domain} goes to listserv, and listserv's mail leaves through Postfix.
relay_domains = {domain}
transport_maps = inline:{{ {{ {domain} = lmtp:{place} }} }}
message_size_limit = {size}
# Ask listserv about recipients while the sender still waits: unknown ones are refused, not bounced.
smtpd_recipient_restrictions = permit_mynetworks, reject_unauth_destination, reject_unverified_recipient
unverified_recipient_reject_code = 550
address_verify_map = proxy:btree:$data_directory/verify_cache
# Every copy has a sender of its own (VERP); many go to one provider, so keep the connection.
smtp_connection_cache_on_demand = yes
# Only this machine may relay.
mynetworks = 127.0.0.0/8 [::1]/128
# Let a milter (opendkim and opendmarc, or rspamd) check what comes in and sign what leaves with d={domain};
# it must write Authentication-Results with the authserv-id {trust}.
#smtpd_milters = inet:127.0.0.1:11332
#non_smtpd_milters = $smtpd_milters
#milter_default_action = accept

# listserv.toml: the other half.
#[relay]
#url = "smtp://127.0.0.1:25"
#[auth]
#trust = "{trust}"
"""

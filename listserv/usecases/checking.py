"""`check`: what would go wrong, and how to mend it; one finding for each thing looked at."""

import ctypes
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from sqlalchemy.orm import Session

from listserv.config import FILE, NAMELESS, Settings
from listserv.errors import Conflict, Invalid
from listserv.store import health

GIGABYTE = 1 << 30
# Nothing of ours was written before: a clock that says so has lost its battery.
NOT_BEFORE = datetime(2026, 1, 1, tzinfo=UTC)
SHORTEST_SECRET = 20
# Seconds that work may be late.
LONGEST_WAIT = 900.0
# Copies refused longer ago than this have been forgotten by those who refused them.
RECENT = timedelta(days=7)


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


def about_refusals(said: Sequence[str]) -> Finding:
    """Which mail services have refused copies for what we are, not for whom they were for: domain, status and answer of each, the latest first."""
    if not said:
        return good("refusals", "no mail service has refused our copies for a week")
    domains = list(dict.fromkeys(one.partition(" ")[0] for one in said))
    found = f"{len(domains)} mail services refused our copies this week ({', '.join(domains[:5])}); the last said: {said[0].partition(' ')[2]}"
    mend = "see that spf, dkim, dmarc and ptr below are good, and ask the service; members are not counted out for it"
    return Finding("refusals", State.WARNING, found, mend)


def about_settings(settings: Settings) -> Iterator[Finding]:
    """Are the settings fit for the outside world?"""
    path = settings.data / FILE
    if len(settings.site.secret) < SHORTEST_SECRET:
        found = "site.secret is missing or short: links and bounce addresses could be forged"
        yield Finding("secret", State.BAD, found, "set site.secret to 32 random characters")
    elif path.exists() and path.stat().st_mode & 0o077:
        yield Finding("secret", State.WARNING, f"others on this machine can read {path}", f"chmod 600 {path}")
    else:
        yield good("secret", "kept")
    if settings.site.name in NAMELESS:
        found = f"site.name is {settings.site.name!r}: letters and pages do not say whose lists these are"
        yield Finding("name", State.WARNING, found, "set site.name to what people call your organisation or network")
    if not settings.site.owner:
        yield Finding("owner", State.WARNING, "nobody gets what is written to postmaster and abuse", "set site.owner to an e-mail address")
    if not settings.site.url.startswith("https://"):
        found = f"{settings.site.url} is not encrypted; mail programs ignore a one-click link that is not https (RFC 8058)"
        yield Finding("url", State.WARNING, found, "put a web server with a certificate in front and set site.url to its https address")
    else:
        yield good("url", settings.site.url)
    if bool(settings.smtp.tls_cert) != bool(settings.smtp.tls_key):
        yield Finding("tls", State.BAD, "smtp.tls_cert and smtp.tls_key go together", "set both or neither")
    if not settings.auth.trust:
        found = "auth.trust is empty: no sender can be verified, and applicants are asked to confirm"
        yield Finding("auth", State.WARNING, found, "let your MTA check DKIM, SPF and DMARC and set auth.trust to the authserv-id that it writes")


def about_work(shunted: int, waits: float) -> Finding:
    """Is anything left undone: mails set aside, or (seconds) work that should have been done long ago?"""
    if shunted:
        return Finding("queue", State.WARNING, f"{shunted} mails are set aside", "listserv queue ls, then queue show ID and queue retry ID")
    if waits > LONGEST_WAIT:
        return Finding("queue", State.WARNING, f"work has waited for {waits / 60:.0f} minutes beyond its time", "see that a worker runs: listserv serve")
    return good("queue", "nothing is set aside, nothing is late")


def require_whole(db: Session) -> None:
    """Is the database file whole? Raises Conflict with what the database says is wrong."""
    wrong = health.integrity(db)
    if wrong:
        raise Conflict("the database is damaged: {wrong}; restore a backup", wrong=wrong)


def about_database(db: Session, *, quick: bool = False) -> Finding:
    """Is it whole? `quick`: it is there, and not looked through, which takes minutes where it is large."""
    wrong = "" if quick else health.integrity(db)
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


# What our header fields and a bounce address add to a mail; and the size of a mailbox up to which Postfix asks for no further line.
OUR_FIELDS, USUAL_MAILBOX = 1 << 16, 51_200_000


def postfix(settings: Settings) -> str:
    """The lines for Postfix on this machine that fit these settings. Raises Invalid where mail could come in nowhere."""
    domain, size = settings.site.domain, settings.smtp.max_size + OUR_FIELDS
    place = next_hop(settings)
    more = "" if size < USUAL_MAILBOX else "mailbox_size_limit = 0\nvirtual_mailbox_limit = 0\n"
    return POSTFIX.format(domain=domain, place=place, size=size, more=more, trust=settings.auth.trust or f"mail.{domain}")


# A door that listens everywhere is reached on this machine.
EVERYWHERE = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "[::]": "[::1]"}  # nosec B104: asked, not listened on


def next_hop(settings: Settings) -> str:
    """Where Postfix hands mail over: by LMTP, which answers for each recipient; where that is off, by SMTP. Raises Invalid."""
    host, _, port = (settings.lmtp.listen or settings.smtp.listen).rpartition(":")
    if not port:
        raise Invalid("nothing takes mail: set lmtp.listen to an address such as 127.0.0.1:8024")
    host = EVERYWHERE.get(host, host)
    if settings.lmtp.listen:
        return f"lmtp:inet:{host}:{port}"
    # In brackets: no MX is asked for.
    return f"smtp:{host if host.startswith('[') else f'[{host}]'}:{port}"


POSTFIX = """\
# /etc/postfix/main.cf: mail for {domain} goes to listserv, and listserv's mail leaves through Postfix.
# It must not stand in mydestination, virtual_alias_domains or virtual_mailbox_domains.
relay_domains = {domain}
transport_maps = inline:{{ {{ {domain} = {place} }} }}
# What listserv takes, and the fields that it adds to each copy.
message_size_limit = {size}
{more}# Addresses and subjects in any script.
smtputf8_enable = yes
# Ask listserv about recipients while the sender still waits: unknown ones are refused, not bounced.
smtpd_recipient_restrictions = permit_mynetworks, reject_unauth_destination, reject_unverified_recipient
unverified_recipient_reject_code = 550
# While listserv is being restarted, mail to addresses that it has known before waits here, other mail at its sender's server (450).
# A list that is made today is known within minutes.
address_verify_negative_refresh_time = 1m
address_verify_negative_expire_time = 10m
# Bounce addresses are r+TOKEN@{domain}: listserv gets them whole, whatever this is. Leave it as it is.
#recipient_delimiter = +
# Every copy has a sender of its own (VERP); many go to one provider, so keep the connection.
smtp_connection_cache_on_demand = yes
# Only this machine may relay.
mynetworks = 127.0.0.0/8 [::1]/128
# Let a milter (opendkim and opendmarc, or rspamd) check what comes in and sign what leaves with d={domain};
# it must write Authentication-Results with the authserv-id {trust} (opendkim, opendmarc, openarc: AuthservID;
# rspamd: milter_headers, use = ["authentication-results"], and authserv-id is its hostname).
#smtpd_milters = inet:127.0.0.1:11332
#non_smtpd_milters = $smtpd_milters
#milter_default_action = accept

# listserv.toml: the other half.
#[relay]
#url = "smtp://127.0.0.1:25"
#[auth]
#trust = "{trust}"
"""

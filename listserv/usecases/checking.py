"""`check`: what would go wrong, and how to mend it; one finding for each thing looked at."""

import ctypes
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from listserv.config import FILE, NAMELESS, Settings
from listserv.errors import Conflict, Invalid, Refusal
from listserv.i18n import N_, Sentence, put_together, sentence, spoken, taken_apart
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
    """One thing looked at: what was found, and what to do about it; i18n.Sentence each where they hold words of ours."""

    what: str
    state: State
    found: str
    mend: str = ""


def as_row(finding: Finding) -> dict[str, Any]:
    """As JSON: `found` and `mend` in English, and under `said` what other languages make them of."""
    said = {"found": taken_apart(finding.found), "mend": taken_apart(finding.mend)}
    return {"what": finding.what, "state": str(finding.state), "found": str(finding.found), "mend": str(finding.mend), "said": said}


def of_row(row: Mapping[str, Any]) -> Finding:
    """The finding again. Raises KeyError, TypeError, AttributeError or ValueError where it is none."""
    said = row.get("said") or row
    return Finding(str(row["what"]), State(row["state"]), put_together(said["found"]), put_together(said["mend"]))


def refusal_in_words(refused: Refusal) -> Sentence:
    """What a verb refused, as a sentence."""
    return spoken(str(refused), refused.reason, **refused.facts) if refused.facts else spoken(str(refused), "{words}", words=refused.reason)


def good(what: str, found: str) -> Finding:
    """A thing as it should be."""
    return Finding(what, State.GOOD, found)


def about_refusals(said: Sequence[str]) -> Finding:
    """Which mail services have refused copies for what we are, not for whom they were for: domain, status and answer of each, the latest first."""
    if not said:
        return good("refusals", sentence(N_("no mail service has refused our copies for a week")))
    domains = list(dict.fromkeys(one.partition(" ")[0] for one in said))
    found = sentence(
        N_("{count} mail services refused our copies this week ({domains}); the last said: {words}"),
        count=len(domains),
        domains=", ".join(domains[:5]),
        words=said[0].partition(" ")[2],
    )
    mend = N_("see that spf, dkim, dmarc and ptr below are good, and ask the service; members are not counted out for it")
    return Finding("refusals", State.WARNING, found, sentence(mend))


def about_settings(settings: Settings) -> Iterator[Finding]:
    """Are the settings fit for the outside world?"""
    path = settings.data / FILE
    if len(settings.site.secret) < SHORTEST_SECRET:
        found = sentence(N_("site.secret is missing or short: links and bounce addresses could be forged"))
        yield Finding("secret", State.BAD, found, sentence(N_("set site.secret to 32 random characters")))
    elif path.exists() and path.stat().st_mode & 0o077:
        yield Finding("secret", State.WARNING, sentence(N_("others on this machine can read {path}"), path=path), f"chmod 600 {path}")
    else:
        yield good("secret", sentence(N_("kept")))
    if settings.site.name in NAMELESS:
        found = sentence(N_("site.name is {name}: letters and pages do not say whose lists these are"), name=repr(settings.site.name))
        yield Finding("name", State.WARNING, found, sentence(N_("set site.name to what people call your organisation or network")))
    if not settings.site.owner:
        found = sentence(N_("nobody gets what is written to postmaster and abuse"))
        yield Finding("owner", State.WARNING, found, sentence(N_("set site.owner to an e-mail address")))
    if not settings.site.url.startswith("https://"):
        found = sentence(N_("{url} is not encrypted; mail programs ignore a one-click link that is not https (RFC 8058)"), url=settings.site.url)
        yield Finding("url", State.WARNING, found, sentence(N_("put a web server with a certificate in front and set site.url to its https address")))
    else:
        yield good("url", settings.site.url)
    if bool(settings.smtp.tls_cert) != bool(settings.smtp.tls_key):
        yield Finding("tls", State.BAD, sentence(N_("smtp.tls_cert and smtp.tls_key go together")), sentence(N_("set both or neither")))
    if not settings.auth.trust:
        found = sentence(N_("auth.trust is empty: no sender can be verified, and applicants are asked to confirm"))
        mend = sentence(N_("let your MTA check DKIM, SPF and DMARC and set auth.trust to the authserv-id that it writes"))
        yield Finding("auth", State.WARNING, found, mend)


def about_work(shunted: int, waits: float) -> Finding:
    """Is anything left undone: mails set aside, or (seconds) work that should have been done long ago?"""
    if shunted:
        found = sentence(N_("{count} mails are set aside"), count=shunted)
        return Finding("queue", State.WARNING, found, sentence(N_("listserv queue ls, then queue show ID and queue retry ID")))
    if waits > LONGEST_WAIT:
        found = sentence(N_("work has waited for {minutes} minutes beyond its time"), minutes=f"{waits / 60:.0f}")
        return Finding("queue", State.WARNING, found, sentence(N_("see that a worker runs: listserv serve")))
    return good("queue", sentence(N_("nothing is set aside, nothing is late")))


def require_whole(db: Session) -> None:
    """Is the database file whole? Raises Conflict with what the database says is wrong."""
    wrong = health.integrity(db)
    if wrong:
        raise Conflict("the database is damaged: {wrong}; restore a backup", wrong=wrong)


def about_database(db: Session, *, quick: bool = False) -> Finding:
    """Is it whole? `quick`: it is there, and not looked through, which takes minutes where it is large."""
    wrong = "" if quick else health.integrity(db)
    if wrong:
        return Finding("database", State.BAD, sentence(N_("damaged: {wrong}"), wrong=wrong), sentence(N_("stop listserv and restore a backup")))
    return good("database", health.describe(db))


def about_clock(now: datetime, newest: datetime | None) -> Finding:
    """Does the clock go right? `newest` is the youngest moment in the database."""
    mend, time = sentence(N_("set the clock and keep it by NTP (chrony or systemd-timesyncd)")), f"{now:%Y-%m-%d %H:%M}"
    if now < NOT_BEFORE or (newest and now < newest):
        return Finding("clock", State.BAD, sentence(N_("it says {time} UTC, earlier than what is in the database"), time=time), mend)
    if _clock_runs_free():
        return Finding("clock", State.WARNING, sentence(N_("{time} UTC; nothing keeps it right"), time=time), mend)
    return good("clock", f"{time} UTC")


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
    free, whole = f"{usage.free / GIGABYTE:.1f}", f"{usage.total / GIGABYTE:.1f}"
    words = sentence(N_("{free} GB free of {whole} GB under {folder}"), free=free, whole=whole, folder=folder)
    if usage.free < GIGABYTE // 10:
        return Finding("disk", State.BAD, words, sentence(N_("make room: without it mail is refused for the time being")))
    if usage.free < GIGABYTE or usage.free < usage.total // 20:
        return Finding("disk", State.WARNING, words, sentence(N_("make room before it fills up")))
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

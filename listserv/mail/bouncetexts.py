"""Bounces that have no form, read as people read them: an address, and beside it a reply code or words of failure.

flufl.bounce knows how programs wrote twenty years ago; Exchange, Gmail, the Polish providers and what came since are
known by what all of them do: they name an address, and say in the same breath what is wrong with it.
"""

import logging
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from email import message_from_bytes
from email.message import Message

from flufl.bounce import all_failures

from listserv.lazily import compiled
from listserv.mail.fields import line
from listserv.mail.mailboxes import mailboxes

# A detector that fails logs a traceback; one that fails on a strange mail is nothing to tell anybody.
logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)

MOST_RECIPIENTS = 1_000
LONGEST_DIAGNOSTIC = 500
# flufl.bounce searches with patterns that take quadratic time on long lines.
LONGEST_BOUNCE = 65_536
LONGEST_LINE = 500
LINES_BESIDE = 8

BLANK_LINES = re.compile(rb"\n{3,}")
STATUS = compiled(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
REPLY_CODE = compiled(r"(?<![\d.\w/-])([45])\d\d(?=[\s,;:-])")
ADDRESS = compiled(r"(?<![\w.%+@/:=-])[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,10}")
MARKS = " \t<*•-\"'>"

FAILED = compiled(
    r"""fail|unknown|undeliver|not\ (?:be\ )?deliver|unable\ to|error|reject|refus|denied|disabled|quota|full
    |no\ such|invalid|unrouteable|malformed|does\ not\ exist|doesn.t\ exist|wasn.t\ found|not\ found
    |non\ remis|unzustellbar|nicht\ zugestellt|no\ se\ (?:ha\ )?pud|impossibile
    |nie\ istnieje|niedostarcz|dostarczy[ćc]|dostarczon|nieznan|odrzuc|przepe[łl]nion|nie\ znaleziono|b[łl][ąa]d|zablokowan|nieaktywn""",
    re.IGNORECASE | re.VERBOSE,
)
PASSING = compiled(
    r"""delayed|deferred|temporar|will\ (?:keep|continue|be\ retried)|still\ being|try(?:ing)?\ again|not\ yet\ been|timed\ out|unreachable
    |quota|mailbox\ (?:is\ )?full|over\ ?quota|failing\ for\ a\ long\ time|retry\ time(?:out)?|connection\ (?:refused|timed)|could\ not\ connect
    |op[óo][źz]nion|ponow|tymczasow|chwilow|przepe[łl]nion|pe[łl]na\ skrzynk|nadal\ b[ęe]d|limit\ (?:pojemno|miejsca)
    |jeszcze\ (?:nie\ )?(?:zosta[łl]\w\ )?dostarcz|kolejn\w+\ pr[óo]b|b[ęe]dzie\ pr[óo]bowa""",
    re.IGNORECASE | re.VERBOSE,
)
FOR_GOOD = compiled(r"permanent|giving up|given up|fatal|user unknown|unknown user|no such user|nie istnieje|trwa[łl]y b[łl][ąa]d", re.IGNORECASE)
# Neither the recipient's mailbox nor their domain is at fault: the sender is disliked, unproven or listed somewhere.
POLICY = compiled(
    r"""\b(?:dmarc|dkim|spf)\b|unauthenticated|not\ authenticated|authentication\ (?:check|required|fail)|sender\ (?:policy|address\ rejected|domain)
    |spam|virus|black\ ?list|block\ ?list|\b(?:dns|r)bl\b|reputation|blocked\ (?:using|by|due|for|because)|listed\ (?:in|at|by)|barracuda|policy
    |too\ many\ (?:messages|recipients|connections)|rate\ limit|reverse\ dns|\bptr\b|content\ reject|polityk|czarn[aąe]\w*\ list|zablokowan\w*\ nadawc""",
    re.IGNORECASE | re.VERBOSE,
)
ABSENT = compiled(
    r"""user\ unknown|unknown\ user|no\ such\ (?:user|recipient|mailbox|address)|does\ ?n.t\ exist|does\ not\ exist|nie\ istnieje|nie\ znaleziono
    |invalid\ (?:recipient|mailbox)|unknown\ (?:recipient|address|local)|(?:recipient|address|mailbox|user|account)\b[^.;]{0,20}\bnot\ found""",
    re.IGNORECASE | re.VERBOSE,
)
RECIPIENT = compiled(
    r"""(?:\b(?:to|do|an|für|à|a|al)|odbiorc\w*|adresat\w*|recipients?|empf[äa]nger|destinatai?r\w*|adres\w*|address)\s*[:=]?\s*[<"']?\Z""", re.IGNORECASE
)
# Whom one may ask about it.
ASKING = compiled(r"contact|assistance|support|questions|prosimy|prosz[ęe]|pomoc|kontakt|wenden sie", re.IGNORECASE)
HELPERS = compiled(r"(?:support|help|helpdesk|postmaster|abuse|admin|administrator|pomoc|bok|mailer-daemon|hostmaster|kontakt|contact)@", re.IGNORECASE)
POLICY_STATUS = compiled(r"[45]\.(?:7\.\d+|1\.[78]|3\.4|6\.\d+)\Z")


@dataclass(frozen=True, slots=True)
class Failure:
    """One recipient that was not reached. `permanent` is what the status says (RFC 3463: 5 for good, 4 for now).

    `address` is the one that failed, `original` the one we wrote to, where the two differ and the report says so.
    `given_up`: what failed may pass (4.x.x), but the server that wrote the report tries no more.
    """

    address: str
    permanent: bool
    status: str
    diagnostic: str
    original: str = ""
    given_up: bool = False

    @property
    def policy(self) -> bool:
        """Was it the mail or its sender that was not wanted, so that it says nothing of the recipient?"""
        return is_policy(self.status, self.diagnostic)


def is_policy(status: str, diagnostic: str) -> bool:
    """Is this refusal the sender's own fault (RFC 3463 X.7, X.6, sender addresses; words of policy)? Some servers say 5.7.1 of users that are gone."""
    if ABSENT.search(diagnostic):
        return False
    return POLICY_STATUS.match(status) is not None or POLICY.search(diagnostic) is not None


def read_text(raw: bytes, text: str, ours: set[str], failed: Sequence[str]) -> list[Failure]:
    """Whom a bounce without a form names. `ours` it was sent to; `failed` are the addresses in its X-Failed-Recipients."""
    if failed:
        for_good = not PASSING.search(text) or FOR_GOOD.search(text) is not None
        return [as_said(address, text, for_good=for_good) for address in dict.fromkeys(failed)]
    return _guessed(raw, text, ours) or _told(text, ours) or [one for one in _told(text, set()) if one.status]


class _Short(Message):
    """A message whose header fields neither keep the standard library busy nor surprise a detector."""

    def set_raw(self, name: str, value: str) -> None:
        super().set_raw(name, value[:LONGEST_LINE].encode("ascii", "replace").decode("ascii"))


def _guessed(raw: bytes, text: str, ours: set[str]) -> list[Failure]:
    """What flufl.bounce makes of it. It wants the whole tree, so the mail is parsed once more, cut to a bearable size."""
    short = b"\n".join(one[:LONGEST_LINE] for one in raw[:LONGEST_BOUNCE].splitlines())
    # The standard library makes a part of every blank line in a report.
    message = message_from_bytes(BLANK_LINES.sub(b"\n\n", short), _Short)
    if not mailboxes(message.get_all("from", [])):
        del message["from"]
        message["from"] = "mailer-daemon@example.invalid"
    try:
        temporary, permanent = all_failures(message)
    except Exception:  # noqa: BLE001 - seventeen detectors written for honest bounces
        return []
    found: dict[str, bool] = {}
    for addresses, for_good in ((temporary, False), (permanent, True)):
        for address in sorted(addresses):
            with suppress(UnicodeDecodeError):
                found[address.decode("ascii")] = for_good
    good = [address for address in found if ADDRESS.fullmatch(address) and address.lower() not in ours]
    failures = [as_said(address, text, for_good=found[address]) for address in good]
    # What a program calls for good a code may call passing, never the other way round.
    return [replace(failure, permanent=failure.permanent and found[failure.address]) for failure in failures]


def _told(text: str, ours: set[str]) -> list[Failure]:
    """Addresses beside which there is a code of failure; where there are none, those that stand at the head of a line, or in a line that tells of failure."""
    found = [(match[0], match.start()) for match in ADDRESS.finditer(text) if match[0].lower() not in ours][:MOST_RECIPIENTS]
    failures = [failure for address, at in found if (failure := _coded(address, beside(text, at)))]
    if failures or not FAILED.search(text):
        return failures
    permanent = FOR_GOOD.search(text) is not None or not PASSING.search(text)
    heads = [address for address, at in found if not _before(text, at).strip(MARKS)]
    named = heads or [address for address, at in found if _is_named(address, _before(text, at))]
    return [Failure(address, permanent, "", "") for address in named]


def _is_named(address: str, before: str) -> bool:
    """Do the words before an address tell of failure, or call it the recipient? Whom one may ask about it is neither."""
    if ASKING.search(before):
        return False
    return FAILED.search(before) is not None or (RECIPIENT.search(before) is not None and not HELPERS.match(address))


def _before(text: str, at: int) -> str:
    """What stands in a line before this place."""
    return text[max(text.rfind("\n", 0, at) + 1, at - LONGEST_LINE) : at]


def _coded(address: str, words: str) -> Failure | None:
    status, diagnostic = code(words)
    return Failure(address, not status.startswith("4"), status, diagnostic) if status else None


def beside(text: str, at: int) -> str:
    """The line with the address and those after it, as far as another address at the head of a line."""
    start = text.rfind("\n", 0, at) + 1
    lines = text[start : start + 4 * LONGEST_LINE].split("\n")[: LINES_BESIDE + 1]
    heads = [ADDRESS.match(one.lstrip(" \t<")) for one in lines]
    own = ADDRESS.match(text, at)
    end = next((i for i, head in enumerate(heads) if i and head and not (own and head[0].lower() == own[0].lower())), len(lines))
    return "\n".join(lines[:end])


def code(words: str) -> tuple[str, str]:
    """Status and the line that gives it."""
    for one in words.split("\n"):
        found = STATUS.search(one)
        if found and found[1] != "2":
            return found[0], line(one)[:LONGEST_DIAGNOSTIC]
    for one in words.split("\n"):
        answer = REPLY_CODE.search(f"{one} ")
        if answer:
            return f"{answer[1]}.0.0", line(one)[:LONGEST_DIAGNOSTIC]
    return "", ""


def as_said(address: str, text: str, *, for_good: bool) -> Failure:
    """A failure known by its address, with what the letter says beside it, or beside its local part alone (Exim)."""
    at = text.find(address)
    if at < 0:
        found = re.search(rf"^[^\S\n]*+{re.escape(address.partition('@')[0])}[^\S\n]*+$", text, re.MULTILINE)
        at = found.end() if found else -1
    status, diagnostic = code(beside(text, at)) if at >= 0 else ("", "")
    return Failure(address, not status.startswith("4") if status else for_good, status, diagnostic)

"""Whom a bounce says could not be reached, and whether for good.

Reports in the form of RFC 3464 are read here. What has no form goes to flufl.bounce, and what that does not know is
read as people read it: an address, and beside it a reply code or words of failure, above the copy of the mail.
"""

import logging
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from email import message_from_bytes
from email.message import Message

from flufl.bounce import all_failures

from listserv.mail import bodies, mime
from listserv.mail.automatic import BOUNCE_SUBJECT, FIELDS, STATUS_PARTS, automatic, is_daemon
from listserv.mail.fields import line
from listserv.mail.mailboxes import mailboxes
from listserv.mail.mime import Part

# A detector that fails logs a traceback; one that fails on a strange mail is nothing to tell anybody.
logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)

MOST_RECIPIENTS = 1_000
LONGEST_DIAGNOSTIC = 500
# flufl.bounce searches with patterns that take quadratic time on long lines.
LONGEST_BOUNCE = 65_536
LONGEST_LINE = 500
LINES_BESIDE = 8

BLANK_LINE = re.compile(rb"(?:\r\n|\r(?!\n)|\n)[ \t]*(?:\r\n|\r|\n)")
BLANK_LINES = re.compile(rb"\n{3,}")
STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
REPLY_CODE = re.compile(r"(?<![\d.\w/-])([45])\d\d(?=[\s,;:-])")
UTF8_CHARACTER = re.compile(r"\\x\{([0-9A-Fa-f]{2,6})\}")
ADDRESS = re.compile(r"(?<![\w.%+@/:=-])[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,10}")

COPY_FOLLOWS = re.compile(
    r"""^[^\w\n]*(?:(?:below\ this\ line|this\ is\ a\ copy|message\ headers\ follow|below\ is\ a\ copy|original\ message|unsent\ message
    |returned\ message|message\ text\ follows|the\ body\ of|copy\ of\ the|oryginalna\ wiadomo|kopia\ wiadomo|nag[łl][óo]wki\ (?:wiadomo|orygina)
    |oryginalne\ nag)|received:\s|return-path:\s|(?:message|mail)\s(?:transcript|content)\ follows)""",
    re.IGNORECASE | re.VERBOSE | re.MULTILINE,
)
FAILED = re.compile(
    r"""fail|unknown|undeliver|not\ deliver|unable\ to|(?:no\ such|invalid|unrouteable|malformed|does\ not\ exist|doesn.t\ exist|wasn.t\ found|not\ found)
    |reject|refus|denied|disabled|quota|full|error|nie\ istnieje|niedostarcz|dostarczy[ćc]|nieznan|odrzuc|przepe[łl]nion|nie\ znaleziono|b[łl][ąa]d""",
    re.IGNORECASE | re.VERBOSE,
)
PASSING = re.compile(
    r"delayed|deferred|temporar|will (?:keep|continue|be retried)|still being|try(?:ing)? again|not yet been|timed out|quota|mailbox (?:is )?full"
    r"|opó[źz]nion|ponow|tymczasow|przepe[łl]nion|nadal b[ęe]d",
    re.IGNORECASE,
)
FOR_GOOD = re.compile(r"permanent|giving up|given up|fatal|user unknown|unknown user|no such user|nie istnieje", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Failure:
    """One recipient that was not reached. `permanent` is what the status says (RFC 3463: 5 for good, 4 for now)."""

    address: str
    permanent: bool
    status: str
    diagnostic: str


def read(raw: bytes) -> tuple[Failure, ...]:
    """The recipients that a bounce names, each once. Empty where this is no bounce, or names none; never raises."""
    named: dict[str, Failure] = {}
    try:
        for failure in _read(raw):
            named.setdefault(failure.address.lower(), failure)
    except Exception:  # noqa: BLE001 - bounces come in more forms than anybody knows; one that fails us says nothing
        return ()
    return tuple(named.values())


def _read(raw: bytes) -> list[Failure]:
    root = mime.read(raw)
    text = _text(root)
    if not _is_bounce(root, text):
        return []
    reports = [part for part in root.leaves() if part.type in STATUS_PARTS]
    if not reports and "Final-Recipient:" in text:
        reports = [part for part in root.leaves() if part.type.startswith("text/")]
    recipients = [recipient for part in reports for recipient in _recipients(part)]
    if recipients:
        return [_explained(failure, text) for failure in recipients if failure is not None]
    ours = {mailbox.address.lower() for name in ("to", "from", "delivered-to") for mailbox in mailboxes(root.all(name))}
    return _guessed(raw, text, ours) or _told(text, ours)


def _is_bounce(root: Part, text: str) -> bool:
    """Is this from a mail system? A person who quotes a bounce, or asks about one, is none."""
    fields = {name: [line(value) for value in root.all(name)] for name in FIELDS if name in root.fields}
    kind = automatic(fields, text, {part.type for part in root.leaves()})
    if kind in ("bounce", "auto-reply", "feedback-report"):
        return kind == "bounce"
    if kind == "machine" or is_daemon(fields):
        return is_daemon(fields)
    return root.first("return-path") == "<>" or BOUNCE_SUBJECT.match(line(root.first("subject"))) is not None


def _text(root: Part) -> str:
    """What the mail system says, without the copy of the mail that came back."""
    text = "\n".join(bodies.text_of(part) for part in bodies.sort(root).as_text)[:LONGEST_BOUNCE]
    found = COPY_FOLLOWS.search(text)
    return text[: found.start()] if found and text[: found.start()].strip() else text


def _recipients(part: Part) -> Iterator[Failure | None]:
    """The recipients of a report; None for one that was reached (RFC 3464 section 2.3)."""
    blocks = BLANK_LINE.split(part.content(), MOST_RECIPIENTS)
    for block in blocks:
        fields = mime.read_head(block.lstrip())
        address = _recipient(fields, "original-recipient") or _recipient(fields, "final-recipient")
        if address:
            yield _failure(address, fields)


def _recipient(fields: Part, name: str) -> str:
    value = line(fields.first(name))
    kind, semicolon, rest = value.partition(";")
    rest = UTF8_CHARACTER.sub(lambda found: _character(found[1]), rest if semicolon else kind)
    found = mailboxes([rest])
    return found[0].address if found else ""


def _character(hexadecimal: str) -> str:
    number = int(hexadecimal, 16)
    return chr(number) if number < 0xD800 or 0xE000 <= number < 0x110000 else "\ufffd"


def _failure(address: str, fields: Part) -> Failure | None:
    action = line(fields.first("action")).lower()
    diagnostic = line(fields.first("diagnostic-code")).partition(";")[2].strip() or line(fields.first("diagnostic-code"))
    status = _status(line(fields.first("status")), diagnostic)
    if action.startswith(("deliver", "relay", "expand")) or (not action and status[:1] not in ("4", "5")):
        return None
    permanent = not action.startswith("delay") and not status.startswith("4")
    return Failure(address, permanent, status, diagnostic[:LONGEST_DIAGNOSTIC])


def _status(given: str, diagnostic: str) -> str:
    """The status code; what the other side said where the report itself says nothing of the cause."""
    own = STATUS.search(given)
    if own and not own[0].endswith(".0.0"):
        return own[0]
    said = STATUS.search(diagnostic)
    if said and (not own or said[1] == own[1]):
        return said[0]
    if own:
        return own[0]
    code = REPLY_CODE.search(f"{diagnostic} ")
    return f"{code[1]}.0.0" if code else ""


def _explained(failure: Failure, text: str) -> Failure:
    """A failure of which the report gives no cause, with what the letter around it says."""
    if failure.diagnostic or failure.address not in text:
        return failure
    status, diagnostic = _code(_beside(text, text.index(failure.address)))
    return replace(failure, status=status, diagnostic=diagnostic) if status[:1] == failure.status[:1] else failure


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
    return [_as_said(address, text, for_good=found[address]) for address in good]


def _as_said(address: str, text: str, *, for_good: bool) -> Failure:
    status, diagnostic = _code(_beside(text, text.index(address))) if address in text else ("", "")
    return Failure(address, for_good and not status.startswith("4"), status, diagnostic)


def _told(text: str, ours: set[str]) -> list[Failure]:
    """Addresses beside which there is a code of failure; where there are none, those that stand at the head of a line."""
    found = [(match[0], match.start()) for match in ADDRESS.finditer(text) if match[0].lower() not in ours][:MOST_RECIPIENTS]
    failures = [failure for address, at in found if (failure := _coded(address, _beside(text, at)))]
    if failures or not FAILED.search(text):
        return failures
    permanent = FOR_GOOD.search(text) is not None or not PASSING.search(text)
    heads = [address for address, at in found if not text[text.rfind("\n", 0, at) + 1 : at].strip(" \t<*•-\"'>")]
    return [Failure(address, permanent, "", "") for address in heads]


def _coded(address: str, beside: str) -> Failure | None:
    status, diagnostic = _code(beside)
    return Failure(address, not status.startswith("4"), status, diagnostic) if status else None


def _beside(text: str, at: int) -> str:
    """The line with the address and those after it, as far as the next address at the head of a line."""
    start = text.rfind("\n", 0, at) + 1
    lines = text[start : start + 4 * LONGEST_LINE].split("\n")[: LINES_BESIDE + 1]
    end = next((i for i, one in enumerate(lines[1:], 1) if ADDRESS.match(one.lstrip(" \t<"))), len(lines))
    return "\n".join(lines[:end])


def _code(beside: str) -> tuple[str, str]:
    """Status and the line that gives it."""
    for one in beside.split("\n"):
        found = STATUS.search(one)
        if found and found[1] != "2":
            return found[0], line(one)[:LONGEST_DIAGNOSTIC]
    for one in beside.split("\n"):
        code = REPLY_CODE.search(f"{one} ")
        if code:
            return f"{code[1]}.0.0", line(one)[:LONGEST_DIAGNOSTIC]
    return "", ""

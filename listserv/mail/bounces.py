"""Whom a bounce says could not be reached, and whether for good.

Reports in the form of RFC 3464 are read here; what has no form is read in `bouncetexts`, above the copy of the mail.
Whose copy came back the address that it came to says (its token), whatever the bounce says.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from listserv.mail import bodies, mime
from listserv.mail.automatic import BOUNCE_SUBJECT, BOUNCE_TEXT, FIELDS, HEAD_OF_TEXT, STATUS_PARTS, automatic, is_daemon
from listserv.mail.bouncetexts import LONGEST_BOUNCE, LONGEST_DIAGNOSTIC, MOST_RECIPIENTS, REPLY_CODE, STATUS, Failure, as_said, read_text
from listserv.mail.fields import line
from listserv.mail.mailboxes import mailboxes
from listserv.mail.mime import Part

__all__ = ["Failure", "read"]

BLANK_LINE = re.compile(rb"(?:\r\n|\r(?!\n)|\n)[ \t]*(?:\r\n|\r|\n)")
UTF8_CHARACTER = re.compile(r"\\x\{([0-9A-Fa-f]{2,6})\}")
RECIPIENT = re.compile(r"^final-recipient:", re.IGNORECASE | re.MULTILINE)
# Where bounces are sent to: a list's bounce address, or one with a token.
BOUNCE_ADDRESS = re.compile(r"(?:.*-bounces?(?:[+-].*)?|bounces?[+-].*|r[+-][a-z2-7]{16,})@", re.IGNORECASE)
# Statuses that say that it failed, and nothing of why.
VAGUE = re.compile(r"[45]\.(?:0\.0|4\.7|5\.0)\Z")

COPY_FOLLOWS = re.compile(
    r"""^[^\w\n]*(?:(?:below\ this\ line|this\ is\ a\ copy|message\ headers\ follow|below\ is\ a\ copy|(?:the\ headers?\ of\ the\ )?original\ message
    |unsent\ message|returned\ message|message\ text\ follows|the\ body\ of|copy\ of\ the|oryginalna\ wiadomo|kopia\ (?:twojej\ )?wiadomo
    |nag[łl][óo]wki\ (?:wiadomo|orygina)|oryginalne\ nag|tre[śs][ćc]\ (?:oryginaln|zwr[óo]conej)|pocz[ąa]tek\ (?:oryginaln|wiadomo))
    |received:\s|return-path:\s|(?:message|mail)\s(?:transcript|content)\ follows)""",
    re.IGNORECASE | re.VERBOSE | re.MULTILINE,
)


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
    whole = "\n".join(bodies.text_of(part) for part in bodies.sort(root).as_text)[:LONGEST_BOUNCE]
    text = _above_the_copy(whole)
    if not _is_bounce(root, text):
        return []
    reports = [part for part in root.leaves() if part.type in STATUS_PARTS]
    recipients = _reported(reports or (_texts(root) if RECIPIENT.search(text) else []))
    # A report that names somebody is believed, also where it says that everybody was reached.
    if recipients:
        return [_explained(failure, text) for failure in recipients if failure is not None]
    ours = {mailbox.address.lower() for name in ("to", "from", "delivered-to") for mailbox in mailboxes(root.all(name))}
    failed = [mailbox.address for mailbox in mailboxes(root.all("x-failed-recipients"))][:MOST_RECIPIENTS]
    # Last of all a report within what looked like the copy: some providers wrap one bounce in another.
    return read_text(raw, text, ours, failed) or [failure for failure in _reported(_texts(root) if RECIPIENT.search(whole) else []) if failure]


def _texts(root: Part) -> list[Part]:
    # A multipart that could not be split is text too, and so is the report in it.
    return [part for part in root.leaves() if part.type.startswith(("text/", "multipart/"))]


def _reported(parts: list[Part]) -> list[Failure | None]:
    return list(islice((recipient for part in parts for recipient in _recipients(part)), MOST_RECIPIENTS))


def _is_bounce(root: Part, text: str) -> bool:
    """Is this from a mail system? A person who quotes a bounce, or asks about one, is none."""
    fields = {name: [line(value) for value in root.all(name)] for name in FIELDS if name in root.fields}
    kind = automatic(fields, text, {part.type for part in root.leaves()})
    if kind in ("bounce", "auto-reply", "feedback-report"):
        return kind == "bounce"
    if kind == "machine" or is_daemon(fields):
        return is_daemon(fields)
    subject = line(root.first("subject"))
    if root.first("return-path") == "<>" or BOUNCE_SUBJECT.match(subject):
        return True
    # What people do not write to: an address for bounces, in the words of one.
    addressed = any(BOUNCE_ADDRESS.match(mailbox.address) for mailbox in mailboxes(root.all("to")))
    own = "\n".join(one for one in text[:HEAD_OF_TEXT].split("\n") if not one.startswith(">"))
    return bool(addressed and BOUNCE_SUBJECT.search(subject) and BOUNCE_TEXT.search(own))


def _above_the_copy(text: str) -> str:
    """What the mail system says, without the copy of the mail that came back."""
    found = COPY_FOLLOWS.search(text)
    return text[: found.start()] if found and text[: found.start()].strip() else text


def _recipients(part: Part) -> Iterator[Failure | None]:
    """The recipients of a report; None for one that was reached (RFC 3464 section 2.3)."""
    blocks = BLANK_LINE.split(part.content(), MOST_RECIPIENTS)
    for block in blocks:
        fields = mime.read_head(block.lstrip())
        final, original = _recipient(fields, "final-recipient"), _recipient(fields, "original-recipient")
        if final or original:
            failure = _failure(final or original, fields)
            yield replace(failure, original=original) if failure and original.lower() != failure.address.lower() else failure


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
    # Postfix and others give up with the status of their last try, which says that it may pass.
    return Failure(address, permanent, status, diagnostic[:LONGEST_DIAGNOSTIC], given_up=not permanent and action.startswith("fail"))


def _status(given: str, diagnostic: str) -> str:
    """The status code; what the other side said where the report itself says nothing of the cause."""
    own = STATUS.search(given)
    if own and not VAGUE.match(own[0]):
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
    said = as_said(failure.address, text, for_good=failure.permanent)
    return replace(failure, status=said.status, diagnostic=said.diagnostic) if said.status[:1] == failure.status[:1] else failure

"""How a mail would be understood and judged, without doing anything: `inspect`."""

import re
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from listserv.config import AuthSettings
from listserv.dns import Resolver
from listserv.mail import address, bounces, calendar, spam
from listserv.mail.address import Mailbox
from listserv.mail.authentication import Alignment, Results, alignment, read_results
from listserv.mail.parse import Post
from listserv.rules import judge
from listserv.store.lists import MailingList
from listserv.store.queue import Incoming
from listserv.store.trace import kept_as
from listserv.usecases import senders
from listserv.usecases.outbox import settings_of
from listserv.usecases.submissions import Submission, facts_for

RETURN_PATH = re.compile(rb"^return-path:[ \t]*<?([^<>\r\n]*)>?", re.IGNORECASE | re.MULTILINE)


def results(raw: bytes, post: Post, auth: AuthSettings, resolver: Resolver | None) -> Results:
    """What is known of a mail's sender: from the mail alone, or with a resolver from the network too."""
    if resolver is None:
        return read_results(raw, auth.trust)
    found = RETURN_PATH.search(_head(raw))
    return senders.asked_about(raw, post, found[1].decode("utf-8", "replace").strip() if found else "", auth, resolver)


def understood(raw: bytes, post: Post, found: Results) -> dict[str, Any]:
    """A mail as `inspect --json` tells it, without a verdict."""
    return {
        **_envelope(post),
        "text": post.text,
        "reply": post.reply,
        "html": post.html,
        "attachments": [{"name": f.name, "type": f.type, "size": f.size, "sha256": f.sha256} for f in post.attachments],
        "automatic": post.automatic,
        "failures": _failures(raw),
        "authentication": _words(found),
        "calendar": _calendar(raw),
        "problems": list(post.problems),
        "verdict": None,
    }


def _envelope(post: Post) -> dict[str, Any]:
    return {
        "message_id": bracketed(post.message_id),
        "from": _mailbox(post.authors[0]) if post.authors else None,
        "to": [_mailbox(mailbox) for mailbox in post.to],
        "subject": post.subject,
        "base_subject": post.base_subject,
        "date": post.date.isoformat() if post.date else None,
        "in_reply_to": bracketed(post.in_reply_to) or None,
        "references": [bracketed(reference) for reference in post.references],
    }


def bracketed(message_id: str) -> str:
    """A Message-ID as it stands in a mail."""
    return f"<{message_id}>" if message_id else ""


def _mailbox(mailbox: Mailbox) -> dict[str, str]:
    return {"name": mailbox.name, "address": mailbox.address}


def _failures(raw: bytes) -> list[dict[str, str]]:
    kinds = {True: "permanent", False: "temporary"}
    return [{"address": f.address, "kind": kinds[f.permanent], "status": f.status, "diagnostic": f.diagnostic} for f in bounces.read(raw)]


def _calendar(raw: bytes) -> dict[str, str | None] | None:
    found = calendar.read(raw)
    return asdict(found) if found else None


def _words(results: Results) -> dict[str, str | None]:
    return {"spf": results.spf, "dkim": results.dkim, "dmarc": results.dmarc, "arc": results.arc}


def verdict(db: Session, mlist: MailingList, raw: bytes, post: Post, results: Results, now: datetime) -> dict[str, Any]:
    """How this list would judge the mail if the trusted MTA had brought it just now."""
    settings = settings_of(db)
    domain = address.domain_of(post.authors[0].address) if post.authors else ""
    found = alignment(results, domain) if domain else Alignment.UNKNOWN
    incoming = Incoming(mail_from=envelope_sender(raw, post), rcpt=f"{mlist.name}@{settings.site.domain}", received_at=now)
    submission = Submission(incoming, raw, kept_as(db, raw), post, found, spam=spam.found(raw, settings.auth.trust))
    judged = judge(post, facts_for(db, mlist, submission))
    return {"action": judged.action, "reasons": list(judged.reasons)} | ({"rule": str(judged.rule)} if judged.rule else {})


def envelope_sender(raw: bytes, post: Post) -> str:
    """Who sent it: its Return-Path, where it kept one; the null sender is empty."""
    found = RETURN_PATH.search(_head(raw))
    if found:
        return found[1].decode("utf-8", "replace").strip()
    return post.sender or next((author.address for author in post.authors), "unknown@sender.invalid")


def _head(raw: bytes) -> bytes:
    return re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0]

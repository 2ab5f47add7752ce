"""The hooks of an SMTP or LMTP session."""

import asyncio
from typing import Any, AnyStr

import structlog
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from listserv.site import Site
from listserv.smtp import replies
from listserv.smtp.commit import GroupCommit
from listserv.usecases import intake
from listserv.usecases.intake import Arriving

log = structlog.get_logger()
RECIPIENTS = 100


class Lenient:
    """Real mail has lines longer than the 1,001 octets that aiosmtpd allows."""

    line_length_limit = 1 << 20


class Smtp(Lenient, SMTP):
    pass


class Lmtp(Lenient, LMTP):
    """RFC 2033 section 4.2: one answer for each recipient, also where aiosmtpd itself refuses the data."""

    async def push(self, status: AnyStr) -> None:
        """Send a reply."""
        text = status if isinstance(status, str) else status.decode("utf-8", "replace")
        many = len(self.envelope.rcpt_tos) if self.envelope and text.startswith(replies.DATA_REFUSED) else 1
        await super().push("\r\n".join([text] * max(many, 1)))


class Handler:
    """Translates a session into `intake`'s words."""

    def __init__(self, site: Site, commit: GroupCommit) -> None:
        self.site, self.commit = site, commit
        self.busy = 0

    async def handle_EHLO(self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]) -> list[str]:
        """Name ourselves and what we can do."""
        session.host_name = hostname
        # aiosmtpd offers AUTH after STARTTLS even though nobody can authenticate here.
        kept = [line for line in responses if not line[4:].startswith("AUTH")]
        return [*kept[:-1], "250-PIPELINING", "250-ENHANCEDSTATUSCODES", kept[-1]]

    handle_LHLO = handle_EHLO

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        """Every recipient is judged on its own, here, so that nobody needs a bounce."""
        if len(envelope.rcpt_tos) >= RECIPIENTS:
            return replies.TOO_MANY_RECIPIENTS
        try:
            await asyncio.to_thread(self._find, address)
        except Exception as error:
            reply = replies.reply_to(error)
            if reply is replies.OUR_FAULT:
                log.exception("rcpt failed", rcpt=address)
            return reply
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Recipient accepted"

    def _find(self, address: str) -> None:
        with self.site.reading() as db:
            intake.find_route(db, address)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """250 after the commit; LMTP wants one answer for each recipient (RFC 2033 section 4.2)."""
        self.busy += 1
        try:
            reply = await self._keep(session, envelope)
        finally:
            self.busy -= 1
        return "\r\n".join([reply] * len(envelope.rcpt_tos)) if isinstance(server, LMTP) else reply

    async def _keep(self, session: Session, envelope: Envelope) -> str:
        raw = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode("utf-8", "surrogateescape")
        peer = str(session.peer[0]) if isinstance(session.peer, tuple) else ""
        try:
            mails = await asyncio.to_thread(Arriving.each, envelope.mail_from or "", envelope.rcpt_tos, peer, raw)
            await self.commit.keep(mails)
        except Exception:
            log.exception("mail not kept", size=len(raw))
            return replies.OUR_FAULT
        # Not who wrote it: somebody may have asked that nobody learns that (usecases.unnamed), and here nobody knows yet.
        log.info("received", domain=(envelope.mail_from or "").rpartition("@")[2], rcpt=envelope.rcpt_tos, size=len(raw))
        return replies.ACCEPTED

    async def handle_exception(self, error: Exception) -> str:
        """aiosmtpd would tell the client what went wrong inside."""
        log.error("session failed", error=repr(error))
        return replies.OUR_FAULT


def open_session(handler: Handler, kind: type[SMTP], **options: Any) -> SMTP:
    """One connection's protocol."""
    return kind(handler, enable_SMTPUTF8=True, timeout=120, **options)

"""DATA: takes a mail in and has it kept; 250 is said when it is on the disk, and not before."""

import time

import structlog

from listserv import steps, tally
from listserv.mail import tokens
from listserv.smtp import guests, replies
from listserv.smtp.commit import Parcel
from listserv.smtp.hand import Share
from listserv.smtp.house import Door
from listserv.smtp.reading import read_mail
from listserv.smtp.taking import Taking
from listserv.smtp.wire import Gone, Wire

log = structlog.get_logger()


class Accepting:
    """Takes the mails of one session in."""

    def __init__(self, door: Door, wire: Wire, peer: str) -> None:
        self._house, self._wire, self._peer = door.house, wire, peer
        self._share = Share(door.house.hand, "" if door.house.guests.trusts(peer) else guests.house(peer))

    async def mail(self, sender: str, rcpts: list[str]) -> str:
        """One mail, with its 354 and without its last reply, which is returned."""
        house, settings = self._house, self._house.site.settings
        if self._share.is_full:
            return replies.NO_ROOM_NOW
        self._wire.say(replies.GO_AHEAD)
        self._wire.between_mails = False
        taking = Taking(settings.data, settings.smtp.max_size, self._share, house.limits.mail_line)
        try:
            await read_mail(self._wire, taking, house.limits, settings.smtp.max_size)
            return await self._keep(taking, sender, rcpts)
        finally:
            taking.forget()
            self._wire.between_mails = True

    async def _keep(self, taking: Taking, sender: str, rcpts: list[str]) -> str:
        if taking.refused:
            large = replies.TOO_LARGE if taking.too_large else replies.LINE_TOO_LONG
            return replies.NO_ROOM if taking.no_room else large
        steps.reached("intake.received", sender)
        begin = time.monotonic()
        try:
            kept = self._house.commit.keep(Parcel(sender, rcpts, self._peer, taking))
            await self._wire.wait(kept, self._house.limits.answer_seconds)
        except Gone:
            raise
        except Exception as error:  # noqa: BLE001  (whatever it is, the client is told to come again)
            # What is wrong stands in the log once, from where it went wrong; here only what came of it.
            log.warning("mail not kept", size=taking.size, why=type(error).__name__)
            return replies.OUR_FAULT
        tally.observe("intake_seconds", time.monotonic() - begin)
        # Not who wrote it: somebody may have asked that nobody learns that (usecases.unnamed), and here nobody knows yet.
        # Nor a key of one person (r+TOKEN): whoever reads the log must not be able to use it.
        facts = {"domain": sender.rpartition("@")[2], "rcpt": [tokens.hide(rcpt) for rcpt in rcpts], "size": taking.size}
        # By these numbers `trace` and `queue show` tell its life.
        log.info("received", incoming=list(kept.result()), **facts)
        steps.reached("intake.before-reply", sender)
        return replies.ACCEPTED

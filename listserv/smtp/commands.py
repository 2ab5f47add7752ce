"""The commands of SMTP (RFC 5321) and LMTP (RFC 2033), and what each is answered with."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from listserv.errors import NotFound
from listserv.site import report
from listserv.smtp import paths, replies
from listserv.smtp.accepting import Accepting
from listserv.smtp.house import Door
from listserv.smtp.wire import Wire

log = structlog.get_logger()

# They lead nowhere by themselves.
SMALL_TALK = frozenset(("NOOP", "RSET", "VRFY", "EXPN", "HELP", "EHLO", "LHLO", "HELO", "MAIL"))


class Over(Exception):
    """The session ends here, with this reply; empty: it has been said."""

    def __init__(self, reply: str) -> None:
        super().__init__(reply)
        self.reply = reply


class Commands:
    """One session's state: who it says it is, the sender and the recipients so far, and how often it was wrong."""

    def __init__(self, door: Door, wire: Wire, peer: str, *, trusted: bool) -> None:
        self._door, self._wire, self._peer, self._trusted = door, wire, peer, trusted
        self._house, self._limits = door.house, door.house.limits
        self._accepting = Accepting(door, wire, peer)
        self.greeted = ""
        self._sender: str | None = None
        self._rcpts: list[str] = []
        self._mistakes = self._small_talk = self._unknown = 0
        self._all_refused = False
        hello = {"LHLO": self._ehlo} if door.lmtp else {"EHLO": self._ehlo, "HELO": self._helo}
        self._known: dict[str, Callable[[str], Awaitable[None]]] = {
            **hello,
            "MAIL": self._mail,
            "RCPT": self._rcpt,
            "DATA": self._data,
            "RSET": self._rset,
            "NOOP": self._noop,
            "VRFY": self._vrfy,
            "EXPN": self._expn,
            "HELP": self._help,
            "QUIT": self._quit,
        }
        if door.tls:
            self._known["STARTTLS"] = self._starttls

    async def obey(self, line: bytes) -> None:
        """Do what a line says, and answer it. Raises Over at the end."""
        try:
            verb, _, argument = line.decode().strip(" \t").partition(" ")
        except UnicodeDecodeError:
            self._refuse(replies.NOT_UTF8)
            return
        verb = verb.upper()
        command = self._known.get(verb)
        if command is None:
            self._refuse(replies.NO_SUCH_COMMAND)
            return
        if verb in SMALL_TALK and not self._trusted:
            self._small_talk += 1
            if self._small_talk > self._limits.small_talk:
                raise Over(replies.TOO_MANY_MISTAKES)
        await command(argument.strip(" \t"))

    def _refuse(self, reply: str) -> None:
        """The client is wrong; too often, and it is over."""
        self._mistakes += 1
        self._wire.say(reply)
        if self._mistakes >= self._limits.mistakes:
            raise Over(replies.TOO_MANY_MISTAKES)

    def _forget_mail(self) -> None:
        self._sender, self._rcpts, self._all_refused = None, [], False

    # ---- hello and goodbye ------------------------------------------------------------------------------

    async def _helo(self, argument: str) -> None:
        if not argument:
            self._refuse(replies.WRONG_ARGUMENT)
            return
        self._forget_mail()
        self.greeted = argument
        self._wire.say(f"250 {self._house.site.settings.site.domain}")

    async def _ehlo(self, argument: str) -> None:
        if not argument:
            self._refuse(replies.WRONG_ARGUMENT)
            return
        self._forget_mail()
        self.greeted = argument
        settings = self._house.site.settings
        offers = [settings.site.domain, "PIPELINING", f"SIZE {settings.smtp.max_size}", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES"]
        if self._door.tls and not self._wire.secure:
            offers.append("STARTTLS")
        self._wire.say("\r\n".join([*(f"250-{offer}" for offer in offers), "250 HELP"]))

    async def _starttls(self, argument: str) -> None:
        if argument or self._wire.secure:
            self._refuse(replies.WRONG_ARGUMENT if argument else replies.ONLY_ONCE)
            return
        assert self._door.tls
        self._wire.say(replies.READY_FOR_TLS)
        try:
            await self._wire.start_tls(self._door.tls, self._limits.window_seconds)
        except OSError:
            # ssl.SSLError is one, and so is a handshake that takes too long.
            raise Over("") from None
        # RFC 3207 section 4.2: whatever was known of the client came in the open.
        self.greeted = ""
        self._forget_mail()

    async def _quit(self, _: str) -> None:
        raise Over(replies.BYE)

    # ---- a mail -----------------------------------------------------------------------------------------

    async def _mail(self, argument: str) -> None:
        if not self.greeted or self._sender is not None:
            self._refuse(replies.ONE_AT_A_TIME if self.greeted else replies.HELLO_FIRST)
            return
        try:
            path = paths.read(argument, "FROM:")
        except paths.Malformed:
            self._refuse(replies.NO_SUCH_SENDER)
            return
        try:
            size = paths.declared_size(path.parameters)
        except (paths.Malformed, paths.Unknown) as wrong:
            self._refuse(replies.UNKNOWN_PARAMETER if isinstance(wrong, paths.Unknown) else replies.WRONG_ARGUMENT)
            return
        if size > self._house.site.settings.smtp.max_size:
            self._wire.say(replies.TOO_LARGE)
            return
        self._sender = path.address
        self._wire.say(replies.SENDER_OK)

    async def _rcpt(self, argument: str) -> None:
        """Every recipient is judged on its own, here, so that nobody needs a bounce."""
        if self._sender is None:
            self._refuse(replies.SENDER_FIRST)
            return
        try:
            path = paths.read(argument, "TO:")
        except paths.Malformed:
            self._refuse(replies.NO_SUCH_RECIPIENT)
            return
        if path.parameters:
            self._refuse(replies.UNKNOWN_PARAMETER)
        elif len(self._rcpts) >= self._limits.recipients:
            self._wire.say(replies.TOO_MANY_RECIPIENTS)
        else:
            await self._judge(path.address)

    async def _judge(self, rcpt: str) -> None:
        try:
            await self._house.routes.find(rcpt)
        except Exception as error:  # noqa: BLE001  (`report` says what it was)
            reply = replies.reply_to(error)
            if reply is replies.OUR_FAULT:
                report(log, "rcpt failed", error, rcpt=rcpt)
            self._wire.say(reply)
            self._all_refused = not self._rcpts
            if isinstance(error, NotFound) and not self._trusted:
                await self._suspect()
            return
        self._rcpts.append(rcpt)
        self._wire.say(replies.RECIPIENT_OK)

    async def _suspect(self) -> None:
        """A stranger asks for many who are not here: for names, perhaps, and not to write to anybody."""
        self._unknown += 1
        self._house.guests.note_unknown(self._peer)
        if self._unknown >= self._limits.unknown or self._house.guests.has_tried_enough(self._peer):
            raise Over(replies.TOO_MANY_UNKNOWN)
        if self._unknown >= self._limits.unknown_slow:
            self._wire.flush()
            await asyncio.sleep(self._limits.slow_seconds)

    async def _data(self, argument: str) -> None:
        if self._all_refused and not self._rcpts and not argument:
            # Said before its sender could know (RFC 2920 section 3.1): no mistake of theirs.
            self._wire.say(replies.NOBODY_LEFT)
            return
        if argument or not self._rcpts:
            self._refuse(replies.WRONG_ARGUMENT if argument else replies.RECIPIENT_FIRST)
            return
        sender, rcpts = self._sender or "", self._rcpts
        reply = await self._accepting.mail(sender, rcpts)
        if reply is replies.ACCEPTED:
            self._mistakes = self._small_talk = 0
        if reply is replies.NO_ROOM_NOW:
            # Before 354 there is one answer for all.
            self._wire.say(reply)
        else:
            # RFC 2033 section 4.2: one answer for each recipient.
            self._wire.say("\r\n".join([reply] * (len(rcpts) if self._door.lmtp else 1)))
        self._forget_mail()

    # ---- the rest ---------------------------------------------------------------------------------------

    async def _rset(self, _: str) -> None:
        self._forget_mail()
        self._wire.say(replies.OK)

    async def _noop(self, _: str) -> None:
        self._wire.say(replies.OK)

    async def _vrfy(self, _: str) -> None:
        self._wire.say(replies.CANNOT_VERIFY)

    async def _expn(self, _: str) -> None:
        self._wire.say(replies.NOT_IMPLEMENTED)

    async def _help(self, _: str) -> None:
        self._wire.say(replies.HELP)

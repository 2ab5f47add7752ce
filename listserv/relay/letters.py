"""Single letters through Flask-Mail, over one connection for a batch.

Its stock connection has no timeout and checks no certificate, and its message makes its bytes anew; ours are finished.
This module is imported with the first letter that leaves by SMTP: Flask weighs as much as the rest of the worker.
"""

import asyncio
import copy
import re
import smtplib
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

import structlog
from flask import Flask
from flask_mail import Connection, Message
from flask_mail import Mail as FlaskMail

from listserv.relay.bulk import SmtpFanOut
from listserv.relay.heard import BROKEN
from listserv.relay.host import Host, unmade
from listserv.relay.mail import Answer, Mail, Unsendable
from listserv.relay.offer import Offer
from listserv.relay.place import Security
from listserv.relay.watch import Watch

log = structlog.get_logger()

# Seconds that one answer may take, and times so many that a letter may take as a whole: well within its lease.
PATIENCE, IN_ALL = 30.0, 2
# Addresses that Flask-Mail leaves as they are. All others (beyond ASCII, quoted) take our own client, which checks them.
PLAIN = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[A-Za-z0-9.-]+", re.ASCII)


class RawMessage(Message):
    """Finished bytes for one recipient."""

    def __init__(self, mail: Mail, raw: bytes, options: Sequence[str]) -> None:
        # It insists on a sender; the one that counts is the envelope's, given when the message is sent.
        super().__init__(recipients=[mail.recipient], sender=mail.sender or "<>", mail_options=list(options))
        self.raw = raw
        self.date = 0.0

    def as_bytes(self) -> bytes:
        """The bytes as they are."""
        return self.raw


class Attentive(smtplib.SMTP):
    """Keeps what the relay said of the last letter."""

    last_words = b""

    def data(self, msg: Any) -> tuple[int, bytes]:
        """Send the body."""
        code, self.last_words = super().data(msg)
        return code, self.last_words


class AttentiveTls(Attentive, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte on."""


class SafeConnection(Connection):
    """A connection with a timeout, a checked certificate, and our own name in EHLO."""

    host: Attentive

    def __init__(self, mail: FlaskMail, relay: Host) -> None:
        super().__init__(mail)
        self.place, self.sign = relay.place, relay.sign
        # Letters that were answered on this connection.
        self.taken = 0

    @property
    def patience(self) -> float:
        """Seconds that one answer may take."""
        return min(PATIENCE, self.place.timeouts.reply)

    def configure_host(self) -> Attentive:
        """Connect, encrypt, sign in. Raises OSError or smtplib.SMTPException."""
        place = self.place
        # Without a host nothing is connected yet, so that somebody can hold the watch from the first byte on.
        host = Attentive(local_hostname=place.helo, timeout=self.patience)
        if place.security is Security.TLS:
            host = AttentiveTls(local_hostname=place.helo, timeout=self.patience, context=place.tls())
        # The name that the certificate is checked for.
        host._host = place.host  # type: ignore[attr-defined]
        self.watch = Watch(host, self.patience * IN_ALL)
        with self.watch:
            try:
                code, words = host.connect(place.host, place.port)
                if code != 220:
                    raise smtplib.SMTPConnectError(code, words)
                if place.security is Security.STARTTLS:
                    host.starttls(context=place.tls())
                if place.user:
                    host.login(place.user, place.password)
                host.ehlo_or_helo_if_needed()
            except BaseException:
                self.watch.end()
                host.close()
                raise
        return host

    def deliver(self, mail: Mail) -> Answer:
        """Send one mail; whatever goes wrong is the answer."""
        offer = Offer.of({name.upper(): value for name, value in self.host.esmtp_features.items()})
        try:
            dressed = offer.dress(mail.content)
            personal = self.sign(mail.personal, dressed.form) + mail.personal if self.sign else mail.personal
            dressed.ready(mail, personal)
            options = ["BODY=8BITMIME"] if dressed.form.eight_bit and offer.eight_bit else []
            message = RawMessage(mail, personal + dressed.form.data, options)
        except Unsendable as why:
            return why.answer
        except Exception as wrong:
            log.exception("a letter could not be made", recipient=mail.recipient)
            return unmade(wrong)
        try:
            with self.watch:
                self.send(message, envelope_from=mail.sender or "<>")
        except (OSError, smtplib.SMTPException) as wrong:
            return as_answer(wrong)
        return Answer(250, " ".join(self.host.last_words.decode("utf-8", "replace").split())[:500])

    @property
    def broken(self) -> bool:
        """Has the other side hung up?"""
        return getattr(self.host, "sock", None) is None

    def __exit__(self, *wrong: object) -> None:
        try:
            with self.watch:
                self.host.quit()
        except (OSError, smtplib.SMTPException):
            self.host.close()
        finally:
            self.watch.end()


def as_answer(wrong: Exception) -> Answer:
    """What an exception of smtplib says of the mail."""
    if isinstance(wrong, smtplib.SMTPRecipientsRefused):
        code, text = next(iter(wrong.recipients.values()))
        return _refused(code, text, "RCPT")
    if isinstance(wrong, smtplib.SMTPSenderRefused):
        return _refused(wrong.smtp_code, wrong.smtp_error, "MAIL")
    if isinstance(wrong, smtplib.SMTPResponseException):
        return _refused(wrong.smtp_code, wrong.smtp_error, "DATA")
    return Answer(BROKEN.code, str(wrong) or BROKEN.text)


def _refused(code: int, text: str | bytes, stage: str) -> Answer:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return Answer(code if 400 <= code < 600 else 0, " ".join(words.split())[:500], stage)


def send_letters(relay: Host, mails: Sequence[Mail]) -> Iterator[tuple[Mail, Answer]]:
    """Send letters one after another; each comes back with its answer as soon as there is one."""
    plain, others = deque[Mail](), list[Mail]()
    for mail in mails:
        later = relay.domains.put_off(mail.recipient) if relay.domains.troubled else None
        if later:
            yield mail, later
        elif _is_plain(mail):
            plain.append(mail)
        else:
            others.append(mail)
    yield from _send_plain(relay, plain)
    for mail in others:
        yield mail, asyncio.run(send_other(relay, mail))


def _is_plain(mail: Mail) -> bool:
    return bool(PLAIN.fullmatch(mail.recipient)) and (not mail.sender or bool(PLAIN.fullmatch(mail.sender)))


def _send_plain(relay: Host, waiting: deque[Mail]) -> Iterator[tuple[Mail, Answer]]:
    app = Flask("listserv")
    flask_mail = FlaskMail(app)
    while waiting and not relay.breaker.shut:
        try:
            with SafeConnection(flask_mail, relay) as connection:
                while waiting and not connection.broken and not relay.breaker.shut:
                    mail = waiting.popleft()
                    # Flask-Mail tells the application of each message. Only for the while of sending: we are a generator.
                    with app.app_context():
                        answer = connection.deliver(mail)
                    if answer.code == 421 and answer.stage == "MAIL":
                        # Enough for this connection; or, where it was the first, for now.
                        waiting.appendleft(mail)
                        if not connection.taken:
                            relay.breaker.failed(answer.text)
                        break
                    if not answer.code and not connection.taken:
                        relay.breaker.failed(answer.text)
                    connection.taken += 1
                    _look_at(relay, mail, answer)
                    yield mail, answer
        except (OSError, smtplib.SMTPException) as wrong:
            relay.breaker.failed(as_answer(wrong).text)
    yield from ((mail, relay.breaker.away) for mail in waiting)


def _look_at(relay: Host, mail: Mail, answer: Answer) -> None:
    """What an answer says of the relay and of the recipient's domain."""
    if answer.code >= 400 and not answer.permanent and answer.stage == "MAIL":
        relay.breaker.refused(answer.text)
    elif answer.code and answer.code != 421:
        relay.breaker.worked()
        relay.domains.heard(mail.recipient, answer, at_recipient=answer.stage == "RCPT" and answer.code < 500)


async def send_other(relay: Host, mail: Mail) -> Answer:
    """Send a mail by our own client."""
    one = copy.copy(relay)
    one.connections = 1
    waiting, answers = deque([mail]), list[Answer]()
    sender = SmtpFanOut(one, lambda: waiting.popleft() if waiting else None, lambda mail, reply: answers.append(reply))
    if not await sender.ready():
        sender.wake(1)
        await sender.settled()
    await sender.close()
    return answers[0] if answers else relay.breaker.away

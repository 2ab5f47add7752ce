"""Single letters through Flask-Mail, over one connection for a batch.

Its stock connection has no timeout and checks no certificate, and its message makes its bytes anew; ours are finished.
This module is imported with the first letter that leaves by SMTP: Flask weighs as much as the rest of the worker.
"""

import asyncio
import re
import smtplib
from collections import deque
from collections.abc import Iterator, Sequence

from flask import Flask
from flask_mail import Connection, Message
from flask_mail import Mail as FlaskMail

from listserv.relay.bulk import BROKEN, SmtpFanOut
from listserv.relay.mail import SENT, Answer, Mail
from listserv.relay.place import Place, Security

# Seconds that one answer may take: a letter has four of them, and stays well within its lease.
PATIENCE = 30
# Addresses that Flask-Mail leaves as they are. All others (beyond ASCII, quoted) take our own client, which checks them.
PLAIN = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[A-Za-z0-9.-]+", re.ASCII)


class RawMessage(Message):
    """Finished bytes for one recipient."""

    def __init__(self, mail: Mail, options: Sequence[str]) -> None:
        # It insists on a sender; the one that counts is the envelope's, given when the message is sent.
        super().__init__(recipients=[mail.recipient], sender=mail.sender or "<>", mail_options=list(options))
        self.raw = mail.personal + mail.content.data
        self.date = 0.0

    def as_bytes(self) -> bytes:
        """The bytes as they are."""
        return self.raw


class SafeConnection(Connection):
    """A connection with a timeout, a checked certificate, and our own name in EHLO."""

    host: smtplib.SMTP

    def __init__(self, mail: FlaskMail, place: Place) -> None:
        super().__init__(mail)
        self.place = place

    def configure_host(self) -> smtplib.SMTP:
        """Connect, encrypt, sign in. Raises OSError or smtplib.SMTPException."""
        place, patience = self.place, min(PATIENCE, self.place.timeouts.reply)
        host: smtplib.SMTP
        if place.security is Security.TLS:
            host = smtplib.SMTP_SSL(place.host, place.port, place.helo, timeout=patience, context=place.tls())
        else:
            host = smtplib.SMTP(place.host, place.port, place.helo, timeout=patience)
        try:
            if place.security is Security.STARTTLS:
                host.starttls(context=place.tls())
            if place.user:
                host.login(place.user, place.password)
            host.ehlo_or_helo_if_needed()
        except BaseException:
            host.close()
            raise
        return host

    def deliver(self, mail: Mail) -> Answer:
        """Send one mail; whatever goes wrong is the answer."""
        options = ["BODY=8BITMIME"] if mail.content.eight_bit and self.host.has_extn("8bitmime") else []
        try:
            self.send(RawMessage(mail, options), envelope_from=mail.sender or "<>")
        except (OSError, smtplib.SMTPException) as wrong:
            return as_answer(wrong)
        return SENT

    @property
    def broken(self) -> bool:
        """Has the other side hung up?"""
        return getattr(self.host, "sock", None) is None

    def __exit__(self, *wrong: object) -> None:
        try:
            self.host.quit()
        except (OSError, smtplib.SMTPException):
            self.host.close()


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


def send_letters(place: Place, mails: Sequence[Mail]) -> Iterator[tuple[Mail, Answer]]:
    """Send letters one after another; each comes back with its answer."""
    plain = [mail for mail in mails if _is_plain(mail)]
    yield from _send_plain(place, deque(plain))
    others = [mail for mail in mails if not _is_plain(mail)]
    if others:
        yield from asyncio.run(send_others(place, others))


def _is_plain(mail: Mail) -> bool:
    return bool(PLAIN.fullmatch(mail.recipient)) and (not mail.sender or bool(PLAIN.fullmatch(mail.sender)))


def _send_plain(place: Place, waiting: deque[Mail]) -> Iterator[tuple[Mail, Answer]]:
    app = Flask("listserv")
    flask_mail = FlaskMail(app)
    while waiting:
        try:
            with SafeConnection(flask_mail, place) as connection:
                while waiting and not connection.broken:
                    mail = waiting.popleft()
                    # Flask-Mail tells the application of each message. Only for the while of sending: we are a generator.
                    with app.app_context():
                        answer = connection.deliver(mail)
                    yield mail, answer
        except (OSError, smtplib.SMTPException) as wrong:
            trouble = Answer(0, as_answer(wrong).text, "CONNECT")
            yield from ((mail, trouble) for mail in waiting)
            return


async def send_others(place: Place, mails: Sequence[Mail]) -> list[tuple[Mail, Answer]]:
    """Send mails by our own client; each comes back with its answer."""
    waiting, answers = deque(mails), list[tuple[Mail, Answer]]()
    sender = SmtpFanOut(place, 1, lambda: waiting.popleft() if waiting else None, lambda mail, reply: answers.append((mail, reply)))
    trouble = await sender.ready()
    while not trouble and waiting:
        sender.wake(1)
        await sender.settled()
        trouble = await sender.ready()
    await sender.close()
    return answers + [(mail, Answer(0, trouble, "CONNECT")) for mail in waiting]

"""A post office for tests: mails go in as from an MTA, letters come out as rows; no sockets, the real verbs and database."""

import email
import email.policy
import itertools
from dataclasses import dataclass, field
from email.message import EmailMessage
from functools import lru_cache

from sqlalchemy import select

from listserv import letters
from listserv.dns import Resolver
from listserv.site import Site
from listserv.store.queue import Incoming, Letter, Outgoing, State, raw_bytes
from listserv.usecases import digestletters, intake
from listserv.usecases.intake import Arriving
from tests.letterchecks import own_words, wants_answer

DOMAIN = "lists.example.org"
FRONT = "mx.example.org"
numbers = itertools.count(1)


def mail(sender, to, subject="Pytanie", text="Dzień dobry,\n\nmam pytanie.\n", *, html=False, **headers):
    """Bytes of a mail, CRLF. Header names take underscores: in_reply_to="<1@x>"; a value of None leaves the header out."""
    message = EmailMessage(policy=email.policy.SMTP)
    fields = {"From": sender, "To": to, "Subject": subject, "Message-ID": f"<test.{next(numbers)}@example.org>", "Date": "Tue, 03 Mar 2026 10:00:00 +0100"}
    fields |= {name.replace("_", "-").title(): value for name, value in headers.items()}
    fields["Message-ID"] = fields.pop("Message-Id", fields["Message-ID"])
    for name, value in fields.items():
        if value is not None:
            message[name] = value
    message.set_content(text, subtype="html" if html else "plain", cte="quoted-printable")
    return message.as_bytes()


def aligned(raw, word="pass"):
    """What the MTA in front adds when it has checked the sender."""
    return b"Authentication-Results: mx.example.org; dmarc=" + word.encode() + b" header.from=example.org\r\n" + raw


@dataclass
class Sent:
    """A letter of ours as somebody finds it in their mailbox."""

    kind: str
    to: str
    mail: EmailMessage = field(repr=False)

    @property
    def subject(self):
        return str(self.mail["Subject"]).replace("\N{NO-BREAK SPACE}", " ")

    @property
    def text(self):
        return self.mail.get_body(("plain",)).get_content().replace("\N{NO-BREAK SPACE}", " ")


@lru_cache(maxsize=256)
def read(kind, raw):
    """A letter's parts; one that asks for an answer has an address that takes it."""
    letter = email.message_from_bytes(raw, _class=EmailMessage, policy=email.policy.default)
    if kind in letters.names():
        text = letter.get_body(("plain",)).get_content()
        assert letter["Reply-To"] or not wants_answer(own_words(text)), f"{kind} asks for a reply, and it would reach the moderators:\n{text}"
    return letter


class Office:
    """Delivers mails to a site and shows what came of them."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.resolver = Resolver("127.0.0.1:1")
        self.seen = 0

    def deliver(self, raw: bytes, *rcpts: str, mail_from="sender@example.org", peer="127.0.0.1") -> State:
        """One SMTP transaction, worked off at once; the state of the last recipient's mail."""
        with self.site.writing() as db:
            ids = intake.receive(db, Arriving.each(mail_from, rcpts, peer, raw), self.site.now())
        self.work()
        with self.site.reading() as db:
            return db.get(Incoming, ids[-1]).state

    def work(self) -> None:
        """Do all that is due."""
        while True:
            with self.site.writing() as db:
                works = intake.claim(db, self.site.now())
            if not works:
                return
            for work in works:
                with self.site.writing() as db:
                    prepared = intake.prepare(work, intake.raw_of(db, work), self.site.settings, self.resolver)
                    intake.process(db, prepared, self.site.now())

    def send(self, sender, rcpt, *args, proven=None, **more) -> State:
        """A mail by its parts. `proven`: True, False (DMARC fail) or None (nobody has checked)."""
        rcpt = rcpt if "@" in rcpt else f"{rcpt}@{DOMAIN}"
        raw = mail(sender, rcpt, *args, **more)
        return self.deliver(self._checked(raw, proven), rcpt)

    def _checked(self, raw, proven):
        return raw if proven is None else aligned(raw, "pass" if proven else "fail")

    def letters(self, to=None, kind=None) -> list[Sent]:
        """All letters so far, oldest first."""
        with self.site.reading() as db:
            wanted = [where for where in (to and Letter.to == to, kind and Letter.kind == kind) if where is not None]
            rows = db.scalars(select(Letter).where(*wanted).order_by(Letter.id)).all()
            return [Sent(row.kind, row.to, read(row.kind, digestletters.finished(db, row))) for row in rows]

    def new_letters(self) -> list[Sent]:
        """Those since the last call."""
        every = self.letters()
        new, self.seen = every[self.seen :], len(every)
        return new

    def reply(self, letter: Sent, words: str, *, sender=None, proven=True, **more) -> State:
        """A reply to a letter, as any mail program makes it."""
        to = str(letter.mail["Reply-To"] or letter.mail["From"].addresses[0].addr_spec)
        more = {"in_reply_to": str(letter.mail["Message-ID"]), **more}
        raw = mail(sender or letter.to, to, f"Odp: {letter.subject}", words, **more)
        return self.deliver(self._checked(raw, proven), to)

    def posts(self) -> list[EmailMessage]:
        """What has been put on its way to members: the shared header block with the body."""
        with self.site.reading() as db:
            rows = db.scalars(select(Outgoing).order_by(Outgoing.id)).all()
            made = []
            for row in rows:
                body = row.body if row.body is not None else raw_bytes(db, row.raw_id).split(b"\r\n\r\n", 1)[1]
                made.append(email.message_from_bytes(row.head + b"\r\n" + body, _class=EmailMessage, policy=email.policy.default))
            return made

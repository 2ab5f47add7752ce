"""A network of people and their post: real SMTP in, real SMTP out, a clock that days pass on. The words in which its year is told.

    ala.writes("Książki", "Kto ma książki?")                     a new thread
    jan.answers(post, "Ja mam dwie.")                             an answer in it
    zofia.replies("held-moderator", "TAK")                        a reply to the newest letter of that kind
    ala.asks("PRZERWA DO 15.08"); ala.gets(Way.LATER)             what she told us, and what she must get from now on

What each mail has to become is said with it (`becomes`), and checked as soon as the program has read it.
"""

import email
import email.policy
import email.utils
import itertools
import re
import smtplib
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

import dkim
from sqlalchemy import select

from listserv.store import deliveries
from listserv.store.archive import Message
from listserv.store.doors import UNNAMED
from listserv.store.queue import Incoming, Letter, State
from listserv.usecases import outbox
from listserv.worker import work_once
from listserv.worker.lanes import keep_calendar
from tests.story.clients import Quoted, Sheet, thunderbird, written_with

DOMAIN = "lists.example.org"
LIST = f"siecibp@{DOMAIN}"
WARSAW = ZoneInfo("Europe/Warsaw")
# Domains by how their senders are proven: our own mail server says so, the mail is signed, or nobody knows.
SIGNING = "pbw.example.com"


class Way(Enum):
    """How somebody must get the posts of a time."""

    EACH = "a copy at once"
    DIGEST = "in a digest"
    # Paused: told once in the catch-up.
    LATER = "afterwards"
    NOTHING = "nothing by mail"
    OUT = "not on the list"
    BROKEN = "the address does not work"


@dataclass
class Post:
    """Something written to the list."""

    id: str
    author: "Person"
    subject: str
    words: str
    refs: list[str] = field(default_factory=list)


@dataclass
class Sent:
    """A mail that was taken by our door, and what is to become of it."""

    id: str
    rcpt: str
    becomes: str | None
    about: str


@dataclass
class Got:
    """A mail in somebody's mailbox; read when it is looked at."""

    number: int
    sender: str
    data: bytes
    at: datetime

    @property
    def mail(self):
        return email.message_from_bytes(self.data, _class=email.message.EmailMessage, policy=email.policy.default)

    @property
    def text(self):
        return self.mail.get_body(("plain", "html")).get_content().replace("\N{NO-BREAK SPACE}", " ")

    @property
    def id(self):
        found = re.search(rb"^message-id:\s*(<[^>]*>)", self.data[:20_000], re.I | re.M)
        return found[1].decode() if found else ""

    @property
    def is_copy(self):
        return b"\r\nPrecedence: list\r\n" in self.data[:20_000]


class Person:
    """Somebody with a mailbox and a mail program."""

    def __init__(self, network, email, name, client=thunderbird, *, proof="checked"):
        self.network, self.email, self.name, self.client, self.proof = network, email, name, client, proof
        self.ways = [(0, Way.OUT)]
        self.muted, self.followed, self.asked_again = set(), set(), Counter()
        self.machine = None
        network.people[email] = self

    # ---- writing ------------------------------------------------------------------------------------------

    def writes(self, subject, words, to=LIST, *, becomes="posted", files=(), refs=(), **more):
        """A mail to an address; to the list it is a post."""
        quoted = more.pop("quoted", None)
        message, mark = written_with(self.client, Sheet(words, subject, to, quoted, tuple(files)))
        message["Subject"] = f"{mark}{subject}" if refs and not subject.startswith(("Re:", "Odp:")) else subject
        if refs:
            message["In-Reply-To"], message["References"] = refs[-1], " ".join(refs)
        post = Post(more.pop("id", None) or self.network.new_id(), self, subject, words, list(refs))
        self.network.deliver(self, message, to, post.id, becomes, **more)
        return post

    def answers(self, post, words, *, becomes="posted", to=LIST, **more):
        """An answer to a post."""
        quoted = Quoted(post.author.name, post.words)
        return self.writes(post.subject, words, to, becomes=becomes, refs=[*post.refs, post.id], quoted=quoted, **more)

    def replies(self, got, words, *, becomes="answered", **more):
        """A reply to a letter: the newest of a kind, or one at hand."""
        got = self.newest(got) if isinstance(got, str) else got
        mail = got.mail
        to = str(mail["Reply-To"] or mail["From"].addresses[0].addr_spec)
        quoted = Quoted(str(mail["From"]), got.text)
        return self.writes(str(mail["Subject"]), words, to, becomes=becomes, refs=[got.id] if got.id else [], quoted=quoted, **more)

    def asks(self, words, *, becomes="answered", subject="", **more):
        """A command to -request."""
        post = self.writes(subject, words, f"siecibp-request@{DOMAIN}", becomes=becomes, **more)
        self.network.work()
        return post

    # ---- reading ------------------------------------------------------------------------------------------

    @property
    def mailbox(self):
        self.network.work()
        return self.network.boxes[self.email]

    def letters(self, kind):
        """Letters of a kind that have reached this mailbox, oldest first."""
        self.network.work()
        return [got for got in self.mailbox if self.network.kind_of(got) == kind]

    def newest(self, kind):
        """The newest letter of that kind."""
        found = self.letters(kind)
        assert found, f"{self.name} has no letter {kind!r}, but {Counter(map(self.network.kind_of, self.mailbox)).most_common()}"
        return found[-1]

    def copy_of(self, post):
        """The copy of a post."""
        return next(got for got in self.mailbox if got.id == post.id)

    def gets(self, way):
        """From now on posts must reach this person that way."""
        self.network.work()
        self.ways.append((next(self.network.order), way))

    def way_at(self, moment):
        """How a post that was published then must reach them."""
        return [way for since, way in self.ways if since <= moment][-1]


class Network:
    """The server, the post, the people and the clock."""

    def __init__(self, site, clock, sink, port, key):
        self.site, self.clock, self.sink, self.key = site, clock, sink, key
        self.smtp = smtplib.SMTP("127.0.0.1", port, timeout=20)
        self.people, self.boxes = {}, defaultdict(list)
        self.sent, self.unread, self.published = [], [], {}
        # Posts that left the archive again after their copies had gone.
        self.called_back = set()
        # Mails that asked for no name: of them nothing is left but that they came.
        self.nameless, self.authors = set(), {}
        self.order, self._ids, self._seen, self._kinds = itertools.count(1), itertools.count(1), 0, {}

    def new_id(self):
        return f"<{next(self._ids)}.year@example.org>"

    # ---- time ---------------------------------------------------------------------------------------------

    def day(self, when, hour=10, minute=0):
        """Move on to that day and hour in Warsaw; what the calendar owes between is done when it is due."""
        self.work()
        target = datetime.fromisoformat(when).replace(hour=hour, minute=minute, tzinfo=WARSAW).astimezone(UTC)
        assert target > self.clock.at, f"{when} is over"
        while (morning := self._next_morning()) < target:
            self.clock.at = morning
            self.keep_calendar()
        self.clock.at = target
        self.keep_calendar()

    def keep_calendar(self):
        """Do what is owed by now, and let its letters go."""
        while keep_calendar(self.site):
            pass
        self.work()

    def _next_morning(self):
        here = self.clock.at.astimezone(WARSAW)
        morning = here.replace(hour=7, minute=0, second=30, microsecond=0)
        morning = morning if morning > here else (morning + timedelta(days=1))
        return morning.astimezone(UTC)

    def minutes(self, count):
        """A little later."""
        self.work()
        self.clock.move(minutes=count)

    # ---- the post -----------------------------------------------------------------------------------------

    def deliver(self, person, message, to, id, becomes, *, proof=None, sender=None, mail_from=None, headers=()):
        """One mail by SMTP, to one address or several, with what our mail server or the sender's own says of it."""
        rcpts = to.split(", ")
        self.authors[id] = person
        message["From"] = sender or email.utils.formataddr((person.name, person.email))
        domain = email.utils.parseaddr(str(message["From"]))[1].rpartition("@")[2]
        message["To"], message["Message-ID"] = to, id
        message["Date"] = email.utils.format_datetime(self.clock.at)
        for name, value in headers:
            del message[name]
            message[name] = value
        raw = self._proven(message.as_bytes(), proof or person.proof, domain)
        refused = self.smtp.sendmail(person.email if mail_from is None else mail_from, rcpts, raw, mail_options=["BODY=8BITMIME"])
        assert refused == {}
        self._taken(rcpts, id, becomes, f"{person.name}: {message['Subject']}")

    def bring(self, raw, to, mail_from="", *, becomes, id=""):
        """Bytes as some other machine sends them."""
        assert self.smtp.sendmail(mail_from, [to], raw, mail_options=["BODY=8BITMIME"]) == {}
        self._taken([to], id, becomes, raw[:80])

    def _taken(self, rcpts, id, becomes, about):
        mails = [Sent(id, rcpt, becomes, about) for rcpt in rcpts]
        self.sent += mails
        self.unread += mails

    def _proven(self, raw, proof, domain):
        if proof == "signed":
            return dkim.sign(raw, b"s1", SIGNING.encode(), self.key, include_headers=[b"from", b"to", b"subject"]) + raw
        word = {"checked": "pass", "forged": "fail"}.get(proof)
        return raw if word is None else f"Authentication-Results: mx.example.org; dmarc={word} header.from={domain}\r\n".encode() + raw

    def work(self):
        """Let the program do all that is due now, and machines among the people answer, until it is quiet."""
        while self._waits():
            work_once(self.site)
            self._look()
        self._check()

    def _waits(self):
        with self.site.reading() as db:
            return any(deliveries.waiting(db, outbox.milliseconds(self.site.now())))

    def _look(self):
        """Put what has been sent into mailboxes; note what has been published."""
        new, self._seen = self.sink.mails[self._seen :], len(self.sink.mails)
        for number, mail in enumerate(new, self._seen - len(new)):
            self.boxes[mail.recipient].append(Got(number, mail.sender, mail.data, self.clock.at))
        with self.site.reading() as db:
            for message_id in db.scalars(select(Message.id).where(Message.id.not_in(list(self.published))).order_by(Message.id)):
                self.published[message_id] = next(self.order)
        for mail in new:
            person = self.people.get(mail.recipient)
            if person and person.machine:
                person.machine(person, self.boxes[mail.recipient][-1])

    def _check(self):
        """Has every mail become what was said?"""
        unread, self.unread = self.unread, []
        if not unread:
            return
        with self.site.reading() as db:
            rows = db.scalars(select(Incoming).where(Incoming.peer != UNNAMED).order_by(Incoming.id.desc()).limit(len(unread))).all()
            for mail, row in zip(unread, reversed(rows), strict=True):
                if not row.message_id and self.authors.get(mail.id) in {self.authors[id] for id in self.nameless}:
                    # What a machine answers to whoever asked without a name is emptied like the question.
                    self.nameless.add(mail.id)
                    mail.rcpt = row.rcpt
                assert row.rcpt == mail.rcpt, mail
                if mail.becomes is not None:
                    assert row.state == mail.becomes, f"{mail.about} → {mail.rcpt}: {row.state} ({row.reasons}) instead of {mail.becomes}\n{row.trouble}"
                assert row.state is not State.SHUNTED, f"{mail.about}\n{row.trouble}"

    # ---- what is known of letters -------------------------------------------------------------------------

    def kind_of(self, got):
        """The kind of a letter of ours; of a post's copy "copy"."""
        if got.is_copy:
            return "copy"
        if got.sender not in self._kinds:
            with self.site.reading() as db:
                self._kinds.update((row.mail_from, row.kind) for row in db.execute(select(Letter.mail_from, Letter.kind)))
        return self._kinds.get(got.sender, "")

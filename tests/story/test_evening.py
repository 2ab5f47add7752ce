"""A live evening of the example network, told as one story: real SMTP in, real SMTP out, the real archive.

45 people, 24 of whom write; two moderators; 12 threads by three kinds of mail client; two applications; one digest answered.
"""

import email
import email.policy
import re
import smtplib
from collections import Counter
from datetime import timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import func, select

from listserv.store.archive import Message, Thread
from listserv.store.lists import list_by_name
from listserv.store.members import Member
from listserv.store.moderation import Application, ApplicationState
from listserv.store.queue import Delivery, Incoming, Letter, State
from listserv.usecases import administration, signin
from listserv.usecases.access import CONSOLE
from listserv.web.app import create_app
from listserv.worker import work_once
from tests.conftest import add
from tests.office import aligned
from tests.smtp.doors import open_doors
from tests.smtp_sink import Sink

DOMAIN = "lists.example.org"
LIST = f"siecibp@{DOMAIN}"
PEOPLE = [f"osoba{n:02}@example.org" for n in range(1, 46)]
OWNER, MODERATOR = PEOPLE[:2]
WRITERS = PEOPLE[:24]
DIGEST_READERS = PEOPLE[40:44]
QUIET = PEOPLE[44]
EACH = [one for one in PEOPLE if one not in DIGEST_READERS and one != QUIET]
TOPICS = [f"Temat numer {n}: zażółć gęślą jaźń" for n in range(1, 13)]


def thunderbird(sender, subject, words, answered=None):
    """Plain text, 8 bit, interleaved answers."""
    message = EmailMessage(policy=email.policy.SMTP)
    message["User-Agent"] = "Mozilla Thunderbird"
    quote = f"\n\nW dniu 3.03.2026 o 10:00, {answered.sender} pisze:\n> {answered.words}\n" if answered else "\n"
    message.set_content(words + quote, cte="8bit")
    return message, f"Re: {subject}" if answered else subject


def outlook(sender, subject, words, answered=None):
    """HTML alone, no quote marks, Odp:."""
    message = EmailMessage(policy=email.policy.SMTP)
    message["X-Mailer"] = "Microsoft Outlook 16.0"
    quote = ""
    if answered:
        quote = (
            '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal">'
            f"<b>Od:</b> {answered.sender}<br><b>Wysłane:</b> wtorek, 3 marca 2026 10:00<br><b>Do:</b> {LIST}<br><b>Temat:</b> {subject}</p></div>"
            f'<p class="MsoNormal">{answered.words}</p>'
        )
    message.set_content(f'<html><body><p class="MsoNormal">{words}</p>{quote}</body></html>', subtype="html", charset="iso-8859-2", cte="quoted-printable")
    return message, f"Odp: {subject}" if answered else subject


def gmail(sender, subject, words, answered=None):
    """Both, base64, gmail_quote."""
    message = EmailMessage(policy=email.policy.SMTP)
    plain, html = words, f"<div dir=ltr>{words}</div>"
    if answered:
        line = f"wt., 3 mar 2026 o 10:00 {answered.sender} napisał(a):"
        plain += f"\n\n{line}\n\n> {answered.words}\n"
        html += f'<br><div class="gmail_quote"><div class="gmail_attr">{line}</div><blockquote class="gmail_quote">{answered.words}</blockquote></div>'
    message.set_content(plain + "\n", cte="base64")
    message.add_alternative(html, subtype="html")
    return message, f"Re: {subject}" if answered else subject


CLIENTS = (thunderbird, outlook, gmail)


class Written:
    """A post that somebody has sent."""

    def __init__(self, number, sender, words, refs):
        self.id, self.sender, self.words, self.refs = f"<{number}@example.org>", sender, words, refs


class Evening:
    """The network, its server, its mailboxes."""

    def __init__(self, site, sink, port):
        self.site, self.sink = site, sink
        self.smtp = smtplib.SMTP("127.0.0.1", port, timeout=20)
        self.posts = []

    def write(self, client, sender, subject, words, answered=None):
        message, subject = client(sender, subject, words, answered)
        post = Written(len(self.posts) + 1, sender, words, [*answered.refs, answered.id] if answered else [])
        message["From"], message["To"], message["Subject"], message["Message-ID"] = sender, LIST, subject, post.id
        message["Date"] = "Tue, 03 Mar 2026 10:00:00 +0100"
        if answered:
            message["In-Reply-To"], message["References"] = answered.id, " ".join(post.refs)
        self.deliver(message.as_bytes(), sender, LIST)
        self.posts.append(post)
        return post

    def deliver(self, raw, sender, to, proven=True):
        refused = self.smtp.sendmail(sender, [to], aligned(raw) if proven else raw, mail_options=["BODY=8BITMIME"])
        assert refused == {}

    def letter(self, sender, to, subject, words, proven=True, **more):
        message = EmailMessage(policy=email.policy.SMTP)
        message["From"], message["To"], message["Subject"] = sender, to, subject
        message["Message-ID"] = f"<letter.{len(self.sink.mails)}.{abs(hash((sender, words)))}@example.org>"
        message.set_content(words)
        self.deliver(message.as_bytes(), sender, to, proven)

    def reply(self, mail, sender, words, proven=True):
        self.letter(sender, str(mail["Reply-To"] or mail["From"].addresses[0].addr_spec), f"Odp: {mail['Subject']}", words, proven)

    def work(self):
        while work_once(self.site):
            pass

    def mailbox(self, address):
        found = [mail.data for mail in self.sink.mails if mail.recipient == address]
        return [email.message_from_bytes(data, _class=EmailMessage, policy=email.policy.default) for data in found]

    def newest(self, address, words):
        return [mail for mail in self.mailbox(address) if words in str(mail["Subject"]).replace("\N{NO-BREAK SPACE}", " ")][-1]


@pytest.fixture
def evening(site, now):
    with Sink() as sink:
        relay = site.settings.relay.model_copy(update={"url": sink.url})
        site.settings = site.settings.model_copy(update={"relay": relay})
        with site.writing() as db:
            mlist = administration.create_list(db, administration.NewList("siecibp", "Sieć BP", language="pl"), CONSOLE, now)
            for number, person in enumerate(PEOPLE, 1):
                role = {OWNER: "owner", MODERATOR: "moderator"}.get(person, "member")
                delivery = "digest" if person in DIGEST_READERS else "none" if person == QUIET else "each"
                add(db, mlist, person, now, name=f"Osoba {number:02}", role=role, delivery=delivery, language="pl")
        with open_doors(site) as ports:
            evening = Evening(site, sink, ports[0])
            yield evening
            evening.smtp.quit()


def conversation(evening):
    """12 threads; everybody who writes at all writes; clients take turns."""
    threads = []
    for number, subject in enumerate(TOPICS):
        first = evening.write(CLIENTS[number % 3], WRITERS[number], subject, f"Dzień dobry, pytanie {number + 1}.")
        second = evening.write(CLIENTS[(number + 1) % 3], WRITERS[12 + number], subject, f"Odpowiedź {number + 1}.", first)
        threads.append((first, second))
    for number in range(6):
        evening.write(CLIENTS[(number + 2) % 3], WRITERS[number], TOPICS[number], f"Dziękuję, {number + 1}.", threads[number][1])
    evening.work()


@pytest.mark.sooner("sqlite")
def test_a_live_evening_of_the_network(evening, site, clock):
    conversation(evening)
    the_threads_are_in_the_archive_as_they_were_meant(site, evening)
    everybody_has_every_copy_once_in_the_authors_own_bytes(evening)
    somebody_applies_and_is_admitted(evening, site)
    a_forged_application_goes_nowhere_and_a_confirmed_one_is_declined(evening, site)
    a_digest_comes_in_the_morning_and_is_answered(evening, site, clock)
    the_archive_shows_it_all_to_members_alone(evening, site)
    the_books_balance(evening, site)


def the_threads_are_in_the_archive_as_they_were_meant(site, evening):
    with site.reading() as db:
        threads = db.scalars(select(Thread).order_by(Thread.id)).all()
        assert [thread.subject for thread in threads] == TOPICS
        assert [thread.messages for thread in threads] == [3] * 6 + [2] * 6
        messages = {m.message_id: m for m in db.scalars(select(Message))}
        for post in evening.posts:
            parent = messages[post.id.strip("<>")].parent_id
            assert parent == (messages[post.refs[-1].strip("<>")].id if post.refs else None)
            assert messages[post.id.strip("<>")].snippet == post.words, "what was written now, without quotes"
        assert len({m.author_key for m in messages.values()}) == 24


def everybody_has_every_copy_once_in_the_authors_own_bytes(evening):
    ids = [post.id for post in evening.posts]
    for person in EACH:
        assert sorted(mail["Message-ID"] for mail in evening.mailbox(person)) == sorted(ids)
    for person in (*DIGEST_READERS, QUIET):
        assert evening.mailbox(person) == []
    senders = [mail.sender for mail in evening.sink.mails]
    assert len(set(senders)) == len(senders) == len(ids) * len(EACH), "one bounce address for every copy"
    one = evening.mailbox(EACH[5])[0]
    assert one["Reply-To"] == LIST
    assert re.fullmatch(rf"<mailto:r\+[a-z2-7]+@{DOMAIN}>, <https://{DOMAIN}/unsubscribe/[a-z2-7]+>|<https.*>, <mailto.*>", one["List-Unsubscribe"])
    assert one["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert one["List-Post"] == f"<mailto:{LIST}>"


def somebody_applies_and_is_admitted(evening, site):
    evening.letter("anna@example.org", f"moderator_siecibp@{DOMAIN}", "prośba", "Dzień dobry, czy mogę dołączyć do listy?")
    evening.work()
    assert "dotarło" in evening.mailbox("anna@example.org")[-1]["Subject"]

    evening.reply(evening.newest(MODERATOR, "Zgłoszenie"), MODERATOR, "A w jakiej bibliotece Pani pracuje?")
    evening.work()
    evening.reply(evening.newest("anna@example.org", "pytanie"), "anna@example.org", "W pedagogicznej, w Wymyślnej.")
    evening.work()
    assert "w Wymyślnej" in evening.newest(OWNER, "odpowiada").get_body(("plain",)).get_content()

    evening.reply(evening.newest(OWNER, "odpowiada"), OWNER, "Tak, zapraszamy.")
    evening.work()
    assert "zapraszamy" in evening.mailbox("anna@example.org")[-1]["Subject"]
    assert "Nowa osoba na liście" in evening.mailbox(MODERATOR)[-1]["Subject"]


def a_forged_application_goes_nowhere_and_a_confirmed_one_is_declined(evening, site):
    before = len(evening.mailbox(OWNER))
    for number in range(8):
        evening.letter("victim@example.org", f"moderator_siecibp@{DOMAIN}", "KUP TERAZ", f"KUP TERAZ {number}", proven=False)
    evening.letter("jan@example.org", f"siecibp-join@{DOMAIN}", "zapis", "Chcę dołączyć.", proven=False)
    evening.work()
    assert len(evening.mailbox("victim@example.org")) == 1
    assert "KUP" not in evening.mailbox("victim@example.org")[0].as_string()
    assert len(evening.mailbox(OWNER)) == before, "nobody hears of what is not confirmed"

    evening.reply(evening.mailbox("jan@example.org")[-1], "jan@example.org", "to ja", proven=False)
    evening.work()
    evening.reply(evening.newest(OWNER, "Zgłoszenie"), OWNER, "NIE. Lista jest dla bibliotek pedagogicznych.")
    evening.work()
    assert "dla bibliotek pedagogicznych" in evening.mailbox("jan@example.org")[-1].get_body(("plain",)).get_content()
    with site.reading() as db:
        states = Counter(db.scalars(select(Application.state)).all())
        assert states == {ApplicationState.ADMITTED: 1, ApplicationState.DECLINED: 1, ApplicationState.AWAITING_CONFIRMATION: 1}
        assert db.scalar(select(func.count()).select_from(Member)) == 46


def a_digest_comes_in_the_morning_and_is_answered(evening, site, clock):
    evening.work()
    clock.move(days=1)
    evening.work()
    for reader in DIGEST_READERS:
        assert len(evening.mailbox(reader)) == 1
    digest = evening.mailbox(DIGEST_READERS[0])[0]
    assert "12 wątków" in str(digest["Subject"]).replace("\N{NO-BREAK SPACE}", " ")
    assert [part.get_content_type() for part in digest.iter_parts()] == ["text/plain", "text/html"]

    evening.reply(digest, DIGEST_READERS[0], "2: Też chętnie się przyłączę.")
    evening.work()
    copy = evening.mailbox(EACH[7])[-1]
    assert "Też chętnie się przyłączę." in copy.get_content()
    assert copy["To"] == LIST
    assert "r+" not in copy.get_content()
    with site.reading() as db:
        newest = db.scalars(select(Message).order_by(Message.id.desc())).first()
        assert newest.thread.subject in TOPICS
        assert newest.parent_id is not None

    clock.move(hours=1)
    evening.work()
    assert len(evening.mailbox(DIGEST_READERS[1])) == 1, "nobody gets it twice"


def the_archive_shows_it_all_to_members_alone(evening, site):
    client = create_app(site).test_client()
    with site.reading() as db:
        thread = db.scalars(select(Thread.id).order_by(Thread.id)).first()
        post = db.scalars(select(Message.hash).order_by(Message.id)).first()
    pages = ("/siecibp/", f"/siecibp/thread/{thread}", f"/siecibp/message/{post}/raw")
    for page in pages:
        assert client.get(page, base_url=f"https://{DOMAIN}").status_code == 404

    with site.writing() as db:
        link = signin.link_for(db, PEOPLE[30], site.now())
    path = link.split(DOMAIN, 1)[1]
    form = client.get(path, base_url=f"https://{DOMAIN}").get_data(as_text=True)
    fields = dict(re.findall(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', form))
    assert client.post(path, data=fields, base_url=f"https://{DOMAIN}").status_code in (302, 303)
    listing = client.get("/siecibp/", base_url=f"https://{DOMAIN}").get_data(as_text=True)
    for subject in TOPICS:
        assert subject in listing.replace("\N{NO-BREAK SPACE}", " ")
    for page in pages:
        assert client.get(page, base_url=f"https://{DOMAIN}").status_code == 200


def the_books_balance(evening, site):
    with site.reading() as db:
        states = Counter(db.scalars(select(Incoming.state)).all())
        assert states[State.POSTED] == len(evening.posts) + 1
        assert not states[State.PENDING] and not states[State.SHUNTED]
        assert sum(states.values()) == db.scalar(select(func.count()).select_from(Incoming))
        assert db.scalar(select(func.count()).select_from(Delivery).where(Delivery.due.is_not(None))) == 0
        assert db.scalar(select(func.count()).select_from(Letter).where(Letter.due.is_not(None))) == 0
        assert {*db.scalars(select(Delivery.code)), *db.scalars(select(Letter.code))} == {250}
        assert list_by_name(db, "siecibp").last_seq == len(evening.posts) + 1
    assert clock_is_sane(site)


def clock_is_sane(site):
    with site.reading() as db:
        newest = db.scalar(select(func.max(Message.sent_at)))
        return newest <= site.now() + timedelta(minutes=10)

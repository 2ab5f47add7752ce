"""A site that has lived: every table has rows, made by the real verbs where a few mails do it, else after the table's columns."""

from datetime import UTC, date, datetime

from sqlalchemy import Boolean, Connection, Date, DateTime, Float, Integer, LargeBinary, Table, func, insert, select

from listserv.store.base import Moment, Word
from listserv.store.lists import MailingList
from listserv.store.schema import metadata
from listserv.usecases import signin
from listserv.worker import work_once
from tests.conftest import add
from tests.office import mail

LIST, MODERATORS, BOUNCES = (f"{name}@lists.example.org" for name in ("siecibp", "moderator_siecibp", "siecibp-bounces"))
BOUNCE = (
    b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n'
    b"Reporting-MTA: dns; example.org\r\n\r\nFinal-Recipient: rfc822; marek@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n"
)


def live(site, office, clock):
    """Some days of the example network."""
    the_archive(office)
    with site.writing() as db:
        mlist = db.scalars(select(MailingList).where(MailingList.name == "siecibp")).one()
        add(db, mlist, "czyta@example.org", site.now(), name="Łucja Żółw", delivery="digest")
    office.send("Anna Ćma <anna@example.org>", MODERATORS, "prośba", "Dzień dobry, proszę o dopisanie.", message_id="<7@example.org>")
    office.deliver(mail("stranger@example.org", LIST, "Do wszystkich", "Kupcie coś.", message_id="<8@example.org>"), LIST)
    office.deliver(BOUNCE, BOUNCES, mail_from="")
    work_all(site)
    office.send("Marek Regał <marek@example.org>", LIST, "Nowe", "Zażółć gęślą jaźń.", message_id="<9@example.org>")
    clock.move(days=1)
    work_all(site)
    with site.writing() as db:
        signin.enter(db, signin.link_for(db, "halina@example.org", site.now()).rpartition("/")[2], site.now(), agent="A browser")
    with site.engine.begin() as connection:
        for table in metadata.sorted_tables:
            if not count(connection, table):
                connection.execute(insert(table), {column.name: invented(connection, column) for column in table.c if column is not table.autoincrement_column})


def the_archive(office):
    """An answer that comes before its question, a ghost, two threads that a third mail joins, files, a rewritten HTML."""
    office.send("halina@example.org", LIST, "Re: Książki", "Mam dwie.", message_id="<2@example.org>", in_reply_to="<1@example.org>")
    office.send("Marek <marek@example.org>", LIST, "Książki", "Kto ma książki?", message_id="<1@example.org>")
    office.send("halina@example.org", LIST, "Re: Nikt", "Odpowiadam nikomu.", message_id="<3@example.org>", in_reply_to="<ghost@example.org>")
    office.send("mod@example.org", LIST, "Osobno", "Osobny wątek.", message_id="<4@example.org>")
    both = "<1@example.org> <4@example.org>"
    office.send("owner@example.org", LIST, "Re: Osobno", "<p>Razem, <b>łącznie</b>.</p>", html=True, message_id="<5@example.org>", references=both, in_reply_to="<4@example.org>")
    office.deliver(with_file(), f"siecibp+tik@{LIST.partition('@')[2]}")


def with_file():
    """A mail that carries something."""
    head = b'From: Halina <halina@example.org>\r\nSubject: =?utf-8?q?Za=C5=82=C4=85cznik?=\r\nMessage-ID: <6@example.org>\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
    text = b"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nW za\xc5\x82\xc4\x85czniku.\r\n"
    file = b"--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=karta.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nAAEC/w==\r\n--b--\r\n"
    return head + text + file


def work_all(site):
    while work_once(site):
        pass


def count(connection: Connection, table: Table) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar_one()


def invented(connection: Connection, column):
    """A value that fits a column: the first row that it may refer to, or something of its type."""
    for key in column.foreign_keys:
        return connection.execute(select(func.min(key.column))).scalar()
    if column.nullable:
        return None
    kind = column.type
    if isinstance(kind, Word):
        return next(iter(kind.words))
    if isinstance(kind, (Moment, DateTime)):
        return datetime(2026, 3, 3, tzinfo=UTC)
    if isinstance(kind, Date):
        return date(2026, 3, 3)
    if isinstance(kind, LargeBinary):
        return b"\x00\xff"
    if isinstance(kind, Boolean):
        return True
    return 1.5 if isinstance(kind, Float) else 1 if isinstance(kind, Integer) else "ł"

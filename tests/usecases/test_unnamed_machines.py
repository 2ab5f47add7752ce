"""What machines send back to somebody who asks without a name: a bounce and an absence notice quote the question above their address."""

import pytest
from sqlalchemy import select

from listserv.store.bounces import Bounce
from listserv.store.moderation import Journal
from listserv.store.queue import Incoming, Letter, State
from tests.office import mail
from tests.usecases.test_unnamed import HALINA, MOD, NAME, ask, everything, last, later

SECRET = "qqsekret"
QUESTION = f"ANONIMOWO\n\nCzy dyrektor {SECRET} ma rację?\n"


def sent_from(site, kind):
    with site.reading() as db:
        return db.scalars(select(Letter.mail_from).where(Letter.kind == kind)).all()[-1]


def report(to, quoted):
    text = (
        f"From: MAILER-DAEMON@example.org\nTo: {to}\nSubject: Undelivered Mail Returned to Sender\nMessage-ID: <b1@example.org>\n"
        'MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary="B"\n\n--B\nContent-Type: text/plain\n\nfailed\n'
        f"--B\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.org\n\nFinal-Recipient: rfc822; {HALINA}\nAction: failed\n"
        f"Status: 4.2.2\nDiagnostic-Code: smtp; 452 {HALINA} is full\n\n--B\nContent-Type: message/rfc822\n\n{quoted}\n--B--\n"
    )
    return text.replace("\r\n", "\n").replace("\n", "\r\n").encode()


def traces(site):
    """Where her address, or her question, still stands outside what she is on the list by."""
    return [one for one in everything(site, but=("address", "user", "outgoing", "delivery")) if "halina" in one.lower()]


def mails_of(site):
    """The mails that have come, unpacked, with the addresses of their envelopes."""
    from listserv.store.queue import raw_bytes

    with site.reading() as db:
        rows = db.scalars(select(Incoming).where(Incoming.peer != "unnamed").order_by(Incoming.id)).all()
        return [f"{one.rcpt} {one.mail_from} {raw_bytes(db, one.raw_id).decode('utf-8', 'replace')}" for one in rows]


def test_a_bounce_of_the_receipt_is_counted_and_leaves_no_trace(office, site, network):
    ask(office, QUESTION)
    receipt = last(office, "unnamed-received")
    back = sent_from(site, "unnamed-received")

    assert office.deliver(report(back, receipt.mail.as_string()), back, mail_from="") is State.BOUNCE

    assert not [one for one in mails_of(site) if "halina" in one.lower() or SECRET in one or back in one]
    with site.reading() as db:
        (row,) = db.scalars(select(Bounce)).all()
        assert (row.email, row.diagnostic, row.status) == ("", "", "4.2.2")


def test_a_bounce_that_comes_when_all_is_over_leaves_none_either(office, site, network, clock):
    ask(office, QUESTION)
    receipt, back = last(office, "unnamed-received"), sent_from(site, "unnamed-received")
    office.reply(last(office, "unnamed-moderator", to=MOD), "TAK")
    later(site, clock)
    later(site, clock, minutes=24 * 60)

    assert office.deliver(report(back, receipt.mail.as_string()), back, mail_from="") is State.BOUNCE

    assert not [one for one in mails_of(site) if "halina" in one.lower()]
    with site.reading() as db:
        assert db.scalars(select(Bounce.email)).all() == [""]


@pytest.mark.parametrize("marked", [True, False])
def test_an_absence_notice_is_nobodys_addition_and_leaves_no_trace(office, site, network, marked):
    ask(office, QUESTION)
    before = len(office.letters())
    more = {"auto_submitted": "auto-replied"} if marked else {}

    state = office.reply(last(office, "unnamed-received"), f"Jestem na urlopie do 5 maja.\n\n> Czy dyrektor {SECRET} ma rację?\n", sender=NAME, **more)

    assert state is State.DISCARDED and len(office.letters()) == before
    assert not [one for one in mails_of(site) if "halina" in one.lower() or SECRET in one or "r+" in one]


@pytest.mark.parametrize("to", ["envelope", "moderators"])
def test_an_absence_notice_to_another_address_of_ours_leaves_none(office, site, network, to):
    ask(office, QUESTION)
    rcpt = sent_from(site, "unnamed-received") if to == "envelope" else "moderator_siecibp@lists.example.org"
    raw = mail(NAME, rcpt, "Automatyczna odpowiedź: Bez nazwiska: Etat", f"Nie ma mnie.\n\n> {SECRET}\n", auto_submitted="auto-replied")

    assert office.deliver(raw, rcpt, mail_from=HALINA) is State.DISCARDED

    assert not [one for one in mails_of(site) if "halina" in one.lower() or SECRET in one or (to == "envelope" and rcpt in one)]


def test_a_moderators_bounce_is_told_as_ever(office, site, network):
    ask(office, QUESTION)
    with site.reading() as db:
        back = db.scalars(select(Letter.mail_from).where(Letter.kind == "unnamed-moderator", Letter.to == MOD)).one()

    assert office.deliver(report(back, "Subject: x\n\nx"), back, mail_from="") is State.BOUNCE
    with site.reading() as db:
        assert db.scalars(select(Bounce.email)).all() == [MOD]


def test_what_the_asker_adds_stands_in_no_journal(office, site, network):
    ask(office, QUESTION)
    office.reply(last(office, "unnamed-received"), f"Dodam, że chodzi o {SECRET}.")

    with site.reading() as db:
        assert [row.detail for row in db.scalars(select(Journal).where(Journal.what == "held-answered"))] == [""]


def test_after_all_of_it_nothing_names_the_asker(office, site, network, clock):
    before = traces(site)
    ask(office, QUESTION)
    receipt, back = last(office, "unnamed-received"), sent_from(site, "unnamed-received")
    office.deliver(report(back, receipt.mail.as_string()), back, mail_from="")
    office.reply(receipt, "Nie ma mnie.", sender=NAME, auto_submitted="auto-replied")
    office.reply(last(office, "unnamed-moderator", to=MOD), "TAK")
    later(site, clock)
    later(site, clock, minutes=24 * 60)

    assert traces(site) == before

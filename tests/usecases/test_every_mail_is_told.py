"""Whatever comes to whichever address ends in one state that a row tells, and `trace` tells its story: nothing ends without a word."""

import hashlib

import pytest
from sqlalchemy import select, update

from listserv import links
from listserv.errors import NotFound
from listserv.mail import tokens
from listserv.mail.address import SITE_ROLES, SUFFIXES
from listserv.mail.tokens import Kind
from listserv.store.bounces import Bounce
from listserv.store.members import Member
from listserv.store.people import Address, Token
from listserv.store.queue import Delivery, Incoming, Letter, Outgoing, State
from listserv.usecases import intake, queueing, tracing
from listserv.usecases.access import CONSOLE
from tests.office import DOMAIN, mail
from tests.usecases.test_returned import REPORT

LISTED = ["siecibp", "siecibp+tik", "siecibp+nic", "moderator_siecibp", *(f"siecibp-{suffix}" for suffix in SUFFIXES)]
ADDRESSES = [*LISTED, *SITE_ROLES, "r+" + "a" * 26, "r-" + "b" * 26]
# Who writes, and how: a member, a stranger, whom DMARC belies; machines of three kinds.
PEOPLE = {"member": ("halina@example.org", True), "stranger": ("obca@example.org", None), "forged": ("halina@example.org", False)}
MACHINES = {
    "holiday": {"Auto-Submitted": "auto-replied"},
    "list-mail": {"List-Id": "<other.example.net>", "Precedence": "list"},
    "loop": {"X-Loop": f"siecibp@{DOMAIN}", "List-Id": f"<siecibp.{DOMAIN}>"},
}
REASONLESS = {State.POSTED, State.APPLICATION, State.ANSWERED, State.FORWARDED, State.BOUNCE, State.DRAFT}


def everything_is_told(site):
    """Each mail is in one state that is an end, its trace has a story, and its Message-ID finds it."""
    with site.reading() as db:
        mails = db.scalars(select(Incoming).order_by(Incoming.id)).all()
        for one in mails:
            assert one.state is not State.PENDING and one.due is None and one.holder is None and one.done_at, one.id
            assert one.reasons or one.state in REASONLESS, (one.id, one.rcpt, one.state)
            (told,) = tracing.trace(db, str(one.id))
            assert (told.state, told.events[0].what[:12]) == (one.state, "received for"), one.id
            assert any(event.what.startswith(str(one.state)) for event in told.events), (one.id, one.rcpt, one.state, told.events)
            if one.message_id:
                assert one.state in {found.state for found in tracing.trace(db, f"<{one.message_id}>")}
    return mails


@pytest.mark.parametrize("who", [*PEOPLE, *MACHINES])
def test_whoever_writes_to_whichever_address_the_mail_ends_in_one_state(office, site, who):
    for number, local in enumerate(ADDRESSES):
        sender, proven = PEOPLE.get(who, ("halina@example.org", True))
        office.send(sender, local, f"Sprawa {number}", "Dzień dobry, proszę o odpowiedź.", proven=proven, **MACHINES.get(who, {}))

    assert len(everything_is_told(site)) == len(ADDRESSES)


def bounce_address(site):
    with site.reading() as db:
        member = db.scalars(select(Member).join(Member.address).where(Address.key == "halina@example.org")).one()
        token = tokens.sign(links.signing_key(site.settings), Kind.BOUNCE, member.id, db.scalars(select(Outgoing.id)).first())
    return links.token_address(site.settings, token)


def test_bounces_complaints_doubles_and_garbage_end_in_one_state(office, site, clock):
    post = mail("marek@example.org", "siecibp", message_id="<post@example.org>")
    office.deliver(post, f"siecibp@{DOMAIN}")
    back = bounce_address(site)
    report = REPORT.format(to=back, status="5.1.1", action="failed", code=550).replace("\n", "\r\n").encode()
    garbage = [b"", b"\0" * 40, b"\xff\xfe" * 30, b"Subject: only\r\n\r\n", b"no header at all", b"From: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"]
    office.deliver(report, back, mail_from="<>")
    office.deliver(report, f"siecibp-bounces@{DOMAIN}", mail_from="<>")
    office.deliver(post, f"siecibp@{DOMAIN}")
    office.deliver(mail("halina@example.org", "siecibp", text="Inna treść.", message_id="<post@example.org>"), f"siecibp@{DOMAIN}")
    for raw in garbage:
        for local in ("siecibp", "moderator_siecibp", "siecibp-join", "siecibp-request", "siecibp-bounces", "postmaster"):
            office.deliver(raw, f"{local}@{DOMAIN}")
        office.deliver(raw, back, mail_from="<>")
    mails = everything_is_told(site)

    with site.reading() as db:
        told = tracing.trace(db, "post@example.org")
        assert [one.state for one in told] == ["posted", "discarded", "posted"] and told[1].reasons == ("double",)
        assert any(event.what.startswith("bounced halina@example.org: 550 5.1.1") for event in told[0].events)
        (came,) = tracing.trace(db, "report.5.1.1@mx.example.net")[:1]
        assert any(event.what.endswith("(a copy of <post@example.org>)") for event in came.events)
    assert len(mails) == 5 + len(garbage) * 7


def test_decided_spent_and_too_many_end_in_one_state(office, site, clock):
    for number in range(3):
        office.send("obca@example.org", "siecibp", f"Od obcej {number}", "Treść.", proven=True)
    held = [letter for letter in office.letters(to="mod@example.org") if letter.kind == "held-moderator"]
    office.reply(held[0], "TAK")
    office.reply(held[0], "TAK")
    office.reply(held[1], "NIE")
    with site.writing() as db:
        db.execute(update(Token).values(expires_at=clock()))
    clock.move(days=1)
    office.reply(held[2], "TAK")
    for number in range(40):
        office.send("pyta@example.org", "siecibp-help", f"Pomoc {number}", f"Pomoc {number}!", proven=True)
    everything_is_told(site)

    with site.reading() as db:
        first = db.scalars(select(Incoming).order_by(Incoming.id)).first()
        events = [event.what for event in tracing.trace(db, str(first.id))[0].events]
    assert any(one.startswith("held-published (moderator, mail)") for one in events), events


def test_a_mail_without_an_id_is_found_by_the_one_made_from_its_bytes(office, site):
    raw = mail("halina@example.org", "siecibp", message_id=None)
    office.deliver(raw, f"siecibp@{DOMAIN}")
    with site.reading() as db:
        kept = db.scalars(select(Incoming)).one()
        assert kept.message_id.startswith(hashlib.sha256(raw).hexdigest()[:32])
        (told,) = tracing.trace(db, kept.message_id)
    assert told.state == "posted" and told.url


def test_a_mail_in_hand_and_one_that_made_trouble_say_so(office, site, clock):
    with site.writing() as db:
        (number,) = intake.receive(db, intake.Arriving.each("a@example.org", [f"siecibp@{DOMAIN}"], "192.0.2.7", mail("a@example.org", "siecibp")), clock())
    words = []
    for _ in range(3):
        clock.move(minutes=10)
        with site.writing() as db:
            intake.claim(db, clock())
        with site.reading() as db:
            words.append(tracing.trace(db, str(number))[0].events[-1].what)
        with site.writing() as db:
            intake.trouble(db, number, "Traceback\nValueError: bad", clock())
    with site.reading() as db:
        (told,) = tracing.trace(db, str(number))

    assert words[0] == "taken up: attempt 1" and words[1].startswith("attempt 2 failed: ValueError: bad; next attempt")
    assert told.state == "shunted" and told.events[0].what.endswith("from 192.0.2.7")
    assert any(f"ValueError: bad; `listserv queue retry {number}`" in event.what for event in told.events)
    with site.writing() as db:
        queueing.retry(db, number, CONSOLE, clock())
    office.work()
    assert "retried (console)" in [event.what for event in tell(site, number)]


def tell(site, number):
    with site.reading() as db:
        return tracing.trace(db, str(number))[0].events


def test_copies_are_told_with_times_and_the_relays_last_words(office, site, clock):
    office.deliver(mail("halina@example.org", "siecibp", message_id="<copies@example.org>"), f"siecibp@{DOMAIN}")
    at = int(clock().timestamp() * 1000)
    busy = "4.2.1 <{}@example.org> queue 4FxY123456 is full"
    with site.writing() as db:
        post, members = db.scalars(select(Outgoing)).one(), db.scalars(select(Member).order_by(Member.id)).all()
        post.upto = None
        rows = [(None, 250, 1, None, at + 1000), (None, 250, 3, busy.format("b"), at + 5000), (at + 60_000, 451, 2, busy.format("c"), at), (None, 0, 1, None, None)]
        for member, (due, code, attempts, answer, when) in zip(members, rows, strict=True):
            db.add(Delivery(outgoing_id=post.id, member_id=member.id, due=due, code=code, attempts=attempts, answer=answer, at=when))
    with site.reading() as db:
        (told,) = tracing.trace(db, "copies@example.org")
    whats = [event.what for event in told.events]

    assert told.deliveries == (2, 1, 1)
    assert {"on its way: 4 copies", "first copy sent", "the latest copy sent: 2", "retry: 2 copies were tried more than once"} <= set(whats)
    assert "waiting, 1 copies: 4.2.1 … queue … is full" in whats and "not sent: 1 whose readers had gone" in whats
    assert (told.events[-1].at - clock()).total_seconds() == 5


def test_many_that_failed_are_told_by_name_up_to_fifty(office, site, clock):
    office.deliver(mail("halina@example.org", "siecibp", message_id="<many@example.org>"), f"siecibp@{DOMAIN}")
    with site.writing() as db:
        post = db.scalars(select(Outgoing.id)).one()
        db.add_all(Bounce(outgoing_id=post, email=f"m{n}@example.org", permanent=True, status="5.1.1", at=clock()) for n in range(60))
    with site.reading() as db:
        whats = [event.what for event in tracing.trace(db, "many@example.org")[0].events]

    assert sum(what.startswith("bounced m") for what in whats) == 50 and "and 10 more bounced" in whats


def test_a_letter_is_found_by_its_own_id_with_what_came_back(office, site, clock):
    office.send("anna@example.org", "siecibp-join", "Zgłoszenie", "Chcę do sieci.", proven=True)
    letter = office.letters(to="mod@example.org")[0]
    with site.writing() as db:
        row = db.scalars(select(Letter).where(Letter.to == "mod@example.org")).first()
        assert row.message_id == str(letter.mail["Message-ID"]).strip("<>")
        row.due, row.code, row.answer, row.attempts, row.tried_at = None, 250, "2.0.0 ok", 2, clock.move(minutes=3)
    office.deliver(REPORT.format(to=row.mail_from, status="5.2.2", action="failed", code=552).replace("\n", "\r\n").encode(), row.mail_from, mail_from="<>")
    with site.reading() as db:
        (told,) = tracing.trace(db, str(letter.mail["Message-ID"]))
    whats = [event.what for event in told.events]

    assert whats[0].startswith("because of incoming mail 1 <") and f"letter “{letter.kind}” to mod@example.org sent at attempt 2" in whats
    assert any(what.startswith("bounced mod@example.org: 552 5.2.2") for what in whats)


def test_what_was_refused_at_the_door_is_said_to_leave_no_row(site, network):
    with site.reading() as db, pytest.raises(NotFound, match="refused at the door"):
        tracing.trace(db, "<never@example.org>")


def test_a_decision_that_came_to_the_address_of_a_letter_names_its_list(office, site):
    office.send("obcy@example.org", "siecibp", "Plakaty", "Mamy plakaty.")
    asked = [one for one in office.letters() if one.kind == "held-moderator"][-1]
    office.reply(asked, "TAK")

    with site.reading() as db:
        decision = db.query(Incoming).order_by(Incoming.id.desc()).first()
        (told,) = tracing.trace(db, str(decision.id))
        assert decision.list_id is None and told.mlist == "siecibp"

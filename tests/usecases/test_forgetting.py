"""Being forgotten: on the day, by the calendar, in every row, index and byte; and what stays makes sense."""

import zlib
from datetime import timedelta

import pytest
from sqlalchemy import select

from listserv.errors import Conflict, Expired
from listserv.store.archive import Attachment, Message, Thread
from listserv.store.erasing import Erasure, Posts
from listserv.store.lists import list_by_name
from listserv.store.members import member_by_key
from listserv.store.moderation import Held, HeldState
from listserv.store.people import Address, Purpose, User
from listserv.store.queue import Raw, State, raw_bytes
from listserv.usecases import housekeeping, privacy, reading, tokens
from listserv.usecases.access import CONSOLE
from listserv.worker import work_once
from tests.conftest import add
from tests.databases import contents

ANSWER = (
    "W dniu 3.03.2026 Halina Okładka <halina@example.org> pisze:\n> Kto ma klucz do szafki?\n\nMarek ma. Pozdrawiam Halinę Okładkę i Panią Halina Okładka.\n"
)
SIGNED = "Kto ma klucz do szafki?\n\n-- \nHalina Okładka\ntel. 600 700 800\nBiblioteka w Wymyślnej\n"


def lived(office, site):
    """Halina writes, is quoted, gets digests and letters, and has a letter of hers held."""
    office.send("Halina Okładka <halina@example.org>", "siecibp", "Klucz", SIGNED, message_id="<1@klient.invalid>", proven=True)
    office.send(
        "Marek Regał <marek@example.org>", "siecibp", "Odp: Klucz", ANSWER, message_id="<2@klient.invalid>", in_reply_to="<1@klient.invalid>",
        cc="Halina Okładka <halina@example.org>", proven=True,
    )  # fmt: skip
    office.send("Halina Okładka <halina@example.org>", "siecibp", "Odp: Klucz", "Dziękuję.", in_reply_to="<2@klient.invalid>", proven=True)
    office.send("halina@example.org", "siecibp-request", "dziennie", "dziennie", proven=True)
    office.send("halina@example.org", "moderator_siecibp", "Pytanie", "Kiedy spotkanie? Halina Okładka", proven=True)
    office.send("halina@example.org", "siecibp", "", "proszę mnie wypisać", proven=True)


def everything(site):
    """All that the database holds, mails unpacked, folded."""
    whole = []
    for table, rows in contents(site.engine).items():
        for row in rows:
            for value in row:
                if isinstance(value, bytes) and table == "raw" and len(value) > 32 and value[:1] == b"x":  # hashes are 32 bytes
                    value = zlib.decompress(value)
                whole.append(value.decode("latin-1") if isinstance(value, bytes) else str(value))
    return "\n".join(whole).replace("=\r\n", "").lower()


def ask(site, posts, email="halina@example.org"):
    with site.writing() as db:
        user_id = db.scalars(select(Address.user_id).where(Address.key == email)).one()
        privacy.ask(db, user_id, posts, CONSOLE, site.now())
        return user_id


def let_the_day_come(site, clock, days=7):
    clock.move(days=days)
    for _ in range(1000):
        with site.writing() as db:
            if not housekeeping.run_due(db, site.now()):
                return
    raise AssertionError("the calendar never ends")


@pytest.mark.parametrize("posts", list(Posts))
def test_after_the_week_no_byte_of_the_address_is_left(site, office, clock, posts):
    lived(office, site)
    work_once(site)
    before = everything(site)
    assert before.count("halina@example.org") > 20

    ask(site, posts)
    let_the_day_come(site, clock)

    after = everything(site)
    assert "halina@example.org" not in after
    assert "600 700 800" not in after
    assert "halina ok=c5=82adka" not in after and "halina okładka" not in after.encode("latin-1", "replace").decode("utf-8", "replace")
    assert "halina okładka" not in after


def test_the_words_stay_without_their_author_and_the_conversation_makes_sense(site, office, clock):
    lived(office, site)
    user_id = ask(site, Posts.KEEP)
    let_the_day_come(site, clock)

    with site.reading() as db:
        thread = db.scalars(select(Thread).where(Thread.messages > 0)).one()
        messages = db.scalars(select(Message).order_by(Message.id)).all()
        texts = [message.body.text for message in messages]
        assert (thread.messages, thread.authors) == (3, 2)
        assert [(message.author, message.author_email, message.user_id) for message in messages[::2]] == [("", "", None)] * 2
        assert [message.author for message in messages[1:2]] == ["Marek Regał"]
        assert messages[1].parent_id == messages[0].id and messages[2].parent_id == messages[1].id
        assert texts[0].startswith("Kto ma klucz do szafki?") and "Biblioteka w Wymyślnej" not in texts[0]
        assert "███" in texts[1] and "> Kto ma klucz do szafki?" in texts[1] and "Marek ma." in texts[1]
        assert "Dziękuję." in texts[2]
        user = db.get(User, user_id)
        assert (user.name, user.addresses) == ("", [])
        assert member_by_key(db, list_by_name(db, "siecibp"), "halina@example.org") is None
        assert b"From: nobody@erased.invalid" in raw_bytes(db, messages[0].raw_id)
        shown = reading.thread(db, "siecibp", thread.id, CONSOLE)
        assert [post.name for post in shown.posts] == ["", "Marek Regał", ""]


def test_the_words_go_and_a_note_stands_in_their_place(site, office, clock):
    office.send("Halina Okładka <halina@example.org>", "siecibp", "Przepis na sernik", "Ser, jajka, cukier.", message_id="<1@klient.invalid>", proven=True)
    office.send("Marek <marek@example.org>", "siecibp", "Odp: Przepis na sernik", "Pyszny.", in_reply_to="<1@klient.invalid>", proven=True)
    ask(site, Posts.REMOVE)
    let_the_day_come(site, clock)

    with site.reading() as db:
        first, second = db.scalars(select(Message).order_by(Message.id)).all()
        assert "Ser, jajka" not in first.body.text and "[" in first.body.text
        assert second.body.text.strip() == "Pyszny." and second.parent_id == first.id
        assert db.scalars(select(Attachment)).all() == []
    assert "ser, jajka" not in everything(site)


def test_what_waits_for_a_moderator_is_taken_back(site, office, clock):
    office.send("Halina Okładka <halina@example.org>", "siecibp", "", "", proven=True)
    ask(site, Posts.KEEP)
    let_the_day_come(site, clock)

    with site.reading() as db:
        assert [(held.state, "halina" in held.author_email) for held in db.scalars(select(Held))] == [(HeldState.WITHDRAWN, False)]
        assert [held.incoming.state for held in db.scalars(select(Held))] == [State.DISCARDED], "and `trace` says so too"


def test_nothing_happens_before_the_day_and_nothing_after_a_change_of_mind(site, office, clock):
    lived(office, site)
    user_id = ask(site, Posts.REMOVE)
    let_the_day_come(site, clock, days=6)
    with site.reading() as db:
        assert db.get(User, user_id).name == "Halina Okładka"
        assert db.scalars(select(Message)).first().author == "Halina Okładka"

    with site.writing() as db:
        privacy.keep(db, user_id, CONSOLE, site.now())
    let_the_day_come(site, clock, days=30)

    with site.reading() as db:
        assert db.get(User, user_id).name == "Halina Okładka"
        assert db.scalars(select(Erasure)).all() == []
    assert [letter.kind for letter in office.letters("halina@example.org") if "erasure" in letter.kind] == ["erasure-asked", "erasure-stopped"]


def test_others_lose_nothing(site, office, clock):
    lived(office, site)
    office.send("Marek Regał <marek@example.org>", "siecibp", "Inny wątek", "Piszę z adresu marek@example.org, nie z xhalina@example.org.", proven=True)
    with site.reading() as db:
        untouched = db.scalars(select(Message).where(Message.subject == "Inny wątek")).one()
        raw = raw_bytes(db, untouched.raw_id)
    ask(site, Posts.KEEP)
    with site.writing() as db:
        add(db, list_by_name(db, "siecibp"), "halina@example.org.pl", site.now(), name="Inna Osoba")
    let_the_day_come(site, clock)

    with site.reading() as db:
        assert member_by_key(db, list_by_name(db, "siecibp"), "marek@example.org").user.name == "Marek Regał"
        other = db.scalars(select(User).where(User.name == "Inna Osoba")).one()
        assert [place.email for place in other.addresses] == ["halina@example.org.pl"]
        kept = db.get(Message, untouched.id)
        assert kept.author_email == "marek@example.org" and "marek@example.org" in kept.body.text
    assert b"Inny" in raw


def test_the_old_mail_does_not_come_back(site, office, clock):
    lived(office, site)
    with site.reading() as db:
        first = db.scalars(select(Message).order_by(Message.id)).first()
        raw = raw_bytes(db, first.raw_id)
    ask(site, Posts.KEEP)
    let_the_day_come(site, clock)

    office.deliver(raw, "siecibp@lists.example.org", mail_from="halina@example.org")

    with site.reading() as db:
        assert len(db.scalars(select(Message)).all()) == 3


def test_it_goes_on_where_it_was_interrupted(site, office, clock, monkeypatch):
    from listserv.usecases import forgetting

    lived(office, site)
    monkeypatch.setattr(forgetting, "SLICE", 2)
    ask(site, Posts.KEEP)
    clock.move(days=8)
    for _ in range(3):
        with site.writing() as db:
            assert forgetting.run_due(db, site.now()) == 1
    with site.reading() as db:
        wish = db.scalars(select(Erasure)).one()
        assert wish.upto and db.get(User, wish.user_id).name == "Halina Okładka"
        user_id = wish.user_id
    with site.writing() as db, pytest.raises(Conflict):
        privacy.keep(db, user_id, CONSOLE, site.now())

    let_the_day_come(site, clock)

    assert "halina@example.org" not in everything(site)
    with site.reading() as db:
        assert db.scalars(select(Raw.id)).all()


def test_a_person_asks_once_and_a_link_for_something_else_stops_nothing(site, office):
    user_id = ask(site, Posts.KEEP)
    with site.writing() as db, pytest.raises(Conflict):
        privacy.ask(db, user_id, Posts.REMOVE, CONSOLE, site.now())
    with site.writing() as db:
        other = tokens.issue(db, Purpose.SETTINGS, "halina@example.org", site.now(), object_id=user_id)
        db.flush()
        with pytest.raises(Exception, match="no such link"):
            privacy.keep_by_link(db, other, site.now())
        mine = tokens.issue(db, Purpose.KEEP_ACCOUNT, "halina@example.org", site.now(), object_id=user_id)
        db.flush()
        privacy.keep_by_link(db, mine, site.now())
        with pytest.raises(Expired):
            privacy.planned_by(db, mine, site.now() + timedelta(minutes=1))


def test_what_cannot_be_erased_today_keeps_no_digest_waiting_and_is_tried_again(site, office, clock, monkeypatch):
    from listserv.usecases import forgetting

    lived(office, site)
    ask(site, Posts.KEEP)
    with monkeypatch.context() as broken:
        broken.setattr(forgetting, "_look_at", lambda *_: 1 / 0)
        let_the_day_come(site, clock)
    with site.reading() as db:
        wish = db.scalars(select(Erasure)).one()
        assert (wish.upto, wish.due_at) == (None, site.now() + forgetting.AGAIN)

    let_the_day_come(site, clock, days=1)

    assert "halina@example.org" not in everything(site)

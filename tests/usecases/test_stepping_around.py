"""What is read first or barred is not stepped around by another spelling, a second copy, a second address or a used-up day."""

import pytest
from sqlalchemy import select

from listserv.mail import patterns
from listserv.store.archive import Message
from listserv.store.lists import list_by_name
from listserv.store.members import Role, member_by_key
from listserv.store.moderation import Held, HeldState
from listserv.store.queue import State
from listserv.usecases import banning
from listserv.usecases.access import CONSOLE
from tests.office import aligned, mail

LIST, MOD, HALINA, MAREK = "siecibp@lists.example.org", "mod@example.org", "halina@example.org", "marek@example.org"
TIK = "siecibp+tik@lists.example.org"


def guard(site, *, moderated=True):
    with site.writing() as db:
        topic = next(topic for topic in list_by_name(db, "siecibp").topics if topic.slug == "tik")
        topic.moderated = moderated


def filed(site):
    with site.reading() as db:
        return [message.thread.topic and message.thread.topic.slug for message in db.scalars(select(Message).order_by(Message.id))]


# ---- topics -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize(("moderated", "slugs"), [(True, [None]), (False, ["tik"])])
def test_a_second_copy_files_nothing_under_a_topic_that_is_read_first(office, site, together, moderated, slugs):
    guard(site, moderated=moderated)
    raw = aligned(mail(MAREK, LIST, "Lekcja druga", "Inny tekst\n", message_id="<t1@example.org>"))
    for rcpts in [(LIST, TIK)] if together else [(LIST,), (TIK,)]:
        office.deliver(raw, *rcpts, mail_from=MAREK)

    assert filed(site) == slugs


def test_a_moderators_second_copy_does(office, site):
    guard(site)
    raw = aligned(mail(MOD, LIST, "Lekcja druga", "Inny tekst\n", message_id="<t1@example.org>"))
    office.deliver(raw, LIST, TIK, mail_from=MOD)

    assert filed(site) == ["tik"]


# ---- bans ---------------------------------------------------------------------------------------------------

OTHERS = ["evil@gmail.com", "e.vil@gmail.com", "EVIL+1@gmail.com", "evil@googlemail.com", '"evil"@gmail.com', '"e.vil+x"@googlemail.com']


@pytest.mark.parametrize("barred", ["evil@gmail.com", "e.v.il+list@googlemail.com", "^evil@gmail\\.com$"])
@pytest.mark.parametrize("other", OTHERS)
def test_a_ban_is_about_a_mailbox_however_it_is_spelled(office, site, barred, other):
    with site.writing() as db:
        banning.ban(db, list_by_name(db, "siecibp"), barred, CONSOLE, site.now())

    assert office.send(other, "moderator_siecibp", "Zgłoszenie", "Dzień dobry, proszę o zapisanie.\n") is State.REFUSED
    assert office.letters(to=MOD) == []


@pytest.mark.parametrize(
    ("pattern", "key", "fits"),
    [("a.b@example.org", "ab@example.org", False), ("a@example.org", "a+x@example.org", True), ("@gmail.com", "x@googlemail.com", True), ("@example.org", "x@example.com", False)]
    + [("evil@gmail.com", "devil@gmail.com", False)],
)
def test_which_addresses_are_one_mailbox(pattern, key, fits):
    assert patterns.matches(patterns.normal(pattern), key) is fits


# ---- addresses taken on by a word ---------------------------------------------------------------------------


def test_an_address_noted_at_a_members_word_decides_nothing_when_she_becomes_a_moderator(office, site):
    other = "halina.okladka@elsewhere.example"

    def from_other(to, subject, words):
        raw = b"Authentication-Results: mx.example.org; dmarc=pass header.from=elsewhere.example\r\n" + mail(f"Halina Okładka <{other}>", to, subject, words)
        office.deliver(raw, to, mail_from=other)

    from_other(LIST, "Plakaty", "Dzień dobry, mamy nadmiar plakatów.\n")
    office.reply(office.letters(to=HALINA, kind="held-yours")[-1], "TAK")
    with site.writing() as db:
        member = member_by_key(db, list_by_name(db, "siecibp"), HALINA)
        assert other in [place.email for place in member.user.addresses]
        member.role = Role.MODERATOR
    office.send("Obcy <obcy@example.org>", "siecibp", "Oferta", "Sprzedam.\n", proven=True)
    letter = office.letters(to=HALINA, kind="held-moderator")[-1]

    from_other(str(letter.mail["Reply-To"]), "Re: Oferta", "TAK\n")
    with site.reading() as db:
        assert db.scalars(select(Held).order_by(Held.id.desc())).first().state is HeldState.PENDING
    office.reply(letter, "TAK")
    with site.reading() as db:
        assert db.scalars(select(Held).order_by(Held.id.desc())).first().state is HeldState.PUBLISHED


# ---- a day's letters ----------------------------------------------------------------------------------------


def test_a_lone_word_is_held_and_not_swallowed_where_no_question_can_be_asked_today(office, site, monkeypatch):
    from listserv.usecases import asides
    from listserv.usecases.arrivals import Outcome

    monkeypatch.setattr(asides, "confirm_first", lambda *args, **more: Outcome(State.ANSWERED, ("enough-for-today",)))
    office.send(MAREK, "siecibp", "Scenariusze", "Szukam scenariuszy.", proven=True, message_id="<1@x>")

    assert office.send(HALINA, "siecibp", "Re: Scenariusze", "WYCISZ\n", in_reply_to="<1@x>", references="<1@x>") is State.HELD
    assert len(office.posts()) == 1
    assert "WYCISZ" in office.letters(to=MOD, kind="held-moderator")[-1].text

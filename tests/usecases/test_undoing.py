"""Ten minutes to take a decision back: what returns, what cannot, and who hears of it."""

import pytest

from listserv.errors import Conflict, Expired
from listserv.mail import address
from listserv.store.archive import Message
from listserv.store.bans import bars
from listserv.store.lists import list_by_name
from listserv.store.members import member_by_key
from listserv.store.moderation import Application, ApplicationState, Held, HeldState, journal_of
from listserv.store.people import address_by_key
from listserv.store.queue import Delivery, Outgoing, State
from listserv.store.trusted import trusted
from listserv.usecases import administration, docket, stewards, undoing
from listserv.usecases.access import Actor, Door
from listserv.usecases.docket import Answer
from listserv.worker import work_once
from tests.office import aligned, mail

LIST = "siecibp@lists.example.org"
DOOR = "moderator_siecibp@lists.example.org"


@pytest.fixture
def case(office, once):
    """A stranger's post (p1), and an application (a1)."""

    def made():
        office.deliver(aligned(mail("Obcy <obcy@example.org>", LIST, "Plakaty", "Mamy plakaty.\n")), LIST, mail_from="obcy@example.org")
        office.deliver(aligned(mail("Anna Nowa <anna@example.org>", DOOR, "Proszę", "Czy mogę dołączyć?\n")), DOOR, mail_from="anna@example.org")

    once(made)
    office.new_letters()
    return office


def who(db, email="mod@example.org"):
    return stewards.steward(db, "siecibp", Actor(Door.WEB, address_by_key(db, email).user_id, proven=True))


def decide(site, key, answer, words=""):
    with site.writing() as db:
        return docket.decide(db, who(db), [key], Answer(answer), site.now(), words=words)


def undo(site, key, email="mod@example.org"):
    with site.writing() as db:
        return docket.take_back(db, who(db, email), key, site.now())


def kinds(office):
    return sorted((one.kind, one.to) for one in office.letters())


def message_of(db):
    return db.query(Message).one()


def test_a_published_post_leaves_the_archive_and_waits_again(case, site):
    decide(site, "p1", "approve")
    undone = undo(site, "p1")

    with site.reading() as db:
        held, message = db.get(Held, 1), message_of(db)
        assert (held.state, held.decided_at, held.decided_by) == (HeldState.PENDING, None, None)
        assert held.incoming.state is State.HELD
        assert message.hidden_at and message.thread.hidden_at
        assert [row.upto for row in db.query(Outgoing)] == [None]
        assert db.query(Delivery).count() == 0
        assert [row.what for row in journal_of(db, "held", 1)][-2:] == ["held-published", "held-undone"]
    assert undone == undoing.Undone("published", 0)


def test_the_letter_that_has_not_left_stays_here_and_the_author_is_not_written_to_twice(case, site):
    before = kinds(case)
    decide(site, "p1", "approve")
    undo(site, "p1")

    assert [one for one in kinds(case) if one not in before] == [("decided", "owner@example.org"), ("decision-undone", "owner@example.org")]


def test_copies_that_have_left_are_counted_and_the_author_is_told_of_them(case, site):
    decide(site, "p1", "approve")
    work_once(site)
    undone = undo(site, "p1")

    assert undone.copies_left == 4
    (letter,) = [one for one in case.letters() if one.kind == "held-again"]
    assert letter.to == "obcy@example.org"
    assert "4" in letter.text


def test_published_again_it_is_the_same_message_and_nobody_gets_a_second_copy(case, site):
    decide(site, "p1", "approve")
    work_once(site)
    undo(site, "p1")
    decide(site, "p1", "approve")
    work_once(site)

    with site.reading() as db:
        message = message_of(db)
        assert message.hidden_at is None and message.thread.hidden_at is None and message.thread.messages == 1
        assert db.get(Held, 1).state is HeldState.PUBLISHED
        assert sorted(row.member_id for row in db.query(Delivery)) == sorted({row.member_id for row in db.query(Delivery)})
        assert db.query(Delivery).count() == 4
        assert all(row.code == 250 and row.attempts == 1 for row in db.query(Delivery))


def test_published_again_before_anything_left_everybody_gets_their_one_copy(case, site):
    decide(site, "p1", "approve")
    undo(site, "p1")
    decide(site, "p1", "approve")
    work_once(site)

    with site.reading() as db:
        assert [(row.code, row.attempts) for row in db.query(Delivery)] == [(250, 1)] * 4


def test_a_thread_with_an_answer_stays_when_its_first_post_goes(case, site):
    decide(site, "p1", "approve")
    case.deliver(
        aligned(mail("halina@example.org", LIST, "Odp: Plakaty", "Proszę o jeden.\n", in_reply_to=f"<{the_id(site)}>")), LIST, mail_from="halina@example.org"
    )
    undo(site, "p1")

    with site.reading() as db:
        first, answer = db.query(Message).order_by(Message.id)
        assert first.thread_id == answer.thread_id
        assert first.hidden_at and answer.hidden_at is None and answer.thread.hidden_at is None
        assert answer.thread.messages == 1


def the_id(site):
    with site.reading() as db:
        return message_of(db).message_id


def test_trust_goes_with_the_decision_that_it_came_with(case, site):
    decide(site, "p1", "trust")
    undo(site, "p1")

    with site.reading() as db:
        assert trusted(db, list_by_name(db, "siecibp"), "obcy@example.org") is None


def test_a_member_who_was_read_first_is_read_first_again(case, site):
    with site.writing() as db:
        member_by_key(db, list_by_name(db, "siecibp"), "halina@example.org").moderated = True
    assert case.deliver(aligned(mail("halina@example.org", LIST, "Klucz", "Kto ma klucz?\n")), LIST, mail_from="halina@example.org") is State.HELD
    decide(site, "p2", "trust")
    with site.reading() as db:
        assert not member_by_key(db, list_by_name(db, "siecibp"), "halina@example.org").moderated
    undo(site, "p2")

    with site.reading() as db:
        assert member_by_key(db, list_by_name(db, "siecibp"), "halina@example.org").moderated


def test_a_declined_post_waits_again_and_its_author_hears_of_it_only_where_our_letter_left(case, site):
    decide(site, "p1", "decline", "Nie tu.")
    undo(site, "p1")
    assert not [one for one in case.letters() if one.kind in ("held-refused", "held-again")]

    decide(site, "p1", "decline", "Nie tu.")
    work_once(site)
    undo(site, "p1")
    assert [one.kind for one in case.letters() if one.to == "obcy@example.org"][-2:] == ["held-refused", "held-again"]


def test_spam_that_was_none_waits_again_and_the_ban_is_lifted(case, site):
    decide(site, "p1", "ban")
    with site.reading() as db:
        assert bars(db, list_by_name(db, "siecibp"), ["obcy@example.org"])
    undo(site, "p1")

    with site.reading() as db:
        assert not bars(db, list_by_name(db, "siecibp"), ["obcy@example.org"])
        assert db.get(Held, 1).state is HeldState.PENDING
    assert not [one for one in case.letters() if one.kind == "held-again"]


def test_who_was_admitted_leaves_again_and_the_application_waits(case, site):
    decide(site, "a1", "approve")
    work_once(site)
    undo(site, "a1")

    with site.reading() as db:
        assert member_by_key(db, list_by_name(db, "siecibp"), address.key("anna@example.org")) is None
        assert db.get(Application, 1).state is ApplicationState.AWAITING_MODERATOR
    assert [one.kind for one in case.letters() if one.to == "anna@example.org"][-2:] == ["welcome", "application-again"]


def test_after_an_undo_the_same_letter_decides_by_mail_again(case, site):
    (question,) = [one for one in case.letters() if one.kind == "held-moderator" and one.to == "mod@example.org"]
    decide(site, "p1", "decline")
    undo(site, "p1")
    case.reply(question, "TAK\n")

    with site.reading() as db:
        assert db.get(Held, 1).state is HeldState.PUBLISHED


def test_any_moderator_may_take_it_back(case, site):
    decide(site, "p1", "approve")

    assert undo(site, "p1", "owner@example.org").decision == "published"
    assert [one.to for one in case.letters() if one.kind == "decision-undone"] == ["mod@example.org"]


def test_after_ten_minutes_it_is_too_late(case, site, clock):
    decide(site, "p1", "approve")
    clock.move(minutes=9, seconds=59)
    with site.reading() as db:
        assert undoing.can_be_undone(db.get(Held, 1), clock())
    clock.move(seconds=1)

    with pytest.raises(Expired):
        undo(site, "p1")
    with site.reading() as db:
        assert db.get(Held, 1).state is HeldState.PUBLISHED
        assert message_of(db).hidden_at is None


def test_what_waits_or_was_withdrawn_cannot_be_taken_back(case, site, now):
    with pytest.raises(Conflict):
        undo(site, "p1")
    from listserv.usecases import moderation

    with site.writing() as db:
        moderation.withdraw(db, db.get(Held, 1), now)
    with pytest.raises(Conflict):
        undo(site, "p1")


def test_an_undone_decision_is_not_undone_twice(case, site):
    decide(site, "a1", "decline")
    undo(site, "a1")

    with pytest.raises(Conflict):
        undo(site, "a1")
    with site.reading() as db:
        assert [row.what for row in journal_of(db, "application", 1)].count("application-undone") == 1


def test_who_was_on_the_list_before_stays_on_it(case, site, now):
    with site.writing() as db:
        # Whoever comes to the list any way waits no longer to be on it.
        before = administration.NewMember("anna@example.org", joined_at=now.replace(year=2025))
        administration.add_member(db, list_by_name(db, "siecibp"), before, who(db).actor, now)
        assert db.get(Application, 1).state is ApplicationState.ADMITTED
    undo(site, "a1")

    with site.reading() as db:
        assert member_by_key(db, list_by_name(db, "siecibp"), "anna@example.org")

"""What a moderator has taken back waits in the queue: no other door shows it; and a thread is called by what readers see."""

import pytest
from sqlalchemy import select

from listserv.errors import Conflict
from listserv.store.archive import Message, Thread
from listserv.store.moderation import Held, HeldState
from listserv.usecases import hiding, threadtools
from tests.usecases.test_hiding import moderator  # noqa: F401
from tests.usecases.test_thread_tools import NOW, do, put, said, talk, thread_of  # noqa: F401
from tests.usecases.test_undoing import case, decide, undo, who  # noqa: F401


def the_message(db):
    return db.scalars(select(Message)).one()


def shown(site):
    """Show it by each of the verbs; the sentences of refusal."""
    told = []
    for verb in ("message", "thread"):
        with site.writing() as db:
            moderator = who(db)
            message = hiding.message_here(db, moderator, the_message(db).hash)
            with pytest.raises(Conflict) as wrong:
                if verb == "message":
                    hiding.show_message(db, moderator, message, NOW)
                else:
                    hiding.show_thread(db, moderator, message.thread, NOW)
            told.append(wrong.value.reason)
    return told


def offered(site):
    with site.reading() as db:
        return [one.hash for one in hiding.hidden(db, who(db))]


def test_what_waits_in_the_queue_is_neither_offered_nor_shown_as_hidden(case, site):
    decide(site, "p1", "approve")
    undo(site, "p1")

    assert offered(site) == []
    assert shown(site) == [hiding.STILL_WAITS] * 2
    with site.reading() as db:
        assert the_message(db).hidden_at and db.scalars(select(Held.state)).one() is HeldState.PENDING


@pytest.mark.parametrize("answer", ["decline", "discard"])
def test_what_was_decided_against_is_not_shown_either(case, site, answer):
    decide(site, "p1", "approve")
    undo(site, "p1")
    decide(site, "p1", answer, "nie tutaj")

    assert offered(site) == []
    assert shown(site) == [hiding.NOT_LET_THROUGH] * 2


def test_what_is_let_through_in_the_end_is_shown_and_can_be_hidden_and_shown(case, site):
    decide(site, "p1", "approve")
    undo(site, "p1")
    decide(site, "p1", "approve")
    with site.writing() as db:
        assert the_message(db).hidden_at is None
        hiding.hide_message(db, who(db), the_message(db), "", NOW)
    assert len(offered(site)) == 1
    with site.writing() as db:
        hiding.show_message(db, who(db), the_message(db), NOW)
        assert the_message(db).hidden_at is None


def test_the_first_message_hidden_gives_the_thread_the_next_ones_name_until_it_is_shown(site, talk, moderator):
    put(site, said(30, subject="Pierwszy tajny"), said(31, "m30@old", subject="Drugi jawny"))
    do(site, hiding.hide_message, "m30", "")
    assert thread_of(site, "m30").subject == "Drugi jawny"

    put(site, said(32, "m30@old m31@old", subject="Re: Pierwszy tajny"))
    assert thread_of(site, "m30").subject == "Drugi jawny"
    with site.writing() as db:
        from listserv.usecases import arranging

        arranging.settle(db, {db.scalars(select(Thread.family).where(Thread.id == thread_of(site, "m30").id)).one()})
    assert thread_of(site, "m30").subject == "Drugi jawny"

    do(site, hiding.show_message, "m30")
    assert thread_of(site, "m30").subject == "Pierwszy tajny"


def test_a_moderators_title_stays_whatever_is_hidden(site, talk):
    do(site, threadtools.rename, "m1", "Nazwa moderatorów")
    do(site, hiding.hide_message, "m1", "")
    assert thread_of(site, "m1").subject == "Nazwa moderatorów"


def test_a_thread_all_hidden_keeps_its_name(site, talk):
    do(site, hiding.hide_thread, "m1", "")
    assert thread_of(site, "m1").subject == "Rozmowa"
    do(site, hiding.show_thread, "m1")
    assert thread_of(site, "m1").subject == "Rozmowa"

"""Threads and topics that somebody follows or mutes: what comes as copies, and what digests tell."""

import pytest
from sqlalchemy import select

from listserv.store.archive import Message
from listserv.store.following import ThreadWish, TopicWish
from listserv.store.lists import list_by_name
from listserv.store.queue import State
from listserv.usecases import administration, privacy
from listserv.usecases.access import CONSOLE
from tests.usecases.steered import ANNA, HALINA, MAREK, copies, join, member, next_day


@pytest.fixture
def anna(site, office):
    return join(site, name="Anna Nowa")


@pytest.fixture
def thread(office, anna):
    """A thread that Marek has begun."""
    office.send(f"Marek Regał <{MAREK}>", "siecibp", "Scenariusze", "Szukam scenariuszy.", message_id="<1@x>")
    return "<1@x>"


def answer(office, words, to="<1@x>", sender=ANNA, proven=True, **more):
    """A plain reply to a post, quoting it."""
    text = f"{words}\n\nW dniu 3.03.2026 o 10:00, Marek Regał pisze:\n> Szukam scenariuszy.\n"
    return office.send(sender, "siecibp", "Re: Scenariusze", text, proven=proven, in_reply_to=to, references=to, **more)


def subjects(site):
    with site.reading() as db:
        return [row.subject for row in db.scalars(select(Message).order_by(Message.id))]


def test_one_word_in_answer_to_a_post_mutes_its_thread_and_reaches_nobody_else(site, office, thread):
    assert answer(office, "WYCISZ") is State.ANSWERED

    answer(office, "Mam trzy, przyślę jutro.", sender=HALINA)
    office.send(MAREK, "siecibp", "Spotkanie", "Kiedy?")
    assert subjects(site) == ["Scenariusze", "Re: Scenariusze", "Spotkanie"]
    assert [ANNA in got for got in copies(site)] == [False, False, True]
    letter = office.letters(to=ANNA)[-1]
    assert letter.kind == "thread"
    assert "“Scenariusze” is muted" in letter.text and "UNMUTE" in letter.text


def test_who_mutes_a_thread_can_have_it_again(site, office, thread):
    answer(office, "mute")
    office.reply(office.letters(to=ANNA)[-1], "UNMUTE")

    answer(office, "Mam trzy.", sender=HALINA)
    assert ANNA in copies(site)[-1]


def test_a_followed_thread_comes_at_once_to_who_gets_digests_and_is_not_told_twice(site, office, thread, clock):
    assert copies(site) == [sorted({ANNA, HALINA, MAREK, "mod@example.org", "owner@example.org"})]
    office.send(ANNA, "siecibp-request", "x", "DAILY", proven=True)
    answer(office, "Follow")
    answer(office, "Mam trzy.", sender=HALINA)
    office.send(MAREK, "siecibp", "Spotkanie", "Kiedy?")

    assert [ANNA in got for got in copies(site)] == [True, True, False]
    next_day(site, clock)
    (digest,) = office.letters(to=ANNA, kind="digest")
    assert "Spotkanie" in digest.text and "Mam trzy." not in digest.text


def test_a_muted_thread_is_in_no_digest_and_where_nothing_else_is_new_none_comes(site, office, thread, clock):
    office.send(ANNA, "siecibp-request", "x", "DAILY", proven=True)
    answer(office, "MUTE")
    answer(office, "Mam trzy.", sender=HALINA)

    next_day(site, clock)
    assert office.letters(to=ANNA, kind="digest") == []

    office.send(MAREK, "siecibp", "Spotkanie", "Kiedy?")
    next_day(site, clock)
    (digest,) = office.letters(to=ANNA, kind="digest")
    assert "Spotkanie" in digest.text and "Scenariusze" not in digest.text


def test_others_with_the_same_schedule_are_told_all(site, office, thread, clock):
    join(site, "ewa@example.org")
    for person in (ANNA, "ewa@example.org"):
        office.send(person, "siecibp-request", "x", "DAILY", proven=True)
    answer(office, "MUTE")
    answer(office, "Mam trzy.", sender=HALINA)
    office.send(MAREK, "siecibp", "Spotkanie", "Kiedy?")
    next_day(site, clock)

    assert "Mam trzy." in office.letters(to="ewa@example.org", kind="digest")[0].text
    assert "Mam trzy." not in office.letters(to=ANNA, kind="digest")[0].text


@pytest.mark.parametrize("words", ["Wycisz telefon, zanim wejdziesz.", "Śledź", "WYCISZ?", "Wycisz\n\nA tak serio: mam trzy scenariusze.", "Proszę, mute your microphone", "Follow up"])
def test_what_may_be_meant_for_people_is_a_post(site, office, thread, words):
    assert answer(office, words) is State.POSTED


def test_a_word_with_a_farewell_and_a_name_is_still_that_word(office, thread):
    assert answer(office, "OBSERWUJ\n\nPozdrawiam\nAnna Nowa") is State.ANSWERED


def test_a_word_that_begins_a_thread_is_a_post_because_no_thread_is_meant(office, anna):
    assert office.send(ANNA, "siecibp", "Zagadka", "WYCISZ", proven=True) is State.POSTED


def test_a_file_makes_it_a_post(site, office, thread):
    raw = (
        b"Authentication-Results: mx.example.org; dmarc=pass header.from=example.org\r\nFrom: anna@example.org\r\nTo: siecibp@lists.example.org\r\nSubject: Re: Scenariusze\r\n"
        b'Message-ID: <f@x>\r\nIn-Reply-To: <1@x>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nMute\r\n'
        b'--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename="mute.pdf"\r\n\r\n%PDF\r\n--b--\r\n'
    )
    assert office.deliver(raw, "siecibp@lists.example.org") is State.POSTED


def test_the_word_of_a_stranger_goes_the_way_of_a_strangers_post(office, thread):
    assert answer(office, "WYCISZ", sender="stranger@example.org") is State.HELD


def test_who_is_not_proven_is_asked_and_then_it_is_done(site, office, thread):
    assert answer(office, "WYCISZ", proven=None) is State.ANSWERED
    question = office.letters(to=ANNA)[-1]
    assert question.kind == "confirm-settings"
    assert ANNA in copies(site)[0]

    office.reply(question, "Yes", proven=None)
    answer(office, "Mam trzy.", sender=HALINA)
    assert ANNA not in copies(site)[-1]


def test_a_word_that_was_meant_for_everybody_is_posted_after_all_and_once(site, office, thread):
    answer(office, "MUTE", message_id="<m@x>")
    letter = office.letters(to=ANNA)[-1]

    office.reply(letter, "SEND")
    office.reply(letter, "SEND")

    assert subjects(site) == ["Scenariusze", "Re: Scenariusze"]
    answer(office, "Mam trzy.", sender=HALINA)
    assert ANNA in copies(site)[-1], "nothing was muted"


def test_the_asked_back_can_be_posted_as_well(site, office, thread):
    answer(office, "MUTE", proven=None)
    office.reply(office.letters(to=ANNA)[-1], "Wyślij", proven=None)

    assert subjects(site) == ["Scenariusze", "Re: Scenariusze"]


@pytest.mark.parametrize("words", ["2: FOLLOW", "FOLLOW 2", "Obserwuj wątek 2"])
def test_in_answer_to_a_digest_the_word_is_about_the_numbered_thread(site, office, thread, clock, words):
    office.send(ANNA, "siecibp-request", "x", "DAILY", proven=True)
    answer(office, "Mam trzy.", sender=HALINA)
    office.send(MAREK, "siecibp", "Spotkanie", "Kiedy?")
    next_day(site, clock)
    (digest,) = office.letters(to=ANNA, kind="digest")

    assert office.reply(digest, words, proven=None) is State.ANSWERED

    office.send(HALINA, "siecibp", "Re: Spotkanie", "W maju.", in_reply_to=_id_of(site, "Spotkanie"))
    assert ANNA in copies(site)[-1]


def _id_of(site, subject):
    with site.reading() as db:
        return f"<{db.scalar(select(Message.message_id).where(Message.subject == subject))}>"


def test_threads_that_become_one_keep_what_was_chosen(site, office, thread):
    office.send(MAREK, "siecibp", "Scenariusze 2", "Jeszcze jedno.", message_id="<9@x>", in_reply_to="<5@x>")
    answer(office, "MUTE", to="<9@x>")

    # The missing link between the two comes late.
    office.send(MAREK, "siecibp", "Re: Scenariusze", "To razem.", message_id="<5@x>", in_reply_to="<1@x>")
    answer(office, "Mam trzy.", sender=HALINA)
    assert ANNA not in copies(site)[-1]


# ---- topics -------------------------------------------------------------------------------------------------


@pytest.fixture
def topics(site, office, anna):
    with site.writing() as db:
        administration.add_topic(db, list_by_name(db, "siecibp"), "e-booki", "E-booki i czytniki", CONSOLE, site.now())


def post_in_each(office):
    for number, place in enumerate(("siecibp+tik", "siecibp+e-booki", "siecibp")):
        office.send(MAREK, place, f"Temat {number}", "Treść.", message_id=f"<t{number}@x>")


def test_only_the_topics_somebody_follows_come(site, office, topics, clock):
    office.send(ANNA, "siecibp-request", "x", "TYLKO OBSZAR lekcje tik", proven=True)
    post_in_each(office)

    assert [ANNA in got for got in copies(site)] == [True, False, False]
    assert "Only posts of these topics come: Lekcje TIK" in " ".join(office.letters(to=ANNA)[-1].text.split())


def test_the_digest_respects_topics_too(site, office, topics, clock):
    office.send(ANNA, "siecibp-request", "x", "Daily\nOnly topic tik", proven=True)
    post_in_each(office)
    next_day(site, clock)

    (digest,) = office.letters(to=ANNA, kind="digest")
    assert "Temat 0" in digest.text and "Temat 1" not in digest.text and "Temat 2" not in digest.text


def test_a_topic_left_out_does_not_come_and_all_others_do(site, office, topics):
    office.send(ANNA, "siecibp-request", "x", "BEZ OBSZARU czytniki", proven=True)
    post_in_each(office)

    assert [ANNA in got for got in copies(site)] == [True, False, True]


def test_all_topics_brings_all_back(site, office, topics):
    for words in ("tylko obszar tik", "WSZYSTKIE OBSZARY"):
        office.send(ANNA, "siecibp-request", "x", words, proven=True)
    post_in_each(office)

    assert [ANNA in got for got in copies(site)] == [True, True, True]


def test_answers_to_ones_own_thread_come_whatever_its_topic(site, office, topics):
    office.send(ANNA, "siecibp-request", "x", "only topic tik", proven=True)
    office.send(ANNA, "siecibp", "Pytanie", "Kto wie?", message_id="<q@x>", proven=True)
    office.send(HALINA, "siecibp", "Re: Pytanie", "Ja.", in_reply_to="<q@x>")

    assert [ANNA in got for got in copies(site)] == [True, True]


def test_a_followed_thread_comes_whatever_its_topic(site, office, topics):
    post_in_each(office)
    office.send(ANNA, "siecibp-request", "x", "only topic tik", proven=True)
    answer(office, "FOLLOW", to="<t1@x>")
    office.send(HALINA, "siecibp", "Re: Temat 1", "Ja.", in_reply_to="<t1@x>")

    assert ANNA in copies(site)[-1]


def test_a_topic_that_is_not_there_changes_nothing_and_those_there_are_named(site, office, topics):
    office.send(ANNA, "siecibp-request", "x", "Only topic gotowanie", proven=True)
    post_in_each(office)

    assert [ANNA in got for got in copies(site)] == [True, True, True]
    assert "gotowanie" in office.letters(to=ANNA)[-1].text and "Lekcje TIK" in office.letters(to=ANNA)[-1].text


def test_a_topic_that_is_removed_takes_its_wishes_along(site, office, topics):
    office.send(ANNA, "siecibp-request", "x", "only topic tik", proven=True)
    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        db.delete(next(topic for topic in mlist.topics if topic.slug == "tik"))
    office.send(MAREK, "siecibp", "Spotkanie", "Kiedy?")

    assert ANNA in copies(site)[-1]


# ---- leaving, taking along, being forgotten -----------------------------------------------------------------


def test_what_was_chosen_is_told_with_ones_data_and_goes_with_the_membership(site, office, topics, thread):
    answer(office, "FOLLOW")
    office.send(ANNA, "siecibp-request", "x", "only topic tik", proven=True)
    with site.reading() as db:
        told = privacy.collect(db, member(site).user_id)["tables"]
        assert [len(told[name]) for name in ("thread_wish", "topic_wish")] == [1, 1]

    office.send(ANNA, "siecibp-leave", "x", "LEAVE", proven=True)
    with site.reading() as db:
        assert db.scalars(select(ThreadWish)).all() == db.scalars(select(TopicWish)).all() == []

import pytest
from sqlalchemy import select

from listserv.store.archive import Message, Thread
from listserv.store.moderation import Held, HeldState
from listserv.store.queue import Outgoing, State
from tests.office import aligned, mail


def archived(site):
    with site.reading() as db:
        return [(m.subject, m.parent_id, m.thread_id) for m in db.scalars(select(Message).order_by(Message.id))]


def test_a_members_post_is_archived_and_put_on_its_way(site, office):
    assert office.send("Halina <halina@example.org>", "siecibp", "Scenariusze") is State.POSTED

    assert archived(site) == [("Scenariusze", None, 1)]
    assert [post["Subject"] for post in office.posts()] == ["Scenariusze"]
    assert office.letters() == []


def test_a_reply_lands_in_its_thread_whatever_its_subject_says(site, office):
    office.send("halina@example.org", "siecibp", "Scenariusze", message_id="<1@x>")
    office.send("marek@example.org", "siecibp", "Zupełnie co innego", in_reply_to="<1@x>")
    office.send("marek@example.org", "siecibp", "Re: Scenariusze")

    assert archived(site) == [("Scenariusze", None, 1), ("Zupełnie co innego", 1, 1), ("Re: Scenariusze", None, 2)]


def test_a_late_parent_adopts_its_orphans(site, office):
    office.send("marek@example.org", "siecibp", "Re: Pytanie", message_id="<2@x>", references="<1@x>")
    office.send("halina@example.org", "siecibp", "Re: Re: Pytanie", message_id="<3@x>", references="<1@x> <2@x>")
    office.send("halina@example.org", "siecibp", "Pytanie", message_id="<1@x>")

    assert [(subject, parent) for subject, parent, _ in archived(site)] == [("Re: Pytanie", 3), ("Re: Re: Pytanie", 1), ("Pytanie", None)]
    with site.reading() as db:
        thread = db.scalars(select(Thread)).one()
        assert (thread.subject, thread.messages, thread.authors) == ("Pytanie", 3, 2)


def test_a_late_link_between_two_threads_makes_one_of_them(site, office):
    office.send("halina@example.org", "siecibp", "Jeden", message_id="<1@x>")
    office.send("marek@example.org", "siecibp", "Dwa", message_id="<2@x>", in_reply_to="<9@x>")
    office.send("halina@example.org", "siecibp", "Trzy", message_id="<9@x>", in_reply_to="<1@x>")

    assert archived(site) == [("Jeden", None, 1), ("Dwa", 3, 1), ("Trzy", 1, 1)]
    with site.reading() as db:
        assert [(t.id, t.merged_into, t.messages) for t in db.scalars(select(Thread).order_by(Thread.id))] == [(1, None, 3), (2, 1, 0)]


def test_a_strangers_post_is_held_and_the_author_and_every_moderator_are_told(site, office):
    assert office.send("Kornelia <kornelia@example.org>", "siecibp", "Warsztaty", "Zapraszam na warsztaty.\n", proven=True) is State.HELD

    assert archived(site) == []
    assert [(letter.kind, letter.to) for letter in office.letters()] == [
        ("held", "kornelia@example.org"),
        ("held-moderator", "owner@example.org"),
        ("held-moderator", "mod@example.org"),
    ]
    author, moderator, _ = office.letters()
    assert "tego adresu nie ma na liście" in author.text
    assert "Zapraszam na warsztaty." in moderator.text
    assert author.subject == "Wstrzymana: „Warsztaty”"


def test_the_first_letter_to_an_unproven_address_holds_none_of_the_senders_words(office):
    office.send("victim@example.org", "siecibp", "BUY NOW", "BUY NOW\n")

    letter = office.letters(to="victim@example.org")[0]
    assert "BUY NOW" not in letter.text + letter.subject


def test_a_moderators_yes_sends_a_held_post_out(site, office):
    office.send("kornelia@example.org", "siecibp", "Warsztaty", proven=True)

    assert office.reply(office.letters(to="mod@example.org")[0], "Tak, proszę") is State.ANSWERED

    assert [subject for subject, *_ in archived(site)] == ["Warsztaty"]
    assert [letter.kind for letter in office.letters(to="kornelia@example.org")] == ["held", "held-published"]
    assert office.letters(to="owner@example.org")[-1].kind == "decided"


def test_a_moderators_no_sends_it_back_with_their_words(site, office):
    office.send("kornelia@example.org", "siecibp", "Warsztaty", proven=True)

    office.reply(office.letters(to="mod@example.org")[0], "NIE, to lista o bibliotekach")

    assert archived(site) == []
    assert "to lista o bibliotekach" in office.letters(to="kornelia@example.org")[-1].text


def test_anything_else_leaves_it_waiting_and_asks(site, office):
    office.send("kornelia@example.org", "siecibp", "Warsztaty", proven=True)

    office.reply(office.letters(to="mod@example.org")[0], "Nie wiem, zapytam Alinę")

    with site.reading() as db:
        assert db.scalars(select(Held)).one().state is HeldState.PENDING
    assert office.letters(to="mod@example.org")[-1].kind == "decision-unclear"


def test_who_writes_of_a_post_that_is_decided_hears_that_and_not_that_it_waits(site, office):
    office.send("kornelia@example.org", "siecibp", "Warsztaty", proven=True)
    question = office.letters(to="mod@example.org")[0]

    office.reply(question, "Nie, to reklama.")
    office.reply(question, "Nie wiem, co to jest")

    assert office.letters(to="mod@example.org")[-1].kind == "decided-already"


def test_the_author_may_take_a_held_post_back(site, office):
    office.send("kornelia@example.org", "siecibp", "Warsztaty", proven=True)

    office.reply(office.letters(to="kornelia@example.org")[0], "WYCOFAJ")
    office.reply(office.letters(to="mod@example.org")[0], "TAK")

    assert archived(site) == []
    assert office.letters(to="mod@example.org")[-1].kind == "decided-already"


def test_a_double_is_stopped_and_a_reused_message_id_is_not_lost(site, office):
    office.send("halina@example.org", "siecibp", "Jeden", "pierwsza\n", message_id="<1@x>")

    assert office.send("halina@example.org", "siecibp", "Jeden", "pierwsza\n", message_id="<1@x>") is State.DISCARDED
    assert office.send("marek@example.org", "siecibp", "Inny", "druga\n", message_id="<1@x>") is State.POSTED
    assert len(archived(site)) == 2
    assert office.posts()[1]["Message-ID"] != "<1@x>"


def test_one_mail_to_two_addresses_of_a_list_is_one_post_and_keeps_the_topic(site, office):
    raw = mail("halina@example.org", "siecibp@lists.example.org", "Jeden")

    office.deliver(raw, "siecibp@lists.example.org", "siecibp+tik@lists.example.org")

    assert len(archived(site)) == 1
    with site.reading() as db:
        assert db.scalars(select(Thread)).one().topic.slug == "tik"
        assert len(db.scalars(select(Outgoing)).all()) == 1


def test_a_first_message_that_comes_after_its_answer_brings_its_topic_along(site, office):
    """It was held, and somebody who had a copy of it answered meanwhile."""
    office.send("marek@example.org", "siecibp", "Re: Pytanie", message_id="<2@x>", in_reply_to="<1@x>")
    office.send("halina@example.org", "siecibp+tik", "Pytanie", message_id="<1@x>")

    with site.reading() as db:
        thread = db.scalars(select(Thread)).one()
        assert (thread.topic.slug, thread.messages) == ("tik", 2)


def test_an_answer_to_a_topics_address_does_not_file_the_thread_of_others(site, office):
    office.send("halina@example.org", "siecibp", "Pytanie", message_id="<1@x>")
    office.send("marek@example.org", "siecibp+tik", "Re: Pytanie", message_id="<2@x>", references="<0@x> <1@x>")

    with site.reading() as db:
        assert db.scalars(select(Thread)).one().topic is None


@pytest.mark.parametrize("author", ["halina@example.org", "Halina <Halina@Example.org>"])
def test_a_list_id_that_was_left_in_a_members_own_letter_does_not_hold_it(site, office, author):
    raw = mail(author, "siecibp", "Z innej listy", list_id="<other.example.net>", list_post="<mailto:other@example.net>")

    assert office.deliver(raw, "siecibp@lists.example.org", mail_from="halina@EXAMPLE.org") is State.POSTED

    assert b"other.example.net" not in office.posts()[0].as_bytes()


@pytest.mark.parametrize(("author", "envelope"), [("halina@example.org", "other-bounces@example.net"), ("kornelia@example.org", "kornelia@example.org")])
def test_what_another_list_has_sent_is_held(site, office, author, envelope):
    raw = aligned(mail(author, "siecibp", "Z innej listy", list_id="<other.example.net>"))

    assert office.deliver(raw, "siecibp@lists.example.org", mail_from=envelope) is State.HELD

    with site.reading() as db:
        assert "list-mail" in db.scalars(select(Held)).one().reasons.split()


def test_an_unknown_topic_is_no_obstacle(site, office):
    assert office.send("halina@example.org", "siecibp+nic-takiego") is State.POSTED


@pytest.mark.parametrize(
    "headers",
    [
        {"auto_submitted": "auto-replied"},
        {"subject": "Autoodpowiedź: Pytanie", "x_autoreply": "yes"},
        {"x_loop": "siecibp@lists.example.org"},
        {"list_id": "Sieć BP <siecibp.lists.example.org>"},
    ],
)
def test_machines_and_loops_are_stopped_without_an_answer(office, headers):
    subject = headers.pop("subject", "Pytanie")

    assert office.send("halina@example.org", "siecibp", subject, **headers) is State.DISCARDED
    assert office.letters() == []


def test_a_member_whose_mail_fails_dmarc_is_held_and_the_forged_address_is_not_written_to(office):
    assert office.send("halina@example.org", "siecibp", proven=False) is State.HELD

    assert office.letters(to="halina@example.org") == []


def test_somebody_elses_word_about_senders_counts_for_nothing(site, office):
    raw = b"Authentication-Results: mx.example.org; dmarc=fail header.from=example.org\r\n" + mail("halina@example.org", "siecibp@lists.example.org")

    assert office.deliver(raw, "siecibp@lists.example.org", peer="192.0.2.7") is State.POSTED


def test_several_authors_or_none_are_held(office):
    assert office.send("halina@example.org, marek@example.org", "siecibp") is State.HELD
    assert office.deliver(b"Subject: x\r\n\r\nhello\r\n", "siecibp@lists.example.org") is State.HELD


@pytest.mark.parametrize(("proven", "most"), [(None, 1), (True, 20)])
def test_no_more_than_a_few_letters_a_day_reach_one_address(office, proven, most):
    for number in range(30):
        office.send("victim@example.org", "siecibp", f"Nr {number}", f"{number}\n", proven=proven)

    assert len(office.letters(to="victim@example.org")) == most


def test_a_machine_that_does_not_say_so_is_stopped_after_a_few_echoes(office):
    states = [office.send("halina@example.org", "siecibp", "Re: Pytanie", "Jestem na urlopie.\n", in_reply_to=f"<{n}@x>") for n in range(9)]

    assert states == [State.POSTED] * 5 + [State.HELD] + [State.DISCARDED] * 3
    assert len(office.letters(to="mod@example.org")) == 1


def test_the_null_sender_is_a_machine(site, office):
    raw = mail("halina@example.org", "siecibp@lists.example.org")

    assert office.deliver(raw, "siecibp@lists.example.org", mail_from="<>") is State.DISCARDED


def test_a_forged_author_is_not_written_to_when_a_moderator_decides_either(office):
    office.send("halina@example.org", "siecibp", "KUP", proven=False)

    office.reply(office.letters(to="mod@example.org")[0], "NIE, to spam")

    assert office.letters(to="halina@example.org") == []


def test_the_same_words_in_many_threads_are_no_echo(office):
    states = {office.send("halina@example.org", "siecibp", f"Ogłoszenie {n}", "Zapraszam.\n") for n in range(9)}

    assert states == {State.POSTED}


@pytest.mark.parametrize(("subject", "words"), [("prośba", "Bardzo proszę o wypisanie mnie z listy."), ("unsubscribe", "")])
def test_a_wish_to_leave_that_went_to_everybody_reaches_nobody_and_its_author_is_asked(office, subject, words):
    assert office.send("halina@example.org", "siecibp", subject, words) is State.ANSWERED

    assert [(one.kind, one.to) for one in office.letters()] == [("leave-confirm", "halina@example.org")]
    assert office.posts() == []


def test_talk_about_leaving_is_an_ordinary_post(office):
    assert office.send("halina@example.org", "siecibp", "Pytanie", "Jak wypisać z biblioteki ucznia, który zmienił szkołę?\n") is State.POSTED
    assert office.send("marek@example.org", "siecibp", "Re: Kto jedzie?", "Rezygnuję.\n", in_reply_to="<1@x>") is State.POSTED


def test_the_topic_of_a_held_posts_second_copy_is_kept_too(site, office):
    raw = mail("kornelia@example.org", "siecibp@lists.example.org", "Warsztaty")
    office.deliver(raw, "siecibp@lists.example.org", "siecibp+tik@lists.example.org")

    office.reply(office.letters(to="mod@example.org")[0], "TAK")
    with site.reading() as db:
        assert db.scalars(select(Thread)).one().topic.slug == "tik"


# ---- perhaps a machine --------------------------------------------------------------------------------------


def test_a_notice_of_absence_without_a_mark_waits_for_a_moderator(office):
    office.send("halina@example.org", "siecibp", "Konkurs recytatorski", message_id="<1@x>")
    notice = "Przebywam na urlopie do 15 marca. W pilnych sprawach proszę o kontakt z sekretariatem."

    assert office.send("marek@example.org", "siecibp", "Re: Konkurs recytatorski", notice, in_reply_to="<1@x>") is State.HELD
    assert not office.letters(to="marek@example.org")
    assert office.send("marek@example.org", "siecibp", "Re: Konkurs recytatorski", "Jadę na urlop do 15 marca.", in_reply_to="<1@x>") is State.POSTED

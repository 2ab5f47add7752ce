"""Thanks that say nothing else: noted, told to their author once a day, in digests and on the page, and not sent to everybody."""

import pytest
from sqlalchemy import select

from listserv.store.archive import Message
from listserv.store.doors import Thanks
from listserv.store.lists import list_by_name
from listserv.store.queue import Incoming, State
from listserv.usecases import administration, housekeeping, reading, showing
from listserv.usecases.access import CONSOLE, STRANGER_ON_THE_WEB, Actor, Door
from tests.conftest import add
from tests.usecases.shy import HALINA, NAME, due, last, set_list, set_member

MAREK = "marek@example.org"


@pytest.fixture
def collecting(site, network, office):
    """A list that collects thanks, with a message of Marek's in it."""
    set_list(site, thanks="collect")
    office.send("Marek Regał <marek@example.org>", "siecibp", "Scenariusze", "Oto scenariusze.\n", message_id="<m@example.org>")


def thank(office, words="Dziękuję!\n", sender=NAME, subject="Odp: Scenariusze", **more):
    return office.send(sender, "siecibp", subject, words, **{"in_reply_to": "<m@example.org>", **more})


def noted(site):
    with site.reading() as db:
        return [(row.user.name, row.words) for row in db.scalars(select(Thanks).order_by(Thanks.id))]


def page_of(site, actor):
    with site.reading() as db:
        return reading.thread(db, "siecibp", 1, actor).thanks


def test_thanks_are_noted_and_sent_to_nobody(office, site, collecting):
    assert thank(office) is State.ANSWERED

    assert noted(site) == [("Halina Okładka", "Dziękuję!")] and len(office.posts()) == 1
    with site.reading() as db:
        assert db.scalars(select(Incoming).order_by(Incoming.id.desc())).first().reasons == "thanked"


def test_a_list_that_was_not_asked_posts_them(office, site, network):
    office.send("Marek Regał <marek@example.org>", "siecibp", "Scenariusze", "Oto scenariusze.\n", message_id="<m@example.org>")
    assert thank(office) is State.POSTED and not noted(site)


@pytest.mark.parametrize(
    "words", ["Dziękuję! A skąd?\n", "Dziękuję, działa.\n", "OK, dziękuję\n", "+1\n", "popieram\n", "Dziękuję, https://example.org/\n", "Dziękuję!\nWYŚLIJ to proszę dyrekcji, jak uważasz?\n"]
)
def test_what_says_more_goes_to_everybody(office, site, collecting, words):
    assert thank(office, words) is State.POSTED and not noted(site)


def test_a_new_subject_a_new_topic_and_thanks_to_oneself_are_posts(office, site, collecting):
    assert thank(office, subject="Odp: Zupełnie co innego") is State.POSTED
    assert office.send(NAME, "siecibp", "Dziękuję", "Dziękuję!\n") is State.POSTED
    assert thank(office, sender="Marek Regał <marek@example.org>") is State.POSTED
    assert not noted(site)


def test_thanks_that_would_be_held_are_held(office, site, collecting):
    set_member(site, "moderated", "yes")
    assert thank(office) is State.HELD
    assert thank(office, sender="obcy@example.com") is State.HELD
    assert thank(office, proven=False) is State.HELD and not noted(site)


def test_only_the_first_time_a_short_receipt(office, site, collecting):
    thank(office)
    assert "Marek Regał" in last(office, "thanks-receipt").text
    office.send("Marek Regał <marek@example.org>", "siecibp", "Drugie", "Oto drugie.\n", message_id="<n@example.org>")
    thank(office, subject="Re: Drugie", in_reply_to="<n@example.org>")
    assert len(noted(site)) == 2 and len(office.letters(kind="thanks-receipt")) == 1


@pytest.mark.parametrize("words", ["WYŚLIJ", "wyślij do wszystkich", "Send, please"])
def test_send_in_answer_to_the_receipt_posts_it_once(office, site, collecting, words):
    thank(office, message_id="<t@example.org>")
    receipt = last(office, "thanks-receipt")
    office.reply(receipt, words)
    office.reply(receipt, words)

    assert [post["Message-ID"] for post in office.posts()] == ["<m@example.org>", "<t@example.org>"] and not noted(site)


@pytest.mark.parametrize("words", ["WYŚLIJ\n\nDziękuję bardzo!\n", "Dziękuję bardzo!\n\nwyślij do wszystkich\n"])
def test_send_as_a_line_of_its_own_posts_it_without_that_line(office, site, collecting, words):
    assert thank(office, words) is State.POSTED

    post = office.posts()[-1]
    assert post.get_content().strip() == "Dziękuję bardzo!" and post["In-Reply-To"] == "<m@example.org>"


def test_the_author_reads_all_of_a_day_in_one_letter(office, site, collecting, clock):
    thank(office)
    thank(office, "Super, dzięki :)\n", sender="Zofia Lektura <mod@example.org>")
    due(site)
    assert not office.letters(kind="thanks-told")
    clock.move(hours=8)
    with site.reading() as db:
        assert [(one.what, one.who) for one in housekeeping.owed(db, site.now())] == [("thanks-told", MAREK)]
    due(site)
    due(site)

    (told,) = office.letters(to=MAREK, kind="thanks-told")
    assert "Halina Okładka" in told.text and "Super, dzięki" in told.text and "2" in told.subject
    thank(office, "Dziękuję!\n", sender="owner@example.org")
    clock.move(hours=2)
    due(site)
    assert len(office.letters(kind="thanks-told")) == 1
    clock.move(days=1)
    due(site)
    assert len(office.letters(kind="thanks-told")) == 2


def test_who_pauses_hears_of_it_afterwards_and_who_has_left_not(office, site, collecting, clock):
    thank(office)
    set_member(site, "status", "paused", MAREK)
    clock.move(days=1)
    due(site)
    assert not office.letters(kind="thanks-told")
    set_member(site, "status", "enabled", MAREK)
    due(site)
    assert len(office.letters(kind="thanks-told")) == 1


def test_the_next_digest_tells_who_thanks_whom(office, site, network, clock):
    set_list(site, thanks="collect")
    with site.writing() as db:
        add(db, list_by_name(db, "siecibp"), "ewa@example.org", site.now(), name="Ewa Fiszka", delivery="digest")
    due(site)
    office.send("Marek Regał <marek@example.org>", "siecibp", "Scenariusze", "Oto scenariusze.\n", message_id="<m@example.org>")
    thank(office)
    clock.move(days=1)
    due(site)
    digest = last(office, "digest", to="ewa@example.org")
    assert "Halina Okładka → Marek Regał" in " ".join(digest.text.split())
    office.send("Marek Regał <marek@example.org>", "siecibp", "Nowe", "Coś nowego.\n")
    clock.move(days=1)
    due(site)
    second = last(office, "digest", to="ewa@example.org")
    assert second.mail["Message-ID"] != digest.mail["Message-ID"] and "→" not in second.text


def test_the_page_says_it_quietly_and_names_nobody_to_strangers(office, site, collecting):
    thank(office)
    set_list(site, archive="public")
    with site.reading() as db:
        member = administration.find_member(db, list_by_name(db, "siecibp"), MAREK)
    (mine,) = page_of(site, Actor(Door.WEB, member.user_id)).values()
    (theirs,) = page_of(site, STRANGER_ON_THE_WEB).values()
    assert mine.names == ("Halina Okładka",) and theirs.names == () and theirs.count == 1


def test_thanks_go_out_of_sight_with_their_message(office, site, collecting, clock):
    thank(office)
    with site.writing() as db:
        showing.take_out_of_sight(db, db.scalars(select(Message)).one(), site.now())
    clock.move(days=1)
    due(site)
    assert not office.letters(kind="thanks-told")


def test_an_answer_to_a_digest_is_thanks_too(office, site, network, clock):
    set_list(site, thanks="collect")
    with site.writing() as db:
        add(db, list_by_name(db, "siecibp"), "ewa@example.org", site.now(), name="Ewa Fiszka", delivery="digest")
    due(site)
    office.send("Marek Regał <marek@example.org>", "siecibp", "Scenariusze", "Oto scenariusze.\n", message_id="<m@example.org>")
    clock.move(days=1)
    due(site)
    office.reply(last(office, "digest", to="ewa@example.org"), "Dziękuję bardzo!")
    assert noted(site) == [("Ewa Fiszka", "Dziękuję bardzo!")]
    office.reply(last(office, "thanks-receipt", to="ewa@example.org"), "WYŚLIJ")
    assert office.posts()[-1]["In-Reply-To"] == "<m@example.org>" and "siecibp@lists.example.org" in office.posts()[-1]["To"]


def test_whoever_is_forgotten_has_thanked_nobody(office, site, collecting, clock):
    from listserv.store.erasing import Posts
    from listserv.usecases import privacy

    thank(office)
    with site.writing() as db:
        halina = administration.find_member(db, list_by_name(db, "siecibp"), HALINA)
        privacy.ask(db, halina.user_id, Posts.KEEP, CONSOLE, site.now())
    clock.move(days=8)
    due(site)
    assert not noted(site)


def test_the_receipt_obeys_nobody_else(office, site, collecting):
    thank(office)
    assert office.reply(last(office, "thanks-receipt"), "WYŚLIJ", sender="obcy@example.com") is State.REFUSED
    assert office.reply(last(office, "thanks-receipt"), "WYŚLIJ", sender="mod@example.org") is State.REFUSED
    assert len(office.posts()) == 1 and noted(site)


def test_other_words_in_answer_to_the_receipt_come_back(office, site, collecting):
    thank(office)
    office.reply(last(office, "thanks-receipt"), "Nie dziękuję, chciałam coś dodać: proszę o scenariusz.")

    unclear = last(office, "thanks-unclear")
    assert "proszę o scenariusz" in unclear.text
    office.reply(unclear, "WYŚLIJ")
    assert len(office.posts()) == 2


def test_thanks_for_what_was_hidden_meanwhile_go_to_nobody(office, site, collecting):
    with site.writing() as db:
        db.scalars(select(Message)).one().hidden_at = site.now()
    assert thank(office) is State.ANSWERED
    assert len(office.posts()) == 1 and not office.letters(kind="thanks-receipt")


def test_thanks_for_a_question_without_a_name_are_kept_below_it(office, site, collecting):
    with site.writing() as db:
        db.scalars(select(Message)).one().user_id = None
    thank(office)
    receipt = last(office, "thanks-receipt")
    assert "wieczorem" not in receipt.text and "Marek" not in receipt.text

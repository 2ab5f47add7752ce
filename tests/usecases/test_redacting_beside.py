"""What is redacted is gone from every copy that came, from notes and from drafts, whatever unseen letters stand in it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from listserv.mail import redacting as bytes_redacting
from listserv.store.archive import Message
from listserv.store.drafts import Draft
from listserv.store.lists import list_by_name
from listserv.store.moderation import Held, HeldState, Journal
from listserv.store.people import address_by_key
from listserv.store.queue import State
from listserv.usecases import docket, redacting, threadtools
from listserv.usecases.redacting import Wish
from tests.office import aligned
from tests.usecases.test_redacting_archive import SECRET, WORDS, kept_anywhere, letter, post, redact  # noqa: F401
from tests.usecases.test_thread_tools import do
from tests.usecases.test_undoing import who

LIST = "siecibp@lists.example.org"


def again(raw, number):
    """The same mail, come by another way."""
    return f"Received: from mx{number}.example.net by mx.example.org; Tue, 03 Mar 2026 09:00:0{number} +0000\r\n".encode() + raw


@pytest.mark.parametrize(
    ("wish", "verb"), [(Wish(WORDS), redacting.redact), (Wish(body=True), redacting.redact), (None, redacting.delete_for_good), (Wish(WORDS, everywhere=True), redacting.redact)]
)
def test_doubles_keep_nothing(site, post, office, wish, verb):
    post(letter())
    assert office.deliver(aligned(again(letter(), 1)), LIST) is State.DISCARDED
    assert "raw" in kept_anywhere(site, WORDS)

    redact(site, wish, verb=verb)

    assert kept_anywhere(site, WORDS) == set()
    # And what comes after that is known as well.
    assert office.deliver(aligned(again(letter(), 2)), LIST) is State.DISCARDED
    assert kept_anywhere(site, WORDS) == set()


def test_a_file_is_gone_from_doubles(site, post, office):
    with_file = letter(files=[("plan.pdf", b"%PDF-1.4 tajne slowa")])
    post(with_file)
    assert office.deliver(aligned(again(with_file, 1)), LIST) is State.DISCARDED

    redact(site, Wish(attachment=1))

    assert kept_anywhere(site, ["plan.pdf"]) == set()


def test_a_copy_that_waits_says_no_more_than_the_one_in_the_archive(site, post, office):
    post(letter())
    with site.writing() as db:
        list_by_name(db, "siecibp").moderate_members = True
    # Another text under the same id is no double.
    other = letter(text=f"Jeszcze raz: {SECRET}.\n")
    assert office.deliver(aligned(again(other, 1)), LIST) is State.HELD

    redact(site, Wish(WORDS))

    assert kept_anywhere(site, WORDS) == set()
    with site.reading() as db:
        assert db.scalars(select(Held.state)).one() is HeldState.PENDING


def test_another_letter_under_the_same_id_loses_the_words_and_not_all_it_says(site, post, office):
    post(letter())
    with site.writing() as db:
        list_by_name(db, "siecibp").moderate_members = True
    assert office.deliver(aligned(letter(text="Coś zupełnie innego.\n")), LIST) is State.HELD

    redact(site, Wish(body=True))

    assert kept_anywhere(site, WORDS) == set()
    assert kept_anywhere(site, ["Coś zupełnie innego"]) >= {"raw"}


def drafted(site, text, thread_of="m1@old", email="marek@example.org", subject=""):
    with site.writing() as db:
        message = db.scalars(select(Message).where(Message.message_id == thread_of)).one()
        user = address_by_key(db, email).user_id
        db.add(Draft(user_id=user, list_id=message.list_id, thread_id=message.thread_id, answers=message.hash, subject=subject, text=text, saved_at=site.now()))


def draft(site):
    with site.reading() as db:
        return db.scalars(select(Draft)).one().text


def test_notes_and_drafts_lose_the_words_too(site, post, office):
    post(letter(subject="Sprawa Kowalska Halina"))
    do(site, threadtools.rename, "m1", "Kowalska Halina w innej sprawie")
    drafted(site, f"Halina pisze:\n> pisze {SECRET}.\n\nMoje słowa.")

    redact(site, Wish(WORDS), reason="prosiła Kowalska Halina")

    assert kept_anywhere(site, WORDS) == set()
    assert draft(site).endswith("Moje słowa.")
    with site.reading() as db:
        assert "███" in db.scalars(select(Journal.detail).where(Journal.what == "thread-renamed")).one()


def test_what_was_asked_of_the_author_before_loses_the_words(site, post, office, network):
    with site.writing() as db:
        list_by_name(db, "siecibp").moderate_members = True
    assert office.deliver(aligned(letter()), LIST) is State.HELD
    for answer, words in (("ask", f"Czy na pewno {SECRET}?"), ("approve", "")):
        with site.writing() as db:
            docket.decide(db, who(db), ["p1"], docket.Answer(answer), site.now() + timedelta(minutes=1), words=words)

    redact(site, Wish(WORDS))

    assert kept_anywhere(site, WORDS) == set()


def test_the_text_taken_out_is_quoted_in_no_draft_and_what_its_author_says_stays(site, post):
    post(letter(text="Pierwsza linia tajna.\nDruga linia tajna.\n"))
    drafted(site, "Halina pisze:\n> Pierwsza linia tajna.\n>\n> Druga linia\n\nZgadzam się.\n> Coś z innego listu")

    redact(site, Wish(body=True))

    assert draft(site) == "Halina pisze:\n> ███\n>\n> ███\n\nZgadzam się.\n> Coś z innego listu"


def test_a_subject_deleted_for_good_stands_in_no_note(site, post):
    post(letter(subject="Tajny temat"))
    do(site, threadtools.rename, "m1", "Nowa nazwa")
    redact(site, None, verb=redacting.delete_for_good)
    assert kept_anywhere(site, ["Tajny temat"]) == set()


@pytest.mark.parametrize("unseen", ["\u00ad", "\u200b", "\u2060", "\u200d", "\ufeff", "\u202a", "\u00ad\u200b"])
@pytest.mark.parametrize("cte", ["base64", "quoted-printable"])
def test_unseen_letters_within_a_word_keep_nothing_from_being_found(unseen, cte):
    raw = letter(text=f"Hasło: Zyxw{unseen}sekret, i {unseen}ko{unseen}niec.\n", subject=f"Zy{unseen}xwsekret", cte=cte)
    made = bytes_redacting.redact(raw, bytes_redacting.Plan(("zyxwsekret",)))
    from listserv.mail.parse import parse

    told = parse(made)
    assert "sekret" not in told.text and "sekret" not in told.subject
    assert "███" in told.text and "niec" in told.text
    assert bytes_redacting.says(raw, ("ZyxwSekret",))


def test_a_passage_with_unseen_letters_is_found_where_there_are_none():
    assert bytes_redacting.in_text("to Zyxwsekret tu", ("Zyxw\u00adsekret",)) == "to ███ tu"

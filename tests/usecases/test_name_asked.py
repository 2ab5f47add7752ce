"""What may be meant to go on without a name: nobody sees it before its author has said so."""

import re

import pytest
from sqlalchemy import select

from listserv.store.doors import Preview, Unnamed
from listserv.store.moderation import Journal
from listserv.store.people import Token
from listserv.store.queue import Raw, State, raw_bytes
from tests.usecases.shy import HALINA, NAME, due, last, set_member
from tests.usecases.test_unnamed import MOD, MODERATORS, everything, later

WORDS = "Dzień dobry,\n\nchciałabym zapytać anonimowo.\nJak rozmawiać z dyrekcją o etacie?\n\nPozdrawiam\nHalina Okładka\nBiblioteka Szkolna nr 7\n"


def ask(office, rcpt="siecibp", words=WORDS, subject="Etat", **more):
    return office.send(NAME, rcpt, subject, words, **{"message_id": "<secret-id-17@example.org>", **more})


def waiting(site):
    with site.reading() as db:
        return len(db.scalars(select(Preview)).all())


@pytest.mark.parametrize("rcpt", ["siecibp", "siecibp+tik", MODERATORS, "siecibp-owner"])
def test_only_the_author_hears_of_it(office, site, network, rcpt):
    assert ask(office, rcpt) is State.DRAFT

    (letter,) = office.letters()
    assert (letter.kind, letter.to) == ("unnamed-ask", HALINA) and "Jak rozmawiać z dyrekcją" in letter.text
    assert "Biblioteka Szkolna" not in letter.text and not office.posts()
    with site.reading() as db:
        assert not [row.what for row in db.scalars(select(Journal)) if "preview" in row.what]


@pytest.mark.parametrize("rcpt", ["siecibp", MODERATORS])
def test_without_a_name_moderators_get_the_words_alone(office, site, network, rcpt):
    ask(office, rcpt)
    office.reply(last(office, "unnamed-ask"), "ANONIMOWO", message_id="<secret-id-17b@example.org>")

    question = last(office, "unnamed-moderator", to=MOD)
    assert "Jak rozmawiać z dyrekcją" in question.text
    assert not re.search("halina|okład|secret-id", question.mail.as_string() + question.text, re.IGNORECASE)
    assert last(office, "unnamed-received").to == HALINA and not office.posts() and not waiting(site)


@pytest.mark.parametrize("word", ["ANONIMOWO", "co?\n", "WYCOFAJ"])
def test_afterwards_nothing_tells_who_was_asked(office, site, network, clock, word):
    ask(office)
    office.reply(last(office, "unnamed-ask"), word, message_id="<secret-id-17b@example.org>")
    if word != "WYCOFAJ":
        office.reply(last(office, "unnamed-ask"), "ANONIMOWO", message_id="<secret-id-17c@example.org>")
        office.reply(last(office, "unnamed-moderator", to=MOD), "TAK")
    later(site, clock)

    kept = ("user", "address", "member", "journal") + (("letter", "token") if word == "WYCOFAJ" else ())
    said = [line for line in everything(site, but=kept) if re.search("halina|okładk|secret-id-17", line, re.IGNORECASE)]
    if word == "WYCOFAJ":
        said = [line for line in said if "Auto-Submitted" not in line]
    assert said == []
    if word != "WYCOFAJ":
        with site.reading() as db:
            assert not db.scalars(select(Token).where(Token.email == HALINA)).all() and not db.scalars(select(Unnamed)).all()


def test_with_a_name_the_post_goes_its_way(office, site, network):
    ask(office)
    office.reply(last(office, "unnamed-ask"), "WYŚLIJ")
    (post,) = office.posts()
    assert "halina" in str(post["From"]) and post["Message-ID"] == "<secret-id-17@example.org>"


def test_with_a_name_the_letter_reaches_the_moderators(office, site, network):
    ask(office, MODERATORS)
    office.reply(last(office, "unnamed-ask"), "WYŚLIJ z nazwiskiem")
    assert "Halina Okładka" in last(office, "contact", to=MOD).text and not office.posts()


def test_taken_back_the_words_come_home(office, site, network):
    ask(office)
    office.reply(last(office, "unnamed-ask"), "WYCOFAJ")
    assert "Jak rozmawiać" in last(office, "preview-dropped").text and not waiting(site)
    with site.reading() as db:
        assert not [raw for raw in (raw_bytes(db, one) for one in db.scalars(select(Raw.id))) if b"secret-id-17@" in raw and b"From: Halina" in raw]


@pytest.mark.parametrize("words", ["TAK", "NIE", "OK", "Hmm, sama nie wiem", "Wyślij, ale bez podpisu i jutro", "Jestem na urlopie do 15 marca, odpowiem po powrocie."])
def test_anything_else_shows_it_to_nobody(office, site, network, words):
    ask(office)
    office.reply(last(office, "unnamed-ask"), words)
    assert waiting(site) == 1 and not office.posts() and {one.to for one in office.letters()} == {HALINA}


def test_somebody_else_decides_nothing(office, site, network):
    ask(office)
    for sender, proven in ((MOD, True), ("obcy@example.com", True), (HALINA, False)):
        office.reply(last(office, "unnamed-ask"), "WYŚLIJ", sender=sender, proven=proven)
    assert waiting(site) == 1 and not office.posts() and {one.to for one in office.letters()} == {HALINA}


def test_without_an_answer_the_words_come_back(office, site, network, clock):
    ask(office)
    clock.move(days=2, hours=1)
    due(site)
    assert len(office.letters(kind="unnamed-ask")) == 2
    clock.move(days=29)
    due(site)
    assert last(office, "preview-dropped") and not waiting(site) and not office.posts()


def test_a_forged_one_is_shown_to_nobody(office, site, network):
    assert ask(office, proven=False) is State.REFUSED
    assert {one.to for one in office.letters()} <= {HALINA} and not office.posts()


def test_a_subject_of_somebody_elses_asks_nobody(office, site, network):
    office.send("marek@example.org", "siecibp", "Pytania anonimowe: zbieramy głosy", "Ankieta jest w załączniku.\n", message_id="<a@example.org>")
    # The word may be a wish, so its author is asked; whoever answers them has not said it.
    office.reply(last(office, "unnamed-ask", to="marek@example.org"), "WYŚLIJ")
    assert len(office.posts()) == 1
    assert ask(office, words="Dobry pomysł.\n", subject="Re: Pytania anonimowe: zbieramy głosy", in_reply_to="<a@example.org>") is State.POSTED


def test_a_list_mark_of_another_server_changes_nothing(office, site, network):
    assert ask(office, words="ANONIMOWO\n\nCzy ktoś wie?\n", list_id="<inna.example.com>") is State.FORWARDED
    assert {one.kind for one in office.letters()} == {"unnamed-moderator", "unnamed-received"}


def test_what_is_added_goes_without_the_signature_and_not_into_the_journal(office, site, network):
    ask(office, words="ANONIMOWO\n\nCzy ktoś wie?\n")
    office.reply(last(office, "unnamed-received"), "Dodam, że chodzi o pół etatu.\n\nPozdrawiam\nhalinka\nBiblioteka w Wymyślnie\n")

    for moderator in (MOD, "owner@example.org"):
        text = last(office, "unnamed-moderator", to=moderator).text
        assert "pół etatu" in text and "halinka" not in text and "Wymyśl" not in text
    assert "pół etatu" in last(office, "unnamed-added").text and "halinka" not in last(office, "unnamed-added").text
    with site.reading() as db:
        assert not [row.detail for row in db.scalars(select(Journal)) if "etatu" in row.detail]


def test_an_answer_after_the_decision_leaves_no_row(office, site, network, clock):
    ask(office, words="ANONIMOWO\n\nCzy ktoś wie?\n")
    received = last(office, "unnamed-received")
    office.reply(last(office, "unnamed-moderator", to=MOD), "TAK")
    office.reply(received, "Jeszcze jedno: chodzi o pół etatu.", message_id="<secret-id-17d@example.org>")
    assert last(office, "unnamed-late")
    later(site, clock)
    assert not office.letters(to=HALINA)


@pytest.mark.parametrize("words", ["ANONIMOWO\n\nCzy ktoś wie, jak to zrobić?\n", WORDS])
def test_in_answer_to_a_letter_about_another_post_it_is_no_addition(office, site, network, words):
    set_member(site, "moderated", "yes")
    office.send(NAME, "siecibp", "Bajki", "Czy ktoś zna bajki?\n")
    office.reply(last(office, "held"), words)
    assert not office.letters(kind="held-added") and office.letters(to=HALINA)[-1].kind in ("unnamed-received", "unnamed-ask")

"""Digests that wait are told anew when something is hidden, erased, redacted or shown again: wherever in them it stands."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from digests import stencil
from listserv.mail import forgetting as forgetwords
from listserv.store import expanding
from listserv.store.digests import Digest
from listserv.store.doors import Thanks
from listserv.store.erasing import Posts
from listserv.store.following import Wish, set_topics
from listserv.store.issues import Issue
from listserv.store.lists import ThankYous
from listserv.store.members import DeliveryMode, DigestForm
from listserv.store.queue import Incoming, Letter, Raw, State, keep_raw, raw_bytes
from listserv.usecases import administration, digesting, forgetting, hiding, lettersout, outbox, privacy, retelling
from listserv.usecases.access import CONSOLE
from listserv.usecases.stewards import Steward
from tests.conftest import add
from tests.usecases.test_digest_choices import DATE, LOGO, PDF, choosy  # noqa: F401 (a fixture)
from tests.usecases.test_digesting import WEDNESDAY, letters, reader, say, text_of

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def steward(mlist):
    return Steward(mlist, None, CONSOLE)


def everything(db) -> bytes:
    """All that is kept of digests, as it would be read."""
    found = b"".join(raw_bytes(db, letter.raw_id) for letter in letters(db))
    return re.sub(rb"=\r?\n", b"", found)


def thank(db, mlist, message, user_id, at):
    incoming = Incoming(list_id=mlist.id, rcpt="x", raw_id=message.raw_id, received_at=at, state=State.ANSWERED)
    db.add(incoming)
    db.flush()
    db.add(Thanks(list_id=mlist.id, message_id=message.id, user_id=user_id, incoming_id=incoming.id, raw_id=message.raw_id, words="Dzięki", at=at))
    db.flush()


@pytest.mark.parametrize("form", DigestForm)
def test_a_hidden_question_document_or_thanked_post_leaves_the_digests_that_wait(db, mlist, now, form):
    mlist.thanks = ThankYous.COLLECT
    people = [reader(db, mlist, now, f"osoba{n}@example.org", name=f"Osoba {n}", language="en", schedule="weekly wed 07:00") for n in range(3)]
    old = now - timedelta(days=5)
    asked = say(db, mlist, "Czy Jan siedzial w areszcie?", old, subject="Areszt")
    carried = say(db, mlist, "Oto plan.", old, subject="Plan", author="Ewa Fiszka", more=PDF.replace(b"karty", b"tajny-plan") + b"--b--\r\n")
    thanked = say(db, mlist, "Sekretarka Krysia.", old, subject="Krysia", author="Marek Regal")
    for member in people:
        member.digest_form, member.digest_seq = form, mlist.last_seq
    thank(db, mlist, thanked, people[0].user_id, now)
    stays = say(db, mlist, "Zwykle sprawy.", now, subject="Sprawy", author="Zofia Lektura")
    digesting.run_due(db, WEDNESDAY)
    told = (b"siedzial", b"tajny-plan.pdf", b"Krysia")
    assert all(words in everything(db) for words in told)
    sent = lettersout.take_letters(db, 1, WEDNESDAY, 1)[0].id
    db.get(Letter, sent).due = None

    for message in (asked, carried):
        hiding.hide_message(db, steward(mlist), message, "", WEDNESDAY + MINUTE)
    waiting = [letter for letter in letters(db) if letter.id != sent]
    assert len({letter.raw_id for letter in waiting}) == 1
    text = text_of(db, waiting[0]) if form is not DigestForm.MIME else everything_of(db, waiting[0])
    assert "siedzial" not in text and "tajny-plan" not in text
    assert "Zwykle sprawy." in text and "Krysia" in text, "what is not hidden is told as it was to be told"

    hiding.hide_message(db, steward(mlist), thanked, "", WEDNESDAY + MINUTE)
    retelling.retell(db, mlist, [asked.seq, carried.seq, thanked.seq], WEDNESDAY + MINUTE, destroy=True)
    assert not any(words in everything(db) for words in told), "nor are the bytes kept of what has been sent"
    assert set(db.scalars(select(Digest.items))) == {str(stays.seq)}


def everything_of(db, letter) -> str:
    return re.sub(rb"=\r?\n", b"", raw_bytes(db, letter.raw_id)).decode()


def test_telling_anew_looks_at_few_texts_and_not_at_each_reader(db, mlist, now):
    old = say(db, mlist, "Kto ma klucz?", now - timedelta(days=5), subject="Klucz")
    for number in range(12):
        reader(db, mlist, now, f"osoba{number}@example.org", schedule="weekly wed 07:00")
    say(db, mlist, "Zapraszam.", now, subject="Spotkanie")
    digesting.run_due(db, WEDNESDAY)
    statements = []
    event.listen(db.get_bind(), "before_cursor_execute", lambda _c, _k, statement, *_: statements.append(statement))

    old.hidden_at = WEDNESDAY
    retelling.retell(db, mlist, [old.seq], WEDNESDAY)

    assert len(statements) < 60 and len({letter.raw_id for letter in letters(db)}) == 1 and b"klucz" not in everything(db)


def test_who_has_left_gets_no_digest_that_still_waits_however_its_bytes_are_kept(db, mlist, now):
    people = [reader(db, mlist, now, f"osoba{n}@example.org") for n in range(3)]
    say(db, mlist, "Kto jest za?", now)
    digesting.run_due(db, WEDNESDAY)
    shared, alone, stays = letters(db)
    alone.raw_id = keep_raw(db, b"Subject: whole\r\n\r\nx\r\n").id
    for member in people[:2]:
        administration.remove_member(db, member, CONSOLE, WEDNESDAY)

    assert [letter.id for letter in lettersout.take_letters(db, 1, WEDNESDAY, 5)] == [stays.id]
    assert shared.due is None and alone.due is None


def test_words_that_were_redacted_in_a_workers_hand_are_not_replaced_by_a_strange_letter(db, mlist, now):
    reader(db, mlist, now)
    post = say(db, mlist, "Kto jest za?", now)
    digesting.run_due(db, WEDNESDAY)
    (taken,) = lettersout.take_letters(db, 1, WEDNESDAY, 1)
    retelling.retell(db, mlist, [post.seq], WEDNESDAY, destroy=True)
    lettersout.record_letter(db, taken.id, None, WEDNESDAY)

    assert lettersout.take_letters(db, 1, WEDNESDAY + DAY, 5) == []


def test_a_digest_that_is_told_anew_says_no_more_than_before_and_as_it_was(db, mlist, now):
    """Own threads at once, questions that wait, and the catch-up after a pause."""
    anna = reader(db, mlist, now, "anna@example.org", name="Anna", language="en")
    anna.own_threads = True
    own = say(db, mlist, "Moja sprawa.", now, subject="Moje", author="Anna")
    own.user_id = anna.user_id
    anna.digest_seq = mlist.last_seq
    reply = say(db, mlist, "Odpowiedz Annie.", now, subject="Moje", answers=own)
    say(db, mlist, "Kto pomoze?", now, subject="Pomoc", author="Zofia Lektura")
    bad = say(db, mlist, "Zle slowo.", now, subject="Zle")
    outbox.fan_out(db, mlist, reply, b"From: x\r\n", None, now)
    while expanding.expand(db, 0):
        pass
    away = reader(db, mlist, now, "ewa@example.org", name="Ewa", language="en")
    away.delivery, away.digest_seq, away.digest_due, away.paused_at = DeliveryMode.EACH, 0, WEDNESDAY, now
    db.flush()
    digesting.run_due(db, WEDNESDAY)
    before = {letter.to: text_of(db, letter) for letter in letters(db)}
    assert "Odpowiedz Annie." not in before["anna@example.org"] and "What came during the pause" in before["ewa@example.org"]

    hiding.hide_message(db, steward(mlist), bad, "", WEDNESDAY + MINUTE)

    after = {letter.to: text_of(db, letter) for letter in letters(db)}
    assert "Odpowiedz Annie." not in after["anna@example.org"] and "Zle slowo." not in "".join(after.values())
    assert all("Pomoc (1 new, waiting for an answer)" in text for text in after.values())
    assert "What came during the pause" in after["ewa@example.org"] and "The pause is over" in after["ewa@example.org"]


@pytest.mark.parametrize("told_to_some", [False, True])
def test_what_is_shown_again_is_told_to_those_whose_digest_passed_it_over(db, mlist, now, told_to_some):
    reader(db, mlist, now, language="en")
    post = say(db, mlist, "Zaproszenie.", now)
    say(db, mlist, "Inna sprawa.", now, subject="Inne")
    if told_to_some:
        early = reader(db, mlist, now, "ewa@example.org", language="en")
        early.digest_seq, early.digest_due = 0, WEDNESDAY - DAY
        digesting.run_due(db, WEDNESDAY - DAY)
        sent = lettersout.take_letters(db, 1, WEDNESDAY, 9)
        assert "Zaproszenie." in text_of(db, db.get(Letter, sent[0].id))
    hiding.hide_message(db, steward(mlist), post, "", WEDNESDAY - MINUTE)
    digesting.run_due(db, WEDNESDAY)
    hiding.show_message(db, steward(mlist), post, WEDNESDAY + MINUTE)
    say(db, mlist, "Trzecia.", WEDNESDAY, subject="Trzecie")
    digesting.run_due(db, WEDNESDAY + DAY)

    told = {to: sum("Zaproszenie." in text_of(db, letter) for letter in letters(db) if letter.to == to) for to in {one.to for one in letters(db)}}
    assert set(told.values()) == {1}


def test_a_topics_followers_are_told_its_documents_and_thanks_alone(db, mlist, now):
    topics = {slug: administration.add_topic(db, mlist, slug, slug.upper(), CONSOLE, now) for slug in ("tik", "biblio")}
    mlist.thanks = ThankYous.COLLECT
    picky, plain = (reader(db, mlist, now, f"{name}@example.org", name=name, language="en", schedule="weekly wed 07:00") for name in ("picky", "plain"))
    set_topics(db, picky.id, [topics["tik"].id], Wish.FOLLOW, now)
    for slug, topic in topics.items():
        message = say(db, mlist, f"O {slug}.", now, subject=f"Sprawa {slug}", more=PDF.replace(b"karty", slug.encode()) + b"x" * len(slug) + b"\r\n--b--\r\n")
        message.thread.topic_id = topic.id
        thank(db, mlist, message, plain.user_id, now)
    digesting.run_due(db, WEDNESDAY)

    told = {letter.to: text_of(db, letter) for letter in letters(db)}
    assert "Sprawa biblio" in told["plain@example.org"].partition("Thanks")[2] and "biblio.pdf" in told["plain@example.org"]
    assert "biblio" not in told["picky@example.org"]
    assert "tik.pdf" in told["picky@example.org"].partition("Attachments of the week")[2] and "Sprawa tik" in told["picky@example.org"].partition("Thanks")[2]


def test_an_issue_asks_nobody_and_its_files_are_not_told_again(db, mlist, now):
    member = reader(db, mlist, now, language="en", schedule="weekly wed 07:00")
    old = say(db, mlist, "Co nowego w bibliotekach?", now - timedelta(days=5), subject="Nr 3", more=PDF + b"--b--\r\n")
    db.add(Issue(list_id=mlist.id, subject="Nr 3", message_id=old.id, created_at=now, changed_at=now))
    member.digest_seq = mlist.last_seq
    say(db, mlist, "Zapraszam.", now, subject="Spotkanie")
    digesting.run_due(db, WEDNESDAY)

    assert "Nr 3" not in text_of(db, letters(db)[0]) and "karty.pdf" not in text_of(db, letters(db)[0])


CARD = b"--b\r\nContent-Type: text/vcard\r\nContent-Disposition: attachment; filename=halina.vcf\r\n\r\nx\r\n"
SIGNATURE = b"--b\r\nContent-Type: application/pkcs7-signature\r\nContent-Disposition: attachment; filename=smime.p7s\r\n\r\nx\r\n"
PASTED = b"--b\r\nContent-Type: image/png\r\nContent-ID: <z>\r\nContent-Disposition: inline; filename=image001.png\r\n\r\n" + b"x" * 300 + b"\r\n"


def test_logos_and_signatures_are_no_cards_below_a_message(db, mlist, now):
    reader(db, mlist, now, language="en")
    message = say(db, mlist, "Termin w zalaczniku.", now, more=CARD + SIGNATURE + PASTED + PDF + DATE)
    for file in message.attachments:
        file.inline = file.name == "image001.png"
    db.flush()
    digesting.run_due(db, WEDNESDAY)

    text = text_of(db, letters(db)[0])
    assert "karty.pdf" in text and "termin.ics" in text
    assert not any(name in text for name in ("halina.vcf", "smime.p7s", "image001.png"))


def test_due_lists_the_digest_of_few_messages_for_the_slot_at_which_they_are_told(db, mlist, choosy, now):
    say(db, mlist, "Jedyna.", now)
    assert digesting.owed(db, WEDNESDAY + 6 * DAY) == []
    assert [one.at for one in digesting.owed(db, WEDNESDAY + 9 * DAY)] == [WEDNESDAY + 7 * DAY]


def test_readers_of_the_same_news_are_neighbours_in_a_run_and_followers_are_asked_about_together(db, mlist, now):
    topic = administration.add_topic(db, mlist, "tik", "TIK", CONSOLE, now)
    for number in range(3):
        say(db, mlist, f"Słowo {number}.", now, subject=f"Sprawa {number}").thread.topic_id = topic.id
    for number in range(12):
        member = reader(db, mlist, now, f"osoba{number}@example.org", schedule="daily 07:00")
        member.digest_seq = number % 3
        set_topics(db, member.id, [topic.id], Wish.FOLLOW, now)
    db.flush()
    statements = []
    event.listen(db.get_bind(), "before_cursor_execute", lambda _c, _k, statement, *_: statements.append(statement))

    assert digesting.run_due(db, WEDNESDAY, limit=4) == 4

    assert sum("topic_wish" in one and "UNION" not in one for one in statements) <= 1 and len(statements) < 40
    assert len({letter.raw_id for letter in letters(db)}) == 1


@pytest.mark.parametrize("form", [DigestForm.HTML, DigestForm.MIME])
def test_whoever_is_erased_is_named_in_no_digest_that_waits_or_was_sent(db, mlist, now, form):
    halina = add(db, mlist, "halina@example.org", now, name="Halina Okładka")
    for number in range(2):
        reader(db, mlist, now, f"osoba{number}@example.org", language="en").digest_form = form
    own = say(db, mlist, "Kto ma klucz?", now, subject="Klucz", author="Halina Okładka")
    own.user_id = halina.user_id
    say(db, mlist, "Ja mam.", now, subject="Klucz", answers=own)
    digesting.run_due(db, WEDNESDAY)
    sent, waiting = letters(db)
    sent.due = None
    privacy.ask(db, halina.user_id, Posts.KEEP, CONSOLE, WEDNESDAY)
    who = forgetwords.person(("halina@example.org",), "Halina Okładka")
    assert all(forgetwords.names(raw_bytes(db, letter.raw_id), who) for letter in letters(db))

    while forgetting.run_due(db, WEDNESDAY + 7 * DAY):
        pass

    db.expire_all()
    assert not any(stencil.is_one(raw) and forgetwords.names(raw, who) for raw in (raw_bytes(db, raw_id) for raw_id in db.scalars(select(Raw.id))))
    assert waiting.due is not None and b"Ja mam." in raw_bytes(db, waiting.raw_id) and b"\x02reply" in raw_bytes(db, waiting.raw_id)

"""A post that its author wants to see first: kept, shown, and sent by one word; nothing is published by mistake, no words are lost."""

import pytest
from sqlalchemy import select

from listserv.store.archive import Message
from listserv.store.doors import Preview
from listserv.store.lists import list_by_name
from listserv.store.queue import Incoming, State
from listserv.usecases import administration, housekeeping
from listserv.usecases.access import CONSOLE
from tests.conftest import add
from tests.office import mail
from tests.usecases.shy import HALINA, NAME, due, last, set_member

TEXT = "Dzień dobry,\n\nmam nowy scenariusz lekcji.\n\n-- \nHalina Okładka\n"


@pytest.fixture
def shy(site, network):
    """Halina sees each of her posts first."""
    set_member(site, "preview", "yes")


def states(site):
    with site.reading() as db:
        return [row.state for row in db.scalars(select(Incoming).order_by(Incoming.id))]


def waiting(site):
    with site.reading() as db:
        return len(db.scalars(select(Preview)).all())


def test_the_post_waits_and_its_author_sees_it_as_it_will_be(office, site, shy):
    assert office.send(NAME, "siecibp+tik", "Scenariusz", TEXT) is State.DRAFT

    preview = last(office, "preview")
    assert "Scenariusz" in preview.subject
    for words in ("mam nowy scenariusz lekcji.", "--", "Lekcje TIK", "Scenariusz"):
        assert words in preview.text
    assert "4" in preview.text
    assert not office.posts() and [one.to for one in office.letters()] == [HALINA]


@pytest.mark.parametrize("words", ["OK", "ok", "Tak", "TAK!", "Wyślij", "WYSLIJ", "Tak, proszę wysłać do wszystkich", "Yes, please send it", "send", "OK, dziękuję", "OK\nHalina", "OK\n\nHalina Okładka", "Super, wyślij", "wygląda dobrze", "No dobrze", "Dzień dobry,\n\ntak.\n\nPozdrawiam\nHalina"])
def test_a_plain_yes_sends_it(office, site, shy, words):
    office.send(NAME, "siecibp+tik", "Scenariusz", TEXT, message_id="<mine@example.org>")
    office.reply(last(office, "preview"), words)

    (post,) = office.posts()
    assert post["Message-ID"] == "<mine@example.org>" and "mam nowy scenariusz" in post.get_content()
    assert states(site)[0] is State.POSTED and not waiting(site)
    with site.reading() as db:
        assert db.scalars(select(Message)).one().thread.topic.slug == "tik"


@pytest.mark.parametrize("words", ["NIE", "Nie, jeszcze poprawię.", "No", "WYCOFAJ", "Proszę o wycofanie", "nie wysyłaj", "STOP", "Don't send it"])
def test_a_no_takes_it_back_and_brings_the_words_home(office, site, shy, words):
    office.send(NAME, "siecibp", "Scenariusz", TEXT)
    office.reply(last(office, "preview"), words)

    dropped = last(office, "preview-dropped")
    assert "mam nowy scenariusz lekcji." in dropped.text
    assert not office.posts() and states(site)[0] is State.DISCARDED and not waiting(site)


@pytest.mark.parametrize("words", ["OK, ale popraw proszę datę na 5 marca.", "Czy wszyscy to dostaną?", "Mam nowy scenariusz i konspekt.", "Tak? Nie wiem.", "Hmm", "Nie, wyślij", "Nie, jest ok", "Nie, dobrze jest", "No, super", "No, go ahead", "Nie teraz", "OK\n\nA do tego dopisz: Kraków."])
def test_anything_else_asks_what_to_do_and_loses_nothing(office, site, shy, words):
    office.send(NAME, "siecibp", "Scenariusz", TEXT)
    office.reply(last(office, "preview"), words)

    unclear = last(office, "preview-unclear")
    assert words.split("\n")[0] in unclear.text
    assert not office.posts() and waiting(site) == 1
    office.reply(unclear, "OK")
    assert len(office.posts()) == 1


def test_a_second_yes_and_one_of_somebody_else_do_nothing(office, site, shy):
    office.send(NAME, "siecibp", "Scenariusz", TEXT)
    preview = last(office, "preview")
    assert office.reply(preview, "OK", sender="marek@example.org") is State.REFUSED
    assert office.reply(preview, "OK", proven=False) is State.REFUSED
    assert not office.posts()
    office.reply(preview, "OK", proven=None)
    office.reply(preview, "OK")

    assert len(office.posts()) == 1
    assert "3 marca" in last(office, "preview-done").text and not office.letters(kind="too-late")


def test_the_out_of_office_of_its_author_sends_nothing(office, site, shy):
    office.send(NAME, "siecibp", "Scenariusz", TEXT)
    office.reply(last(office, "preview"), "Jestem na urlopie do 15 marca, odpowiem po powrocie.")
    office.reply(last(office, "preview"), "OK", auto_submitted="auto-replied")

    assert not office.posts() and waiting(site) == 1


def test_a_reminder_after_two_days_and_the_words_back_after_thirty(office, site, shy, clock):
    office.send(NAME, "siecibp", "Scenariusz", TEXT)
    clock.move(days=1, hours=23)
    due(site)
    assert len(office.letters(kind="preview")) == 1
    clock.move(hours=2)
    with site.reading() as db:
        assert [(one.what, one.who) for one in housekeeping.owed(db, site.now())] == [("preview-reminder", HALINA)]
    due(site)
    due(site)
    assert len(office.letters(kind="preview")) == 2
    clock.move(days=27)
    due(site)
    assert waiting(site) == 1
    clock.move(days=2)
    due(site)

    assert "mam nowy scenariusz lekcji." in last(office, "preview-dropped").text
    assert states(site) == [State.DISCARDED] and not waiting(site) and len(office.letters(kind="preview")) == 2


def test_what_is_sent_days_later_is_a_mail_of_that_day(office, site, shy, clock):
    office.send(NAME, "siecibp", "Scenariusz", TEXT, in_reply_to="<gone@example.org>", references="<gone@example.org>")
    clock.move(days=9)
    office.reply(last(office, "preview"), "OK")

    (post,) = office.posts()
    assert post["Date"].datetime == site.now() and post["In-Reply-To"] == "<gone@example.org>"
    with site.reading() as db:
        assert db.scalars(select(Message)).one().sent_at == site.now()


def test_an_answer_stays_in_its_thread(office, site, shy):
    office.send("marek@example.org", "siecibp", "Spotkanie", "Kiedy?\n", message_id="<first@example.org>")
    office.send(NAME, "siecibp", "Re: Spotkanie", "W czwartek.\n", in_reply_to="<first@example.org>")
    assert "Marek" in last(office, "preview").text
    office.reply(last(office, "preview"), "OK")

    with site.reading() as db:
        first, second = db.scalars(select(Message).order_by(Message.id))
        assert second.thread_id == first.thread_id and second.parent_id == first.id


def test_the_lists_own_rules_come_after_the_authors_word(office, site, shy):
    set_member(site, "moderated", "yes")
    office.send(NAME, "siecibp", "Scenariusz", TEXT)
    assert "moderator" in last(office, "preview").text and not office.letters(kind="held-moderator")
    office.reply(last(office, "preview"), "OK")

    assert states(site)[0] is State.HELD and not office.posts()
    office.reply(last(office, "held-moderator", to="mod@example.org"), "TAK")
    assert len(office.posts()) == 1


def test_what_would_not_go_out_anyhow_is_not_shown(office, site, shy):
    with site.writing() as db:
        administration.close_list(db, list_by_name(db, "siecibp"), CONSOLE, site.now())
    assert office.send(NAME, "siecibp", "Scenariusz", TEXT) is State.REFUSED
    assert not office.letters(kind="preview")


def test_the_same_mail_twice_is_shown_once(office, site, shy):
    raw = mail(NAME, "siecibp@lists.example.org", "Scenariusz", TEXT)
    assert office.deliver(raw, "siecibp@lists.example.org") is State.DRAFT
    assert office.deliver(raw, "siecibp@lists.example.org") is State.DISCARDED
    assert len(office.letters(kind="preview")) == 1


@pytest.mark.parametrize("line", ["PODGLĄD", "Podgląd proszę", "preview", "PREVIEW FIRST", "Chcę to zobaczyć przed wysłaniem."])
def test_once_by_a_first_line_that_is_not_sent(office, site, network, line):
    assert office.send(NAME, "siecibp", "Scenariusz", f"{line}\n\n{TEXT}") is State.DRAFT
    assert line not in last(office, "preview").text.split("mam nowy")[0]
    office.reply(last(office, "preview"), "OK")

    (post,) = office.posts()
    assert post.get_content().lstrip().startswith("Dzień dobry,") and line not in post.get_content()
    assert office.send(NAME, "siecibp", "Drugi", TEXT) is State.POSTED


def test_files_go_along_and_are_named(office, site, shy):
    import email.policy
    from email.message import EmailMessage

    message = EmailMessage(policy=email.policy.SMTP)
    for name, value in {"From": NAME, "To": "siecibp@lists.example.org", "Subject": "Karty", "Message-ID": "<f@example.org>"}.items():
        message[name] = value
    message.set_content("PODGLĄD\n\nOto karty pracy.\n")
    message.add_attachment(b"x" * 3000, maintype="application", subtype="pdf", filename="karty.pdf")
    office.deliver(message.as_bytes(), "siecibp@lists.example.org")
    assert "karty.pdf, 3 KB" in last(office, "preview").text
    office.reply(last(office, "preview"), "OK")

    (post,) = office.posts()
    assert [part.get_filename() for part in post.iter_attachments()] == ["karty.pdf"]


@pytest.mark.parametrize(("words", "preview"), [("PODGLĄD", True), ("podglad wlacz", True), ("PREVIEW ON", True), ("Chcę widzieć moje wiadomości przed wysłaniem.", True), ("I would like to see my posts before they are sent", True)])
def test_members_switch_it_on_by_mail(office, site, network, words, preview):
    office.send(NAME, "siecibp-request", "Prośba", words, proven=True)
    assert office.send(NAME, "siecibp", "Scenariusz", TEXT) is State.DRAFT


@pytest.mark.parametrize("words", ["PODGLĄD NIE", "bez podglądu", "PREVIEW OFF", "Wyłącz podgląd"])
def test_and_off(office, site, shy, words):
    office.send(NAME, "siecibp-request", "Prośba", words, proven=True)
    assert office.send(NAME, "siecibp", "Scenariusz", TEXT) is State.POSTED


def test_the_word_in_answer_to_a_preview_switches_it_off(office, site, shy):
    office.send(NAME, "siecibp", "Scenariusz", TEXT)
    office.reply(last(office, "preview"), "PREVIEW OFF")

    assert not office.posts() and waiting(site) == 1
    assert office.send(NAME, "siecibp", "Drugi", TEXT) is State.POSTED


def test_a_forged_post_is_not_shown_but_held(office, site, shy):
    assert office.send(NAME, "siecibp", "Scenariusz", TEXT, proven=False) is State.HELD
    assert not office.letters(kind="preview")


def test_what_is_written_anew_below_the_word_is_no_setting(office, site, shy):
    office.send(NAME, "siecibp", "Scenariusz", TEXT)
    office.reply(last(office, "preview"), "PODGLĄD\n\nDzień dobry,\n\nmam nowy, poprawiony scenariusz lekcji.\n")

    assert "poprawiony scenariusz" in last(office, "preview-unclear").text and waiting(site) == 1
    assert not office.posts()


def test_every_post_of_a_busy_day_is_shown(office, site, shy):
    for number in range(8):
        office.send(NAME, "siecibp", f"Scenariusz {number}", f"Treść {number}.\n")
    assert len(office.letters(kind="preview")) == waiting(site) == 8


def test_what_finds_no_room_today_is_shown_as_soon_as_there_is(office, site, shy, clock, monkeypatch):
    from listserv.usecases import drafts

    monkeypatch.setattr(drafts, "A_DAY", 2)
    for number in range(3):
        office.send(NAME, "siecibp", f"Scenariusz {number}", f"Treść {number}.\n")
    assert len(office.letters(kind="preview")) == 2 and waiting(site) == 3
    clock.move(hours=25)
    due(site)
    assert "Treść 2." in last(office, "preview").text


def test_after_a_long_silence_of_ours_there_is_time_for_an_answer(office, site, shy, clock):
    office.send(NAME, "siecibp", "Scenariusz", TEXT)
    clock.move(days=40)
    due(site)
    assert len(office.letters(kind="preview")) == 2 and waiting(site) == 1
    clock.move(days=3)
    due(site)
    assert last(office, "preview-dropped") and not waiting(site)


def test_who_gets_no_copy_is_told_that_it_is_out(office, site, shy):
    set_member(site, "delivery", "digest")
    office.send(NAME, "siecibp", "Scenariusz", TEXT)
    office.reply(last(office, "preview"), "OK")
    assert "Scenariusz" in last(office, "preview-done").subject and len(office.posts()) == 1


def test_who_leaves_meanwhile_is_asked_like_every_stranger(office, site, shy):
    office.send(NAME, "siecibp", "Scenariusz", TEXT)
    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        administration.remove_member(db, administration.find_member(db, mlist, HALINA), CONSOLE, site.now())
    office.reply(last(office, "preview"), "OK")
    assert states(site)[0] is State.HELD


def test_several_previews_do_not_mix(office, site, shy):
    office.send(NAME, "siecibp", "Pierwszy", "Pierwsza treść.\n")
    first = last(office, "preview")
    office.send(NAME, "siecibp", "Drugi", "Druga treść.\n")
    office.reply(first, "OK")

    assert [post["Subject"] for post in office.posts()] == ["Pierwszy"] and waiting(site) == 1


def test_others_are_not_asked(office, site, shy):
    with site.writing() as db:
        add(db, list_by_name(db, "siecibp"), "nowa@example.org", site.now())
    assert office.send("marek@example.org", "siecibp", "Zwykła", TEXT) is State.POSTED

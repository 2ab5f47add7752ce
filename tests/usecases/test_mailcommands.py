import json
from datetime import UTC, datetime
from io import BytesIO
from zipfile import ZipFile

import pytest
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound

from listserv.mail.parse import parse
from listserv.relay import Answer
from listserv.store.archive import Message
from listserv.store.erasing import Erasure
from listserv.store.lists import list_by_name
from listserv.store.members import DeliveryMode, Member, Status
from listserv.store.people import Address, User
from listserv.store.queue import Letter, Raw, State, keep_raw
from listserv.usecases import answering, archiving, housekeeping, lettersout, privacy, resending
from tests.usecases.steered import ANNA, copies, join, next_day


def member(site, email="halina@example.org"):
    with site.reading() as db:
        return db.scalars(select(Member).join(Member.address).where(Address.key == email)).one()


@pytest.mark.parametrize(
    ("words", "delivery", "schedule"),
    [
        ("DZIENNIE", DeliveryMode.DIGEST, "daily 07:00"),
        ("Poproszę tygodniowo", DeliveryMode.DIGEST, "weekly mon 07:00"),
        ("miesiecznie", DeliveryMode.DIGEST, "monthly 1 07:00"),
    ],
)
def test_a_proven_member_changes_how_mail_comes_by_one_word(site, office, words, delivery, schedule):
    assert office.send("halina@example.org", "siecibp-request", "prośba", words, proven=True) is State.ANSWERED

    changed = member(site)
    assert (changed.delivery, changed.schedule) == (delivery, schedule)
    assert changed.digest_due is not None
    assert office.letters(to="halina@example.org")[-1].kind == "settings"


def test_a_reply_to_the_answer_changes_it_again_without_any_proof(site, office):
    office.send("halina@example.org", "siecibp-request", "prośba", "DZIENNIE", proven=True)

    office.reply(office.letters(to="halina@example.org")[-1], "każdą", proven=None)

    assert member(site).delivery is DeliveryMode.EACH


def test_an_unproven_command_is_asked_back(site, office):
    office.send("halina@example.org", "siecibp-request", "prośba", "DZIENNIE")
    assert member(site).delivery is DeliveryMode.EACH

    office.reply(office.letters(to="halina@example.org")[-1], "DZIENNIE", proven=None)
    assert member(site).delivery is DeliveryMode.DIGEST


def test_a_pause_ends_by_itself(site, office, clock):
    office.send("halina@example.org", "siecibp-request", "prośba", "Przerwa do 15.03", proven=True)
    paused = member(site)
    assert (paused.status, paused.paused_until) == (Status.PAUSED, datetime(2026, 3, 15, 23, tzinfo=UTC))
    assert "15 marca" in office.letters(to="halina@example.org")[-1].text

    clock.move(days=13)
    with site.writing() as db:
        housekeeping.run_due(db, site.now())
    assert member(site).status is Status.ENABLED


def test_what_is_chosen_during_a_pause_is_said_to_hold_after_it(site, office):
    office.send("halina@example.org", "siecibp-request", "prośba", "Przerwa do 15.03", proven=True)
    office.send("halina@example.org", "siecibp-request", "prośba", "tygodniowo w piatek o 15", proven=True)

    told = " ".join(office.letters(to="halina@example.org")[-1].text.split())
    assert "Po przerwie: wiadomości z listy" in told.replace("\N{NO-BREAK SPACE}", " ")
    assert "piąt" in told
    assert "15.00" in told


def test_a_pause_until_a_day_gone_by_means_next_year(site, office):
    office.send("halina@example.org", "siecibp-request", "prośba", "PRZERWA DO 15.01", proven=True)

    assert member(site).paused_until.year == 2027


def test_what_is_not_understood_gets_the_words_that_work(office):
    office.send("halina@example.org", "siecibp-request", "hm", "Ładna pogoda dzisiaj w Łodzi.", proven=True)

    letter = office.letters(to="halina@example.org")[-1]
    assert letter.kind == "not-understood"
    assert "WYPISZ" in letter.text


def test_help_tells_members_and_strangers_different_things(office):
    office.send("halina@example.org", "siecibp-pomoc", "pomoc", "pomoc", proven=True)
    office.send("stranger@example.org", "siecibp-pomoc", "pomoc", "pomoc", proven=True)

    assert "DZIENNIE" in office.letters(to="halina@example.org")[-1].text
    assert "zapisać się" in office.letters(to="stranger@example.org")[-1].text


@pytest.mark.parametrize("address", ["siecibp-help", "siecibp-request", "siecibp-pomoc"])
def test_an_empty_letter_to_the_address_for_help_gets_help_and_no_complaint(office, address):
    """List-Help in the header of every post: mail programs send just that."""
    office.send("halina@example.org", address, "", "\n")

    assert [letter.kind for letter in office.letters(to="halina@example.org")] == ["help"]


def test_help_needs_no_proof(office):
    office.send("halina@example.org", "siecibp-request", "pomoc", "Pomoc")

    assert office.letters(to="halina@example.org")[-1].kind == "help"


def test_forged_letters_to_request_fill_nobodys_mailbox(office):
    for number in range(20):
        office.send("halina@example.org", "siecibp-request", f"{number}", f"Ładna pogoda, dzień {number}.")

    assert 1 <= len(office.letters(to="halina@example.org")) <= 5


def test_a_pause_until_a_weekday_ends_with_that_day(site, office):
    office.send("halina@example.org", "siecibp-request", "prośba", "Poproszę o przerwę do piątku.", proven=True)

    # The third of March 2026 is a Tuesday; midnight in Warsaw is 23:00 UTC.
    assert member(site).paused_until == datetime(2026, 3, 6, 23, tzinfo=UTC)


def test_a_pause_for_two_weeks_counts_today(site, office):
    office.send("halina@example.org", "siecibp-request", "prośba", "Proszę o przerwę na dwa tygodnie.", proven=True)

    assert member(site).paused_until == datetime(2026, 3, 16, 23, tzinfo=UTC)


def test_a_pause_until_a_day_of_last_year_is_no_pause_for_ever(site, office):
    office.send("halina@example.org", "siecibp-request", "prośba", "PRZERWA DO 15.08.2025", proven=True)

    assert member(site).status is Status.ENABLED
    assert office.letters(to="halina@example.org")[-1].kind == "not-understood"


HTML = """<html><body><p class=MsoNormal>Dzień dobry,</p><p class=MsoNormal>bardzo proszę o <b>przegląd tygodniowy</b>.</p>
<p class=MsoNormal>Pozdrawiam<br>Halina</p><div style="border:none;border-top:solid #E1E1E1 1.0pt"><p><b>Od:</b> Sieć BP &lt;siecibp@lists.example.org&gt;<br>
<b>Wysłane:</b> 2 marca 2026<br><b>Do:</b> Halina<br><b>Temat:</b> pomoc</p></div><p>Wystarczy odpisać: WYPISZ</p></body></html>"""


def test_a_wish_in_html_above_a_signature_and_our_own_letter_is_understood(site, office):
    office.send("halina@example.org", "siecibp-request", "Odp: pomoc", HTML, html=True, proven=True)

    assert member(site).schedule == "weekly mon 07:00"


def test_nobody_is_put_off_the_list_by_asking_to_stay(site, office):
    for words in ("Proszę mnie nie wypisywać.", "Nie prosiłam o wypisanie mnie z listy", "Please don't remove me from the list"):
        office.send("halina@example.org", "siecibp-request", "prośba", words, proven=True)

        assert office.letters(to="halina@example.org")[-1].kind == "not-understood"
    assert member(site)


def test_a_member_hears_what_became_of_their_messages(office):
    office.send("halina@example.org", "siecibp", "Spotkanie w czerwcu", "Kiedy?", proven=True)
    office.send("halina@example.org", "siecibp", "Wstrzymana", "Czy to dojdzie?", proven=False)

    office.send("halina@example.org", "siecibp-request", "pytanie", "Co się stało z moją wiadomością?", proven=True)

    letter = office.letters(to="halina@example.org")[-1]
    assert letter.kind == "my-posts"
    assert "Spotkanie w czerwcu" in letter.text and "/siecibp/message/" in letter.text
    assert "Wstrzymana" in letter.text


def test_nobody_hears_of_anothers_messages_by_a_forged_letter(office):
    office.send("halina@example.org", "siecibp", "Spotkanie w czerwcu", "Kiedy?", proven=True)

    office.send("halina@example.org", "siecibp-request", "status", "status")

    letter = office.letters(to="halina@example.org")[-1]
    assert letter.kind == "confirm-settings"
    assert "czerwcu" not in letter.text


def test_who_has_written_nothing_hears_that(office):
    office.send("halina@example.org", "siecibp-request", "status", "STATUS", proven=True)

    assert office.letters(to="halina@example.org")[-1].kind == "my-posts"


def test_who_am_i_is_answered_with_address_and_settings(office):
    office.send("halina@example.org", "siecibp-request", "pytanie", "Kim jestem?", proven=True)

    letter = office.letters(to="halina@example.org")[-1]
    assert letter.kind == "settings"
    assert "halina@example.org" in letter.text


def test_a_word_of_thanks_needs_no_answer(office):
    office.send("halina@example.org", "siecibp-request", "prośba", "DZIENNIE", proven=True)
    letters = len(office.letters(to="halina@example.org"))

    assert office.reply(office.letters(to="halina@example.org")[-1], "Dziękuję bardzo!\nHalina") is State.ANSWERED
    assert len(office.letters(to="halina@example.org")) == letters

    office.reply(office.letters(to="halina@example.org")[-1], "Dziękuję, a czy można rzadziej?")
    assert len(office.letters(to="halina@example.org")) == letters + 1


ABSENT = "Jestem na urlopie do 15 grudnia, odpowiem po powrocie."


def test_a_notice_of_absence_takes_nobody_off_the_list(site, office):
    office.send("halina@example.org", "siecibp-request", "prośba", "Proszę o wypisanie mnie z listy")
    (question,) = office.letters(to="halina@example.org")

    assert office.reply(question, ABSENT, proven=None) is State.DISCARDED
    assert member(site).status is Status.ENABLED

    office.reply(question, "Tak", proven=None)
    with pytest.raises(NoResultFound):
        member(site)


def test_a_wish_in_the_subject_is_done_after_one_yes(site, office):
    office.send("halina@example.org", "siecibp-request", "TYGODNIOWO", "Pozdrawiam\nHalina")
    office.reply(office.letters(to="halina@example.org")[-1], "Tak", proven=None)

    assert member(site).schedule == "weekly mon 07:00"


def test_a_day_that_has_just_gone_by_does_not_mean_a_year_of_silence(site, office):
    office.send("halina@example.org", "siecibp-request", "prośba", "przerwa do 2.03", proven=True)

    assert member(site).status is Status.ENABLED
    assert office.letters(to="halina@example.org")[-1].kind == "not-understood"


# ---- several things at once ---------------------------------------------------------------------------------


def test_one_mail_gets_one_letter_whatever_it_asks(site, office):
    join(site)
    office.send("Halina Okładka <halina@example.org>", "siecibp", "Czytniki", "Kupiliśmy pięć czytników.", proven=True)
    office.send(ANNA, "siecibp-request", "x", "Weekly on Tuesday at 18:00\nSEARCH czytniki\nSTATUS\nNAME Anna Nowa", proven=True)

    (letter,) = office.letters(to=ANNA)
    assert letter.kind == "answers"
    said = " ".join(letter.text.split())
    assert "as one digest, on Tuesdays at 18:00" in said and "On the list: Anna Nowa" in said
    assert "Czytniki – Halina Okładka" in said and "no message to the list has come from anna@example.org" in said
    assert member(site, ANNA).schedule == "weekly tue 18:00"


@pytest.mark.parametrize(
    ("words", "schedule"),
    [
        ("Codziennie o 18.30", "daily 18:30"),
        ("WEEKLY ON MONDAY AND THURSDAY AT 7", "weekly mon,thu 07:00"),
        ("Tygodniowo w piątki", "weekly fri 07:00"),
        ("miesięcznie 15 dnia o 8", "monthly 15 08:00"),
    ],
)
def test_a_schedule_may_name_its_days_and_its_hour(site, office, words, schedule):
    office.send("halina@example.org", "siecibp-request", "x", words, proven=True)

    assert member(site).schedule == schedule


def test_language_and_name_are_changed_and_the_answer_comes_in_the_new_language(site, office):
    join(site)
    office.send(ANNA, "siecibp-request", "x", "Po polsku\nIMIĘ I NAZWISKO: Anna Nowa-Regał", proven=True)

    with site.reading() as db:
        user = db.get(User, member(site, ANNA).user_id)
        assert (user.language, user.name) == ("pl", "Anna Nowa-Regał")
    assert office.letters(to=ANNA)[-1].text.startswith("Dzień dobry")


def test_the_archive_alone_is_a_way_of_reading_too(site, office):
    office.send("halina@example.org", "siecibp-request", "x", "Tylko archiwum", proven=True)

    assert member(site).delivery is DeliveryMode.NONE


# ---- searching and threads ----------------------------------------------------------------------------------


@pytest.fixture
def archive(site, office):
    join(site)
    office.send("Marek Regał <marek@example.org>", "siecibp", "Czytniki w bibliotece", "Kupiliśmy pięć czytników.", message_id="<1@x>")
    office.send("Halina Okładka <halina@example.org>", "siecibp", "Re: Czytniki w bibliotece", "Jakie to czytniki?", message_id="<2@x>", in_reply_to="<1@x>")
    office.send("Marek Regał <marek@example.org>", "siecibp", "Spotkanie", "Kiedy?", message_id="<3@x>")


def test_a_search_is_answered_with_who_when_and_where(office, archive):
    office.send(ANNA, "siecibp-request", "SZUKAJ czytnik from:halina", "", proven=True)

    letter = office.letters(to=ANNA)[-1]
    assert letter.kind == "found"
    assert "1. Czytniki w bibliotece – Halina Okładka, 3 March 2026" in letter.text
    assert "Jakie to czytniki?" in letter.text and "https://lists.example.org/siecibp/message/" in letter.text


def test_a_search_needs_proof_because_its_answer_shows_the_archive(office, archive):
    office.send(ANNA, "siecibp-request", "SEARCH czytniki", "")
    question = office.letters(to=ANNA)[-1]
    assert question.kind == "confirm-settings" and "bibliotece" not in question.text

    office.reply(question, "Yes", proven=None)
    assert office.letters(to=ANNA)[-1].kind == "found"


def test_a_stranger_searches_nothing(office, archive):
    office.send("stranger@example.org", "siecibp-request", "SEARCH czytniki", "", proven=True)

    assert office.letters(to="stranger@example.org")[-1].kind == "help"


def sent_again(office):
    return [str(letter.mail["Message-ID"]) for letter in office.letters(to=ANNA, kind="copy")]


def test_a_thread_comes_as_the_very_messages_it_is_made_of(site, office, archive):
    office.send(ANNA, "siecibp-request", "Send thread: czytniki w bibliotece", "", proven=True)

    first, second = office.letters(to=ANNA, kind="copy")
    assert sent_again(office) == ["<1@x>", "<2@x>"]
    assert second.mail["In-Reply-To"] == "<1@x>" and second.mail["From"] == "Halina Okładka <halina@example.org>"
    assert second.mail["Reply-To"] == "siecibp@lists.example.org" and "One-Click" in second.mail["List-Unsubscribe-Post"]
    assert first.text == "Kupiliśmy pięć czytników.\r\n"
    assert "2 messages, as they were written" in " ".join(office.letters(to=ANNA, kind="thread")[0].text.split())


def test_a_hit_is_sent_by_its_number(office, archive):
    office.send(ANNA, "siecibp-request", "SEARCH spotkanie", "", proven=True)
    office.reply(office.letters(to=ANNA)[-1], "SEND THREAD 1", proven=None)

    assert sent_again(office) == ["<3@x>"]


@pytest.mark.parametrize("rcpt", ["siecibp", "siecibp-request"])
def test_in_answer_to_a_post_its_thread_is_meant(office, archive, rcpt):
    office.send(ANNA, rcpt, "Re: Spotkanie", "PRZYŚLIJ WĄTEK", proven=True, in_reply_to="<3@x>")

    assert sent_again(office) == ["<3@x>"]
    assert len(office.posts()) == 3


def test_a_link_into_the_archive_says_which_thread(site, office, archive):
    with site.reading() as db:
        thread = db.scalar(select(Message.thread_id).where(Message.message_id == "3@x"))
    office.send(ANNA, "siecibp-request", "x", f"Przyślij wątek https://lists.example.org/siecibp/thread/{thread}", proven=True)

    assert sent_again(office) == ["<3@x>"]


def test_where_several_may_be_meant_they_are_numbered(office, archive):
    office.send("marek@example.org", "siecibp", "Spotkanie w maju", "Może w maju?", message_id="<4@x>")
    office.send(ANNA, "siecibp-request", "send thread Spotkan", "", proven=True)

    letter = office.letters(to=ANNA)[-1]
    assert letter.kind == "thread" and "1. Spotkanie w maju" in letter.text and "2. Spotkanie" in letter.text
    office.reply(letter, "MUTE 2\nSEND THREAD 1", proven=None)
    assert sent_again(office) == ["<4@x>"]


def test_a_hidden_message_is_not_sent_and_a_hidden_thread_is_not_there(site, office, archive):
    with site.writing() as db:
        for row in db.scalars(select(Message).where(Message.message_id == "3@x")):
            row.hidden_at = row.thread.hidden_at = site.now()
        db.scalar(select(Message).where(Message.message_id == "2@x")).hidden_at = site.now()
    office.send(ANNA, "siecibp-request", "send thread spotkanie", "", proven=True)
    assert sent_again(office) == []

    office.send(ANNA, "siecibp-request", "send thread czytniki", "", proven=True)
    assert sent_again(office) == ["<1@x>"]


def test_history_is_sent_in_the_lists_name_because_nobody_knows_what_its_domains_allow(site, office, archive):
    with site.writing() as db:
        raw = b"From: Ewa <ewa@bank.example>\r\nTo: siecibp@old.example\r\nSubject: Dawno\r\nMessage-ID: <old@x>\r\nDate: Mon, 2 Mar 2009 10:00:00 +0100\r\n\r\nStare.\r\n"
        archiving.add(db, list_by_name(db, "siecibp"), archiving.Arrival(parse(raw), keep_raw(db, raw).id, site.now()))
    office.send(ANNA, "siecibp-request", "send thread dawno", "", proven=True)

    (letter,) = office.letters(to=ANNA, kind="copy")
    assert letter.mail["Message-ID"] == "<old@x>" and letter.mail["From"].addresses[0].addr_spec == "siecibp@lists.example.org"
    assert copies(site)[-1] != [ANNA], "nothing of it is counted as a post on its way to everybody"


def test_a_long_thread_is_sent_in_part_and_the_letter_says_so(site, office, archive, monkeypatch):
    monkeypatch.setattr(resending, "MOST", 1)
    office.send(ANNA, "siecibp-request", "send thread czytniki", "", proven=True)

    assert sent_again(office) == ["<2@x>"]
    assert "1 older message is only in the archive" in " ".join(office.letters(to=ANNA, kind="thread")[0].text.split())


def test_nobody_has_the_archive_poured_into_a_mailbox(office, archive, monkeypatch):
    monkeypatch.setattr(resending, "A_DAY", 1)
    for subject in ("send thread czytniki", "send thread spotkanie"):
        office.send(ANNA, "siecibp-request", subject, "", proven=True)

    assert sent_again(office) == ["<1@x>", "<2@x>"]
    assert "tomorrow" in office.letters(to=ANNA, kind="thread")[-1].text


# ---- pauses and what came meanwhile -------------------------------------------------------------------------


def test_after_a_pause_one_digest_tells_what_came_meanwhile(site, office, clock):
    join(site)
    office.send("marek@example.org", "siecibp", "Vor der Pause", "x", message_id="<0@x>")
    copies(site)
    office.send(ANNA, "siecibp-request", "x", "Pause until 10.03", proven=True)
    assert "told afterwards" in " ".join(office.letters(to=ANNA)[-1].text.split())
    office.send("marek@example.org", "siecibp", "Spotkanie", "Kiedy?", message_id="<1@x>")
    next_day(site, clock, days=2)
    assert [ANNA in got for got in copies(site)] == [True, False]
    assert office.letters(to=ANNA, kind="digest") == []

    next_day(site, clock, days=6)
    (digest,) = office.letters(to=ANNA, kind="digest")
    assert "What came during the pause, 3 March 2026 to" in " ".join(digest.text.split())
    assert "Spotkanie" in digest.text and "Vor der Pause" not in digest.text
    assert member(site, ANNA).paused_at is None

    office.send("marek@example.org", "siecibp", "Re: Spotkanie", "W maju.", in_reply_to="<1@x>")
    next_day(site, clock)
    assert ANNA in copies(site)[-1]
    assert len(office.letters(to=ANNA, kind="digest")) == 1


def test_who_comes_back_early_is_told_at_once_and_where_nothing_came_nothing_is_told(site, office, clock):
    join(site)
    for words in ("Pause", "Back"):
        office.send(ANNA, "siecibp-request", "x", words, proven=True)
    next_day(site, clock)
    assert office.letters(to=ANNA, kind="digest") == []

    office.send(ANNA, "siecibp-request", "x", "Pause", proven=True)
    office.send("marek@example.org", "siecibp", "Spotkanie", "Kiedy?")
    office.send(ANNA, "siecibp-request", "x", "I am back", proven=True)
    next_day(site, clock, days=0)
    assert len(office.letters(to=ANNA, kind="digest")) == 1


def test_a_pause_that_is_made_longer_still_tells_from_its_beginning(site, office, clock):
    join(site)
    office.send(ANNA, "siecibp-request", "x", "Pause until 5.03", proven=True)
    office.send("marek@example.org", "siecibp", "Pierwsze", "x")
    office.send(ANNA, "siecibp-request", "x", "Pause until 9.03", proven=True)
    office.send("marek@example.org", "siecibp", "Drugie", "x")
    next_day(site, clock, days=8)

    (digest,) = office.letters(to=ANNA, kind="digest")
    assert "Pierwsze" in digest.text and "Drugie" in digest.text


# ---- one's own data -----------------------------------------------------------------------------------------


def test_ones_data_comes_as_a_file_to_ones_own_address_only(site, office):
    join(site, name="Anna Nowa")
    office.send(ANNA, "siecibp", "Spotkanie", "Kiedy?", proven=True)
    office.send(ANNA, "siecibp-request", "MY DATA", "")
    question = office.letters(to=ANNA)[-1]
    assert question.kind == "confirm-settings"

    office.reply(question, "Yes", proven=None)
    letter = office.letters(to=ANNA)[-1]
    assert letter.kind == "my-data"
    (file,) = letter.mail.iter_attachments()
    with ZipFile(BytesIO(file.get_content())) as bundle:
        about = json.loads(bundle.read("about-me.json"))
        assert about["addresses"] == [ANNA]
        assert any(name.endswith(".eml") for name in bundle.namelist())


def test_what_is_too_large_for_a_letter_is_fetched_on_the_web(office, site, monkeypatch):
    monkeypatch.setattr(answering, "LARGEST_EXPORT", 10)
    join(site)
    office.send(ANNA, "siecibp-request", "MY DATA", "", proven=True)

    letter = office.letters(to=ANNA)[-1]
    assert "https://lists.example.org/me/data" in letter.text and not list(letter.mail.iter_attachments())


def planned(site):
    with site.reading() as db:
        return privacy.planned(db, member(site, ANNA).user_id)


def test_to_be_forgotten_is_planned_for_the_seventh_day_and_one_word_stops_it(site, office):
    join(site)
    office.send(ANNA, "siecibp-request", "x", "ERASE ME", proven=True)

    (letter,) = office.letters(to=ANNA)
    assert letter.kind == "erasure-asked" and "10 March 2026" in letter.text
    assert planned(site).posts == "keep"

    office.reply(letter, "UNDO", proven=None)
    assert planned(site) is None
    assert office.letters(to=ANNA)[-1].kind == "erasure-stopped"
    assert office.reply(letter, "UNDO", proven=None) is State.ANSWERED


def test_an_unproven_wish_to_be_forgotten_is_asked_back(site, office):
    join(site)
    office.send(ANNA, "siecibp-request", "x", "Proszę usuń moje dane i wiadomości")
    assert planned(site) is None and office.letters(to=ANNA)[-1].kind == "confirm-settings"

    office.reply(office.letters(to=ANNA)[-1], "ERASE MY DATA AND ALL MY MESSAGES", proven=None)
    assert planned(site).posts == "remove"


@pytest.mark.parametrize("words", ["What does this mean?", "I am out of the office until Monday.", "Thank you"])
def test_what_is_not_understood_stops_nothing_and_erases_nothing_sooner(site, office, words):
    join(site)
    office.send(ANNA, "siecibp-request", "x", "ERASE ME", proven=True)
    due = planned(site).due_at

    office.reply(office.letters(to=ANNA)[-1], words, proven=None)
    assert planned(site).due_at == due
    assert {letter.kind for letter in office.letters(to=ANNA)} == {"erasure-asked"}


def test_leaving_and_being_forgotten_can_be_asked_in_one_letter(site, office):
    join(site)
    user = member(site, ANNA).user_id
    office.send(ANNA, "siecibp-request", "x", "LEAVE\nERASE ME", proven=True)

    with site.reading() as db:
        assert privacy.planned(db, user)
    assert [letter.kind for letter in office.letters(to=ANNA)] == ["erasure-asked", "left"]


# ---- another address ----------------------------------------------------------------------------------------

NEW = "anna.nowa@szkola.example.org"


def address_of(site):
    with site.reading() as db:
        return db.scalars(select(Address.email).join(Member, Member.address_id == Address.id).join(User, User.id == Member.user_id).where(User.name == "Anna Nowa")).one()


def test_a_new_address_is_used_when_its_mailbox_has_said_yes(site, office):
    join(site, name="Anna Nowa")
    office.send(ANNA, "siecibp-request", "x", f"ADDRESS {NEW}", proven=True)
    assert address_of(site) == ANNA
    assert [letter.kind for letter in office.letters(to=ANNA)] == ["address-asked"]
    (question,) = office.letters(to=NEW)
    assert ANNA not in question.text and "a…@example.org" in question.text

    office.reply(question, "Yes", proven=None)
    assert address_of(site) == NEW
    assert office.letters(to=NEW)[-1].kind == "settings"
    assert office.letters(to=ANNA)[-1].kind == "address-added"


@pytest.mark.parametrize("words", ["No", "Who are you?", "I am out of the office until Monday"])
def test_without_a_yes_nothing_changes(site, office, words):
    join(site, name="Anna Nowa")
    office.send(ANNA, "siecibp-request", "x", f"ADDRESS {NEW}", proven=True)
    office.reply(office.letters(to=NEW)[0], words, proven=None)

    assert address_of(site) == ANNA


def test_an_address_of_ones_own_is_used_at_once(site, office):
    join(site, name="Anna Nowa")
    with site.writing() as db:
        db.add(Address(user_id=member(site, ANNA).user_id, email=NEW, key=NEW, verified_at=site.now()))
    office.send(ANNA, "siecibp-request", "x", f"adres {NEW}", proven=True)

    assert address_of(site) == NEW
    assert office.letters(to=NEW)[-1].kind == "settings"


def test_the_address_of_somebody_else_here_stays_theirs(site, office):
    join(site, name="Anna Nowa")
    office.send(ANNA, "siecibp-request", "x", "ADDRESS halina@example.org", proven=True)
    # As for any other: nobody learns that it is known here.
    assert office.letters(to=ANNA)[-1].kind == "address-asked"

    office.reply(office.letters(to="halina@example.org")[0], "TAK", proven=None)
    assert address_of(site) == ANNA
    assert office.letters(to="halina@example.org")[-1].kind == "address-taken"


def test_whoever_holds_a_letter_of_somebodys_does_not_get_their_address(site, office):
    join(site, name="Anna Nowa")
    office.send(ANNA, "siecibp-request", "x", "SETTINGS", proven=True)
    office.reply(office.letters(to=ANNA)[-1], "ADDRESS thief@example.org", sender="thief@example.org", proven=True)

    assert office.letters(to="thief@example.org") == []
    asked = office.letters(to=ANNA)[-1]
    assert (asked.kind, "from another address. Nothing has been done" in " ".join(asked.text.split())) == ("confirm-settings", True)
    office.reply(asked, "YES")
    assert office.letters(to="thief@example.org") == [], "a yes to a letter that does not name it gives no address away"


@pytest.mark.parametrize("proven", [True, None])
@pytest.mark.parametrize("words", ["erase my data and all my posts", "MY NAME Silly Goose", "LEAVE", "ADDRESS thief@example.org", "PAUSE"])
def test_from_somebody_elses_address_a_letter_of_settings_changes_nothing(site, office, words, proven):
    join(site, name="Anna Nowa")
    office.send(ANNA, "siecibp-request", "x", "SETTINGS", proven=True)
    before = member(site, ANNA)
    office.reply(office.letters(to=ANNA)[-1], words, sender="marek@example.org", proven=proven)

    after = member(site, ANNA)
    assert (after.user_id, after.status, after.delivery) == (before.user_id, before.status, before.delivery)
    with site.reading() as db:
        assert db.scalars(select(Erasure)).all() == []
        assert db.get(User, after.user_id).name == "Anna Nowa"
    assert office.letters(to="marek@example.org") == []
    assert office.letters(to=ANNA)[-1].kind == ("leave-confirm" if words == "LEAVE" else "confirm-settings")


@pytest.mark.parametrize("words", ["Chcę zostać", "To nie ja", "STOP", "Anulujcie!", "Proszę nie usuwać", "Zostawcie", "cancel", "keep", "Kto to zlecił?", "Pomyłka"])
def test_anything_but_a_yes_and_thanks_stops_an_erasure(site, office, words):
    join(site, name="Anna Nowa")
    office.send(ANNA, "siecibp-request", "x", "erase my data", proven=True)
    office.reply(next(one for one in office.letters(to=ANNA) if one.kind == "erasure-asked"), words)

    with site.reading() as db:
        assert db.scalars(select(Erasure)).all() == []


def test_what_was_asked_from_elsewhere_is_done_at_a_yes_where_it_harms_nothing(site, office):
    join(site, name="Anna Nowa")
    office.send(ANNA, "siecibp-request", "x", "SETTINGS", proven=True)
    office.reply(office.letters(to=ANNA)[-1], "DAILY", sender="anna@szkola.example.org", proven=True)
    assert member(site, ANNA).delivery is DeliveryMode.EACH
    office.reply(office.letters(to=ANNA)[-1], "YES", sender="anna@szkola.example.org", proven=True)

    assert member(site, ANNA).delivery is DeliveryMode.DIGEST


@pytest.mark.parametrize(("words", "kind"), [("send thread czytniki", "copy"), ("MY DATA", "my-data")])
def test_what_was_sent_along_is_not_kept_a_second_time(site, office, archive, words, kind):
    office.send(ANNA, "siecibp-request", words, "", proven=True)
    with site.reading() as db:
        sent = {row.id: row.raw_id for row in db.scalars(select(Letter).where(Letter.kind == kind))}
    with site.writing() as db:
        for number in sent:
            lettersout.record_letter(db, number, Answer(451, "4.3.0 later", "RCPT"), site.now())
    with site.reading() as db:
        assert {row.id: row.raw_id for row in db.scalars(select(Letter).where(Letter.kind == kind))} == sent, "it may be tried again"

    with site.writing() as db:
        for number in sent:
            lettersout.record_letter(db, number, Answer(250), site.now())
    with site.reading() as db:
        assert not db.scalars(select(Raw.id).where(Raw.id.in_(sent.values()))).all()
        assert db.scalar(select(Message).where(Message.message_id == "1@x")).raw


def test_who_is_on_the_list_under_another_address_reads_how_to_change_it(office):
    office.send("halina.nowa@example.com", "siecibp-request", "ADRES", "zmieniłam adres, teraz piszę z tego", proven=True)

    told = " ".join(office.letters(to="halina.nowa@example.com")[-1].text.split())
    assert "napisać z niego na siecibp-request@lists.example.org: ADRES i nowy adres" in told


def test_a_subscription_can_be_suspended(office, site):
    office.send("halina@example.org", "siecibp-request", "zawieszenie", "Proszę o zawieszenie prenumeraty do 30 marca.", proven=True)

    assert "przerwa do 30 marca 2026" in office.letters(to="halina@example.org")[-1].subject

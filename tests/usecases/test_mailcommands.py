from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound

from listserv.store.members import DeliveryMode, Member, Status
from listserv.store.people import Address
from listserv.store.queue import State
from listserv.usecases import housekeeping


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


def test_help_needs_no_proof(office):
    office.send("halina@example.org", "siecibp-request", "pomoc", "Pomoc")

    assert office.letters(to="halina@example.org")[-1].kind == "help"


def test_forged_letters_to_request_fill_nobodys_mailbox(office):
    for number in range(20):
        office.send("halina@example.org", "siecibp-request", f"{number}", f"Ładna pogoda, dzień {number}.")

    assert len(office.letters(to="halina@example.org")) == 5


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

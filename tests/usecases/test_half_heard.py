"""Wishes that a mail says in several places, and what is said aloud of those that were only half heard."""

from datetime import UTC, datetime

import pytest

from listserv import letters
from listserv.rules import Reason
from listserv.sample import FACTS
from listserv.store.lists import Topic, list_by_name
from listserv.store.members import DeliveryMode, Status
from listserv.store.queue import State
from listserv.usecases import digestreplies
from tests.office import aligned, mail
from tests.usecases.steered import ANNA, HALINA, join, member


def ask(office, words, subject="x", email=ANNA):
    office.send(email, "siecibp-request", subject, words, proven=True)
    return office.letters(to=email)[-1]


def flat(letter):
    return " ".join(letter.text.split())


def topics(site, *titles):
    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        for at, title in enumerate(titles):
            db.add(Topic(mlist=mlist, slug=title.lower().replace(" ", "-"), title=title, position=at))


@pytest.mark.parametrize(
    ("words", "subject", "schedule"),
    [
        ("Chciałabym dostawać wszystko raz na tydzień, najlepiej w piątek o 15", "x", "weekly fri 15:00"),
        ("jeden mail dziennie o godz. 18", "x", "daily 18:00"),
        ("I would like one mail a week, please. On Fridays.", "x", "weekly fri 07:00"),
        ("raz w miesiącu, 15-go", "x", "monthly 15 07:00"),
        ("w piątek o 15", "tygodniowo", "weekly fri 15:00"),
        ("Poproszę tygodniowo.\nNajlepiej we wtorki i czwartki o 7.30.\n\nPozdrawiam\nAnna", "x", "weekly tue,thu 07:30"),
    ],
)
def test_a_day_and_an_hour_elsewhere_in_the_mail_belong_to_the_wish(site, office, words, subject, schedule):
    join(site)
    letter = ask(office, words, subject)

    assert member(site).schedule == schedule
    assert "could not be read" not in flat(letter)


@pytest.mark.parametrize(
    "words", ["Poproszę tygodniowo, w piątek albo w sobotę", "one mail a week please, every other Friday", "poproszę raz dziennie, ale nie w weekend", "przegląd we wtorki lub środy"]
)
def test_what_could_not_be_used_is_said_aloud_and_no_other_schedule_is_set(site, office, words):
    join(site)

    assert "WEEKLY ON FRIDAY AT 15" in flat(ask(office, words))
    assert member(site).delivery is DeliveryMode.EACH


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("DZIENNIE\nstrefa Europe/London", "Hours are now those of the time zone Europe/London; the next digest is due on 4 March 2026, 7:00."),
        ("timezone nowy jork", "Hours are now those of the time zone America/New_York."),
        ("strefa czasowa: Europe/Wymysłów", "There is no time zone “Europe/Wymysłów”. To name one, reply for example: TIME ZONE Europe/Warsaw."),
    ],
)
def test_a_zone_is_set_by_mail_and_the_next_digest_is_told_in_it(site, office, words, said):
    join(site)

    assert said in flat(ask(office, words))
    if "DZIENNIE" in words:
        assert member(site).digest_due == datetime(2026, 3, 4, 7, tzinfo=UTC)


def test_a_wish_without_day_and_hour_hears_nothing_of_them(site, office):
    join(site)

    assert "could not be read" not in flat(ask(office, "Poproszę raz w tygodniu. Dziękuję, Anna, filia nr 4, ul. Długa 18"))


def test_a_term_in_the_body_belongs_to_the_pause_in_the_subject(site, office):
    join(site)
    letter = ask(office, "na dwa tygodnie mnie nie będzie", "przerwa")

    assert member(site).paused_until == datetime(2026, 3, 16, 23, tzinfo=UTC)
    assert letter.subject == "“Sieć BP”: pause until 16 March 2026"


@pytest.mark.parametrize("words", ["od 5 do 15 marca jestem na urlopie, proszę o przerwę", "przerwa 10.03-15.03"])
def test_a_pause_that_should_begin_later_says_that_it_has_begun(site, office, words):
    join(site)
    said = flat(ask(office, words))

    assert member(site).paused_until == datetime(2026, 3, 15, 23, tzinfo=UTC)
    assert "has begun at once and lasts until 15 March 2026" in said and "cannot be set to begin later" in said


@pytest.mark.parametrize("words", ["Pauza do 30 lutego", "PRZERWA DO 15.08.2019", "pause until 31 June"])
def test_a_day_that_cannot_be_is_named_as_the_trouble(site, office, words):
    join(site)
    letter = ask(office, words)

    assert letter.kind == "not-understood" and "PAUSE UNTIL 24.12" in flat(letter) and "gone by" in flat(letter)
    assert member(site).status is Status.ENABLED


def test_on_holiday_until_a_day_is_a_pause(site, office):
    join(site)
    ask(office, "on holiday until 15 May, please stop mails till then")

    assert member(site).paused_until == datetime(2026, 5, 15, 22, tzinfo=UTC)


# ---- sentences that hold all that is needed ------------------------------------------------------------------


def test_a_new_address_is_understood_behind_the_news_of_it(site, office):
    join(site)
    letter = ask(office, "Zmieniłam adres mailowy. Proszę o zmianę adresu na anna.nowa@school.example.org")

    assert letter.kind == "address-asked"


@pytest.mark.parametrize(
    "words", ["teraz nazywam się Wanda Nowak-Katalog", "Dzień dobry,\npo ślubie nazywam się Wanda Nowak-Katalog.", "My name is now Wanda Nowak-Katalog"]
)
def test_a_new_name_is_understood(site, office, words):
    join(site, name="Wanda Stara")
    letter = ask(office, words)

    assert letter.subject == "“Sieć BP”: the name is changed" and letter.text.splitlines()[2] == "the name is changed: Wanda Nowak-Katalog."
    with site.reading() as db:
        assert db.merge(member(site)).user.name == "Wanda Nowak-Katalog"


def test_the_words_of_a_search_may_stand_below_its_subject(site, office):
    join(site)

    assert ask(office, "czytniki e-booków", "szukaj").subject == "“Sieć BP”: nothing found for “czytniki e-booków”"


def test_a_thread_is_asked_for_by_please_and_its_title(site, office):
    join(site)
    office.send(f"Halina <{HALINA}>", "siecibp", "Scenariusze lekcji TIK", "Mam trzy.", proven=True)

    assert ask(office, "proszę o ten wątek: Scenariusze lekcji TIK").kind == "thread"


@pytest.mark.parametrize(
    ("words", "said"),
    [("interesują mnie tylko lekcje TIK", "Only posts of these topics come: Lekcje TIK"), ("nie interesują mnie spotkania", "do not come: Spotkania")],
)
def test_an_interest_that_is_a_topic_is_one(site, office, words, said):
    join(site)
    topics(site, "Spotkania")

    assert said in flat(ask(office, words))


@pytest.mark.parametrize("words", ["nie interesują mnie takie wiadomości", "Nie interesują mnie wycieczki", "not interested in football"])
def test_an_interest_that_is_no_topic_changes_nothing(site, office, words):
    join(site)
    topics(site, "Spotkania")

    assert ask(office, words).kind in ("not-understood", "left", "leave-confirm")


def test_everything_again_ends_the_pause_and_the_digests(site, office):
    join(site)
    ask(office, "dziennie\nprzerwa do 15.05")
    letter = ask(office, "znowu wszystko proszę")

    assert (member(site).status, member(site).delivery) == (Status.ENABLED, DeliveryMode.EACH)
    assert letter.subject == "“Sieć BP”: the pause is over"
    assert "the pause is over: from now on every post" in flat(letter)


@pytest.mark.parametrize(
    ("words", "subject"),
    [
        ("DZIENNIE", "“Sieć BP”: from now on once a day"),
        ("tygodniowo", "“Sieć BP”: from now on once a week"),
        ("miesięcznie", "“Sieć BP”: from now on once a month"),
        ("każdą", "“Sieć BP”: from now on each message at once"),
        ("tylko archiwum", "“Sieć BP”: from now on the archive only"),
        ("USTAWIENIA", "“Sieć BP”: settings"),
    ],
)
def test_the_subject_tells_what_has_happened(site, office, words, subject):
    join(site)

    assert ask(office, words).subject == subject


# ---- what there is -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["obszary", "jakie są obszary?", "TOPICS", "What topics are there?"])
def test_topics_are_told_by_mail(site, office, words):
    join(site)
    topics(site, "Spotkania")
    letter = ask(office, words)

    assert letter.kind == "topics" and "\n  Spotkania\n" in letter.text.replace("\r\n", "\n")
    assert office.reply(letter, "TYLKO OBSZAR spotkania") is State.ANSWERED
    assert "these topics come: Spotkania" in flat(office.letters(to=ANNA)[-1])


def test_help_and_settings_name_the_topics(site, office):
    join(site)
    topics(site, "Spotkania")

    assert "TOPICS: Lekcje TIK, Spotkania" in flat(ask(office, "HELP"))
    assert "Topics: Lekcje TIK, Spotkania." in flat(ask(office, "SETTINGS"))


@pytest.mark.parametrize("words", ["Proszę o link do archiwum, nie mogę się zalogować", "zapomniałam hasła", "LOGOWANIE", "sign in"])
def test_a_link_to_sign_in_comes_by_mail(site, office, words):
    join(site)
    letter = ask(office, words)

    assert letter.kind == "signing" and "https://lists.example.org/sign-in/" in letter.text and "no password" in letter.text


def test_an_address_in_what_was_not_understood_is_guessed_aloud(site, office):
    join(site)

    assert "ADDRESS anna.nowa@school.example.org" in flat(ask(office, "Mam teraz skrzynkę anna.nowa@school.example.org i tam czytam pocztę."))
    assert "ADDRESS anna" not in flat(ask(office, "Ładna pogoda."))


def test_a_stranger_hears_what_became_of_the_post_that_waits(site, office):
    office.send("jan@example.org", "siecibp", "Oferta mebli", "Mamy regały.")
    office.send("jan@example.org", "siecibp-request", "pytanie", "gdzie jest mój list?", proven=True)

    letter = office.letters(to="jan@example.org")[-1]
    assert letter.kind == "my-posts" and "Oferta mebli" in letter.text


def test_who_has_just_left_is_told_the_way_back(site, office):
    join(site)
    ask(office, "WYPISZ")
    office.send(ANNA, "siecibp-request", "x", "only the archive", proven=True)

    letter = office.letters(to=ANNA)[-1]
    assert letter.kind == "help" and "BACK (until 2 April 2026)" in flat(letter)
    office.reply(letter, "BACK")
    assert member(site)


def test_who_asks_to_join_and_is_on_the_list_can_answer_the_letter(site, office):
    join(site)
    office.send(ANNA, "siecibp-join", "x", "Am I on the list?", proven=True)
    letter = office.letters(to=ANNA)[-1]

    assert letter.kind == "help" and "is on the list “Sieć BP” already" in flat(letter)
    office.reply(letter, "DAILY")
    assert member(site).delivery is DeliveryMode.DIGEST


def test_one_mail_to_three_of_our_addresses_gets_one_letter(site, office):
    join(site)
    rcpts = [f"siecibp-{role}@lists.example.org" for role in ("request", "help", "pomoc")]
    office.deliver(aligned(mail(ANNA, ", ".join(rcpts), "x", "HELP")), *rcpts)

    assert len(office.letters(to=ANNA)) == 1


def test_hits_of_one_thread_are_told_once(site, office):
    join(site)
    first = None
    for number in range(3):
        office.send(f"Halina <{HALINA}>", "siecibp", "Re: Czytniki" if number else "Czytniki", f"Czytniki, list {number}.", proven=True, in_reply_to=first)
        first = office.posts()[0]["Message-ID"]
    letter = ask(office, "SZUKAJ czytniki")

    assert letter.text.count("/message/") == 1 and "is in 3 messages" in letter.text


def test_undo_stops_an_erasure_wherever_it_is_said(site, office):
    join(site)
    ask(office, "USUŃ MOJE DANE")
    ask(office, "USUŃ MOJE DANE")
    letter = next(one for one in reversed(office.letters(to=ANNA)) if one.kind == "erasing")
    assert "UNDO" in letter.text
    office.reply(letter, "UNDO")

    stopped = office.letters(to=ANNA)[-1]
    assert stopped.kind == "erasure-stopped" and "ERASE MY DATA" in stopped.text
    office.reply(stopped, "ERASE MY DATA")
    assert office.letters(to=ANNA)[-1].kind == "erasure-asked"


def test_a_new_address_is_taken_away_again_by_no(site, office):
    join(site)
    ask(office, "ADDRESS anna.nowa@school.example.org")
    office.reply(office.letters(to="anna.nowa@school.example.org")[-1], "YES")
    letter = next(one for one in reversed(office.letters(to=ANNA)) if one.kind == "address-added")
    assert member(site) is None

    office.reply(letter, "NO")
    assert member(site) is not None
    assert office.letters(to="anna.nowa@school.example.org")[-1].kind == "address-removed"


def test_thanks_for_the_news_of_an_address_take_nothing_away(site, office):
    join(site)
    ask(office, "ADDRESS anna.nowa@school.example.org")
    office.reply(office.letters(to="anna.nowa@school.example.org")[-1], "YES")
    letter = next(one for one in reversed(office.letters(to=ANNA)) if one.kind == "address-added")

    office.reply(letter, "Thank you")
    assert member(site, "anna.nowa@school.example.org") is not None


def test_a_message_that_is_taken_back_twice_is_simply_taken_back(office):
    office.send("jan@example.org", "siecibp", "Offer of shelves", "We have shelves to give away.", proven=True)
    held = office.letters(to="jan@example.org", kind="held")[-1]
    office.reply(held, "WITHDRAW")
    office.reply(held, "WITHDRAW")

    first, second = office.letters(to="jan@example.org", kind="held-withdrawn")
    assert first.subject == second.subject == "Withdrawn: “Offer of shelves”"
    assert "taken back already" in flat(second)


def test_where_a_rule_holds_a_post_its_author_hears_that_it_is_read_first():
    assert "on this list a moderator reads such messages first" in letters.render("held", "en", **{**FACTS, "reasons": (Reason.RULE,)}).body
    assert "do not take such messages" in letters.render("refused", "en", **{**FACTS, "reasons": (Reason.RULE,)}).body


def test_a_stranger_whose_post_is_refused_hears_how_to_join():
    assert "To join, a few words to moderator_siecibp@listy.example.org" in " ".join(letters.render("refused", "en", **FACTS).body.split())


def test_days_alone_in_answer_to_a_digest_are_for_people_and_a_schedule_in_so_many_words_is_not():
    assert [digestreplies.wanted_of_digest(words) for words in ("W piątki o 7.", "od poniedziałku do piątku", "co najmniej 3 wiadomości")] == [(), (), ()]
    assert [one.words for one in digestreplies.wanted_of_digest("przegląd w piątki")] == ["weekly fri 07:00"]

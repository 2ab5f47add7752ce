"""Leaving by mail: one word from any address of one's own; found by what a letter quotes; and the way back."""

import email.policy
from email.message import EmailMessage

import pytest

from listserv import links
from listserv.mail import tokens
from listserv.mail.tokens import Kind
from listserv.store.lists import list_by_name
from listserv.store.members import DeliveryMode, Status
from listserv.store.people import Address
from listserv.store.queue import State
from listserv.usecases import banning
from listserv.usecases.access import CONSOLE
from tests.office import aligned
from tests.usecases.steered import ANNA, HALINA, join, member, next_day

ELSEWHERE = "anna.nowa@szkola.example.org"
LEAVE = "siecibp-leave@lists.example.org"


@pytest.fixture
def anna(site, office):
    return join(site, name="Anna Nowa")


def copy_for(site, member_id):
    """A copy as it lies in a mailbox, with the fields that are its reader's own."""
    key = links.signing_key(site.settings)
    token, bounce = tokens.sign(key, Kind.UNSUBSCRIBE, member_id), tokens.sign(key, Kind.BOUNCE, member_id, 7)
    head = f"Return-Path: <r+{bounce}@lists.example.org>\r\nList-Unsubscribe: <https://lists.example.org/unsubscribe/{token}>,\r\n <mailto:r+{token}@lists.example.org>\r\n"
    return head.encode() + b"From: Marek <marek@example.org>\r\nSubject: Spotkanie\r\n\r\nKiedy?\r\n"


def forwarded(site, member_id, sender=ELSEWHERE, kind="message/rfc822"):
    """Somebody passes a copy on as an attachment."""
    mail = EmailMessage(policy=email.policy.SMTP)
    mail["From"], mail["To"], mail["Subject"], mail["Message-ID"] = sender, LEAVE, "wypisz", f"<{member_id}.fwd@x>"
    mail.set_content("Wypisz mnie proszę")
    if kind == "message/rfc822":
        mail.add_attachment(email.message_from_bytes(copy_for(site, member_id), policy=email.policy.SMTP))
    else:
        mail.add_attachment(copy_for(site, member_id), maintype="application", subtype="octet-stream", filename="Spotkanie.eml")
    return mail.as_bytes()


# ---- one word -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["siecibp-leave", "siecibp-request", "siecibp-wypisz"])
def test_one_word_from_any_alias_is_enough(site, office, anna, place):
    with site.writing() as db:
        db.add(Address(user_id=member(site).user_id, email="a.nowa@example.org", key="a.nowa@example.org", verified_at=site.now()))

    assert office.send("a.nowa@example.org", place, "x", "wypisz", proven=True) is State.ANSWERED

    assert member(site) is None
    (goodbye,) = office.letters(to=ANNA)
    assert goodbye.kind == "left"


@pytest.mark.parametrize("text", ["LEAVE", "Unsubscribe", "Please remove me from the list.", "Proszę o wypisanie z listy.\n\nPozdrawiam\nAnna"])
def test_a_bare_wish_troubles_no_moderator(site, office, anna, text):
    office.send(ANNA, "siecibp-leave", "x", text, proven=True)

    assert {letter.kind for letter in office.letters()} == {"left"}


def test_the_reason_reaches_each_moderator_once(site, office, anna):
    words = "Proszę o wypisanie mnie z listy, bo odchodzę na emeryturę. Dziękuję za wszystko.\n\nAnna"
    office.send(ANNA, "siecibp-leave", "x", words, proven=True)

    told = office.letters(kind="left-reason")
    assert sorted(letter.to for letter in told) == ["mod@example.org", "owner@example.org"]
    assert "odchodzę na emeryturę" in told[0].text and told[0].mail["Reply-To"] == ANNA
    assert office.reply(office.letters(to=ANNA)[-1], "I change my job, that is all.") is State.ANSWERED
    assert len(office.letters(kind="left-reason")) == 2


def test_a_reply_to_the_goodbye_says_why_once(office, anna):
    office.send(ANNA, "siecibp-leave", "x", "LEAVE", proven=True)
    (goodbye,) = office.letters(to=ANNA)

    assert office.reply(goodbye, "There were too many messages for me, sorry.") is State.FORWARDED
    assert office.reply(goodbye, "And another thing: the archive was hard to find.") is State.ANSWERED
    assert len(office.letters(kind="left-reason")) == 2
    assert office.reply(goodbye, "Thank you!") is State.ANSWERED


def test_who_was_asked_back_and_says_why_is_heard_and_a_forger_is_not(site, office, anna):
    office.send(ANNA, "siecibp-leave", "x", "I leave because the moderator is a thief.")
    assert member(site)
    question = office.letters(to=ANNA)[-1]

    office.reply(question, "Yes, because I am retiring and moving to the sea.", proven=None)
    assert member(site) is None
    told = office.letters(kind="left-reason")[0].text
    assert "because I am retiring" in told and "thief" not in told


def test_a_bare_yes_tells_nobody_elses_words(site, office, anna):
    office.send(ANNA, "siecibp-leave", "x", "I leave because the moderator is a thief.")
    office.reply(office.letters(to=ANNA)[-1], "Yes", proven=None)

    assert member(site) is None and not office.letters(kind="left-reason")


@pytest.mark.parametrize("words", ["Proszę mnie NIE wypisywać, to pomyłka", "Jak się wypisać?", "Kiedy spotkanie?", "Nie chcę się wypisywać"])
def test_the_address_for_leaving_obeys_no_letter_that_says_otherwise(site, office, anna, words):
    office.send(ANNA, "siecibp-leave", "x", words, proven=True)

    assert member(site)
    assert [one.kind for one in office.letters()] == ["leave-confirm"]


def test_forged_wishes_write_no_letter_to_whom_they_name(site, office, anna):
    for words in ("LEAVE", "DAILY", "ADDRESS evil@example.net", "erase my data", "PAUSE"):
        office.send(ANNA, "siecibp-request", "x", words, proven=False)

    assert office.letters(to=ANNA) == [] and member(site)


UNCLEAR = ["Co to jest?", "Dlaczego dostaję takie pytanie?", "wait", "Dziękuję", "Biblioteka jest zamknięta do 15 sierpnia.", "Ten adres już nie jest używany."]
STAYS = ["Chcę zostać na liście", "Zostaję", "I want to stay", "Proszę mnie nie wypisywać", "To pomyłka, proszę zignorować", "ANULUJ", "COFNIJ", "Please keep me on the list!"]
STAYS += ["Jednak zostanę", "Ktoś się pode mnie podszywa!", "Nie, to nie ja prosiłem", "NIE! to pomyłka"]
ROBOTS = ["Państwa zgłoszenie zostało zarejestrowane pod numerem 1234.", "Ich bin bis Montag nicht im Büro.", "Estoy de vacaciones hasta el lunes.", "Я у відпустці."]


@pytest.mark.parametrize("words", [*UNCLEAR, *ROBOTS])
def test_only_a_yes_or_a_wish_takes_off_and_all_else_is_asked_about_once(site, office, anna, words):
    office.send(ANNA, "siecibp-leave", "x", "wypisz")
    question = office.letters(to=ANNA)[-1]
    office.reply(question, words, proven=None)
    again = office.letters(to=ANNA)[-1]
    assert again is not question and "neither YES nor NO" in " ".join(again.text.split())
    for number in range(4):
        office.reply(again, f"{words} {number}", proven=None)

    assert member(site)
    assert [one.kind for one in office.letters(to=ANNA)] == ["leave-confirm"] * 2
    assert len(office.letters(kind="contact")) == 2, "one for each moderator"
    office.reply(again, "YES", proven=None)
    assert member(site) is None


@pytest.mark.parametrize("words", STAYS)
def test_who_says_no_stays_and_reads_so(site, office, anna, words):
    office.send(ANNA, "siecibp-leave", "x", "wypisz")
    office.reply(office.letters(to=ANNA)[-1], words, proven=None)

    assert member(site)
    told = office.letters(to=ANNA)[-1]
    assert (told.kind, "nothing has changed" in told.subject) == ("leave-not", True)


@pytest.mark.parametrize("words", ["Tak", "TAK, proszę", "Yes, please", "Potwierdzam.", "Tak, proszę mnie wypisać", "wypisz", "Nie chcę już dostawać wiadomości", "STOP"])
def test_a_yes_and_a_wish_take_off(site, office, anna, words):
    office.send(ANNA, "siecibp-leave", "x", "wypisz")
    office.reply(office.letters(to=ANNA)[-1], words, proven=None)

    assert member(site) is None


PASSED_ON = [
    "Jan napisał do mnie:\n\nProszę mnie wypisać z listy.\nJan",
    "Przekazuję prośbę Jana:\nProszę mnie wypisać z listy.",
    "Dnia 3 marca 2026 Jan <jan@example.org> napisał(a):\n\nProszę mnie wypisać z listy.",
    "W dniu 3.03.2026 o 10:00 użytkownik Jan <jan@example.org> napisał:\n\nProszę mnie wypisać z listy.",
]


@pytest.mark.parametrize("place", ["siecibp-request", "siecibp-leave"])
@pytest.mark.parametrize("words", PASSED_ON)
def test_somebody_elses_wish_that_is_passed_on_takes_nobody_off_and_is_no_reason(site, office, anna, words, place):
    office.send(ANNA, place, "x", words, proven=True)

    assert member(site)
    assert [one.kind for one in office.letters()] == ["leave-confirm"]
    office.reply(office.letters(to=ANNA)[-1], "YES")
    assert not office.letters(kind="left-reason")


# ---- the way back -------------------------------------------------------------------------------------------


def test_one_word_brings_back_with_the_same_settings_and_without_an_application(site, office, anna):
    office.send(ANNA, "siecibp-request", "x", "weekly on friday at 15", proven=True)
    office.send(ANNA, "siecibp-leave", "x", "LEAVE", proven=True)

    office.reply(office.letters(to=ANNA)[-1], "BACK", proven=None)

    back = member(site)
    assert (back.delivery, back.schedule, back.digest_due is not None) == (DeliveryMode.DIGEST, "weekly fri 15:00", True)
    assert office.letters(to=ANNA)[-1].kind == "welcome"
    assert not office.letters(kind="application-moderator")


COURTESIES = ["OK, dziękuję", "Ok", "OK, żegnam", "Tak, bo za dużo wiadomości", "Tak, z powodu przejścia na emeryturę.", "Yes, goodbye", "Wracam do pracy w szkole.", "nie wracam"]


@pytest.mark.parametrize("words", COURTESIES)
def test_a_courtesy_and_a_reason_bring_nobody_back(site, office, anna, words):
    office.send(ANNA, "siecibp-leave", "x", "LEAVE", proven=True)
    office.reply(office.letters(to=ANNA)[-1], words)

    assert member(site) is None


@pytest.mark.parametrize("words", ["WRACAM", "wracam jednak", "Jednak wracam.", "chcę wrócić", "to pomyłka", "COFNIJ", "I'd like to come back", "Przepraszam, to była pomyłka"])
def test_whoever_says_that_they_come_back_is_back(site, office, anna, words):
    office.send(ANNA, "siecibp-leave", "x", "LEAVE", proven=True)
    office.reply(office.letters(to=ANNA)[-1], words)

    assert member(site)
    assert not office.letters(kind="left-reason")


def test_a_reason_is_answered_by_one_line_with_the_way_back(site, office, anna):
    office.send(ANNA, "siecibp-leave", "x", "LEAVE", proven=True)
    office.reply(office.letters(to=ANNA)[-1], "There were too many messages for me, sorry.")

    heard = office.letters(to=ANNA)[-1]
    assert (heard.kind, "The moderators" in heard.text, "BACK" in heard.text) == ("left-heard", True, True)
    office.reply(heard, "BACK")
    assert member(site)


def test_further_words_to_the_goodbye_do_not_end_in_silence(site, office, anna):
    office.send(ANNA, "siecibp-leave", "x", "LEAVE", proven=True)
    office.reply(office.letters(to=ANNA)[-1], "There were too many messages for me, sorry.")
    office.new_letters()

    office.reply(office.letters(to=ANNA)[-1], "And the letters were rather long, to be honest.")

    assert [(one.kind, one.to) for one in office.new_letters()] == [("left-heard", ANNA)]
    assert "BACK" in office.letters(to=ANNA)[-1].text


def test_who_has_left_may_ask_to_be_forgotten_in_reply_to_the_goodbye(site, office, anna):
    office.send(ANNA, "siecibp-leave", "x", "LEAVE", proven=True)
    goodbye = office.letters(to=ANNA)[-1]
    assert "ERASE MY DATA" in goodbye.text
    office.reply(goodbye, "ONLY THE ARCHIVE")
    assert office.letters(to=ANNA)[-1].kind == "left-heard"
    office.reply(goodbye, "ERASE MY DATA")
    assert office.letters(to=ANNA)[-1].kind == "erasure-asked"


def test_the_way_back_is_open_for_thirty_days(site, office, anna, clock):
    office.send(ANNA, "siecibp-leave", "x", "LEAVE", proven=True)
    (goodbye,) = office.letters(to=ANNA)

    next_day(site, clock, days=31)
    office.reply(goodbye, "BACK")

    assert member(site) is None
    assert office.letters(to=ANNA)[-1].kind == "too-late"


def test_who_is_moderated_comes_back_moderated(site, office, anna):
    with site.writing() as db:
        from listserv.store.members import Member

        db.get(Member, anna).moderated = True
    office.send(ANNA, "siecibp-leave", "x", "LEAVE", proven=True)
    office.reply(office.letters(to=ANNA)[-1], "BACK")

    assert member(site).moderated


def test_whom_the_moderators_have_barred_meanwhile_does_not_come_back(site, office, anna):
    office.send(ANNA, "siecibp-leave", "x", "LEAVE", proven=True)
    with site.writing() as db:
        banning.ban(db, list_by_name(db, "siecibp"), ANNA, CONSOLE, site.now())

    office.reply(office.letters(to=ANNA)[0], "BACK")
    assert member(site) is None


def test_coming_back_works_once(site, office, anna):
    office.send(ANNA, "siecibp-leave", "x", "LEAVE", proven=True)
    (goodbye,) = office.letters(to=ANNA)
    office.reply(goodbye, "BACK")
    office.send(ANNA, "siecibp-leave", "x", "LEAVE", proven=True)

    office.reply(goodbye, "BACK")
    assert member(site) is None


# ---- the wrong address --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["message/rfc822", "application/octet-stream"])
def test_from_another_address_a_forwarded_copy_shows_whose_it_is(site, office, anna, kind):
    assert office.deliver(aligned(forwarded(site, anna, kind=kind)), LEAVE, mail_from=ELSEWHERE) is State.ANSWERED

    question, answer = office.letters(to=ANNA)[-1], office.letters(to=ELSEWHERE)[-1]
    assert (question.kind, answer.kind) == ("leave-confirm", "not-a-member")
    assert ANNA not in answer.text, "whoever wrote learns no address"
    assert member(site), "nobody can take off somebody else"

    # The letter is forwarded as the list's mail is, and is answered from there.
    office.reply(question, "OK", sender=ELSEWHERE, proven=None)
    assert member(site) is None


def test_a_quoted_welcome_shows_whose_it_is(site, office, anna):
    quoted = f"> To leave with one click:\n>   {links.unsubscribe_url(site.settings, anna)}\n"
    office.send(ELSEWHERE, "siecibp-request", "x", f"Wypisz mnie\n\nW dniu 3.03.2026 o 10:00, Sieć BP pisze:\n{quoted}")

    assert office.letters(to=ANNA)[-1].kind == "leave-confirm"
    assert member(site)


def test_an_answered_digest_shows_whose_it_is(site, office, anna, clock):
    office.send(ANNA, "siecibp-request", "x", "DAILY", proven=True)
    office.send(HALINA, "siecibp", "Spotkanie", "Kiedy?")
    next_day(site, clock)
    digest = office.letters(to=ANNA, kind="digest")[0]

    office.send(ELSEWHERE, "siecibp-leave", "x", "wypisz", in_reply_to=str(digest.mail["Message-ID"]), references=str(digest.mail["Message-ID"]))
    assert office.letters(to=ANNA)[-1].kind == "leave-confirm"


def test_a_wish_sent_to_the_address_a_copy_came_from_finds_its_reader(site, office, anna):
    bounce = f"r+{tokens.sign(links.signing_key(site.settings), Kind.BOUNCE, anna, 7)}"
    office.send(ELSEWHERE, bounce, "x", "Please unsubscribe me")

    assert office.letters(to=ANNA)[-1].kind == "leave-confirm"
    assert office.letters(to=ELSEWHERE)[-1].kind == "not-a-member"


def test_the_copys_own_address_in_ones_own_hand_is_enough(site, office, anna):
    token = links.unsubscribe_address(site.settings, anna)

    office.send(ELSEWHERE, token, "unsubscribe", "This message was automatically generated by the mail program.")
    assert member(site) is None
    assert not office.letters(kind="left-reason"), "a machine's words are no reason"


def test_the_token_of_another_lists_member_points_to_nobody_here(site, office, anna):
    with site.writing() as db:
        from listserv.usecases import administration
        from tests.conftest import add

        other = administration.create_list(db, administration.NewList("inna", "Inna"), CONSOLE, site.now())
        there = add(db, other, "jan@example.org", site.now()).id
    office.deliver(aligned(forwarded(site, there)), LEAVE, mail_from=ELSEWHERE)

    assert office.letters(to="jan@example.org") == []
    assert office.letters(to=ELSEWHERE)[-1].kind == "not-a-member"


def test_a_stranger_without_any_clue_hears_how_to_find_the_address(site, office, anna):
    office.send(ELSEWHERE, "siecibp-leave", "x", "Proszę mnie wypisać", proven=True)

    (letter,) = office.letters()
    assert (letter.to, letter.kind) == (ELSEWHERE, "not-a-member")
    assert "siecibp-leave@lists.example.org" in letter.text


def test_many_copies_in_a_strangers_hands_fill_nobodys_mailbox(site, office, anna):
    for _ in range(12):
        office.deliver(forwarded(site, anna), LEAVE, mail_from=ELSEWHERE)

    assert len(office.letters(to=ANNA)) <= 5
    assert member(site)


# ---- sent to the list ---------------------------------------------------------------------------------------


def test_a_bare_word_sent_to_everybody_is_asked_about_and_reaches_nobody(site, office, anna):
    assert office.send(ANNA, "siecibp", "Spotkanie", "WYPISZ", proven=True) is State.ANSWERED
    assert office.posts() == []
    assert member(site)

    office.reply(office.letters(to=ANNA)[-1], "Yes, please", proven=None)
    assert member(site) is None


def test_meant_for_everybody_it_is_posted_after_all(site, office, anna):
    office.send(ANNA, "siecibp", "Warsztaty", "Wypisz mnie", proven=True)
    office.reply(office.letters(to=ANNA)[-1], "SEND", proven=True)

    assert member(site)
    assert [str(post["Subject"]) for post in office.posts()] == ["Warsztaty"]
    assert office.letters(to="owner@example.org") == [], "its writer has said so: no human need look"


LONE = [
    "proszę mnie wypisać z tej listy",
    "Wypiszcie mnie, proszę. Pozdrawiam, Lena Rozdział",
    "WYPISZ\n\nHenryk Tomik",
    "WYPISZ\nLena",
    "Dzień dobry,\n\nproszę o wypisanie mnie z listy.\n\nPozdrawiam\nAnna Nowa",
    "Please remove me from this list.\n\nThanks,\nJohn",
]


@pytest.mark.parametrize("answers", [True, False])
@pytest.mark.parametrize("words", LONE)
def test_a_wish_to_leave_sent_to_everybody_reaches_nobody_and_no_moderator(site, office, anna, words, answers):
    office.send(HALINA, "siecibp", "Warsztaty", "Kto przyjdzie?", message_id="<w@x>")
    more = {"in_reply_to": "<w@x>"} if answers else {}
    assert office.send(ANNA, "siecibp", "Re: Warsztaty" if answers else "prośba", words, proven=True, **more) is State.ANSWERED

    assert len(office.posts()) == 1
    assert [(one.kind, one.to) for one in office.letters()] == [("leave-confirm", ANNA)]
    office.reply(office.letters(to=ANNA)[-1], "SEND")
    assert len(office.posts()) == 2 and member(site)


@pytest.mark.parametrize("proven", [True, None])
def test_a_wish_for_a_rest_sent_to_everybody_is_asked_about_and_a_yes_pauses(site, office, anna, proven):
    assert office.send(ANNA, "siecibp", "Urlop", "Dzień dobry,\nproszę o wstrzymanie wiadomości, jadę na urlop.\n\nAnna Nowa", proven=proven) is State.ANSWERED

    (asked,) = office.letters()
    assert (asked.kind, asked.to, office.posts()) == ("confirm-settings", ANNA, [])
    assert "a rest from mail" in asked.text and member(site).status is Status.ENABLED
    assert ("did not confirm its sender" in " ".join(asked.text.split())) is (proven is None)
    office.reply(asked, "YES")
    assert member(site).status is Status.PAUSED and office.posts() == []


def test_a_wish_for_a_rest_that_was_meant_for_everybody_is_posted_after_all(site, office, anna):
    office.send(ANNA, "siecibp", "Urlop", "Jadę na urlop do 15 lipca, proszę o wstrzymanie wiadomości.", proven=True)
    office.reply(office.letters(to=ANNA)[-1], "SEND")

    assert len(office.posts()) == 1 and member(site).status is Status.ENABLED


def test_who_tells_everybody_that_they_are_away_is_read_by_everybody(site, office, anna):
    assert office.send(ANNA, "siecibp", "Urlop", "Jadę na urlop do 15 lipca. Zastępuje mnie Ewa.", proven=True) is State.POSTED


@pytest.mark.parametrize("words", ["proszę wyciszyć ten wątek, dziękuję\n-- \nAnna Nowa\nBiblioteka", "proszę o ten wątek", "Could you send me this thread?"])
def test_a_wish_about_the_thread_reaches_nobody_either(site, office, anna, words):
    office.send(HALINA, "siecibp", "Warsztaty", "Kto przyjdzie?", message_id="<w@x>")
    assert office.send(ANNA, "siecibp", "Re: Warsztaty", words, proven=True, in_reply_to="<w@x>") is State.ANSWERED

    assert len(office.posts()) == 1


@pytest.mark.parametrize(
    "words", ["Proszę mnie wypisać z warsztatów.", "Proszę o listę uczestników", "Rezygnuję.", "Proszę mnie wypisać z listy obecności", "Jak się wypisać z listy?"]
)
def test_what_is_meant_for_people_is_a_post(site, office, anna, words):
    office.send(HALINA, "siecibp", "Warsztaty", "Kto przyjdzie?", message_id="<w@x>")
    assert office.send(ANNA, "siecibp", "Re: Warsztaty", words, proven=True, in_reply_to="<w@x>") is State.POSTED


def test_in_a_sentence_it_may_answer_a_question_and_is_a_post(site, office, anna):
    office.send(HALINA, "siecibp", "Warsztaty", "Kto przyjdzie?", message_id="<w@x>")

    assert office.send(ANNA, "siecibp", "Re: Warsztaty", "Proszę mnie wypisać z warsztatów.", proven=True, in_reply_to="<w@x>") is State.POSTED


# ---- to the humans ------------------------------------------------------------------------------------------


def test_a_wish_to_leave_that_reaches_the_humans_from_elsewhere_is_no_application(site, office, anna):
    assert office.send(ELSEWHERE, "moderator_siecibp", "x", "Proszę o wypisanie mnie z listy.") is State.FORWARDED

    assert {letter.kind for letter in office.letters()} == {"contact"}


def test_the_humans_are_not_flooded_with_them(office, anna):
    for number in range(15):
        office.send(f"a{number}@szkola.example.org", "moderator_siecibp", "x", "Proszę o wypisanie mnie z listy.")

    assert len(office.letters(kind="contact")) == 20, "ten for each of two moderators"


def test_a_member_who_asks_the_humans_is_taken_off_and_they_hear_why(site, office, anna):
    office.send(ANNA, "moderator_siecibp", "x", "Please take me off the list, I am retiring.", proven=True)

    assert member(site) is None
    assert sorted({one.kind for one in office.letters()}) == ["left", "left-reason"]


def test_a_member_whom_nobody_has_proven_is_asked_first(site, office, anna):
    office.send(ANNA, "moderator_siecibp", "x", "Please take me off the list, I am retiring.")

    assert member(site)
    assert [(one.kind, one.to) for one in office.letters()] == [("leave-confirm", ANNA)]

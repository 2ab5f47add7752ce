"""What comes of a moderator's word besides the decision: receipts, letters to the others, questions, and what is asked back."""

import pytest

from listserv.mail.decisions import nods
from listserv.store.bans import bars
from listserv.store.lists import list_by_name
from listserv.store.members import member_by_key
from listserv.store.moderation import ApplicationState, HeldState
from listserv.usecases import administration
from listserv.usecases.access import CONSOLE
from tests.office import aligned, mail
from tests.usecases.twocases import ANNA, AUTHOR, LIST, MOD, OWNER, application, case, held, kinds, question, reasons  # noqa: F401  (a fixture)

# ---- the author hears of every decision ---------------------------------------------------------------------


def test_the_author_hears_of_every_new_decision(case, site):
    for words, state in (("NIE, reklama", "held-refused"), ("TAK", "held-published"), ("NIE, dubel", "held-refused"), ("TAK", "held-published")):
        case.new_letters()
        case.reply(question(case), words)
        assert [one.kind for one in case.new_letters() if one.to == AUTHOR] == [state]
        case.reply(question(case), "COFNIJ")


# ---- receipts -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "words", "subject", "text"), [
    ("held-moderator", "TAK", "Plakaty", ""),
    ("held-moderator", "NIE, to reklama", "Plakaty", "to reklama"),
    ("application-moderator", "TAK", "Anna Nowa", ""),
    ("application-moderator", "NIE, lista jest pełna", "Anna Nowa", "lista jest pełna"),
])  # fmt: skip
def test_who_decides_is_told_what_was_done_and_how_to_take_it_back(case, kind, words, subject, text):
    case.reply(question(case, kind), words)

    told = question(case, "decision-done")
    assert subject in told.subject
    assert text in told.text
    case.reply(told, "COFNIJ")
    assert [one for one in case.letters(to=OWNER) if one.kind == "decision-undone"]


def test_thanks_for_the_receipt_end_there(case, site):
    case.reply(question(case), "TAK")
    case.new_letters()
    case.reply(question(case, "decision-done"), "Dziękuję!")

    assert case.new_letters() == []
    assert reasons(site) == "thanks"


def test_in_a_flood_receipts_stop_and_the_last_one_says_so(office, site):
    for number in range(16):
        sender = f"obcy{number}@example.org"
        office.deliver(aligned(mail(f"Obcy <{sender}>", LIST, f"Plakaty {number}", f"Mamy plakaty {number}.\n")), LIST, mail_from=sender)
    asked = [one for one in office.letters(to=OWNER) if one.kind == "held-moderator"]
    more = [one for one in office.letters(to=MOD) if one.kind == "held-moderator"]
    for one in (*asked, *more):
        office.reply(one, "NIE")

    told = [one for one in office.letters() if one.kind == "decision-done"]
    assert 12 <= len(told) <= 26
    for who in (OWNER, MOD):
        assert len([one for one in told if one.to == who]) <= 13


# ---- the other moderators -----------------------------------------------------------------------------------


def test_the_others_see_in_the_title_which_post_and_what_became_of_it(case):
    case.reply(question(case), "NIE, to reklama")
    no = question(case, "decided", OWNER)
    case.reply(no, "COFNIJ")
    again = question(case, "decision-undone", MOD)
    case.reply(question(case), "TAK")
    yes = question(case, "decided", OWNER)
    case.reply(question(case, "application-moderator"), "TAK")
    person = question(case, "decided", OWNER)

    assert all("Plakaty" in one.subject and "Obcy Autor" in one.subject for one in (no, again, yes))
    assert len({no.subject, again.subject, yes.subject}) == 3
    assert "to reklama" in no.text
    assert "Anna Nowa" in person.subject


# ---- questions to an applicant ------------------------------------------------------------------------------

PRIVATE = (
    *("Wygląda mi to na oszustkę.", "Znam ją, straszna baba.", "Proszę to skasować", "To spam!", "Alina, co o niej sądzisz?", "Kto to?", "Ktoś ją zna?", "What do you think of her?"),
    *("-- \nZofia Lektura\ntel. 600 100 200 prywatny", "Alina, decyduj.", "Zostawmy to na razie.", "Ich bin bis 15.8. nicht im Büro.", "Dziękujemy za zgłoszenie. Nadaliśmy mu numer 1234."),
)


@pytest.mark.parametrize("words", PRIVATE)
def test_what_is_no_question_never_reaches_the_applicant(case, site, words):
    before = len(case.letters(to=ANNA))
    case.reply(question(case, "application-moderator"), words)

    assert len(case.letters(to=ANNA)) == before
    assert application(site) is ApplicationState.AWAITING_MODERATOR
    assert question(case, "decision-unclear")


@pytest.mark.parametrize("more", [{"cc": OWNER}, {"cc": "kolezanka@example.com"}])
def test_a_question_that_went_to_others_too_is_not_passed_on(case, site, more):
    case.reply(question(case, "application-moderator"), "Skąd Pani o nas wie?", **more)

    assert "application-question" not in kinds(case, ANNA)
    assert "Skąd Pani o nas wie?" in question(case, "decision-unclear").text


def test_a_reason_that_went_to_others_too_refuses_nobody(case, site):
    case.reply(question(case), "NIE, reklama", cc=OWNER)
    assert held(site) is HeldState.PENDING
    case.reply(question(case), "NIE", cc=OWNER)
    assert held(site) is HeldState.REFUSED


def test_words_that_were_kept_are_passed_on_by_one_word(case, site):
    case.reply(question(case, "application-moderator"), "Proszę o nazwę biblioteki.")
    kept = question(case, "decision-unclear")
    assert "Proszę o nazwę biblioteki." in kept.text
    assert "application-question" not in kinds(case, ANNA)
    case.reply(kept, "PYTANIE", proven=None)
    case.reply(question(case, "confirm-decision"), "PYTANIE", proven=None)

    assert application(site) is ApplicationState.ASKED
    assert "Proszę o nazwę biblioteki." in question(case, "application-question", ANNA).text


def test_the_others_learn_of_a_question_and_the_answer_shows_it(case, site):
    case.reply(question(case, "application-moderator"), "PYTANIE: z jakiej biblioteki Pani pisze?")

    assert "z jakiej biblioteki" in question(case, "application-asked", OWNER).text
    assert "z jakiej biblioteki" in question(case, "decision-done").text
    case.reply(question(case, "application-question", ANNA), "Ze szkolnej w Wymyślnej")
    answer = question(case, "application-answer", OWNER).text
    assert answer.index("z jakiej biblioteki") < answer.index("Ze szkolnej")
    assert "Zofia Lektura" in answer


# ---- who it was ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("proven", [None, False])
def test_an_address_that_nobody_has_proven_is_not_barred(office, site, proven):
    with site.writing() as db:
        list_by_name(db, "siecibp").moderate_members = True
    office.send("halina@example.org", "siecibp", "Oferta", "Kupcie meble.\n", proven=proven)
    office.reply(question(office), "BLOKUJ")

    assert held(site) is HeldState.DISCARDED
    with site.reading() as db:
        assert not bars(db, list_by_name(db, "siecibp"), ["halina@example.org"])
    assert question(office, "decision-done")


def test_asking_back_goes_on_after_an_hour(case, site, clock):
    for _ in range(5):
        case.reply(question(case), "TAK", proven=None)
    assert kinds(case, MOD).count("confirm-decision") == 3
    clock.move(minutes=61)
    case.reply(question(case), "TAK", proven=None)
    assert kinds(case, MOD).count("confirm-decision") == 4
    case.reply(question(case, "confirm-decision"), "TAK", proven=None)
    assert held(site) is HeldState.PUBLISHED


def test_who_decides_no_longer_is_not_asked_for_a_confirmation(case, site):
    letter = question(case)
    with site.writing() as db:
        administration.remove_member(db, member_by_key(db, list_by_name(db, "siecibp"), MOD), CONSOLE, site.now())
    case.reply(letter, "TAK", proven=None)

    assert "confirm-decision" not in kinds(case, MOD)
    assert held(site) is HeldState.PENDING


def test_an_undo_counts_late_only_where_it_was_what_was_asked(case, site, clock):
    first = question(case)
    case.reply(first, "TAK")
    clock.move(minutes=9)
    case.reply(first, "NIE, spam", proven=None)
    clock.move(hours=11)
    case.reply(question(case, "confirm-decision"), "COFNIJ", proven=None)

    assert held(site) is HeldState.PUBLISHED


def test_two_machines_do_not_go_on_about_what_was_not_understood(case):
    case.reply(question(case), "Dziękujemy bardzo")
    for _ in range(8):
        case.reply(question(case, "decision-unclear"), "Dziękujemy bardzo")

    assert 1 <= kinds(case, MOD).count("decision-unclear") <= 3


def test_a_nod_in_answer_to_a_question_of_ours_does_what_was_asked(office, site):
    office.send("halina@example.org", "siecibp-request", "DZIENNIE", "DZIENNIE\n", proven=None)
    office.reply(question(office, "confirm-settings", "halina@example.org"), "tak to ja", proven=None)

    with site.reading() as db:
        assert member_by_key(db, list_by_name(db, "siecibp"), "halina@example.org").delivery == "digest"
    assert not nods("tak, ale nie ja")


@pytest.mark.parametrize("words", ["TAK", "Cofnij.", "nie", "OK\n\nPozdrawiam\nZofia"])
def test_a_moderators_word_to_the_list_itself_reaches_nobody_until_they_say_so(case, site, words):
    case.send(MOD, "siecibp", "Odp: Plakaty", words, proven=True)

    assert not case.posts()
    assert held(site) is HeldState.PENDING
    case.reply(question(case, "decision-astray"), "WYŚLIJ")
    assert len(case.posts()) == 1


def test_such_a_word_in_a_thread_or_from_a_member_is_a_post(office):
    first = mail("halina@example.org", LIST, "Kto będzie?", "Kto będzie w piątek?\n", message_id="<jeden@example.org>")
    office.deliver(aligned(first), LIST)
    office.send(MOD, "siecibp", "Re: Kto będzie?", "Tak", proven=True, in_reply_to="<jeden@example.org>")
    office.send("marek@example.org", "siecibp", "Re: Kto będzie?", "Tak", proven=True)

    assert len(office.posts()) == 3

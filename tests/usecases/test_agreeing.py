"""Consent is a word of somebody who has seen the sentence: never silence, nor a letter written before; and who refuses is asked, not admitted."""

import pytest
from sqlalchemy import select

from listserv.errors import Invalid
from listserv.store.consents import Consent
from listserv.store.lists import list_by_name
from listserv.store.members import member_by_key
from listserv.store.moderation import Application, ApplicationState
from listserv.store.queue import State
from listserv.usecases import administration, membership
from listserv.usecases.access import CONSOLE

ANNA, MOD, OWNER = "anna@example.org", "mod@example.org", "owner@example.org"
WISH = "Dzień dobry,\n\nczy mogę dołączyć? Pracuję w bibliotece.\n\nAnna Nowa\n"
ABOUT_A_MEETING = "Kiedy spotkanie? To nie zgłoszenie.\n"
REFUSED = "Nie wyrażam zgody na przetwarzanie danych."


def write(office, text=WISH, *, proven=True, sender="Anna Nowa <anna@example.org>"):
    return office.send(sender, "moderator_siecibp", "pytanie", text, proven=proven)


def last(office, kind, to=None):
    return office.letters(to=to, kind=kind)[-1]


def given(site):
    with site.reading() as db:
        return [(one.how, one.withdrawn_at is None) for one in db.scalars(select(Consent).order_by(Consent.id))]


def state(site):
    with site.reading() as db:
        return db.scalars(select(Application).order_by(Application.id.desc())).first().state


def says_no_yes(letter):
    words = " ".join(letter.text.split())
    return "YES is not possible now" in words or "TAK nie jest teraz możliwe" in words


def on_the_list(site, email=ANNA):
    with site.reading() as db:
        return member_by_key(db, list_by_name(db, "siecibp"), email) is not None


# ---- who has agreed -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [WISH, ABOUT_A_MEETING])
def test_a_letter_written_before_the_sentence_was_seen_agrees_to_nothing(office, site, text):
    write(office, text)
    assert given(site) == []

    office.reply(last(office, "application-moderator", MOD), "TAK")
    assert on_the_list(site) and given(site) == []


def test_on_an_open_list_too(office, site, now):
    with site.writing() as db:
        administration.set_list(db, list_by_name(db, "siecibp"), {"joining": "open"}, CONSOLE, now)
    write(office)

    assert on_the_list(site) and given(site) == []


def test_a_reply_to_the_letter_that_says_so_agrees(office, site):
    write(office)
    received = last(office, "application-received")
    assert "Sieć BP" in received.text and ("Application" in received.subject or "Zgłoszenie" in received.subject)
    office.reply(received, "Tak")

    assert given(site) == [("reply", True)]


def test_whose_letter_is_perhaps_none_is_thanked_for_a_message_and_not_for_an_application(office):
    write(office, "Kiedy spotkanie?\n")
    received = last(office, "application-received")

    assert "zgłosz" not in f"{received.subject} {received.text}".lower() and "application" not in f"{received.subject} {received.text}".lower()


@pytest.mark.parametrize("words", ["Chodzi o spotkanie w czerwcu.", "Nie prosiłam o zapisanie, pytam o spotkanie.", "To nie zgłoszenie."])
def test_more_words_about_something_else_agree_to_nothing(office, site, words):
    write(office, "Kiedy spotkanie?\n")
    office.reply(last(office, "application-received"), words)

    assert given(site) == []


def test_a_consent_ends_when_a_moderator_takes_the_case_for_a_letter_and_is_back_with_undo(office, site):
    write(office)
    office.reply(last(office, "application-received"), "Zgadzam się")
    office.reply(last(office, "application-moderator", MOD), "to nie zgłoszenie")
    assert given(site) == [("reply", False)]

    office.reply(last(office, "decision-done", MOD), "COFNIJ")
    assert given(site) == [("reply", True)] and last(office, "decision-undone", OWNER)


# ---- who refuses --------------------------------------------------------------------------------------------


def test_whoever_refuses_is_not_admitted_by_a_yes_and_the_moderators_are_told_why(office, site):
    write(office)
    office.reply(last(office, "application-received"), REFUSED)
    told = last(office, "application-answer", MOD)
    assert says_no_yes(told)
    for word in ("TAK", "ZAUFAJ"):
        office.reply(told, word)
        assert not on_the_list(site) and state(site) is ApplicationState.AWAITING_MODERATOR
    assert last(office, "decision-unclear", MOD)
    office.reply(told, "PYTANIE: czy mimo to chce Pani dołączyć?")
    assert state(site) is ApplicationState.ASKED


def test_whoever_agrees_after_all_is(office, site):
    write(office)
    received = last(office, "application-received")
    office.reply(received, REFUSED), office.reply(received, "Jednak zgadzam się.")
    assert given(site)[-1] == ("reply", True)

    office.reply(last(office, "application-answer", MOD), "TAK")
    assert on_the_list(site)


def test_a_confirmation_that_refuses_does_not_open_an_open_list(office, site, now):
    with site.writing() as db:
        administration.set_list(db, list_by_name(db, "siecibp"), {"joining": "open"}, CONSOLE, now)
    write(office, proven=None)
    office.reply(last(office, "application-confirm"), "To ja, ale nie wyrażam zgody na przechowywanie danych.")

    assert not on_the_list(site) and given(site) == []
    assert says_no_yes(last(office, "application-moderator", MOD))


def test_the_browser_and_the_console_say_it_too(office, site, now):
    write(office)
    office.reply(last(office, "application-received"), REFUSED)

    with site.writing() as db, pytest.raises(Invalid):
        membership.admit(db, db.scalars(select(Application)).one(), CONSOLE, now)


# ---- a letter after all, and an application after all ---------------------------------------------------------


def test_a_wish_in_reply_to_what_was_taken_for_a_letter_opens_the_case_again(office, site):
    write(office, ABOUT_A_MEETING)
    received = last(office, "application-received")
    office.reply(last(office, "application-moderator", MOD), "to nie zgłoszenie")
    before = len(office.letters(kind="application-answer"))

    assert office.reply(received, "Jednak chcę się zapisać, zgadzam się.") is State.APPLICATION

    assert state(site) is ApplicationState.AWAITING_MODERATOR and office.letters(kind="too-late") == []
    assert given(site) == [("reply", True)] and len(office.letters(kind="application-answer")) == before + 2
    office.reply(last(office, "application-answer", MOD), "TAK")
    assert on_the_list(site)


def test_any_other_words_reach_the_moderators_as_a_letter(office, site):
    write(office, ABOUT_A_MEETING)
    office.reply(last(office, "application-moderator", MOD), "to nie zgłoszenie")

    assert office.reply(last(office, "application-received"), "A gdzie dokładnie?") is State.FORWARDED
    assert state(site) is ApplicationState.LETTER and "A gdzie" in last(office, "contact", MOD).text


def test_a_machines_answer_and_a_forged_one_open_nothing(office, site):
    write(office, ABOUT_A_MEETING)
    received = last(office, "application-received")
    office.reply(last(office, "application-moderator", MOD), "to nie zgłoszenie")
    office.reply(received, "Jestem na urlopie do 15 sierpnia.", auto_submitted="auto-replied")
    office.reply(received, "Chcę się zapisać", proven=False)
    office.reply(received, "Chcę się zapisać", sender="obcy@example.net")

    assert state(site) is ApplicationState.LETTER


# ---- other ways in --------------------------------------------------------------------------------------------


def test_whoever_comes_another_way_waits_no_longer(office, site, now):
    write(office)
    with site.writing() as db:
        administration.add_member(db, list_by_name(db, "siecibp"), administration.NewMember("Anna@example.org"), CONSOLE, now)

    assert state(site) is ApplicationState.ADMITTED
    office.reply(last(office, "application-moderator", MOD), "TAK")
    assert office.letters(kind="welcome") == [] and last(office, "decided-already", MOD)


def test_an_application_that_nobody_confirmed_ends_too(office, site, now):
    write(office, proven=None)
    with site.writing() as db:
        administration.add_member(db, list_by_name(db, "siecibp"), administration.NewMember(ANNA), CONSOLE, now)

    assert state(site) is ApplicationState.ADMITTED


@pytest.mark.parametrize("sender", ["siecibp@lists.example.org", "moderator_siecibp@lists.example.org", "noreply@lists.example.org", "moderator_siecibp@other.example"])
def test_a_list_does_not_apply_to_itself(office, site, now, sender):
    with site.writing() as db:
        administration.set_list(db, list_by_name(db, "siecibp"), {"alias": "moderator_siecibp@other.example"}, CONSOLE, now)

    assert write(office, sender=sender) is State.DISCARDED
    assert office.letters() == []

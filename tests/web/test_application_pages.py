"""Applications on the moderators' desk: what was asked and answered, that one is none, and what a member agreed to."""

import pytest

from listserv.store.lists import list_by_name
from listserv.store.moderation import Application, ApplicationState
from listserv.store.queue import Incoming, State
from listserv.usecases import administration
from listserv.usecases.access import CONSOLE
from tests.web.readers import app, signed_in, words  # noqa: F401

DESK = "/siecibp/moderate/"
ANNA = "anna@example.org"


@pytest.fixture
def zofia(app, site, office, now):
    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        administration.set_list(db, mlist, {"questions": "Imię i nazwisko\nGdzie Państwo pracują?", "consent": "Zgadzam się <na> zasady."}, CONSOLE, now)
        for member in ("mod@example.org",):
            administration.find_member(db, mlist, member).user.language = "en"
    office.send("Anna Nowa <anna@example.org>", "moderator_siecibp", "Kiedy spotkanie?", "Dzień dobry, kiedy jest spotkanie?\n", proven=True)
    office.reply(office.letters(to=ANNA)[0], "1. W Wymyślnej, w <szkole>\n")
    return signed_in(app, site, "mod@example.org")


def state(site):
    with site.reading() as db:
        return db.get(Application, 1).state


def test_questions_and_answers_stand_in_the_queue_and_on_the_cases_own_page(zofia):
    for path in (DESK, f"{DESK}case/a1"):
        page = zofia.page(path)
        assert "Gdzie Państwo pracują?" in page
        assert "W Wymyślnej, w &lt;szkole&gt;" in page
        assert "<dd>Anna Nowa</dd>" in page


def test_an_application_that_is_none_goes_to_all_moderators_and_can_be_taken_back(zofia, office, site):
    assert "Not an application" in zofia.page(DESK)
    answer = zofia.send(DESK, case="a1", answer="letter")
    assert "as an ordinary letter" in words(zofia.page(answer.location))
    assert state(site) is ApplicationState.LETTER
    assert {one.to for one in office.letters(kind="letter-after-all")} == {"mod@example.org", "owner@example.org"}
    assert "ordinary letter" in words(zofia.page(f"{DESK}case/a1"))
    assert "no application, but an ordinary letter" in words(zofia.page(f"{DESK}journal"))
    with site.reading() as db:
        assert db.query(Incoming).order_by(Incoming.id).first().state is State.FORWARDED

    zofia.send(f"{DESK}undo", DESK, case="a1")
    assert state(site) is ApplicationState.AWAITING_MODERATOR


def test_a_held_post_is_none_in_the_browser_either(zofia, office, site):
    office.send("obcy@example.org", "siecibp", proven=True)

    assert zofia.send(DESK, case="p1", answer="letter").status_code == 400


def test_the_members_page_says_who_agreed_to_what_when_and_by_which_message(zofia, office, site):
    zofia.send(DESK, case="a1", answer="approve")
    with site.reading() as db:
        number = administration.find_member(db, list_by_name(db, "siecibp"), ANNA).id
    page = zofia.page(f"{DESK}members/{number}")

    assert "Zgadzam się &lt;na&gt; zasady." in page
    assert "by a reply to our letter" in words(page) and "@example.org" in page
    journal = words(zofia.page(f"{DESK}journal?kind=members"))
    assert "agreed to the list's sentence" in journal and "anna@example.org; by a reply to our letter" in journal
    assert "No consent has been recorded" in words(zofia.page(f"{DESK}members/1"))


def test_whoever_does_not_agree_is_not_admitted_in_the_browser_and_both_pages_say_why(zofia, office, site):
    office.send("Ewa Fiszka <ewa@example.org>", "moderator_siecibp", "prośba", "Czy mogę dołączyć?\n", proven=True)
    office.reply(office.letters(to="ewa@example.org")[0], "Nie wyrażam zgody na przetwarzanie danych.")

    for path in (DESK, f"{DESK}case/a2"):
        assert "does not agree to the list's sentence about their data. Please ask them first." in words(zofia.page(path)).replace("’", "'")
    assert zofia.send(DESK, case="a2", answer="approve").status_code == 400
    with site.reading() as db:
        assert db.get(Application, 2).state is ApplicationState.AWAITING_MODERATOR
    assert "does not agree to the list's sentence" in words(zofia.page(f"{DESK}journal?kind=members")).replace("’", "'")

"""The administrator's pages in Polish: the life of a mail and what a check finds are told in the reader's language; other servers' words stay theirs."""

import json

import pytest

from listserv.i18n import put_together, sentence, spoken, taken_apart, told_in
from listserv.store.erasing import Posts
from listserv.store.people import User
from listserv.store.queue import Incoming
from listserv.usecases import checking, journal, sitechecks, tracing
from listserv.usecases.access import CONSOLE
from listserv.usecases.checking import Finding
from listserv.usecases.checking import State as Found
from listserv.web.admin import checks
from tests.web.keepers import browser, keeper, trouble  # noqa: F401
from tests.web.readers import words


@pytest.fixture()
def po_polsku(site, browser):
    """The administrator reads Polish."""
    with site.writing() as db:
        for user in db.query(User):
            user.language = "pl"
    return browser


def test_the_life_of_a_mail_is_told_in_the_readers_language(site, po_polsku, now):
    trouble(site, now)
    with site.reading() as db:
        number = db.query(Incoming.id).filter(Incoming.state == "shunted").first()[0]
        plain = [str(event.what) for one in tracing.trace(db, str(number)) for event in one.events]

    page = words(po_polsku.page(f"/admin/trace?q={number}"))

    assert "odłożona (próby: " in page and "shunted" not in page
    assert any(what.startswith("shunted after ") for what in plain)  # as the console says it


def test_what_is_set_aside_is_not_said_to_be_tried_again(site, po_polsku, now):
    trouble(site, now)

    assert "próby ponawiają się same; tylko wiadomości odłożone czekają na czyjąś decyzję" in words(po_polsku.page("/admin/queues/"))


def test_the_journal_says_what_becomes_of_somebodys_words(site, po_polsku, now):
    with site.writing() as db:
        journal.note(db, CONSOLE, "erasure-asked", mlist=None, now=now, detail=Posts.KEEP)

    page = words(po_polsku.page("/admin/journal"))

    assert "to, co napisała, zostaje bez nazwiska" in page and "keep" not in page


def test_what_a_check_finds_is_said_in_polish_and_in_english():
    domain_said = checking.about_work(3, 0)
    assert told_in("pl", domain_said.found) == "odłożone wiadomości: 3"
    assert told_in("en", domain_said.found) == str(domain_said.found) == "3 mails are set aside"
    assert told_in("pl", checking.about_work(0, 1800).found) == "praca spóźnia się o\N{NO-BREAK SPACE}30 min"


def test_what_a_check_found_is_kept_and_shown_in_the_readers_language(site, po_polsku, now):
    with site.writing() as db:
        sitechecks.begin(db, CONSOLE, now)
    printed = json.dumps([checking.as_row(one) for one in (checking.about_work(2, 0), Finding("relay", Found.BAD, "550 go <b>away</b>", "chmod 600 x"))])

    checks.run(site, lambda settings: printed)

    page = words(po_polsku.page("/admin/"))
    assert "kolejka : odłożone wiadomości: 2 → listserv queue ls, potem" in page
    assert "serwer wysyłający : 550 go <b>away</b> → chmod 600 x" in page


def test_a_sentence_within_a_sentence_survives_json_and_changes_its_language():
    inner = spoken("held", "held for a moderator")
    whole = sentence("{said} at attempt {attempts}", said=inner, attempts=2)

    again = put_together(json.loads(json.dumps(taken_apart(whole))))

    assert again == whole == "held at attempt 2"
    assert told_in("pl", again) == f"{told_in('pl', inner)} (próba nr 2)" and told_in("pl", inner) != "held"
    assert told_in("pl", "{words} of others") == "{words} of others"

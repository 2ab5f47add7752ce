"""Through the door: a letter, a link, a button."""

import re

import pytest
from sqlalchemy import select

from listserv.store.people import Browser
from listserv.usecases import signin
from tests.web.readers import app, archive, hidden, letters, link_in, member, signed_in, stranger, words  # noqa: F401


def cookie(browser):
    return browser.get_cookie("__Host-listserv-session", domain="lists.example.org")


def test_a_letter_a_link_and_a_button_lead_back_to_the_page_that_was_wanted(stranger, archive, site):
    wanted = f"/siecibp/thread/{archive.threads['lekcje']}"
    page = stranger.page(wanted, 404)

    answer = stranger.send("/sign-in", wanted, email="Ewa@Example.org", next=hidden(page, "next"))
    assert answer.status_code == 200
    ((to, letter),) = letters(site)
    assert to == "ewa@example.org"

    link = link_in(letter)
    assert "Sign in" in stranger.page(link)
    entered = stranger.send(link)
    assert entered.status_code == 303
    assert entered.headers["Location"] == wanted
    assert "Scenariusze lekcji" in stranger.page(wanted)


def test_looking_at_a_link_does_not_use_it_up(app, stranger, archive, site):
    stranger.send("/sign-in", email="ewa@example.org")
    link = link_in(letters(site)[0][1])

    for _ in range(3):
        app.test_client().page(link)
        app.test_client().head(link)

    assert stranger.send(link).status_code == 303


def test_a_link_works_once(app, stranger, archive, site):
    stranger.send("/sign-in", email="ewa@example.org")
    link = link_in(letters(site)[0][1])
    stranger.send(link)

    again = app.test_client().page(link, 410)

    assert "This link was good once" in again
    assert 'action="/sign-in"' in again
    assert app.test_client().send(link, "/sign-in").status_code == 410


def test_a_link_works_for_an_hour(app, stranger, archive, site, clock):
    stranger.send("/sign-in", email="ewa@example.org")
    link = link_in(letters(site)[0][1])
    clock.move(minutes=61)

    stranger.page(link, 410)
    assert stranger.send(link, "/sign-in").status_code == 410


def test_a_link_that_never_was_ours_is_no_page(stranger, archive):
    stranger.page("/sign-in/xaaaaaaaaaaaaaaaaaaaaaaaa", 404)
    stranger.page("/sign-in/%00", 404)


def test_the_answer_does_not_tell_who_is_known(stranger, archive, site):
    known = stranger.send("/sign-in", email="ewa@example.org")
    unknown = stranger.send("/sign-in", email="nikt@example.org")

    assert known.status_code == unknown.status_code == 200
    assert known.text.replace("ewa@", "") == unknown.text.replace("nikt@", "")
    assert len(letters(site)) == 1


@pytest.mark.parametrize("email", ["", "ewa", "ewa@", "@example.org", "a b@example.org", "x" * 400 + "@example.org"])
def test_what_is_no_address_is_said_beside_the_field(stranger, archive, email):
    answer = stranger.send("/sign-in", email=email, next="/siecibp/")

    assert answer.status_code == 400
    assert "does not look like an e-mail address" in answer.text
    assert hidden(answer.text, "next") == "/siecibp/"


def test_nobody_can_have_a_victim_flooded(stranger, archive, site):
    answers = {stranger.send("/sign-in", email="ewa@example.org").text for _ in range(30)}

    assert len(answers) == 1
    assert 1 <= len(letters(site)) <= 20


@pytest.mark.parametrize(
    "path", ["//evil.example.net/", "/\\evil.example.net", "https://evil.example.net/", "javascript:alert(1)", "/\t/evil.example.net", "evil", "/a\\b"]
)
def test_a_link_never_leads_to_another_site(app, archive, site, path):
    browser = app.test_client()
    browser.send("/sign-in", email="ewa@example.org", next=path)

    entered = browser.send(link_in(letters(site)[0][1]))

    assert entered.headers["Location"] == "/"


def test_the_key_changes_with_signing_in_and_an_old_one_dies(app, archive, site):
    browser = signed_in(app, site, "ewa@example.org")
    first = cookie(browser).value
    with site.writing() as db:
        path = re.sub(r"^https?://[^/]+", "", signin.link_for(db, "jan@example.org", site.now()))
    browser.send(path)
    second = cookie(browser).value

    assert first != second
    assert "Jan Przypis" in browser.page("/me")
    with site.reading() as db:
        assert len(db.scalars(select(Browser)).all()) == 1
        assert signin.person_behind(db, first, site.now()) is None
    thief = app.test_client()
    thief.set_cookie("__Host-listserv-session", first, domain="lists.example.org", secure=True)
    thief.page("/siecibp/", 404)


def test_a_cookie_planted_before_signing_in_is_worth_nothing_after(app, archive, site):
    browser = app.test_client()
    browser.set_cookie("__Host-listserv-session", "planted", domain="lists.example.org", secure=True)
    with site.writing() as db:
        path = re.sub(r"^https?://[^/]+", "", signin.link_for(db, "ewa@example.org", site.now()))

    assert browser.send(path).status_code == 303
    assert cookie(browser).value != "planted"
    with site.reading() as db:
        assert signin.person_behind(db, "planted", site.now()) is None


def test_the_database_does_not_hold_the_key(app, archive, site):
    browser = signed_in(app, site, "ewa@example.org")
    key = cookie(browser).value

    with site.reading() as db:
        assert key.encode() not in db.scalars(select(Browser)).one().hash


def test_a_browser_is_remembered_only_when_asked(app, archive, site, clock):
    for_now = signed_in(app, site, "ewa@example.org")
    remembered = signed_in(app, site, "ewa@example.org", remember="on")
    assert cookie(for_now).max_age is None
    assert cookie(remembered).max_age == 90 * 24 * 3600

    clock.move(hours=13)

    for_now.page("/siecibp/", 404)
    remembered.page("/siecibp/")
    clock.move(days=91)
    remembered.page("/siecibp/", 404)


def test_signing_out_ends_it_here_and_on_the_server(member, app, site):
    key = cookie(member).value

    answer = member.send("/sign-out", "/me")

    assert answer.status_code == 303
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert cookie(member) is None
    member.page("/siecibp/", 404)
    with site.reading() as db:
        assert signin.person_behind(db, key, site.now()) is None


def test_my_page_shows_my_lists_and_how_their_mail_reaches_me(member, site):
    page = member.page("/me")

    assert "You are on 1 list. Sieć BP Every message comes as it is written. ewa@example.org delivery, pause : Sieć BP leave this list" in words(page)
    assert "siecibp-request@" in page
    assert "/unsubscribe/u" in page


def test_my_page_asks_a_stranger_to_sign_in_and_leads_back(stranger, archive):
    assert stranger.get("/me").headers["Location"] == "/sign-in?next=/me"


def test_who_is_signed_in_needs_no_door(member):
    answer = member.get("/sign-in?next=/siecibp/")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/siecibp/")
    assert member.get("/sign-in?next=//evil.example.net").headers["Location"] == "/me"


def test_a_person_without_a_name_is_greeted_without_their_address(app, site, archive, now):
    with site.writing() as db:
        from listserv.store.lists import list_by_name
        from listserv.usecases import administration
        from listserv.usecases.access import CONSOLE

        administration.add_member(db, list_by_name(db, "siecibp"), administration.NewMember("bezimienna@example.org"), CONSOLE, now)

    assert ">bezimienna</a>" in signed_in(app, site, "bezimienna@example.org").page("/")

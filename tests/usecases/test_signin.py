"""Who gets in, for how long, and who is told what."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from listserv import links
from listserv.errors import Expired, Invalid, NotFound
from listserv.mail import tokens
from listserv.store.people import Browser, Purpose, Token
from listserv.store.queue import Letter
from listserv.usecases import signin
from listserv.usecases.tokens import issue
from tests.conftest import add


@pytest.fixture
def ewa(db, mlist, now):
    return add(db, mlist, "ewa@example.org", now, name="Ewa Fiszka")


def token(db, now, email="ewa@example.org", **more):
    return signin.link_for(db, email, now, **more).rpartition("/")[2]


def test_only_somebody_we_know_gets_a_letter(db, ewa, now):
    signin.ask(db, " EWA@example.org ", "en", now)
    signin.ask(db, "nikt@example.org", "en", now)

    assert [(letter.kind, letter.to) for letter in db.scalars(select(Letter))] == [("sign-in", "ewa@example.org")]


@pytest.mark.parametrize("email", ["", "ewa", "@example.org", "ewa@", "a\nb@example.org", "x" * 330 + "@example.org"])
def test_what_is_no_address_is_refused(db, ewa, now, email):
    with pytest.raises(Invalid):
        signin.ask(db, email, "en", now)


def test_no_token_is_left_where_no_letter_goes(db, ewa, now):
    for _ in range(40):
        signin.ask(db, "ewa@example.org", "en", now)

    assert len(db.scalars(select(Token)).all()) == len(db.scalars(select(Letter)).all()) <= 20


def test_entering_makes_a_browser_and_spends_the_link(db, ewa, now):
    link = token(db, now)

    entered = signin.enter(db, link, now, agent="a" * 500)

    person = signin.person_behind(db, entered.key, now)
    assert (person.user_id, person.name) == (ewa.user_id, "Ewa Fiszka")
    assert person.actor.proven
    assert entered.wanted == "/"
    with pytest.raises(Expired):
        signin.enter(db, link, now)


def test_a_token_for_something_else_opens_no_door(db, ewa, now):
    with pytest.raises(NotFound):
        signin.enter(db, issue(db, Purpose.SETTINGS, "ewa@example.org", now), now)


def test_a_key_ends_when_its_time_is_over(db, ewa, now):
    entered = signin.enter(db, token(db, now), now)

    assert signin.person_behind(db, entered.key, now + entered.lifetime - timedelta(seconds=1))
    assert signin.person_behind(db, entered.key, now + entered.lifetime) is None
    assert signin.person_behind(db, "", now) is None
    assert signin.person_behind(db, "made up", now) is None


def test_an_old_key_dies_when_a_new_one_is_made(db, ewa, now):
    first = signin.enter(db, token(db, now), now)
    second = signin.enter(db, token(db, now), now, old_key=first.key)

    assert signin.person_behind(db, first.key, now) is None
    assert signin.person_behind(db, second.key, now)
    signin.leave(db, second.key)
    signin.leave(db, second.key)
    assert db.scalars(select(Browser)).all() == []


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/siecibp/thread/1?page=2", "/siecibp/thread/1?page=2"),
        ("", ""),
        ("siecibp", ""),
        ("//evil.example.net", ""),
        ("/\\evil.example.net", ""),
        ("/a\\b", ""),
        ("/a\nb", ""),
        ("https://evil.example.net", ""),
        ("/" + "a" * 3000, ""),
    ],
)
def test_only_paths_of_this_site_are_kept(path, kept):
    assert signin.local_path(path) == kept


def test_the_console_is_told_whom_nobody_knows(db, ewa, now):
    with pytest.raises(NotFound, match=r"nobody here has the address nikt@example\.org"):
        signin.link_for(db, "nikt@example.org", now)


def test_a_one_click_link_leads_to_its_membership(db, ewa, settings):
    key = links.signing_key(settings)

    assert signin.member_by_link(db, tokens.sign(key, tokens.Kind.UNSUBSCRIBE, ewa.id)) is ewa
    assert signin.member_by_link(db, tokens.sign(key, tokens.Kind.UNSUBSCRIBE, 9999)) is None
    for forged in (tokens.sign(key, tokens.Kind.LETTER, ewa.id), tokens.sign(b"x", tokens.Kind.UNSUBSCRIBE, ewa.id), "", "x"):
        with pytest.raises(NotFound):
            signin.member_by_link(db, forged)

"""The link in every copy that takes its reader off the list (RFC 8058)."""

from urllib.parse import urlsplit

import pytest

from listserv import links
from listserv.mail import tokens
from listserv.store.lists import list_by_name
from listserv.store.members import member_of
from listserv.store.people import address_by_key
from tests.web.readers import app, archive, letters, member, stranger, words  # noqa: F401

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def membership(site, name, email):
    with site.reading() as db:
        return member_of(db, list_by_name(db, name), address_by_key(db, email).user_id)


@pytest.fixture
def link(site, archive):
    return urlsplit(links.unsubscribe_url(site.settings, membership(site, "siecibp", "ewa@example.org").id)).path


def test_a_look_only_asks_and_shows_no_whole_address(stranger, link, site):
    page = stranger.page(link)

    assert "Leave “Sieć BP”?" in page
    assert "e…@example.org" in page
    assert "ewa@example.org" not in page
    assert membership(site, "siecibp", "ewa@example.org")


def test_the_button_takes_off_the_list(stranger, link, site):
    answer = stranger.send(link)

    assert answer.status_code == 200
    assert "No longer on “Sieć BP”" in answer.text
    assert membership(site, "siecibp", "ewa@example.org") is None
    assert [to for to, _ in letters(site)] == ["ewa@example.org"]


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_one_click_acts_at_once_without_cookies_or_token(stranger, link, site, kind):
    answer = stranger.post(link, data=ONE_CLICK, content_type=kind)

    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert membership(site, "siecibp", "ewa@example.org") is None


def test_asking_twice_does_no_harm(stranger, link):
    assert stranger.post(link, data=ONE_CLICK).status_code == 200
    again = stranger.post(link, data=ONE_CLICK)

    assert again.status_code == 200
    assert "Already off the list" in again.text
    assert "Already off the list" in stranger.page(link)


@pytest.mark.parametrize("body", [{"List-Unsubscribe": "one-click"}, {"List-Unsubscribe": ["One-Click", "One-Click"]}, {}, {**ONE_CLICK, "x": "y"}])
def test_anything_else_without_a_token_is_refused(stranger, link, site, body):
    assert stranger.post(link, data=body).status_code == 400
    assert membership(site, "siecibp", "ewa@example.org")


def test_a_forged_link_is_no_page(stranger, site, archive, link):
    ewa = membership(site, "siecibp", "ewa@example.org").id
    forged = tokens.sign(b"another key", tokens.Kind.UNSUBSCRIBE, ewa)
    other = tokens.sign(links.signing_key(site.settings), tokens.Kind.BOUNCE, ewa)

    for token in (forged, other, "x", "u" * 30, "%00"):
        stranger.page(f"/unsubscribe/{token}", 404)
        assert stranger.post(f"/unsubscribe/{token}", data=ONE_CLICK).status_code == 404


def test_the_last_one_who_decides_is_asked_to_hand_the_list_over_first(stranger, site, archive):
    link = urlsplit(links.unsubscribe_url(site.settings, membership(site, "gazetka", "zofia@example.org").id)).path

    answer = stranger.post(link, data=ONE_CLICK)

    assert answer.status_code == 409
    assert "nobody else looks after this list" in answer.text
    assert membership(site, "gazetka", "zofia@example.org")


def test_whoever_is_signed_in_leaves_for_the_links_holder_and_not_for_themselves(member, site, archive):
    link = urlsplit(links.unsubscribe_url(site.settings, membership(site, "siecibp", "jan@example.org").id)).path

    member.send(link)

    assert membership(site, "siecibp", "jan@example.org") is None
    assert membership(site, "siecibp", "ewa@example.org")

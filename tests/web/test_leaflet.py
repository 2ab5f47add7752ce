"""A list on one sheet of paper: whoever is new to it gets it printed."""

import re

import pytest

from listserv.store.lists import Joining, ReplyTo, list_by_name
from tests.chromium import CHROMIUM
from tests.web.eyes import looking
from tests.web.readers import app, archive, member, signed_in, stranger, words  # noqa: F401

LONG = "Międzynarodowa sieć bibliotek pedagogicznych, szkolnych i publicznych Pojezierza Wymyślonego"


def test_a_leaflet_has_the_lists_own_addresses_for_whoever_may_ask_to_join(stranger, archive):
    said = words(stranger.page("/siecibp/help"))

    assert "a letter to siecibp@ lists.example.org" in said
    assert "siecibp-request@ lists.example.org" in said
    assert "A few sentences to moderator_siecibp@ lists.example.org" in said
    assert "https://lists.example.org/ siecibp/" in said
    stranger.page("/nothing/help", 404)


def test_a_leaflet_says_nothing_of_what_members_write(stranger, archive):
    assert "Scenariusze" not in stranger.page("/siecibp/help")


def test_every_page_of_a_list_leads_to_its_leaflet(member):
    assert 'href="/siecibp/help"' in member.page("/siecibp/")


def test_a_leaflet_can_be_had_in_either_language(stranger, archive):
    assert '<html lang="pl">' in stranger.page("/siecibp/help?in=pl")
    assert '<html lang="en">' in stranger.page("/siecibp/help?in=en", headers={"Accept-Language": "pl"})
    assert '<html lang="en">' in stranger.page("/siecibp/help?in=fi")


def test_a_leaflet_says_where_a_reply_goes_and_how_one_joins(stranger, archive, site):
    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        mlist.reply_to, mlist.joining = ReplyTo.AUTHOR, Joining.OPEN

    said = words(stranger.page("/siecibp/help"))

    assert "“Reply” reaches the author alone" in said
    assert "Any letter to siecibp-join@ lists.example.org" in said


@pytest.mark.parametrize("switches", [("materials",), ("meetings",), ("surveys",), ("materials", "meetings", "surveys")])
def test_a_leaflet_explains_what_is_turned_on_and_nothing_else(stranger, archive, site, switches):
    assert "What we make together" not in stranger.page("/siecibp/help")
    with site.writing() as db:
        for switch in switches:
            setattr(list_by_name(db, "siecibp"), switch, True)
    said = words(stranger.page("/siecibp/help"))

    assert "What we make together" in said
    assert ["SEND 12" in said, "an invitation comes by mail" in said, "1, 3" in said] == [switch in switches for switch in ("materials", "meetings", "surveys")]


@pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed")
@pytest.mark.only_sqlite
@pytest.mark.parametrize(("title", "together"), [pytest.param("Sieć BP", False, marks=pytest.mark.long), pytest.param(LONG, False, marks=pytest.mark.long), (LONG, True)])
def test_a_leaflet_is_one_sheet_of_paper(stranger, archive, site, title, together):
    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        mlist.title, mlist.materials, mlist.meetings, mlist.surveys = title, together, together, together
    with looking() as eyes:
        for language in ("pl", "en"):
            page = eyes.page(lambda asked: stranger.get(asked.url.removeprefix("https://lists.example.org")))
            page.goto(f"/siecibp/help?in={language}")
            paper = page.pdf(prefer_css_page_size=True)

            assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1

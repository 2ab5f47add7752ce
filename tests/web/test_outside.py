"""What search engines and other sites are told: everything of public archives, nothing of any other."""

import re
from html import unescape
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree as ET

import pytest

from listserv.store.lists import Archive, list_by_name
from listserv.usecases import outlook
from listserv.web import create_app
from tests import archive_seeds as seeds
from tests.web.readers import HOME, app, archive, member, signed_in, stranger  # noqa: F401

NS = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def meta(page):
    """Everything a page tells machines of itself."""
    found = dict(re.findall(r'<meta (?:name|property)="([a-z:_]+)" content="([^"]*)"', page))
    found |= {f"link {rel}": href for rel, href in re.findall(r'<link rel="(canonical|alternate)"[^>]* href="([^"]*)"', page)}
    return {name: unescape(value) for name, value in found.items() if name not in ("viewport", "color-scheme")}


def places(reader, path):
    root = ET.fromstring(reader.page(path))
    return [found.text for found in root.findall(".//s:loc", NS)]


def test_a_public_thread_says_what_it_is(stranger, archive):
    told = meta(stranger.page(f"/gazetka/thread/{archive.threads['gazetka']}"))
    url = f"{HOME}/gazetka/thread/{archive.threads['gazetka']}"

    assert told["og:url"] == told["link canonical"] == url
    assert told["link alternate"] == f"{url}/feed.atom"
    assert told["og:title"] == "Pytania do redakcja@…"
    assert told["og:type"] == "article"
    assert told["description"] == told["og:description"] == "Piszcie na redakcja@… albo www.press.example.net/@nowe."


def test_a_public_list_says_what_it_is_and_where_its_feed_is(stranger, site, archive):
    with site.writing() as db:
        list_by_name(db, "gazetka").description = "O gazetce. " * 40
    told = meta(stranger.page("/gazetka/"))

    assert told["og:url"] == f"{HOME}/gazetka/"
    assert told["link alternate"] == f"{HOME}/gazetka/feed.atom"
    assert told["description"].endswith("…") and len(told["description"]) <= 201
    assert stranger.get(told["link alternate"].removeprefix(HOME)).status_code == 200


def test_another_look_at_a_page_names_the_page_itself(stranger, archive):
    thread = f"/gazetka/thread/{archive.threads['gazetka']}"

    assert meta(stranger.page(f"{thread}?flat=1"))["link canonical"] == HOME + thread
    assert meta(stranger.page(f"/gazetka/message/{archive.hashes['letter']}?html=1"))["link canonical"] == HOME + thread


def test_the_pages_of_a_long_list_are_pages_of_their_own(stranger, site, archive, now):
    with site.writing() as db:
        for number in range(30):
            seeds.thread(db, list_by_name(db, "gazetka"), f"Sprawa {number}", now).say("A", "a@example.org", "x")

    assert meta(stranger.page("/gazetka/?page=2"))["link canonical"] == f"{HOME}/gazetka/?page=2"
    assert meta(stranger.page("/gazetka/?page=1"))["link canonical"] == f"{HOME}/gazetka/"


def test_a_private_page_says_nothing_of_itself(member, archive):
    paths = ("/siecibp/", f"/siecibp/thread/{archive.threads['lekcje']}", f"/siecibp/message/{archive.hashes['answer']}", "/siecibp/topic/lekcje", "/me")
    for path in paths:
        assert meta(member.page(path)) == {}, path


def test_a_page_that_is_not_there_says_nothing_of_itself(stranger, archive):
    assert meta(stranger.page("/siecibp/", 404)) == {}


def test_search_engines_are_let_in_where_a_page_is_for_everybody(stranger, archive):
    thread = f"/gazetka/thread/{archive.threads['gazetka']}"
    for path in ("/", "/gazetka/", "/gazetka/?page=1", thread, "/gazetka/month/2026-03"):
        assert "X-Robots-Tag" not in stranger.get(path).headers, path


def test_search_engines_are_sent_away_everywhere_else(app, site, stranger, member, archive):
    zofia = signed_in(app, site, "zofia@example.org")
    thread, letter = f"/gazetka/thread/{archive.threads['gazetka']}", f"/gazetka/message/{archive.hashes['letter']}"
    closed = [
        (stranger, path) for path in (f"{thread}?flat=1", f"{letter}?html=1", "/gazetka/search?q=x", "/search", "/sign-in", "/siecibp/", "/gazetka/feed.atom")
    ]
    closed += [(zofia, f"{letter}/raw"), (member, "/siecibp/"), (member, f"/siecibp/thread/{archive.threads['lekcje']}"), (member, "/me")]
    for reader, path in closed:
        assert reader.get(path).headers["X-Robots-Tag"] == "noindex", path


def test_robots_may_read_public_lists_and_hear_of_no_other(stranger, archive):
    answer = stranger.get("/robots.txt")
    robots = RobotFileParser()
    robots.parse(answer.text.splitlines())

    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "siecibp" not in answer.text
    assert robots.can_fetch("*", f"{HOME}/gazetka/thread/1")
    assert robots.site_maps() == [f"{HOME}/sitemap.xml"]
    for path in ("/siecibp/", "/sign-in", "/me", "/search?q=x", "/gazetkaz/"):
        assert not robots.can_fetch("*", HOME + path), path
    # RFC 9309: the longest rule that fits decides, and that library takes the first.
    assert "Disallow: /gazetka/search" in answer.text and "Allow: /gazetka/\n" in answer.text


def test_without_a_public_list_robots_find_everything_closed(stranger, site, archive):
    with site.writing() as db:
        list_by_name(db, "gazetka").archive = Archive.MEMBERS

    assert stranger.page("/robots.txt") == "User-agent: *\nDisallow: /\n"
    stranger.page("/sitemap.xml", 404)
    stranger.page("/gazetka/sitemap-1.xml", 404)


def test_sitemaps_name_every_public_thread_and_nothing_else(stranger, member, site, archive, now):
    with site.writing() as db:
        hidden = seeds.thread(db, list_by_name(db, "gazetka"), "Ukryty", now)
        hidden.say("A", "a@example.org", "x")
        hidden.thread.hidden_at = now

    assert places(stranger, "/sitemap.xml") == [f"{HOME}/gazetka/sitemap-1.xml"]
    assert places(stranger, "/gazetka/sitemap-1.xml") == [f"{HOME}/gazetka/", f"{HOME}/gazetka/thread/{archive.threads['gazetka']}"]
    for reader in (stranger, member):
        reader.page("/siecibp/sitemap-1.xml", 404)
    for number in (0, 2, 99999999999999999999):
        stranger.page(f"/gazetka/sitemap-{number}.xml", 404)


def test_a_large_archive_has_a_sitemap_in_parts(stranger, site, archive, now, monkeypatch):
    monkeypatch.setattr(outlook, "THREADS_A_PART", 3)
    with site.writing() as db:
        for number in range(6):
            seeds.thread(db, list_by_name(db, "gazetka"), f"Sprawa {number}", now).say("A", "a@example.org", "x")
    parts = places(stranger, "/sitemap.xml")
    named = [place for part in parts for place in places(stranger, part.removeprefix(HOME))]

    assert len(parts) == 3
    assert len(named) == len(set(named)) == 8
    for place in named:
        stranger.page(place.removeprefix(HOME))


def test_machines_files_are_kept_and_not_sent_twice(stranger, archive):
    for path in ("/robots.txt", "/sitemap.xml", "/gazetka/sitemap-1.xml"):
        first = stranger.get(path)
        assert first.headers["Cache-Control"] == "public, max-age=3600"
        assert stranger.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize("path", ["/robots.txt", "/lists/robots.txt"])
def test_a_site_below_a_path_says_so_to_robots(site, archive, path):
    site.settings = site.settings.model_copy(update={"site": site.settings.site.model_copy(update={"url": "https://example.org/lists"})})
    text = create_app(site).test_client().get(path).get_data(as_text=True)

    assert "Allow: /lists/gazetka/" in text and "Disallow: /lists/\n" in text
    assert "Sitemap: https://example.org/lists/sitemap.xml" in text

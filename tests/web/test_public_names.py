"""A public archive shows names, never addresses: everything that a stranger can reach is searched for them."""

import re
from html import unescape
from urllib.parse import unquote, urljoin, urlsplit

from listserv.store.lists import list_by_name
from tests.findable import say
from tests.web import world as place
from tests.web.people import browsers, world  # noqa: F401
from tests.web.readers import HOME

LINK = re.compile(r'(?:href|src|action|content)="([^"]+)"|<loc>([^<]+)</loc>|<link[^>]*>([^<]+)</link>|<id>(https[^<]+)</id>')
# What its sender attached is theirs: the bytes of files are not looked into.


def reached(browser, start):
    """Every answer that links lead to, by its path."""
    waiting, answers = list(start), {}
    while waiting:
        path = waiting.pop()
        if path in answers:
            continue
        answer = browser.get(path)
        answers[path] = answer
        if answer.mimetype in ("text/html", "application/atom+xml", "application/xml", "text/xml"):
            waiting += links_on(path, answer.text)
    return answers


def links_on(path, text):
    """The links to this site, without the forms that only lead away from the archive."""
    for found in LINK.findall(text):
        link = urlsplit(urljoin(f"{HOME}{path}", unescape(next(filter(None, found)))))
        if f"{link.scheme}://{link.netloc}" == HOME and not link.path.startswith(("/sign-in", "/static", "/me")):
            yield link.path + (f"?{link.query}" if link.query else "")


def test_nothing_that_a_stranger_can_reach_holds_an_address(browsers, world):
    start = [
        "/",
        "/robots.txt",
        "/sitemap.xml",
        "/gazetka/feed.atom",
        "/gazetka/join",
        "/gazetka/search?q=tekst",
        "/search?q=autor",
        "/gazetka/search?q=from:autor",
        "/archives/list/gazetka@lists.example.org/",
    ]
    answers = reached(browsers["anonymous"][0], start)

    assert len(answers) > 25
    assert {"/gazetka/feed.atom", f"/gazetka/message/{world.things['gazetka', 'shown'].hash}?html=1"} <= answers.keys()
    for path, answer in answers.items():
        said = [f"{name}: {value}" for name, value in answer.headers] + [answer.get_data().decode("utf-8", "replace")]
        for text in said:
            assert place.DOMAIN not in unquote(unescape(text)), (path, text[:2000])


def test_a_member_of_another_list_is_shown_no_address_either(browsers, world):
    answers = reached(browsers["other"][0], ["/gazetka/", "/gazetka/search?q=tekst", "/gazetka/feed.atom"])
    own = place.PEOPLE["other"]

    for path, answer in answers.items():
        if not path.startswith("/sasiedz"):
            assert place.DOMAIN not in unquote(unescape(answer.get_data().decode("utf-8", "replace"))).replace(own, ""), path


def test_strangers_find_nobody_by_their_address(browsers, world):
    browser = browsers["anonymous"][0]

    def found(sought):
        return browser.get("/gazetka/search", query_string={"q": sought}).text.replace(sought, "…")

    for form in ("{}", "from:{}", "od:{}", '"{}"'):
        assert (
            found(form.format(f"autor0@{place.DOMAIN}")).count("threads found") == found(form.format(f"niktt0@{place.DOMAIN}")).count("threads found") == 0
        ), form


def test_members_do_see_addresses(browsers, world):
    page = browsers["member"][0].page(f"/gazetka/message/{world.things['gazetka', 'shown'].hash}")

    assert f"autor2@{place.DOMAIN}" in page


def test_what_a_message_carries_is_for_members_like_its_source(browsers, site, world):
    table = f"Autor 1;autor1@{place.DOMAIN}\r\n".encode()
    with site.writing() as db:
        row = say(db, list_by_name(db, "gazetka"), site.now(), "Przekazuję", "W załączniku.", files=(("osoby.csv", "text/csv", table),))
        path = f"/gazetka/message/{row.hash}"

    stranger, member = browsers["anonymous"][0], browsers["member"][0]
    assert "osoby.csv" in stranger.page(path)
    assert "attachment/1" not in stranger.page(path)
    assert stranger.get(f"{path}/attachment/1").status_code == 404
    assert "attachment/1" in member.page(path)
    assert f"autor1@{place.DOMAIN}" in member.page(f"{path}/attachment/1")

"""A day of attacks on the pages, by somebody who wrote none of them: each is a line of docs/attacks.md."""

import re
import time
from datetime import timedelta
from itertools import product
from urllib.parse import urljoin

import pytest

from listserv.store.lists import list_by_name
from listserv.usecases import administration, hiding, limits, stewards
from listserv.usecases.access import CONSOLE
from listserv.web import again, create_app
from tests.findable import say
from tests.web.readers import HOME, Reader, app, archive, letters, member, stranger  # noqa: F401

PLANTED = "evil.example.net"
POISON = {
    "X-Forwarded-Host": PLANTED,
    "X-Forwarded-Prefix": f"//{PLANTED}",
    "X-Forwarded-Proto": "http",
    "X-Forwarded-Port": "81",
    "X-Forwarded-Server": PLANTED,
    "Forwarded": f"host={PLANTED};proto=http",
    "X-Original-URL": f"//{PLANTED}/",
    "X-Rewrite-URL": f"//{PLANTED}/",
    "X-HTTP-Method-Override": "POST",
    "X-Host": PLANTED,
}
FOR_ALL = ("/gazetka/", "/gazetka/feed.atom", "/robots.txt", "/sitemap.xml", "/sign-in", "/nothing-here")


@pytest.mark.only_sqlite
@pytest.mark.parametrize("proxies", [0, 1])
def test_no_header_of_a_client_gets_a_foreign_address_into_a_page(site, archive, proxies):
    site.settings = site.settings.model_copy(update={"web": site.settings.web.model_copy(update={"proxies": proxies})})
    app = create_app(site)
    app.test_client_class = Reader
    for path in FOR_ALL:
        for headers in ({name: value} for name, value in POISON.items()):
            answer = app.test_client().get(path, headers=headers)
            told = answer.get_data(as_text=True) + str(answer.headers)
            assert PLANTED not in told, (path, headers)
    # Nor into the page that is kept for the next.
    assert PLANTED not in app.test_client().page("/gazetka/")


@pytest.mark.only_sqlite
def test_pages_asked_for_under_endless_addresses_do_not_fill_the_memory(app, archive):
    browser = app.test_client()
    for number in range(20):
        browser.get(f"/gazetka/?x={number}{'a' * 20_000}")
    browser.get("/gazetka/")

    kept = app.extensions["listserv"].memory[again.Pages]
    assert [len(str(key)) < 1000 for key in kept.found] == [True]


def test_a_page_number_that_is_none_is_a_page_or_none_and_never_our_fault(stranger, archive):
    pages = ("-1", "0", "99999999999999999999999", "1e9", "%00", "٣", "1;2", "NaN")
    for path, page in product(("/gazetka/", "/gazetka/search", "/gazetka/month/2026-03"), pages):
        assert stranger.get(f"{path}?q=redakcja&page={page}").status_code in (200, 301, 302, 303, 308, 400, 404), (path, page)


QUERIES = [
    '"' * 5000,
    "a " * 5000,
    "-a " * 3000,
    "from:" * 2000,
    "(" * 4000,
    "a* OR b* NEAR(c, 99999)",
    "before:99999-99-99 after:0000-00-00",
    "has:" + "a" * 5000,
    "\\" * 5000,
    "ą" * 5000,
    "\x00\x01\x02",
    "%" * 3000,
    "topic:'; DROP TABLE message; --",
    "{list_id} : *",
    "NOT NOT NOT",
    "a\u202eb\u200b" * 500,
]


def test_no_question_to_the_search_costs_seconds_or_fails(stranger, member, archive):
    for query, (browser, path) in product(QUERIES, ((stranger, "/gazetka/search"), (member, "/search"))):
        begun = time.process_time()
        answer = browser.get(path, query_string={"q": query})
        assert answer.status_code in (200, 400, 429), query[:40]
        assert time.process_time() - begun < 2, query[:40]


@pytest.fixture
def told(site, archive, now):
    """Words on a private list, on a public one, and in a hidden message of that; and addresses, which strangers do not see."""
    with site.writing() as db:
        private, public = list_by_name(db, "siecibp"), list_by_name(db, "gazetka")
        administration.add_topic(db, private, "makulatura", "Makulatura", CONSOLE, now)
        say(db, private, now, "Scenariusze", "Kto ma scenariusze o tramwajach?", name="Sabina Przypisowa", email="sabina@example.org")
        say(db, public, now - timedelta(days=3), "Kubek dnia", "Piszcie na tajniak@press.example.net o kubkach.", name="Jan Przypis", email="janosik@example.org")
        gone = say(db, public, now - timedelta(days=2), "Kubek nocy", "Wodolot kubków.", name="Wanda Zatarta", email="wanda@example.org")
        hiding.hide_message(db, stewards.steward(db, "gazetka", CONSOLE), gone, "", now)
    return archive


def shape(browser, query):
    """All tags of what is found: how many things, of which kind; without what the query itself says."""
    page = browser.page("/gazetka/search", query_string={"q": query})
    return re.sub(r'="[^"]*"', "", "".join(re.findall(r"<[^>]+>", page)))


SECRETS = ("scenariusze", "scenarusze", "tramwajach", "tramwaach", "Sabina", "Przypisowa", "makulatura", "wodolot", "wodoloty", "Wanda", "zatarta", "tajniak@press.example.net", "press", "janosik", "janosik@example.org")


def test_nothing_that_strangers_may_not_see_is_found_suggested_or_counted_for_them(stranger, told):
    assert "<mark>" in stranger.page("/gazetka/search?q=kubek"), "what is for everybody is found"

    for query in ("{}", "from:{}", "topic:{}", "{} kubek", "kubek -{}"):
        nothing = shape(stranger, query.format("zzqqxy"))
        for word in SECRETS:
            assert shape(stranger, query.format(word)) == nothing, query.format(word)


TITLES = [
    "Lista\r\nBcc: all@example.org",
    "Lista\nX-Evil: 1",
    'Lista" <evil@example.net>, "x',
    "Lista\u2028X-Evil: 1",
    "Lista\x85X-Evil: 1",
    "=?utf-8?q?Lista=0D=0ABcc:_all@example.org?=",
    "Lista\x00\x1b[31m",
    "<script>alert(1)</script>",
    "Lista\u202eevil",
    "{{ 7*7 }}{% x %}",
]


def test_a_title_of_a_list_stays_a_title(site, archive, stranger):
    for number, title in enumerate(TITLES):
        is_a_title_and_nothing_else(site, stranger, title, f"nowa{number}@example.com")


def is_a_title_and_nothing_else(site, stranger, title, email):
    with site.writing() as db:
        mlist = list_by_name(db, "gazetka")
        administration.set_list(db, mlist, {"title": title}, CONSOLE, site.now())
    page = stranger.page("/gazetka/")
    assert "<script>alert" not in page and "49" not in re.findall(r"<h1[^>]*>(.*?)</h1>", page, re.S)[0]
    stranger.send("/gazetka/join", email=email, name=title)
    for _, text in letters(site):
        head = text.partition("\r\n\r\n")[0]
        assert not re.search(r"(?mi)^(?:bcc|x-evil)\s*:", head), head
        assert "\x1b" not in head and "\x00" not in head
    feed = stranger.get("/gazetka/feed.atom")
    assert feed.status_code == 200 and b"<script" not in feed.data


TO = ["//evil.example.net", "/\\evil.example.net", "https:evil.example.net", "/%09/evil.example.net", "/\t/evil.example.net", "\\\\evil.example.net", "javascript:alert(1)", "/..//evil.example.net", "/.//evil.example.net", "%2f%2fevil.example.net", "/@evil.example.net/..//evil.example.net", "///evil.example.net"]


def leads_home(at, location):
    """Where a browser would go: it takes backslashes for slashes and leaves tabs out."""
    there = urljoin(HOME + at, re.sub(r"[\t\r\n]", "", location).replace("\\", "/"))
    return there.startswith(f"{HOME}/")


@pytest.mark.only_sqlite
def test_no_redirect_of_any_page_leads_away(stranger, member, archive):
    names = ("to", "next", "wanted", "url", "return", "back")
    for browser, to in product((stranger, member), TO):
        for path in ("/sign-in", "/sign-out", "/gazetka", "/archives/list/x@y/"):
            answer = browser.get(path, query_string=dict.fromkeys(names, to))
            assert leads_home(path, answer.headers.get("Location", "")), (path, to)


@pytest.mark.only_sqlite
def test_a_foreign_page_that_sends_a_form_without_its_cookie_changes_nothing(member, site, archive):
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"):
        body = {"application/x-www-form-urlencoded": b"form=0&name=Zmieniona", "multipart/form-data; boundary=x": b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nZmieniona\r\n--x--\r\n', "text/plain": b"form=0&name=Zmieniona"}[kind]
        assert member.post("/me", data=body, content_type=kind, headers={"Origin": "https://evil.example.net"}).status_code in (400, 404, 405)


@pytest.mark.only_sqlite
def test_the_token_of_a_form_is_not_that_of_another_browser_even_with_an_empty_cookie(app, archive):
    one, two = app.test_client(), app.test_client()
    token = re.search(r'name="form" value="(\w+)"', one.page("/sign-in"))[1]
    for cookie in ("", "x", " ", "a" * 1000):
        two.set_cookie("__Host-listserv-form", cookie, domain="lists.example.org")
        assert two.post("/sign-in", data={"form": token, "email": "ewa@example.org"}).status_code == 400


@pytest.mark.only_sqlite
def test_every_refusal_and_file_is_armoured_too(stranger, archive):
    for path in ("/nothing", "/static/nothing.css", "/gazetka/thread/999999", "/unsubscribe/x", "/sign-in/x", "/.well-known/x", "/api/v1/x"):
        headers = stranger.get(path).headers
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"] or "sandbox" in headers["Content-Security-Policy"], path
        assert headers["X-Content-Type-Options"] == "nosniff", path


PATHS = ["/static/../listserv.toml", "/static/%2e%2e/listserv.toml", "/static/..%2flistserv.toml", "/static/....//listserv.toml", "/static//etc/passwd", "/static/%00", "/static/app.css%00.png", "/gazetka/../siecibp/", "/gazetka/%2e%2e/siecibp/", "/siecibp%2f", "/GAZETKA/../siecibp/"]


@pytest.mark.only_sqlite
def test_no_path_climbs_out(stranger, archive):
    for path in PATHS:
        answer = stranger.get(path)
        assert answer.status_code in (301, 308, 400, 404), path
        assert b"secret" not in answer.data and b"root:" not in answer.data and "Sieć BP".encode() not in answer.data
        assert leads_home(path, answer.headers.get("Location", "")), path


TYPED = [
    "ewa@example.org\r\nBcc: evil@example.net",
    "ewa@example.org,evil@example.net",
    "ewa@example.org;evil@example.net",
    "<ewa@example.org> evil@example.net",
    "ewa@example.org\x00@evil.example.net",
    '"ewa@example.org" <evil@example.net>',
    "EWA@EXAMPLE.ORG",
    "ewa@example\u3002org",
    "ewa@\uff45xample.org",
    "ew\u0430@example.org",
    "\u212awa@example.org",
]


def test_the_link_to_sign_in_goes_to_the_known_address_or_to_nobody(stranger, site, archive):
    for typed in TYPED:
        stranger.send("/sign-in", email=typed)

    links = [(to, text) for to, text in letters(site) if "/sign-in/" in text]
    assert links, "the same mailbox in capitals gets its link"
    assert {to.lower() for to, _ in links} == {"ewa@example.org"}
    assert not any(re.search("(?mi)^bcc:", text) for _, text in letters(site))


def test_guessing_links_is_answered_alike_whatever_their_length(stranger, archive):
    shapes = set()
    for token in ("a", "a" * 24, "a" * 26, "x" + "a" * 25, "2" * 40, "a" * 41, "a" * 5000, "A" * 26, "0" * 26, "%00", "ą" * 26):
        for path in (f"/sign-in/{token}", f"/unsubscribe/{token}", f"/gazetka/feed.atom?key={token}"):
            answer = stranger.get(path)
            assert answer.status_code in (200, 404, 410, 414), path
            if not path.startswith("/gazetka"):
                shapes.add((path[:8], answer.status_code))
    assert len({status for _, status in shapes}) <= 2, shapes


@pytest.mark.only_sqlite
def test_the_time_of_an_answer_does_not_tell_who_is_known(stranger, site, archive, monkeypatch):
    monkeypatch.setattr(limits, "take", lambda *_, **__: None, raising=False)

    def seconds(email):
        page = stranger.page("/sign-in")
        token = re.search(r'name="form" value="(\w+)"', page)[1]
        begun = time.process_time()
        stranger.post("/sign-in", data={"form": token, "email": email})
        return time.process_time() - begun

    for _ in range(3):
        seconds("x@example.net")
    known = sorted(seconds("ewa@example.org") for _ in range(7))[3]
    unknown = sorted(seconds(f"nobody{number}@example.net") for number in range(7))[3]
    assert max(known, unknown) < 3 * min(known, unknown) + 0.01


@pytest.mark.only_sqlite
def test_an_address_that_fails_puts_no_line_and_no_key_into_the_log(app, archive, monkeypatch, caplog):
    def fails(**_):
        raise ZeroDivisionError

    monkeypatch.setitem(app.view_functions, "unsubscribe.ask", fails)
    assert app.test_client().get("/unsubscribe/abcdefghijk%0A2026-11-22T00:00:00Z%20INFO%20forged").status_code == 500

    said = [record.getMessage() for record in caplog.records]
    assert any("/unsubscribe/" in line for line in said)
    assert not any("forged" in line or "abcdefghijk" in line or "\n" in line for line in said)

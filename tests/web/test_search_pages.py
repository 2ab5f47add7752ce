"""The search box and its pages."""

import re
from datetime import timedelta
from urllib.parse import quote

import pytest
from sqlalchemy import event

from listserv.store.lists import list_by_name
from tests.findable import say
from tests.web.readers import app, archive, member, signed_in, stranger, words  # noqa: F401


@pytest.fixture
def told(site, archive, now):
    """Something to be found on both lists."""
    with site.writing() as db:
        private, public = list_by_name(db, "siecibp"), list_by_name(db, "gazetka")
        say(db, private, now, "Kubki w bibliotece", "Mamy <b>kubki</b> & talerze.", files=(("kubek <1>.pdf", "application/pdf", b"%PDF"),))
        say(db, public, now - timedelta(days=3), "Kubek dnia", "Piszcie na tajny@press.example.net o kubkach.", name="Jan Przypis", email="jan@example.org")
    return archive


def test_every_page_has_one_box(member, stranger, told):
    for reader, paths in (
        (stranger, ("/", "/gazetka/", "/sign-in", "/nothing/", "/search")),
        (member, ("/", "/siecibp/", "/siecibp/month/", "/siecibp/search")),
    ):
        for path in paths:
            page = reader.get(path).get_data(as_text=True)
            assert page.count('role="search"') == 1, path
            where = "/siecibp/search" if path.startswith("/siecibp") else "/gazetka/search" if path.startswith("/gazetka") else "/search"
            assert f'role="search" action="{where}"' in page, path
            assert re.search(r'<label class="vh" for="q">[^<]+</label>', page)


def test_what_is_found_is_marked_and_nothing_of_it_is_markup(member, told):
    page = member.page("/siecibp/search?q=kubek")

    assert "<mark>Kubki</mark> w bibliotece" in page
    assert "&lt;b&gt;<mark>kubki</mark>&lt;/b&gt; &amp; talerze." in page
    assert "<mark>kubek</mark> &lt;1&gt;.pdf" in page
    assert "1 message" in words(page)


@pytest.mark.parametrize(
    "asked",
    [
        '"><script>alert(1)</script>',
        "<img src=x onerror=alert(1)>",
        "' OR 1=1 --",
        "\x00",
        "%",
        "{{7*7}}",
        "a" * 5000,
        "kubek\r\nX: y",
        "\ud83d",
        "from: topic: before:",
    ],
)
def test_whatever_is_typed_is_answered_and_shown_as_text(stranger, told, asked):
    page = stranger.page(f"/search?q={quote(asked.encode('utf-8', 'surrogatepass'))}")

    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "49" not in words(page).replace("lists.example.org", "")


def test_a_stranger_finds_what_anybody_may_read_and_no_address(stranger, told):
    page = stranger.page("/search?q=kubek")

    assert "Gazetka" in page
    assert "siecibp" not in page
    assert "press.example" not in page
    assert "tajny@…" in page
    assert "0 message" not in words(page)


def test_a_private_list_has_no_search_for_strangers_and_says_nothing_of_it(stranger, told):
    hidden, absent = (stranger.get(f"/{name}/search?q=kubek") for name in ("siecibp", "nicniema"))

    assert hidden.status_code == absent.status_code == 404
    assert hidden.get_data(as_text=True).replace("siecibp", "X") == absent.get_data(as_text=True).replace("nicniema", "X")


def test_an_empty_box_explains_itself_in_both_languages(stranger, told):
    english, polish = stranger.page("/gazetka/search"), stranger.page("/gazetka/search?q=", headers={"Accept-Language": "pl"})

    assert "has:attachment" in english
    assert "from:Ewa" in english
    assert "ma:załącznik" in polish
    assert "od:Ewa" in polish


def test_nothing_found_leads_on(stranger, told):
    page = stranger.page("/gazetka/search?q=kubecczek+dnia")

    assert "Nothing found" in page
    assert 'href="/gazetka/search?q=dnia"' in page
    assert 'href="/search?q=kubecczek%20dnia"' in page


def test_pages_and_orders_keep_the_question(site, stranger, told, now):
    with site.writing() as db:
        for number in range(25):
            say(db, list_by_name(db, "gazetka"), now - timedelta(days=10, minutes=number), f"Nr {number}", "talerz i łyżka")

    first = stranger.page("/gazetka/search?q=talerz+%C5%82y%C5%BCka")
    best = stranger.page("/gazetka/search?q=talerz&order=best&page=2")

    assert 'href="/gazetka/search?page=2&amp;q=talerz%20%C5%82y%C5%BCka"' in first
    assert 'value="talerz łyżka"' in first
    assert "?page=1&amp;q=talerz&amp;order=best" in best
    assert stranger.get("/gazetka/search?q=talerz&page=3").status_code == 404
    assert stranger.get("/gazetka/search?q=talerz&page=0").status_code == 404


def test_the_box_on_a_threads_page_knows_the_thread(member, told):
    page = member.page(f"/siecibp/thread/{told.threads['lekcje']}")

    assert f'<input type="hidden" name="thread" value="{told.threads["lekcje"]}">' in page
    assert "Nothing found" in member.page(f"/siecibp/search?q=kubek+in:thread&thread={told.threads['lekcje']}")


@pytest.mark.parametrize(("path", "most"), [("/siecibp/search?q=kubek", 12), ("/search?q=kubek", 12), ("/siecibp/search", 6)])
def test_a_search_asks_the_database_a_fixed_number_of_times(site, member, told, now, path, most):
    asked = []
    event.listen(site.engine, "before_cursor_execute", lambda _c, _k, statement, *_: asked.append(statement))

    def count():
        member.page(path)
        asked.clear()
        member.page(path)
        return len(asked)

    before = count()
    with site.writing() as db:
        for number in range(30):
            say(db, list_by_name(db, "siecibp"), now, f"Nr {number}", "kubek", files=(("a.txt", "text/plain", b"a"),))

    assert count() == before <= most

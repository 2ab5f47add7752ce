"""Nothing is sent twice: who has a page already is told so, and nothing else is told by that."""

import pytest

from listserv.store.lists import list_by_name
from tests import archive_seeds as seeds
from tests.web.readers import app, archive, member, signed_in, stranger  # noqa: F401

PAGES = ["/", "/siecibp/", "/siecibp/?page=1", "/siecibp/month/", "/siecibp/topic/lekcje", "/siecibp/search?q=scenariusze", "/me", "/me/profile"]


def lasting(answer):
    return sorted(pair for pair in answer.headers if pair[0] != "Date")


def told(answer):
    return {"If-None-Match": answer.headers["ETag"]}


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_known_again_also_where_forms_are(member, path):
    first = member.get(path)
    again = member.get(path, headers=told(first))

    assert (first.status_code, again.status_code, again.data) == (200, 304, b"")
    assert first.data and not {"Content-Type", "Content-Length", "Content-Security-Policy"} & set(again.headers.keys())
    for name in ("ETag", "Cache-Control", "Vary"):
        assert again.headers[name] == first.headers[name]
    assert again.headers["Cache-Control"] == "private, no-cache" and first.headers["ETag"].startswith('W/"')


def test_feeds_and_sitemaps_too(stranger, archive):
    for path in ("/gazetka/feed.atom", f"/gazetka/thread/{archive.threads['gazetka']}/feed.atom", "/sitemap.xml"):
        first = stranger.get(path)
        assert stranger.get(path, headers=told(first)).status_code == 304


def test_the_head_alone_says_the_same(member, archive):
    for path in (*PAGES, f"/siecibp/thread/{archive.threads['lekcje']}"):
        whole, head = member.get(path), member.head(path)
        assert head.data == b"" and lasting(head) == lasting(whole), path
        assert member.head(path, headers=told(whole)).status_code == 304


def test_a_strangers_form_is_known_again_once_its_browser_has_the_cookie(stranger, archive):
    first = stranger.get("/sign-in")
    assert "Set-Cookie" in first.headers
    again = stranger.get("/sign-in", headers=told(first))

    assert again.status_code == 304 and "Set-Cookie" not in again.headers
    assert stranger.application.test_client().get("/sign-in", headers=told(first)).status_code == 200


def test_a_new_message_another_language_and_another_reader_are_another_page(member, app, site, now, archive):
    path, other = "/siecibp/", signed_in(app, site, "jan@example.org")
    first = member.get(path)

    assert member.get(path, headers=told(first) | {"Accept-Language": "pl"}).status_code == 200
    assert other.get(path, headers=told(first)).status_code == 200
    assert app.test_client().get(path, headers=told(first)).status_code == 404
    with site.writing() as db:
        seeds.thread(db, list_by_name(db, "siecibp"), "Nowe", now).say("Ewa Fiszka", "ewa@example.org", "Słowa.")
    assert member.get(path, headers=told(first)).status_code == 200


def test_what_is_refused_or_not_there_has_no_mark_and_is_never_unchanged(stranger, archive):
    hidden, nothing = (stranger.get(path, headers={"If-None-Match": '*, W/"x"'}) for path in ("/siecibp/", "/nothing/"))

    assert [answer.status_code for answer in (hidden, nothing)] == [404, 404]
    assert "ETag" not in hidden.headers and "ETag" not in nothing.headers


def test_what_is_sent_is_no_page(member):
    answer = member.send("/me/profile", name="")

    assert answer.status_code in (200, 303, 400) and "ETag" not in answer.headers

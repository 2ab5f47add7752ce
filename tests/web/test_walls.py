"""What the web does not let through: hidden lists, addresses, foreign forms, foreign hosts."""

import re

import pytest

from listserv.store.lists import Archive, list_by_name
from listserv.web import create_app, static
from tests.web.readers import app, archive, hidden, member, signed_in, stranger, words  # noqa: F401


def without_its_own_path(page, path):
    """The 404 page without the one thing that may differ (where the sign-in leads back to) and the form's token."""
    return re.sub(r'name="form" value="[0-9a-f]+"', "", page.replace(path, ""))


def test_what_is_hidden_answers_exactly_like_what_is_not_there(stranger, archive):
    hidden_ones = ["/siecibp/", "/siecibp/topic/lekcje", "/siecibp/month/2026-03", "/siecibp/month/", f"/siecibp/thread/{archive.threads['lekcje']}"]
    hidden_ones += [f"/siecibp/person/{archive.users['Ewa Fiszka']}"]
    hidden_ones += [f"/siecibp/message/{archive.hashes['answer']}{rest}" for rest in ("", "?html=1", "/raw", "/attachment/1")]

    stranger.get("/sign-in")  # the cookie of the first form
    for path in hidden_ones:
        gone = path.replace("siecibp", "niczego")
        answer, nothing = stranger.get(path), stranger.get(gone)
        assert answer.status_code == nothing.status_code == 404
        assert without_its_own_path(answer.text, path) == without_its_own_path(nothing.text, gone)
        assert [name for name, _ in answer.headers] == [name for name, _ in nothing.headers]


def test_members_of_other_lists_are_strangers_here(app, site, archive, now):
    with site.writing() as db:
        from listserv.usecases import administration
        from listserv.usecases.access import CONSOLE

        administration.add_member(db, list_by_name(db, "gazetka"), administration.NewMember("obcy@example.org"), CONSOLE, now)

    obcy = signed_in(app, site, "obcy@example.org")

    assert "no such page" in obcy.page("/siecibp/", 404)
    assert "Sieć BP" not in obcy.page("/")


def test_the_page_for_what_is_not_there_leads_back_after_signing_in(stranger, archive):
    page = stranger.page("/siecibp/thread/1?page=2", 404)

    assert hidden(page, "next") == "/siecibp/thread/1?page=2"
    assert "Sieć BP" not in page


def test_someone_who_has_left_sees_nothing_any_more(member, site, archive):
    member.page("/siecibp/")
    with site.writing() as db:
        from listserv.usecases import administration
        from listserv.usecases.access import CONSOLE

        mlist = list_by_name(db, "siecibp")
        administration.remove_member(db, administration.find_member(db, mlist, "ewa@example.org"), CONSOLE, site.now())

    member.page("/siecibp/", 404)


def test_strangers_at_a_public_archive_see_no_address(stranger, archive):
    paths = ["/", "/gazetka/", "/gazetka/month/2026-03", f"/gazetka/thread/{archive.threads['gazetka']}"]
    paths += [f"/gazetka/message/{archive.hashes[which]}{form}" for which in ("letter", "reader") for form in ("", "?html=1")]

    for path in paths:
        page = stranger.page(path)
        assert not re.search(r"[\w.]+(@|%40)(press|home)\.example\.net", page), path
    assert "redakcja@…" in stranger.page(f"/gazetka/message/{archive.hashes['letter']}")
    assert "www.press.example.net/@nowe" in stranger.page(f"/gazetka/message/{archive.hashes['letter']}")
    assert "3 people" not in words(stranger.page("/gazetka/"))


def test_members_of_a_public_list_see_addresses_in_what_was_written(app, site, archive):
    zofia = signed_in(app, site, "zofia@example.org")

    assert "redakcja@press.example.net" in zofia.page(f"/gazetka/message/{archive.hashes['letter']}")


def test_every_answer_wears_the_same_armour(stranger, archive):
    for path in ("/", "/sign-in", "/nic/", "/static/forum.css", "/healthz", "/gazetka/"):
        headers = stranger.get(path).headers
        policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
        assert policy == {
            "default-src": "'none'",
            "style-src": "'self'",
            "script-src": "'self'",
            "connect-src": "'self'",
            "img-src": "'self' data:",
            "form-action": "'self'",
            "frame-ancestors": "'none'",
            "base-uri": "'none'",
        }
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"


def test_pages_hold_no_style_or_script_of_their_own(member, archive):
    for path in ("/", "/siecibp/", f"/siecibp/thread/{archive.threads['lekcje']}", "/me"):
        page = member.page(path)
        assert set(re.findall(r"<script[^>]*>[^<]*", page)) <= {f'<script src="{static.address("forum.js")}" defer>'}
        assert " style=" not in page
        assert "<style" not in page
        assert not re.search(r"\son\w+=", page)


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/sign-in/xaaaaaaaaaaaaaaaaaaaaaaaa", "/unsubscribe/uaaaaaaaaaaaaaaaaaaaaaaaa"])
def test_a_form_from_elsewhere_is_refused(member, stranger, path):
    for reader in (member, stranger):
        assert reader.post(path, data={"email": "ewa@example.org"}).status_code == 400
        assert reader.post(path, data={"email": "ewa@example.org", "form": "0" * 40}).status_code == 400
        assert reader.post(path, data={"List-Unsubscribe": "One-Click", "more": "1"}).status_code == 400


def test_a_form_of_one_browser_is_no_good_in_another(app, archive):
    one, two = app.test_client(), app.test_client()
    token = hidden(one.page("/sign-in"), "form")
    two.page("/sign-in")

    assert two.post("/sign-in", data={"form": token, "email": "ewa@example.org"}).status_code == 400
    assert one.post("/sign-in", data={"form": token, "email": "ewa@example.org"}).status_code == 200


def test_cookies_are_locked_where_the_site_is_https(app, site, archive):
    browser = app.test_client()
    cookies = browser.get("/sign-in").headers.getlist("Set-Cookie")

    assert len(cookies) == 1
    assert cookies[0].startswith("__Host-listserv-form=")
    assert all(word in cookies[0] for word in ("; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/"))


def test_reading_a_public_archive_sets_no_cookie(stranger, archive):
    assert "Set-Cookie" not in stranger.get("/gazetka/").headers


def test_a_forged_host_reaches_no_link(stranger, archive):
    answer = stranger.get("/gazetka", base_url="https://evil.example.net")

    assert answer.status_code == 308
    assert answer.headers["Location"] == "/gazetka/"
    assert "evil" not in stranger.page("/gazetka/", base_url="https://evil.example.net")


def test_methods_that_are_not_meant_are_refused(stranger, archive):
    assert stranger.post("/gazetka/").status_code == 405
    assert stranger.delete("/").status_code == 405
    assert stranger.get("/sign-out").status_code == 405
    assert stranger.delete("/").headers["Allow"] == "GET, HEAD, OPTIONS"


def test_too_large_a_form_is_refused(stranger):
    assert stranger.send("/sign-in", email="x" * 100_000).status_code == 413


def test_our_own_fault_is_told_without_its_insides(app, site, archive, monkeypatch, caplog):
    from listserv.usecases import forums

    monkeypatch.setattr(forums, "front", lambda *_: 1 / 0)
    page = app.test_client().page("/", 500)

    assert "This is our fault" in page
    assert "ZeroDivision" not in page
    assert "ZeroDivisionError" in caplog.text


def test_strange_paths_are_no_pages(stranger, archive):
    for path in (
        "/a%00b/",
        "/%FF%FE/",
        "/..%2f..%2fetc/passwd",
        "/gazetka/topic/%00",
        "/gazetka/message/%00/raw",
        "/static/..%2fapp.py",
        "/gazetka/thread/-1",
        "/" + "a" * 5000,
    ):
        assert stranger.get(path).status_code in (404, 308), path


def test_a_site_below_a_path_links_below_it(site, archive):
    made = site.settings.model_copy(update={"site": site.settings.site.model_copy(update={"url": "https://example.org/lists"})})
    site.settings = made
    app = create_app(site)

    for path in ("/lists/gazetka/", "/gazetka/"):
        page = app.test_client().get(path).get_data(as_text=True)
        assert 'href="/lists/gazetka/thread/' in page
        assert 'href="/lists/static/forum.css?v=' in page
        assert 'href="/lists/sign-in?next=/lists/gazetka/"' in page


def test_only_as_many_proxies_as_are_set_are_believed(site, archive):
    from listserv.web.visit import visit

    seen = []
    for proxies in (0, 1):
        site.settings = site.settings.model_copy(update={"web": site.settings.web.model_copy(update={"proxies": proxies})})
        app = create_app(site)
        app.before_request(lambda: seen.append(__import__("flask").request.remote_addr))
        app.test_client().get("/", headers={"X-Forwarded-For": "192.0.2.7, 198.51.100.9"})

    assert seen == ["127.0.0.1", "198.51.100.9"]
    assert visit  # the import is the context's own


def test_a_public_list_made_private_is_hidden_at_once(stranger, site, archive):
    stranger.page("/gazetka/")
    with site.writing() as db:
        list_by_name(db, "gazetka").archive = Archive.MEMBERS

    stranger.page("/gazetka/", 404)

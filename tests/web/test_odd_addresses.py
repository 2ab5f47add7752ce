"""Addresses that nobody would write by hand: each is a page that is not there, on both databases, and never our fault."""

import pytest

from listserv.store.lists import list_by_name
from tests.conftest import add
from tests.web.readers import app, archive, member, signed_in, stranger  # noqa: F401

HUGE = "99999999999999999999"
BIG = "9223372036854775807"
ODD = ["%00", "a%00b", "%ed%a0%80", "%ff", "ż" * 3000, HUGE, BIG, "2147483648", "-1", "0", "'", "%25", "\\"]
PLACES = ["/{}", "/{}/", "/siecibp/thread/{}", "/siecibp/message/{}", "/siecibp/message/{}/raw", "/siecibp/topic/{}", "/siecibp/person/{}", "/siecibp/month/{}"]
PLACES += ["/sign-in/{}", "/unsubscribe/{}", "/siecibp/message/{}/attachment/1", "/archives/list/{}/message/{}/", "/hyperkitty/list/siecibp@lists.example.org/thread/{}/"]


@pytest.mark.parametrize("place", PLACES)
def test_what_cannot_be_is_not_there(member, place):
    for odd in ODD:
        answer = member.get(place.replace("{}", odd))
        assert answer.status_code in (200, 301, 302, 303, 308, 400, 404, 410), (place, odd[:30], answer.status)


@pytest.mark.parametrize("page", ["/siecibp/", "/siecibp/topic/lekcje", "/siecibp/month/2026-03"])
def test_a_page_far_beyond_the_last_is_no_fault_of_ours(member, page):
    for number in (HUGE, BIG, "-5", "0", "%00", "1e9", "٣"):
        assert member.get(f"{page}?page={number}").status_code in (200, 404), number


@pytest.mark.parametrize("asked", ["after:2300", "before:2300", "before:9998-11-11", "after:9999", "before:1500", "after:1500-02", "before:0003", "after:0001-01-01"])
def test_days_that_no_message_can_be_of_are_days_all_the_same(stranger, archive, asked):
    assert stranger.get(f"/gazetka/search?q={asked}+piszcie").status_code == 200


@pytest.mark.parametrize("thread", [HUGE, BIG, "-" + HUGE, "9" * 5000])
def test_a_thread_to_search_in_may_be_any_number(stranger, archive, thread):
    for query in (f"q=in:thread+piszcie&thread={thread}", f"q=in:thread:{thread}"):
        assert stranger.get(f"/gazetka/search?{query}").status_code == 200


@pytest.fixture
def owner(app, site, archive, now):
    with site.writing() as db:
        add(db, list_by_name(db, "siecibp"), "alina@example.org", now, role="owner")
    return signed_in(app, site, "alina@example.org")


@pytest.mark.parametrize("page", ["hidden", "members", "invitations", "journal", "", "bans"])
def test_a_moderators_page_far_beyond_the_last_is_no_fault_of_ours(owner, page):
    for number in (HUGE, BIG, "-" + HUGE, "9" * 5000):
        assert owner.get(f"/siecibp/moderate/{page}?page={number}").status_code in (200, 404), number


NUMBERED = [
    ("/siecibp/new", {"subject": "A", "text": "B", "save": "1"}, "address"),
    ("/siecibp/new", {"subject": "A", "text": "B"}, "address"),
    ("/siecibp/new", {"subject": "A", "text": "B"}, "drop"),
    ("/me/devices", {}, "end"),
    ("/me/addresses", {}, "remove"),
    ("/siecibp/read", {}, "upto"),
    ("/siecibp/moderate/", {"answer": "approve"}, "case"),
    ("/me/list/siecibp", {}, "address"),
    ("/siecibp/moderate/invitations", {"do": "back"}, "invitation"),
]


@pytest.mark.parametrize(("path", "fields", "name"), NUMBERED)
def test_a_number_in_a_form_may_be_any(owner, path, fields, name):
    for number in (HUGE, BIG, "9223372036854775808", "-" + HUGE, "9" * 5000, "p" + HUGE):
        answer = owner.send(path, "/me", **fields, **{name: number})
        assert answer.status_code in (200, 204, 303, 400, 404, 409), (number[:30], answer.status)


@pytest.mark.parametrize(("day", "status"), [("9999-12-31", 303), ("9999-12-30", 303), ("0001-01-01", 400), ("99999-01-01", 400)])
def test_a_pause_may_be_for_ever(owner, day, status):
    assert owner.send("/me/list/siecibp", "/me", pause="1", until=day).status_code == status

    assert owner.get("/me/list/siecibp").status_code == owner.get("/me").status_code == 200


def test_the_way_to_an_address_with_a_slash_names_no_host(stranger, archive):
    answer = stranger.get("/gazetka?only=new", base_url="https://elsewhere.example.com")

    assert (answer.status_code, answer.headers["Location"]) == (308, "/gazetka/?only=new")
    assert "elsewhere" not in answer.get_data(as_text=True)
    assert stranger.get("//elsewhere.example.com/..", base_url="https://lists.example.org").headers.get("Location", "/x")[:2] not in ("//", "/\\")


def test_a_slash_too_many_leads_to_the_page_that_was_meant(stranger, member, archive):
    for browser, path, there in (
        (member, "/me/", "/me"),
        (stranger, "/sign-in/?next=/siecibp/", "/sign-in?next=/siecibp/"),
        (stranger, "/gazetka/join//", "/gazetka/join"),
        (stranger, "/gazetka/help/", "/gazetka/help"),
    ):
        answer = browser.get(path)
        assert (answer.status_code, answer.headers["Location"]) == (308, there), path
    for path in ("/gazetka/nowhere/", "/", "/nobody/at/all/", "/api/v1/openapi.json/", "/admin/people/"):
        assert stranger.get(path).status_code == (404 if path.strip("/") else 200), path
    assert stranger.post("/sign-in/").status_code == 404


@pytest.mark.parametrize("month", ["0000-01", "9999-12", "2026-13", "2026-00", "0001-01"])
def test_months_at_the_ends_of_time(member, month):
    assert member.get(f"/siecibp/month/{month}").status_code in (200, 404)


@pytest.mark.parametrize("value", ["a\0b@example.org", "\ud800@example.org", "ż" * 5000, "x" * 400 + "@example.org"])
def test_a_form_may_hold_anything(stranger, value):
    answer = stranger.send("/sign-in", email=value.encode("utf-8", "surrogatepass").decode("utf-8", "replace"))

    assert answer.status_code in (200, 303, 400)


@pytest.mark.parametrize("cookie", ["a\\000b", "x" * 5000, "%00"])
def test_a_cookie_may_hold_anything(app, archive, cookie):
    browser = app.test_client()
    answer = browser.get("/siecibp/", headers={"Cookie": f"__Host-session={cookie}; session={cookie}; __Secure-session={cookie}"})

    assert answer.status_code == 404

"""Addresses that nobody would write by hand: each is a page that is not there, on both databases, and never our fault."""

import pytest

from tests.web.readers import app, archive, member, stranger  # noqa: F401

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

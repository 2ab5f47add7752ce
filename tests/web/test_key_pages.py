"""/me/keys and the door's second step, as a browser without scripts meets them; with a device in software where one is needed."""

import re
from base64 import b32decode
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from listserv.store.passkeys import OneTime, Passkey
from listserv.store.people import Browser
from listserv.usecases import onetime, signin
from listserv.web import secondfactor as door
from tests.softkey import Device
from tests.web.readers import HOME, app, archive, hidden, letters, member, signed_in, stranger, words  # noqa: F401

JAN, ZOFIA = "jan@example.org", "zofia@example.org"


def administrator(site, email):
    with site.writing() as db:
        user = signin.person_at(db, email).user
        user.administrator = True
        return user.id


@pytest.fixture
def admin(app, site, archive):
    administrator(site, JAN)
    return signed_in(app, site, JAN)


def add(browser, device, name="telefon", agent=""):
    token = hidden(browser.page("/me/keys"), "form")
    answer = device.add(browser.page("/me/keys/passkey"))
    return browser.post("/me/keys", data={"form": token, "do": "add", "name": name, "answer": answer}, headers={"User-Agent": agent})


def show(browser, device, **fields):
    token = hidden(browser.page("/sign-in"), "form") or hidden(browser.page("/sign-in/code"), "form")
    answer = device.show(browser.page("/sign-in/passkey"))
    return browser.post("/sign-in/passkey", data={"form": token, "answer": answer, **fields})


def code(site, user_id):
    with site.writing() as db:
        row = db.scalars(select(OneTime).where(OneTime.user_id == user_id)).one()
        row.step = 0
        return onetime.code_at(onetime.key_of(site.settings, row), site.now())


def set_up(browser):
    """The key and the recovery codes, as the pages show them."""
    assert browser.send("/me/keys", do="begin").headers["Location"] == "/me/keys#codes"
    page = browser.page("/me/keys")
    key = b32decode(re.search(r"<code>([A-Z2-7 ]+)</code>", page)[1].replace(" ", ""))
    assert 'src="data:image/svg+xml' in page
    return key, page


# ---- passkeys -----------------------------------------------------------------------------------------------


def test_a_passkey_is_added_named_used_and_removed(app, member, site):
    device = Device()
    assert add(member, device).headers["Location"] == "/me/keys?saved=1"
    page = member.page("/me/keys")
    assert "telefon" in page and "not used yet" in page

    other = app.test_client()
    entered = show(other, device, next="/siecibp/", remember="on")
    assert (entered.status_code, entered.headers["Location"]) == (303, "/siecibp/")
    assert "Max-Age=7776000" in entered.headers["Set-Cookie"] and "__Host-" in entered.headers["Set-Cookie"]
    assert "Ewa Fiszka" in other.page("/me")

    number = hidden(page, "key")
    member.send("/me/keys", do="rename", key=number, name="czytelnia")
    assert "czytelnia" in member.page("/me/keys")
    member.send("/me/keys", do="remove", key=number)
    assert "You have none, and need none." in words(member.page("/me/keys"))
    assert show(app.test_client(), device).status_code == 400


def test_a_passkey_that_nobody_named_is_called_by_the_browser_it_was_made_in(member):
    agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
    add(member, Device(), name="", agent=agent)

    assert "Firefox, Windows" in words(member.page("/me/keys"))


def test_what_is_wrong_with_a_passkey_is_said_at_the_door_which_goes_on_offering_a_link(stranger, archive):
    token = hidden(stranger.page("/sign-in"), "form")

    answer = stranger.post("/sign-in/passkey", data={"form": token, "answer": "{}", "next": "/siecibp/"})

    assert answer.status_code == 400
    assert "This passkey did not fit" in words(answer.text) and "Send me a link" in answer.text
    assert hidden(answer.text, "next") == "/siecibp/"


def test_what_is_asked_of_a_device_is_kept_by_nobody_and_changes_nothing(stranger, archive, site):
    stranger.page("/sign-in")
    first, second = stranger.get("/sign-in/passkey"), stranger.get("/sign-in/passkey")

    assert first.headers["Cache-Control"] == "no-store" and first.mimetype == "application/json"
    assert first.text != second.text


def test_nobody_else_sees_or_touches_a_passkey(app, site, archive):
    ewa, jan = (signed_in(app, site, email) for email in ("ewa@example.org", JAN))
    add(ewa, Device(), "moja tajemnica")
    number = hidden(ewa.page("/me/keys"), "key")

    assert "moja tajemnica" not in jan.page("/me/keys")
    for do in ("remove", "rename"):
        assert jan.send("/me/keys", do=do, key=number, name="x").status_code == 404
    assert "moja tajemnica" in ewa.page("/me/keys")


def test_the_letter_about_a_passkey_takes_it_back_without_signing_in(app, member, stranger, site):
    add(member, Device())
    to, letter = letters(site)[-1]
    path = re.search(r"/me/keys/back/[a-z2-7]+", letter)[0]
    assert to == "ewa@example.org"

    assert "telefon" in stranger.page(path)
    assert "The passkey is gone" in stranger.send(path).text

    assert stranger.page(path, 410) and stranger.page("/me/keys/back/xaaaaaaaaaaaaaaaaaaaaaaaa", 404)
    with site.reading() as db:
        assert db.scalars(select(Passkey)).all() == [] == db.scalars(select(Browser)).all()


def test_the_policy_stays_strict_and_the_script_is_a_file_of_ours(stranger, member, archive):
    for page in (stranger.get("/sign-in"), member.get("/me/keys")):
        assert "script-src 'self'" in page.headers["Content-Security-Policy"] and "unsafe" not in page.headers["Content-Security-Policy"]
        assert re.findall(r"<script[^>]*>[^<]", page.text) == [] and not re.search(r"\son\w+=|style=", page.text)
        assert 'src="/static/passkeys.js?v=' in page.text


def test_without_scripts_the_door_is_what_it_was(stranger, archive):
    form = re.search(r"<form[^>]*data-passkey[^>]*>", stranger.page("/sign-in"))[0]

    assert form.endswith(" hidden>")


def test_a_site_read_by_http_says_that_there_are_no_passkeys(app, member, site):
    site.settings = site.settings.model_copy(update={"site": site.settings.site.model_copy(update={"url": "http://lists.example.org"})})
    app.extensions["listserv"].settings = site.settings
    browser = signed_in(app, site, "ewa@example.org")

    assert "data-passkey" not in browser.page("/me/keys") and "read by https" in browser.page("/me/keys")
    assert "data-passkey" not in app.test_client().page("/sign-in")
    browser.page("/sign-in/passkey", 404)
    browser.page("/me/keys/passkey", 404)


# ---- codes --------------------------------------------------------------------------------------------------


def test_codes_are_set_up_with_a_picture_and_shown_once_and_then_asked_for_after_a_link(app, admin, site, clock):
    key, _page = set_up(admin)
    wrong = admin.send("/me/keys", do="confirm", code="000000")
    assert wrong.status_code == 400 and "This code did not fit" in words(wrong.text)
    told = admin.send("/me/keys", do="confirm", code=onetime.code_at(key, clock()))
    codes = re.findall(r"<code>([a-z2-7-]{19})</code>", told.text)
    assert len(codes) == 10 and told.headers["Cache-Control"] == "no-store"
    assert "10 recovery codes" in words(admin.page("/me/keys")) and codes[0] not in admin.page("/me/keys")

    clock.move(minutes=1)
    browser = app.test_client()
    with site.writing() as db:
        path = urlsplit(signin.link_for(db, JAN, site.now())).path
    half = browser.send(path, remember="on")
    assert re.fullmatch(r"/sign-in/code/[a-z2-7]+\?remember=1", half.headers["Location"]) and "session" not in str(half.headers.get("Set-Cookie"))
    browser.page("/me", 303)
    step = half.headers["Location"]
    assert " checked" in browser.page(step)
    assert browser.send(step, code="123").status_code == 400
    entered = browser.send(step, code=onetime.code_at(key, clock()), remember="on")
    assert (entered.status_code, entered.headers["Location"]) == (303, "/") and "Max-Age=7776000" in entered.headers["Set-Cookie"]
    assert "Jan Przypis" in browser.page("/me")


def test_wrong_codes_are_counted_although_they_are_refused(app, admin, site, clock):
    key, _ = set_up(admin)
    admin.send("/me/keys", do="confirm", code=onetime.code_at(key, clock()))
    clock.move(minutes=20)
    with site.writing() as db:
        path = urlsplit(signin.link_for(db, JAN, site.now())).path
    browser = app.test_client()
    step = browser.send(path).headers["Location"]

    said = [browser.send(step, code=f"{number:06}").status_code for number in range(6)]

    assert said == [400] * 5 + [429]
    assert browser.send(step, code=onetime.code_at(key, clock())).status_code == 429


def test_after_twelve_hours_a_code_is_asked_for_before_keys_are_changed(app, archive, site, clock):
    user_id = administrator(site, JAN)
    admin = signed_in(app, site, JAN, remember="on")
    key, _ = set_up(admin)
    admin.send("/me/keys", do="confirm", code=onetime.code_at(key, clock()))
    clock.move(hours=13)
    for do in ("stop", "codes", "add", "remove"):
        asked = admin.send("/me/keys", do=do)
        assert (asked.status_code, asked.headers["Location"]) == (303, "/sign-in/code?next=/me/keys")
    assert admin.send("/sign-in/code?next=/me/keys", "/sign-in/code", code="1", next="/me/keys").status_code == 400

    entered = admin.post("/sign-in/code", data={"form": hidden(admin.page("/sign-in/code"), "form"), "code": code(site, user_id), "next": "/me/keys"})
    assert entered.headers["Location"] == "/me/keys"
    assert len(re.findall(r"[a-z2-7-]{19}</code>", admin.send("/me/keys", do="codes").text)) == 10
    admin.send("/me/keys", do="stop")
    assert "Set up codes" in admin.page("/me/keys")


def own_key(client):
    return client.get_cookie("__Host-listserv-session", domain="lists.example.org").value


def test_a_key_that_somebody_overheard_before_the_code_opens_nothing_after_it(app, archive, site, clock):
    user_id = administrator(site, JAN)
    admin = signed_in(app, site, JAN, remember="on")
    key, _ = set_up(admin)
    admin.send("/me/keys", do="confirm", code=onetime.code_at(key, clock()))
    clock.move(hours=13)
    overheard = own_key(admin)

    entered = admin.post("/sign-in/code", data={"form": hidden(admin.page("/sign-in/code"), "form"), "code": code(site, user_id), "next": "/me/keys"})
    other = app.test_client()
    other.set_cookie("__Host-listserv-session", overheard, domain="lists.example.org", secure=True)

    assert "Max-Age=" in entered.headers["Set-Cookie"] and own_key(admin) != overheard
    assert (other.get("/me/keys").status_code, admin.get("/me/keys").status_code) == (303, 200)


def test_the_way_back_keeps_all_that_was_asked(app, stranger, admin, site, clock):
    assert stranger.get("/me/keys?a=1&b=%262").headers["Location"] == "/sign-in?next=/me/keys?a=1%26b=%25262"
    assert 'name="next" value="/me/keys?a=1&amp;b=%262"' in stranger.get("/me/keys?a=1&b=%262", follow_redirects=True).text


def test_no_way_through_the_second_step_leads_to_another_site(app, admin, site, clock):
    key, _ = set_up(admin)
    admin.send("/me/keys", do="confirm", code=onetime.code_at(key, clock()))
    clock.move(minutes=20)
    token = hidden(admin.page("/sign-in/code?next=//elsewhere.example.net/"), "form")

    assert "elsewhere" not in admin.page("/sign-in/code?next=//elsewhere.example.net/")
    entered = admin.post("/sign-in/code", data={"form": token, "code": onetime.code_at(key, clock()), "next": "https://elsewhere.example.net/"})
    assert entered.headers["Location"] == "/me"


def test_ordinary_people_are_not_bothered_with_codes(member):
    assert "One-time codes" not in member.page("/me/keys")
    assert member.send("/me/keys", do="begin").status_code == 404
    assert member.send("/me/keys", do="confirm", code="123456").status_code == 409
    assert member.send("/me/keys", do="codes").status_code == 303


# ---- those who keep the site --------------------------------------------------------------------------------


@pytest.fixture
def guarded(app, monkeypatch):
    """A page as those of `/admin/` are."""
    monkeypatch.setattr(app, "view_functions", {**app.view_functions, "accessibility.statement": door.administrators_only(lambda: "the inner room")})
    return "/accessibility"


def require(site, app):
    site.settings = site.settings.model_copy(update={"web": site.settings.web.model_copy(update={"require_second_factor": True})})
    app.extensions["listserv"].settings = site.settings


def test_an_inner_page_opens_for_administrators_and_is_not_there_for_others(guarded, stranger, member, admin):
    assert stranger.get(guarded).headers["Location"] == f"/sign-in?next={guarded}"
    member.page(guarded, 404)
    assert admin.page(guarded) == "the inner room"


def test_whoever_has_a_passkey_shows_it_at_an_inner_page(app, guarded, admin, site):
    device = Device()
    add(admin, device)
    asked = admin.get(guarded)
    assert asked.headers["Location"] == f"/sign-in/code?next={guarded}"
    page = admin.page(asked.headers["Location"])
    assert "Please show your passkey" in words(page) and 'name="code"' not in page

    entered = admin.post("/sign-in/passkey", data={"form": hidden(page, "form"), "next": guarded, "answer": device.show(admin.page("/sign-in/passkey"))})

    assert (entered.status_code, entered.headers["Location"]) == (303, guarded)
    assert admin.page(guarded) == "the inner room"


def test_where_it_is_required_who_has_none_is_shown_how_to_get_one_and_is_no_administrator_until_then(app, guarded, site, archive):
    administrator(site, ZOFIA)
    require(site, app)
    zofia = signed_in(app, site, ZOFIA)
    assert zofia.get(guarded).headers["Location"] == "/me/keys?required=1"
    assert "Administrators need one" in words(zofia.page("/me/keys?required=1"))
    zofia.page("/siecibp/moderate/", 404)

    device = Device()
    assert add(zofia, device).status_code == 303
    token = hidden(zofia.page("/me/keys"), "form")
    zofia.post("/sign-in/passkey", data={"form": token, "answer": device.show(zofia.page("/sign-in/passkey"))})

    assert zofia.page(guarded) == "the inner room"
    zofia.page("/siecibp/moderate/")

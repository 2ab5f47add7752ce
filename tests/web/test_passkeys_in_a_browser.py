"""Passkeys in a real browser with a device that Chromium plays (CDP's WebAuthn domain): adding, signing in, removing, in both languages."""

import threading
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from listserv.i18n import translations
from listserv.store.passkeys import Passkey
from listserv.usecases import signin
from listserv.web.serve import Server
from tests.chromium import CHROMIUM, chromium
from tests.web.eyes import AXE, SMALL, WIDER, axe
from tests.web.readers import archive  # noqa: F401

pytestmark = [pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed"), pytest.mark.only_sqlite]
DEVICE = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True}
WORDS = ("Add a passkey", "Sign in with a passkey", "Remove", "Sign this browser out")


@pytest.fixture
def home(site, archive):
    """A server at http://localhost:PORT, where browsers give passkeys without https."""
    site.settings = site.settings.model_copy(update={"web": site.settings.web.model_copy(update={"listen": "127.0.0.1:0"})})
    server = Server(site)
    home = f"http://localhost:{server.address[1]}"
    site.settings = site.settings.model_copy(update={"site": site.settings.site.model_copy(update={"url": home})})
    thread = threading.Thread(target=server.serve)
    thread.start()
    yield home
    server.stop()
    thread.join(10)


def link(site, email="ewa@example.org"):
    with site.writing() as db:
        return urlsplit(signin.link_for(db, email, site.now())).path


def device_of(context, page, **more):
    """A device in this window."""
    cdp = context.new_cdp_session(page)
    # (Without `enableUI` the request in the address field is the test's to answer.)
    cdp.send("WebAuthn.enable", {"enableUI": False})
    return cdp, cdp.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE | more})["authenticatorId"]


@pytest.mark.parametrize("language", ["en", "pl"])
def test_a_passkey_is_added_and_signs_in_and_is_removed(home, site, language):
    add, enter, remove, leave = (translations(language).gettext(word) for word in WORDS)
    complaints, faults = [], []
    with chromium() as browser:
        context = browser.new_context(base_url=home, locale=language)
        context.add_init_script(AXE)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda wrong: complaints.append(str(wrong)))
        cdp, device = device_of(context, page)
        page.goto(link(site))
        page.locator("main button").click()
        page.goto("/me/keys")
        faults += axe(page)
        page.fill("#name", "telefon")
        page.get_by_role("button", name=add).click()
        page.wait_for_url(f"{home}/me/keys?saved=1")
        faults += axe(page)
        assert len(cdp.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]) == 1
        page.goto("/me")
        page.get_by_role("button", name=leave).click()
        cdp.send("WebAuthn.setAutomaticPresenceSimulation", {"authenticatorId": device, "enabled": False})
        page.goto("/sign-in?next=/siecibp/")
        button = page.get_by_role("button", name=enter)
        button.wait_for()
        faults += axe(page)
        page.set_viewport_size({"width": 320, "height": 640})
        faults += page.evaluate(WIDER) + page.evaluate(SMALL)
        cdp.send("WebAuthn.setAutomaticPresenceSimulation", {"authenticatorId": device, "enabled": True})
        button.click()
        page.wait_for_url(f"{home}/siecibp/")
        page.goto("/me/keys")
        faults += page.evaluate(WIDER) + page.evaluate(SMALL)
        page.get_by_role("button", name=remove).click()
        page.wait_for_url(f"{home}/me/keys?saved=1")
    assert ([said for said in complaints if "Clear-Site-Data" not in said], faults) == ([], [])
    with site.reading() as db:
        assert db.scalars(select(Passkey)).all() == []


def test_a_browser_offers_the_passkey_by_itself_and_says_when_none_was_given(home, site):
    with chromium() as browser:
        context = browser.new_context(base_url=home, locale="en")
        page = context.new_page()
        cdp, device = device_of(context, page)
        page.goto(link(site))
        page.locator("main button").click()
        page.goto("/me/keys")
        page.get_by_role("button", name="Add a passkey").click()
        page.wait_for_url(f"{home}/me/keys?saved=1")
        # The same device once more: it says so itself.
        page.get_by_role("button", name="Add a passkey").click()
        page.get_by_text("This device has a passkey for this site already.").wait_for()
        context.clear_cookies()
        # Its owner does not show who they are.
        cdp.send("WebAuthn.setAutomaticPresenceSimulation", {"authenticatorId": device, "enabled": False})
        page.goto("/sign-in")
        page.wait_for_function("document.querySelector('#email').autocomplete === 'username webauthn'")
        cdp.send("WebAuthn.setAutomaticPresenceSimulation", {"authenticatorId": device, "enabled": True})
        # Nothing is pressed: the field for the address has asked.
        page.goto("/sign-in?next=/siecibp/")
        page.wait_for_url(f"{home}/siecibp/")


def test_without_scripts_the_door_offers_a_link_and_nothing_else(home, site):
    with chromium() as browser:
        page = browser.new_context(base_url=home, locale="en", java_script_enabled=False).new_page()
        page.goto("/sign-in")
        assert page.locator("main button:visible").all_inner_texts() == ["Send me a link"]
        page.goto(link(site))
        page.locator("main button").click()
        page.goto("/me/keys")
        assert page.locator("[data-passkey]").is_hidden() and page.get_by_text("the browser must run scripts").is_visible()


def test_at_an_address_of_numbers_no_passkey_is_offered_and_the_page_says_why(home, site):
    numbered = home.replace("localhost", "127.0.0.1")
    with chromium() as browser:
        page = browser.new_context(base_url=numbered, locale="en").new_page()
        page.goto("/sign-in")
        assert page.locator("main button:visible").all_inner_texts() == ["Send me a link"]
        page.goto(link(site))
        page.locator("main button").click()
        page.goto("/me/keys")
        page.get_by_text("at an address of numbers").wait_for()
        assert page.locator("[data-passkey]").is_hidden()

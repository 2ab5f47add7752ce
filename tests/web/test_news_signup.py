"""Signing up for a newsletter: a form that may stand on any site, a letter that asks, one yes."""

import re
from html import unescape

import pytest

from listserv.store.consents import Consent
from listserv.store.lists import Joining, Kind, list_by_name
from listserv.store.members import member_by_key
from listserv.usecases import administration
from listserv.usecases.access import CONSOLE
from tests.conftest import add
from tests.web.readers import app, signed_in, stranger, words  # noqa: F401

ANNA = "anna@example.org"


@pytest.fixture
def newsletter(office, site):
    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        mlist.kind, mlist.joining = Kind.NEWSLETTER, Joining.OPEN
    return office


def from_elsewhere(app, **fields):
    """A form on another site, sent by a browser that was never here; and then ours, where that shows it."""
    browser = app.test_client()
    first = browser.post("/siecibp/subscribe", data={"email": ANNA, **fields}, headers={"Origin": "https://szkola.example.net", "Sec-Fetch-Site": "cross-site"})
    if first.status_code != 200:
        return first
    assert "One more step" in words(first.text)
    typed = {name: unescape(value) for name, value in re.findall(r'<input[^>]* name="([a-z]+)"[^>]*? value="([^"]*)"', first.text)}
    return browser.post("/siecibp/join", data={**typed, **{name: value for name, value in fields.items() if name == "agree"}})


def link_in(letter):
    return re.search(r"https://lists\.example\.org(/siecibp/subscribe/[a-z0-9]+)", letter.text)[1]


def on_list(site, email=ANNA):
    with site.reading() as db:
        return member_by_key(db, list_by_name(db, "siecibp"), email) is not None


def test_a_form_on_another_site_leads_to_ours_and_a_button_in_our_letter_says_yes(app, stranger, newsletter, site):
    answer = from_elsewhere(app)
    assert answer.status_code == 200 and "Please look into your mailbox" in words(answer.text)
    letter = newsletter.letters()[0]
    assert [(one.kind, one.to) for one in newsletter.letters()] == [("application-confirm", ANNA)]
    assert "moderator" not in letter.text.split("--")[0]

    path = link_in(letter)
    page = words(stranger.page(path))
    assert "a…@example.org" in page and ANNA not in page
    assert not on_list(site), "links are opened by machines too"
    assert "From now on it comes to this address" in words(stranger.send(path).text)
    assert on_list(site)
    assert ("welcome", ANNA) in [(one.kind, one.to) for one in newsletter.letters()]
    assert stranger.send(path).status_code == 400, "there is no form any more: it is done"
    assert "From now on" in words(stranger.page(path))
    with site.reading() as db:
        row = db.query(Consent).one()
        assert (row.how, row.door, row.email) == ("form", "web", ANNA)


def test_a_reply_says_yes_as_well(app, newsletter, site):
    from_elsewhere(app)
    newsletter.reply(newsletter.letters()[0], "Tak.\n", proven=None)
    assert on_list(site)


def test_however_often_it_is_sent_a_mailbox_gets_one_letter_a_day(app, newsletter, clock):
    for number in range(4):
        from_elsewhere(app, name=f"Kupujcie {number}")
    assert [one.kind for one in newsletter.letters()] == ["application-confirm"]
    assert "Kupujcie" not in newsletter.letters()[0].text
    assert [from_elsewhere(app).status_code for _ in range(2)] == [200, 429]
    assert [from_elsewhere(app, email=f"osoba{number}@example.org").status_code for number in range(30)].count(429) > 0


def test_a_form_of_another_site_does_nothing_in_the_name_of_whoever_is_signed_in(app, newsletter, site, now):
    with site.writing() as db:
        other = administration.create_list(db, administration.NewList("druga", "Druga"), CONSOLE, now)
        add(db, other, ANNA, now, name="Anna")
    browser = signed_in(app, site, ANNA)
    newsletter.new_letters()
    browser.post("/siecibp/subscribe", data={"email": ANNA})

    assert not on_list(site), "our own form first"
    assert newsletter.new_letters() == []


def test_the_page_is_the_same_whoever_has_the_address(app, newsletter):
    pages = [words(from_elsewhere(app, email=email).text).replace(email, "") for email in (ANNA, "halina@example.org")]
    assert pages[0] == pages[1]


def test_it_does_nothing_where_a_moderator_decides(app, newsletter, site):
    with site.writing() as db:
        list_by_name(db, "siecibp").joining = Joining.APPLICATION
    assert from_elsewhere(app).status_code == 404
    assert newsletter.letters() == []


@pytest.mark.parametrize(("fields", "said"), [({"email": "nonsense"}, "does not look like"), ({"email": ""}, "does not look like")])
def test_what_cannot_be_used_comes_back_in_our_own_form(app, newsletter, fields, said):
    answer = from_elsewhere(app, **fields, name="Anna Nowa")
    assert answer.status_code == 400
    assert said in words(answer.text) and 'value="Anna Nowa"' in answer.text and 'action="/siecibp/join"' in answer.text


def test_our_own_form_asks_for_an_address_alone_and_stands_on_the_newsletters_page(stranger, newsletter, site):
    assert 'name="words"' not in stranger.page("/siecibp/join")
    assert stranger.send("/siecibp/join", email=ANNA).status_code == 200
    assert [one.kind for one in newsletter.letters()] == ["application-confirm"]
    with site.writing() as db:
        list_by_name(db, "siecibp").archive = "public"
    page = stranger.page("/siecibp/")
    assert 'action="/siecibp/subscribe"' in page
    assert 'name="form"' not in page, "the same page for everybody"


def test_coordinators_copy_a_form_that_works(app, newsletter, site, now):
    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        mlist.consent = "Zgadzam się na <zasady>."
        add(db, mlist, "alina@example.org", now, role="owner", name="Alina")
    page = signed_in(app, site, "alina@example.org").page("/siecibp/news/form")
    form = unescape(re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.S)[1])

    assert 'action="https://lists.example.org/siecibp/subscribe" method="post"' in form
    assert "<script" not in form and "style" not in form and "Zgadzam się na &lt;zasady&gt;." in form
    fields = {name: "yes" if name == "agree" else ANNA for name in re.findall(r'name="(\w+)"', form)}
    assert from_elsewhere(app, **fields).status_code == 200
    assert [one.kind for one in newsletter.letters()] == ["application-confirm"]


def test_a_key_opens_nothing_else(app, stranger, newsletter, site, now):
    from_elsewhere(app)
    path = link_in(newsletter.letters()[0])
    stranger.page(path.replace("siecibp", "inna"), 404)
    stranger.page("/siecibp/subscribe/x" + "a" * 24, 404)
    with site.writing() as db:
        list_by_name(db, "siecibp").joining = Joining.APPLICATION
    stranger.page(path, 410)

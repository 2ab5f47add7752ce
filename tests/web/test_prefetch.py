"""Scanners open every link of every letter before its reader does: with GET, with HEAD, and in a browser with scripts. Nothing may come of it."""

import email
import email.policy
import re
from email.message import EmailMessage
from html import unescape

import pytest
from sqlalchemy import select

from listserv import gallery, letters
from listserv.sample import FACTS
from listserv.store.erasing import Posts
from listserv.store.lists import list_by_name
from listserv.store.people import person_at
from listserv.store.queue import Letter, Outgoing, raw_bytes
from listserv.usecases import banning, housekeeping, myaddresses, passkeys, privacy, signin, stationery
from listserv.usecases.access import CONSOLE
from listserv.web.visitors import notes_of
from tests.databases import contents
from tests.letterchecks import is_well_made
from tests.lettersshown import shown
from tests.sampling import short
from tests.softkey import Device
from tests.web.eyes import looking
from tests.web.readers import HOME, app, hidden, signed_in  # noqa: F401

ADDRESS = re.compile(r"https?://[^\s<>\"”,;)]+")
SAMPLES = str(FACTS["url"])
# Where a reader's own visit is counted; strangers at a private list leave nothing even there.
COUNTED = frozenset({"visits", "visitor", "day_salt", "tally"})
WISH = "Dzień dobry,\n\npracuję w bibliotece pedagogicznej. Czy mogę dołączyć?\n\nAnna Nowa\n"


def a_life(office, site, clock):
    """Letters of as many kinds as a network brings about in a few days, each by the way that it really comes."""
    for name, proven in (("anna", None), ("jan", True), ("ola", True)):
        office.send(f"{name.title()} <{name}@example.org>", "siecibp-join", "prośba", f"{WISH} {name}", proven=proven)
    office.reply(office.letters(kind="application-confirm")[0], "Tak, to ja.", proven=None)
    first, second, third = office.letters(to="mod@example.org", kind="application-moderator")[:3]
    office.reply(first, "Czy to biblioteka publiczna?")
    office.reply(office.letters(kind="application-question")[0], "Nie, pedagogiczna.", proven=True)
    office.reply(second, "TAK")
    office.reply(third, "NIE, to lista bibliotek szkolnych.")
    office.reply(third, "TAK")
    office.send("mod@example.org", "moderator_siecibp", "", "ZAPROŚ\nola@example.net – Pani Olu, zapraszam", proven=True)
    office.send("owner@example.org", "siecibp-request", "dziennie", "dziennie", proven=True)
    _posts(office)
    _commands(office)
    _on_the_web(site, clock)
    for n in range(16):
        office.send(f"obcy{n}@example.org", "siecibp", f"Oferta {n}", f"Oferta, numer {'x' * n}.", proven=True)
    clock.move(days=1)
    _let_the_calendar_work(site)
    _together(office, site)


def _let_the_calendar_work(site):
    with site.writing() as db:
        while housekeeping.run_due(db, site.now()):
            pass


def _together(office, site):
    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        mlist.surveys = mlist.meetings = True
    for words in ("czy spotykamy się w czerwcu?", "czy spotykamy się w maju? Ankieta jest anonimowa."):
        office.send("owner@example.org", "siecibp-questions", words[:30], f"Dzień dobry,\n\n{words}\n", proven=True)
        preview = office.letters(kind="survey-preview")[-1]
        office.reply(preview, "WYŚLIJ")
        _let_the_calendar_work(site)
        letter = office.letters(kind="survey-question", to="halina@example.org")[-1]
        office.reply(letter, "tak")
        office.reply(letter, "tak", sender="kolega@example.net")
        office.reply(preview, "ZAMKNIJ")
        office.reply(letter, "nie")
    office.send("owner@example.org", "siecibp-meeting", "Spotkanie", "Czwartek 26 marca 2026 godz. 16.30, online, https://meet.example.org/x", proven=True)
    office.reply(office.letters(kind="meeting-preview")[-1], "WYŚLIJ")
    _let_the_calendar_work(site)
    office.reply(office.letters(kind="meeting-invitation", to="halina@example.org")[-1], "BĘDĘ")


def _posts(office):
    office.send("Halina Okładka <halina@example.org>", "siecibp", "Klucz", "Kto ma klucz?", proven=True)
    office.send("obcy@example.org", "siecibp", "Pierwsza", "Dzień dobry, pytanie o katalog.", proven=True)
    office.send("obcy@example.org", "siecibp", "Druga", "Dzień dobry, pytanie o zbiory.", proven=True)
    office.send("banita@example.org", "siecibp", "Trzecia", "Dzień dobry, dzień dobry.", proven=True)
    one, other, *_ = office.letters(to="mod@example.org", kind="held-moderator")
    office.reply(one, "nie wiem, zapytam kogoś")
    office.reply(one, "TAK")
    office.reply(other, "NIE, to nie tutaj.")
    office.reply(other, "TAK", proven=None)
    office.send("marek@example.org", "moderator_siecibp", "Pytanie", "Kiedy spotkanie?", proven=True)
    office.send("marek@example.org", "postmaster", "Pytanie", "Kto tu rządzi?", proven=True)


def _commands(office):
    for words in ("POMOC", "USTAWIENIA", "STATUS", "moje dane", "szukaj klucz", "ładna dziś pogoda", "PRZERWA DO 15.08", "co wiecie o wątku", "LOGOWANIE"):
        office.send("marek@example.org", "siecibp-request", words, words, proven=True)
    office.send("marek@example.org", "siecibp-request", "kilka próśb", "LOGOWANIE\nOBSZARY", proven=True)
    office.send("halina@example.org", "siecibp-request", "dziennie", "dziennie", proven=None)
    office.send("halina@example.org", "siecibp-leave", "wypisz", "wypisz", proven=None)
    office.send("nikt@example.org", "siecibp-leave", "wypisz", "proszę mnie wypisać", proven=True)
    office.send("nikt@example.org", "noreply", "Czy ktoś tu jest", "Czy ktoś to czyta?", proven=True)
    office.send("nikt@example.org", "r+abcdefghijklmnopqrstuvwx", "Odp", "Czy ktoś to czyta po czasie?", proven=True)
    office.send("jan@example.org", "siecibp-leave", "wypisz", "wypisz mnie, za dużo poczty", proven=True)


def _on_the_web(site, clock):
    now = clock()
    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        signin.ask(db, "halina@example.org", "pl", now, wanted="/siecibp/")
        person = signin.Person(person_at(db, "halina@example.org").user_id, "Halina", "pl", "", False)
        myaddresses.add_address(db, person, "halina.druga@example.net", now)
        privacy.ask(db, person_at(db, "marek@example.org").user_id, Posts.KEEP, CONSOLE, now)
        banning.ban(db, mlist, "zly@example.org", CONSOLE, now)
        opened = signin.person_behind(db, signin.open_browser(db, person.user_id, now).key, now)
        passkeys.add(db, opened, Device().add(passkeys.options_to_add(db, opened, "a form", now)), "telefon", "a form", now)


def every_mail(site):
    """(kind, mail) of every letter and every kind of copy that leaves the site, as it leaves."""
    with site.reading() as db:
        found = [(row, _read(raw_bytes(db, row.raw_id))) for row in db.scalars(select(Letter).order_by(Letter.id))]
        for row in db.scalars(select(Outgoing)):
            head = stationery.personal_lines(site.settings, 1) + row.head
            body = row.body if row.body is not None else raw_bytes(db, row.raw_id).split(b"\r\n\r\n", 1)[1]
            found.append((None, _read(head + b"\r\n" + body)))
    return found


def _read(raw):
    return email.message_from_bytes(raw, _class=EmailMessage, policy=email.policy.default)


def links_of(mail):
    """Every address of the web in a mail: its header fields, text and HTML."""
    texts = [str(value) for value in mail.values()]
    for part in mail.walk():
        if part.get_content_maintype() == "text":
            texts.append(unescape(part.get_content()))
    return {found.rstrip(".:") for text in texts for found in ADDRESS.findall(text)}


def of_the_gallery():
    """The links of letters as the gallery shows them, at this site."""
    texts = (f"{one.subject} {one.body} {one.html}" for one in shown())
    return {found.rstrip(".:").replace(SAMPLES, HOME) for text in texts for found in ADDRESS.findall(unescape(text))}


def changed(before, site):
    """The tables that are not what they were."""
    now = contents(site.engine)
    return {name for name in now if now[name] != before[name]}


# Lived once for all tests, on each kind of database.
LIVED = {}


@pytest.fixture
def lived(office, site, clock, maker, dbms):
    if dbms in LIVED:
        clock.move(days=1)
        site.close()
        maker.fill(site.settings.database_url, "a life")
        return LIVED[dbms]
    a_life(office, site, clock)
    LIVED[dbms] = {link for _, mail in every_mail(site) for link in links_of(mail) if link.startswith(HOME)}
    site.close()
    maker.keep(site.settings.database_url, "a life")
    return LIVED[dbms]


def test_every_letter_that_leaves_is_well_made(lived, site):
    rows = [(row, mail) for row, mail in every_mail(site) if row is not None and row.kind not in ("digest", "copy")]

    assert len({row.kind for row, _ in rows}) >= 30
    for row, mail in rows:
        is_well_made(row, mail)


def test_letters_with_links_of_their_own_are_among_those_that_were_really_sent(lived):
    """What only holds the reader's key cannot be looked at with samples."""
    for path in ("/sign-in/", "/unsubscribe/", "/me/prove/", "/me/keep/", "/me/invitation/", "/me/keys/back/", "/siecibp/message/", "/siecibp/thread/", "/siecibp/moderate/"):
        assert any(path in link for link in lived), path
    keyed = {name for name in letters.names() if gallery.asked_for(name) & {"link", "unsubscribe_url"}}
    sent = {"invitation", "sign-in", "welcome", "address-prove", "erasure-asked", "signing", "answers", "passkey-added"} | {
        *("survey-question", "survey-echo", "survey-echo-unnamed", "survey-late", "survey-failed", "survey-passed-on", "survey-told")
    }
    assert keyed == sent, "add a way to `a_life` on which this letter is really sent"


def of_each_shape(links):
    """One link of each kind of page; in the long run, one for each thing that has such a page."""
    keys = r"[a-z2-7]{24,}|\d+" if short[0] else r"[a-z2-7]{24,}"
    return set({re.sub(keys, "KEY", link): link for link in sorted(links)}.values())


def test_no_scanner_changes_anything_by_following_every_link(lived, app, site):
    before, answers = contents(site.engine), set()
    links = lived | of_the_gallery()
    some = of_each_shape(links)
    for link in sorted(links):
        for agent in ("Mozilla/5.0", "SafeLinks-Scanner/1.0 bot", "facebookexternalhit/1.1")[: 3 if link in some else 1]:
            browser = app.test_client()
            for method in (browser.head, browser.get, browser.options):
                answer = method(link, headers={"User-Agent": agent, "Purpose": "prefetch"}, follow_redirects=True)
                answers.add(answer.status_code)
                assert answer.status_code < 500, link
    notes_of(app).write()

    assert {200, 404} <= answers
    assert changed(before, site) == set()


def test_nor_in_the_browser_of_somebody_who_is_signed_in(lived, app, site):
    moderator = signed_in(app, site, "mod@example.org")
    moderator.get("/siecibp/")
    before = contents(site.engine)
    links = lived | of_the_gallery()
    for link in sorted(of_each_shape(links) if short[0] else links):
        for method in (moderator.head, moderator.get):
            assert method(link, follow_redirects=True).status_code < 500, link
    notes_of(app).write()

    assert changed(before, site) <= COUNTED


def test_the_keys_are_still_good_after_all_that(lived, app, site, clock):
    clock.move(days=-1)
    link = next(one for one in lived if "/sign-in/" in one)
    browser = app.test_client()
    for _ in range(3):
        browser.head(link), browser.get(link)
    assert browser.post(link, data={"form": hidden(browser.get(link).get_data(as_text=True), "form")}).status_code == 303

    leave = next(one for one in lived if "/unsubscribe/" in one)
    assert app.test_client().post(leave, data={"List-Unsubscribe": "One-Click"}).status_code == 200


@pytest.mark.only_sqlite
def test_nor_does_a_real_browser_with_scripts(lived, app, site):
    # The ordinary run takes each third kind of page.
    paths, seen = sorted(of_each_shape(lived))[:: 3 if short[0] else 1], []
    before = contents(site.engine)

    def fetch(asked):
        seen.append(asked.method)
        body = asked.post_data_buffer if asked.method != "GET" else None
        return app.test_client().open(asked.url, method=asked.method, data=body, headers=dict(asked.headers), follow_redirects=True)

    with looking() as eyes:
        page = eyes.page(fetch)
        for link in paths:
            page.goto(link, wait_until="load")
            page.mouse.move(200, 300)
            page.keyboard.press("Tab")

    assert set(seen) == {"GET"}, "a page that is only looked at sends nothing"
    assert changed(before, site) == set()

"""Pages for everyone (WCAG 2.2 AA): every page is looked at in Chromium, by axe-core and by questions of our own."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from listserv import web
from listserv.resources import folder
from tests.chromium import CHROMIUM
from tests.web import world as place
from tests.web.eyes import COLOURS, ERRORS, FOREIGN, OUTLINES, SMALL, STILL, WIDER, axe, looking
from tests.web.people import browsers, world  # noqa: F401
from tests.web.seen import Sight, Watcher, few, sights

pytestmark = [pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed"), pytest.mark.only_sqlite]
BIG, TWICE = {"width": 1280, "height": 900}, "document.documentElement.style.fontSize = '225%'"
SMALLEST = {"width": 320, "height": 640}


@pytest.fixture
def watcher(browsers, monkeypatch):
    return Watcher(browsers, monkeypatch)


def shown(eyes, watcher, sight, language, **how):
    """A page in the browser."""

    def fetch(asked):
        place = urlsplit(asked.url)
        if asked.resource_type == "document" and asked.frame.parent_frame:
            # A mail in a frame of the page.
            return watcher.ask(Sight(sight.person, place.path), language)[0]
        if asked.resource_type == "document":
            return watcher.ask(sight, language)[0]
        return watcher.browsers["anonymous"][0].get(f"{place.path}?{place.query}")

    page = eyes.page(fetch, **how)
    page.emulate_media(color_scheme="light", forced_colors="none", reduced_motion="no-preference")
    page.set_viewport_size(BIG)
    page.goto(sight.path)
    return page


def faults(page, language):
    """Everything that is wrong with the page in front of us."""
    found = axe(page)
    if language == "en":
        found += [f"no lang: {text}" for text in page.evaluate(FOREIGN)]
    found += [f"not tied to its field: {text}" for text in page.evaluate(ERRORS)]
    page.emulate_media(color_scheme="dark")
    found += [f"dark: {text}" for text in axe(page, COLOURS)]
    page.keyboard.press("Tab")
    found += [f"no outline: {text}" for text in page.evaluate(OUTLINES)]
    page.set_viewport_size(SMALLEST)
    found += [f"too small: {text}" for text in page.evaluate(SMALL)]
    found += [f"sideways at 320: {text}" for text in page.evaluate(WIDER)]
    page.evaluate(TWICE)
    return found + [f"sideways at 320 with large text: {text}" for text in page.evaluate(WIDER)]


@pytest.mark.parametrize(("language", "turn"), [("pl", 0), ("en", 9)])
def test_some_of_all_pages_are_accessible_in_one_language_or_the_other_and_both_colour_schemes(watcher, world, language, turn):
    wrong = []
    with looking(axe=True) as eyes:
        # Every page in both languages: below, in the long run.
        for sight in few(sights(watcher, world))[turn::30]:
            wrong += [f"{sight}: {fault}" for fault in faults(shown(eyes, watcher, sight, language), language)]
    assert not wrong, "\n".join(wrong[:40])


@pytest.mark.long
@pytest.mark.parametrize("language", ["pl", "en"])
def test_every_page_of_every_kind_of_reader_is_accessible(watcher, world, language):
    wrong = []
    with looking(axe=True) as eyes:
        for sight in few(sights(watcher, world), each_reader=True):
            wrong += [f"{sight}: {fault}" for fault in faults(shown(eyes, watcher, sight, language), language)]
    assert not wrong, "\n".join(wrong[:40])


def test_every_template_has_been_looked_at(watcher, world):
    home = folder("templates") / "web"
    seen = {name for sight in few(sights(watcher, world)) for name in sight.templates}
    there = {str(path.relative_to(home)): path.read_text("utf-8") for path in home.rglob("*.html")}
    views = "".join(path.read_text("utf-8") for path in Path(web.__file__).parent.rglob("*.py"))
    # What neither a view nor another template asks for is no page.
    used = {name for name in there if f'"{name}"' in views or any(f'"{name}"' in text for other, text in there.items() if other != name)}

    assert sorted(used - seen) == [], "lead to it in tests/web/seen.py"


def test_no_link_leads_nowhere(watcher, world):
    meant = ("/nothing/", "/siecibp/", "/archiwa/", "/siecibp/search?q=tekst+nigdzietego")
    # Of whom everything is hidden there is no page, to moderators neither.
    meant += tuple(f"/{mlist}/person/{things.user}" for (mlist, state), things in world.things.items() if state != place.SHOWN)
    dead = [str(sight) for sight in sights(watcher, world) if not sight.fields and sight.path not in meant and "errors/missing.html" in sight.templates]

    assert dead == []


def test_titles_tell_pages_apart(watcher, world):
    titles = {}
    for sight in few(sights(watcher, world), each_reader=True):
        if not sight.fields and "errors/missing.html" not in sight.templates:
            assert sight.title, sight
            titles.setdefault((sight.person, sight.title), set()).add(sight.path.partition("?")[0])

    assert {title: paths for title, paths in titles.items() if len(paths) > 1} == {}


def test_nothing_moves_for_those_who_asked_for_rest(watcher, world):
    with looking() as eyes:
        for sight in few(sights(watcher, world))[:2]:
            page = shown(eyes, watcher, sight, "pl")
            page.emulate_media(reduced_motion="reduce")
            assert page.evaluate(STILL) == [], sight


def test_focus_and_buttons_are_seen_in_forced_colours(watcher, world):
    with looking() as eyes:
        for sight in few(sights(watcher, world))[:2]:
            page = shown(eyes, watcher, sight, "pl")
            page.emulate_media(forced_colors="active")
            page.keyboard.press("Tab")
            assert page.evaluate(OUTLINES) == [], sight
            assert (
                page.evaluate(
                    "() => [...document.querySelectorAll('button:not(.plain), .button')].filter(e => getComputedStyle(e).borderStyle === 'none').map(e => e.outerHTML)"
                )
                == []
            ), sight

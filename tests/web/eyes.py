"""A real browser in front of the site of `world.py`: pages come from the application itself, no port is opened, nothing else is fetched."""

import json
from contextlib import contextmanager
from pathlib import Path

import axe_playwright_python

from tests.chromium import chromium
from tests.web.readers import HOME

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast", "link-in-text-block"]
RUN = """async only => (await axe.run(document, {runOnly: only, resultTypes: ['violations'], elementRef: false}))
    .violations.map(v => v.id + ': ' + v.help + ' | ' + v.nodes.map(n => n.html.slice(0, 160) + ' ' + (n.any[0] || n.all[0] || n.none[0] || {message: ''}).message).slice(0, 3).join(' | '))"""
# Left of what it is meant to be: the page is wider than the window, and what sticks out (code may, in a box of its own).
WIDER = """() => document.documentElement.scrollWidth <= innerWidth ? [] : ['the page is ' + document.documentElement.scrollWidth + ' wide',
    ...[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('pre, .foreign, .vh, .table'))
    .map(e => e.outerHTML.slice(0, 90))]"""
# WCAG 2.2, 2.5.8: 24 by 24, but for links within a sentence, and what is not shown.
SMALL = """() => [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]')].filter(e => {
    const box = e.getBoundingClientRect(), style = getComputedStyle(e);
    if (!box.width || !box.height || style.visibility === 'hidden' || e.closest('.vh, .skip, .foreign, .body')) return false;
    if (box.height >= 23.5 && box.width >= 23.5) return false;
    return !(style.display === 'inline' && [...e.parentElement.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()));
  }).map(e => Math.round(e.getBoundingClientRect().width) + 'x' + Math.round(e.getBoundingClientRect().height) + ' ' + e.outerHTML.slice(0, 110))"""

# Where the keyboard is must be seen. (After a key was pressed, whatever has the focus is `:focus-visible`.)
OUTLINES = """() => [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]')].filter(e => {
    e.focus();
    if (document.activeElement !== e) return false;
    const style = getComputedStyle(e);
    return style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2;
  }).map(e => e.outerHTML.slice(0, 110))"""
# Polish words of the lists on English pages. (What a list or a topic is called within a sentence is a name: WCAG 3.1.2 lets it stand.)
FOREIGN = """() => {
  const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode;
    if (/(?:Tekst|Temat) (?:jawne|skryte|ukryte)|Dziękuję|O czym jest/.test(node.data) && node.parentElement.localName !== 'textarea'
        && node.parentElement.closest('[lang]').lang !== 'pl') found.push(node.parentElement.outerHTML.slice(0, 110));
  }
  return found;
}"""
# What is wrong with a field is said at the field, or in a sentence that is read out.
ERRORS = """() => [...document.querySelectorAll('.wrong')].filter(e => !e.closest('[role=alert]')
    && !(e.id && document.querySelector(`[aria-describedby~="${e.id}"]`))).map(e => e.outerHTML.slice(0, 110))"""
STILL = """() => [...document.querySelectorAll('*')].filter(e => { const style = getComputedStyle(e);
    return style.animationName !== 'none' || style.transitionDuration.split(',').some(t => parseFloat(t) > 0) || style.scrollBehavior === 'smooth'; })
    .map(e => e.outerHTML.slice(0, 110))"""


class Eyes:
    """Shows answers of the application in Chromium and says what is wrong with them."""

    def __init__(self, browser, axe):
        self.browser, self.axe = browser, axe
        self.contexts = {}

    def page(self, fetch, *, script=True, **how):
        """A browser page whose documents `fetch(path)` gives: a test client's answer."""
        key = json.dumps(how, sort_keys=True) + str(script)
        if key not in self.contexts:
            context = self.browser.new_context(base_url=HOME, java_script_enabled=script, **how)
            if self.axe:
                context.add_init_script(AXE)
            self.contexts[key] = context.new_page()
        page = self.contexts[key]
        page.unroute_all()
        page.route("**/*", lambda route: answered(route, fetch))
        return page


def answered(route, fetch):
    """What the application says to this request, and nothing from elsewhere."""
    asked = route.request
    if not asked.url.startswith(HOME):
        return route.abort()
    found = fetch(asked)
    headers = {name: value for name, value in found.headers if name.lower() not in ("content-length", "set-cookie")}
    return route.fulfill(status=found.status_code, headers=headers, body=found.get_data())


@contextmanager
def looking(*, axe=False):
    """One Chromium for many pages; with axe-core in each of them and in their frames, where they are many (it takes longer to read than a page)."""
    with chromium() as browser:
        yield Eyes(browser, axe)


def axe(page, only=None):
    """What axe-core finds wrong on a page."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    return page.evaluate(RUN, {"type": "rule", "values": only} if only else {"type": "tag", "values": TAGS})

"""One Chromium for all tests that want it: it and what steers it take more time to start than most of what is asked of them.
Files with such tests come one after another (tests/collecting.py).

Each test opens windows of its own, which know nothing of what others did; they are closed behind it.
"""

from contextlib import contextmanager
from pathlib import Path

import pytest

CHROMIUM = Path("/usr/bin/chromium")
# It must not look for the rest of the world.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
]
# By which of these a file asks for it.
NAMES = {"CHROMIUM", "chromium", "looking"}
# What steers it, and the browser.
OPEN = []


@contextmanager
def chromium():
    """The browser, for contexts and pages of one's own."""
    if not OPEN:
        from playwright.sync_api import sync_playwright

        play = sync_playwright().start()
        OPEN.extend((play, play.chromium.launch(executable_path=CHROMIUM, args=QUIET)))
    browser = OPEN[1]
    others = list(browser.contexts)
    try:
        yield browser
    finally:
        for context in browser.contexts:
            if context not in others:
                context.close()


def close():
    """End it: what comes next may want the event loop of this process, which steering keeps busy."""
    if OPEN:
        play, browser = OPEN
        OPEN.clear()
        browser.close()
        play.stop()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item, nextitem):
    """The last test of such a file ends it, when no other such file comes next."""
    try:
        return (yield)
    finally:
        if nextitem is None or nextitem.path != item.path and not wants_one(nextitem):
            close()


def wants_one(item):
    """Is the test's file one of those with tests in a browser?"""
    return not NAMES.isdisjoint(vars(item.module))

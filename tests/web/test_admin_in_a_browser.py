"""The administrators' pages with everything wrong at once, seen by axe-core and by questions of our own; other states are in `seen.py`."""

from urllib.parse import urlsplit

import pytest

from tests.chromium import CHROMIUM
from tests.web.eyes import looking
from tests.web.keepers import browser, keeper, trouble  # noqa: F401
from tests.web.test_accessibility import BIG, faults

pytestmark = [pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed"), pytest.mark.only_sqlite]


def test_pages_full_of_trouble_are_for_everyone_and_run_no_stranger_s_script(site, browser, now):
    made, wrong = trouble(site, now), []
    with looking(axe=True) as eyes:
        for language, path in (("pl", ""), ("en", f"mail/{made['aside']}"), ("pl", "queues/letters"), ("en", "queues/")):
            alerts = []

            def fetch(asked, language=language):
                place = urlsplit(asked.url)
                return browser.get(f"{place.path}?{place.query}", headers={"Accept-Language": language})

            page = eyes.page(fetch)
            page.on("dialog", lambda dialog, alerts=alerts: (alerts.append(dialog.message), dialog.dismiss()))
            page.emulate_media(color_scheme="light")
            page.set_viewport_size(BIG)
            page.goto(f"/admin/{path}")
            wrong += [f"{path}: {fault}" for fault in faults(page, language)] + [f"{path}: ran {alert}" for alert in alerts]
    assert not wrong, "\n".join(wrong[:40])

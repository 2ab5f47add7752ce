"""The demonstration's browser: pages and forms, without a picture."""

import re
import urllib.error
import urllib.request

from listserv.demo.stage import PATIENCE


def fetch(browser: urllib.request.OpenerDirector, url: str, form: bytes | None = None) -> str:
    """A page's text; with a form, what its button leads to."""
    with browser.open(url, form, timeout=PATIENCE) as answer:
        return str(answer.read().decode("utf-8"))


def hidden_fields(page: str) -> list[tuple[str, str]]:
    """The hidden fields of a page's form."""
    return re.findall(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page)


def status(browser: urllib.request.OpenerDirector, url: str) -> int:
    """The status of a page."""
    try:
        with browser.open(url, timeout=PATIENCE) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code

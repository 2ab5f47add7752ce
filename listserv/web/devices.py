"""Browsers as their owners know them: `Firefox, Windows`."""

import re

# In this order: each of the later ones also stands in what the earlier ones say of themselves.
BROWSERS = (
    (r"Edg(?:e|A|iOS)?/", "Edge"),
    (r"OPR/|Opera", "Opera"),
    (r"SamsungBrowser/", "Samsung Internet"),
    (r"Vivaldi/", "Vivaldi"),
    (r"Firefox/|FxiOS/", "Firefox"),
    (r"Chrom(?:e|ium)/|CriOS/", "Chrome"),
    (r"Safari/", "Safari"),
)
SYSTEMS = ((r"iPhone", "iPhone"), (r"iPad", "iPad"), (r"Android", "Android"), (r"Windows", "Windows"), (r"Mac OS X|Macintosh", "macOS"))
MORE_SYSTEMS = ((r"CrOS", "ChromeOS"), (r"Linux|X11", "Linux"))


def device(agent: str) -> str:
    """What a User-Agent says, in two words; empty where it says nothing that is known."""
    return ", ".join(filter(None, (_first(agent, BROWSERS), _first(agent, SYSTEMS + MORE_SYSTEMS))))


def _first(agent: str, table: tuple[tuple[str, str], ...]) -> str:
    return next((name for pattern, name in table if re.search(pattern, agent)), "")

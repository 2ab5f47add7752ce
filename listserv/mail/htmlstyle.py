"""The style of an element, declaration by declaration: only what can neither load anything nor leave its box."""

import re
from collections.abc import Iterator

from listserv.mail.htmlguard import names

SIDES = ("top", "right", "bottom", "left")
PROPERTIES = names(
    "color background-color font-family font-size font-style font-weight font-variant text-align text-decoration text-decoration-line text-indent",
    "text-transform line-height letter-spacing white-space vertical-align width max-width min-width height padding margin border",
    "border-color border-style border-width border-collapse border-spacing border-radius list-style-type direction display",
    "overflow-wrap word-wrap word-break box-sizing",
) | {f"{name}-{side}" for name in ("padding", "margin", "border") for side in SIDES}
PROPERTIES |= {f"border-{side}-{what}" for side in SIDES for what in ("color", "style", "width")}

VALUE = re.compile(r"""(?:[\w#%.,+'" /-]|rgba?\([\d.,%\s/]{1,40}\)|hsla?\([\d.,%\s/a-z]{1,40}\)){1,200}""", re.IGNORECASE)
NUMBER = re.compile(r"(-?)(\d*\.?\d+)(e[+-]?\d)?(%|[a-z]{1,4})?", re.IGNORECASE | re.ASCII)
HEX = re.compile(r"#\w+")
IMPORTANT = re.compile(r"\s*!\s*important$", re.IGNORECASE)
COLOUR = re.compile(r"#[0-9a-f]{3,8}|[a-z]{3,30}|rgba?\([\d.,%\s/]{1,40}\)", re.IGNORECASE)
WORD = re.compile(r"[^\s(]+(?:\([^()]*\))?")
PICTURE = re.compile(r"\burl\([^()]*\)", re.IGNORECASE)
NO_COLOURS = frozenset({"none", "fixed", "scroll", "center", "top", "bottom", "left", "right", "repeat", "url", "inherit", "initial", "unset", "revert"})
DISPLAYS = frozenset({"none", "block", "inline", "inline-block", "table", "table-row", "table-cell", "list-item"})
# The largest length that a property may have, in pixels, roughly: what is wider or farther out can be read on no page.
LARGEST = 2000
LENGTHS = {"font-size": 100, "line-height": 200, "letter-spacing": 20, "text-indent": 100}
SPACE_AROUND = 150
PIXELS = {"em": 16, "rem": 16, "lh": 20, "ex": 8, "ch": 8, "pt": 1.33, "pc": 16, "cm": 38, "mm": 3.8, "in": 96, "vw": 10, "vh": 10}
# Lines nearer than this lie upon one another.
NARROWEST_LINES = {"": 0.9, "%": 90, "em": 0.9, "px": 8, "pt": 6}
# Word hangs the bullets of its lists so far out, within the margin that it gives the paragraph.
HANGING = re.compile(r"-\d{1,2}(?:\.\d{1,3})?(?:px|pt)")
LONGEST = 5000
# `font: italic bold 11pt/1.2 Calibri, sans-serif`
FONT = re.compile(
    r"(?P<words>(?:(?:italic|oblique|bold|normal|[1-9]00)\s+)*)(?P<size>\d{1,3}(?:\.\d{1,2})?(?:px|pt|em|rem|%))(?:\s*/\s*(?P<line>[\d.]{1,6}[a-z%]{0,3}))?"
    r"\s+(?P<family>\S.{0,150})",
    re.IGNORECASE,
)


def safe_style(value: str) -> str | None:
    """The declarations that may stay, in one spelling; None where there are none."""
    good = []
    for declaration in value[:LONGEST].split(";"):
        name, _, words = declaration.partition(":")
        for part, said in _longhand(name.strip().lower(), IMPORTANT.sub("", " ".join(words.split()))):
            if fits(part, said):
                good.append(f"{part}:{said}")
    return ";".join(good) or None


def _longhand(name: str, words: str) -> Iterator[tuple[str, str]]:
    """Two shorthands that letters often use, as what of them may stay."""
    if name == "background":
        colours = [word for word in WORD.findall(PICTURE.sub(" ", words)) if COLOUR.fullmatch(word) and word.lower() not in NO_COLOURS]
        if len(colours) == 1:
            yield "background-color", colours[0]
        return
    if name != "font":
        yield name, words
        return
    found = FONT.fullmatch(words)
    if found is None:
        return
    for word in found["words"].lower().split():
        yield ("font-style" if word in ("italic", "oblique") else "font-weight"), word
    yield "font-size", found["size"]
    if found["line"]:
        yield "line-height", found["line"]
    yield "font-family", found["family"]


def fits(name: str, words: str) -> bool:
    """May this declaration stay?"""
    if name not in PROPERTIES or VALUE.fullmatch(words) is None:
        return False
    if name == "display":
        return words.lower() in DISPLAYS
    if "color" in name or name == "font-family":
        return True
    if name == "text-indent" and HANGING.fullmatch(words):
        return True
    found = NUMBER.findall(HEX.sub("", words))
    if name == "line-height" and any(float(number) < NARROWEST_LINES.get(unit.lower(), 0) for _, number, _, unit in found):
        return False
    limit = SPACE_AROUND if name.startswith(("margin", "padding")) else LENGTHS.get(name, LARGEST)
    return all(not sign and not exponent and _pixels(name, float(number), unit.lower()) <= limit for sign, number, exponent, unit in found)


def _pixels(name: str, number: float, unit: str) -> float:
    if unit == "%":
        return number * (0.16 if name in ("font-size", "line-height") else 7)
    return number * PIXELS.get(unit, 16 if name == "line-height" and not unit else 1)

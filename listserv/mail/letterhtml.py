"""The HTML form of our own letters, made from the same words: so that a telephone breaks the lines, and not we."""

import re
from collections.abc import Collection, Iterator, Mapping
from html import escape
from typing import Any

# Nothing is fetched, nothing runs, and a reader's own colours stay: what mail programs do by themselves is good enough.
PAGE = (
    '<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    '<meta name="color-scheme" content="light dark"><title>{title}</title></head>\n'
    '<body style="font:16px/1.5 sans-serif;max-width:38em;margin:0;padding:12px;overflow-wrap:anywhere">\n{body}</body></html>\n'
)
ADDRESS = re.compile(r"https?://[^\s<>\"”]+[^\s<>\"”.,;:)]")
# Facts whose value is an address that the program made.
LINK_FACT = re.compile(r"(?:\w+_)?(?:url|page)|link|where")
# Pages whose addresses templates put together from such a fact.
PAGES = (("url", ("/me", "/me/data", "/me/addresses", "/me/tokens")), ("archive_url", ("help", "moderate/", "moderate/invitations", "moderate/members")))
LONGEST_UNBROKEN = 30
# „siecibp-leave@…” is not broken after its hyphen, nor is „e-booki”.
UNBROKEN = re.compile(r"(?<![^\s<(„“])[\w.+]{1,32}-[\w.+-]{1,32}@|\b\w-\w{1,20}\b")
# „TAK – przyjmujemy”, and the two columns of a table of words.
# Before a line of ours that is set off: plain text breaks it where it is full, HTML where the window ends.
FLOWS = "\x03"
# Before the link in its line: „⟨mark⟩Answer in the browser⟨mark⟩https://…”.
BUTTON = "\x01"
PRESSED = re.compile(rf"(?m)^  {BUTTON}(?P<words>[^{BUTTON}\n]+){BUTTON}(?P<link>\S+)$")
PRESSABLE = "display:inline-block;padding:10px 18px;border:2px solid;border-radius:6px;font-weight:bold;text-decoration:none"
CHOICE = re.compile(r"  (?P<what>\S.*?)(?: – | {2,})(?P<means>\S.*)")


def page(text: str, title: str, language: str, links: Collection[str] = ()) -> str:
    """A letter's text, before its lines were broken, as a page of HTML; these `links` can be pressed, and nothing else."""
    return PAGE.format(language=escape(language), title=escape(title), body=fragment(text, links))


def fragment(text: str, links: Collection[str] = ()) -> str:
    """The same without a page around it."""
    return "".join(_block(lines, links) for lines in _blocks(text.replace(FLOWS, "")))


def without_buttons(text: str) -> str:
    """The same for plain text: of a button the link stays."""
    return PRESSED.sub(r"  \g<link>", text)


def our_links(facts: Mapping[str, Any]) -> frozenset[str]:
    """The addresses among the facts of a letter: made by the program, never by somebody's words."""
    return frozenset((*_links_in(facts), *(f"{facts[base]}{page}" for base, pages in PAGES if isinstance(facts.get(base), str) for page in pages)))


def _links_in(facts: Mapping[str, Any]) -> Iterator[str]:
    for name, value in facts.items():
        if isinstance(value, str) and LINK_FACT.fullmatch(name):
            yield value
        elif isinstance(value, (list, tuple)):
            for one in value:
                yield from _links_in(one) if isinstance(one, Mapping) else ()


def _depth(line: str) -> int:
    """0: a paragraph; 1: a choice or a link of its own; 2: set off, somebody else's words."""
    return 2 if line.startswith("    ") else 1 if line.startswith("  ") else 0


def _blocks(text: str) -> list[list[str]]:
    """Lines that belong together: of one depth; quoted words with the empty lines between them."""
    found: list[list[str]] = []
    for line in text.strip("\n").split("\n"):
        if found and line and _go_together(found[-1], line):
            found[-1].append(line)
        elif line:
            found.append([line])
        elif found:
            found[-1].append("")
    return found


def _go_together(block: list[str], line: str) -> bool:
    last = _last(block)
    if block[-1] and _depth(block[0]) == 1 and re.match(r"(?:  ){1,2}\S", line):
        # Two further in, right below a line of ours: what is said of it, and nobody's words.
        return True
    return bool(last) and _depth(last) == _depth(line) and (block[-1] != "" or _depth(line) == 2)


def _last(lines: list[str]) -> str:
    return next((line for line in reversed(lines) if line), "")


def _block(lines: list[str], links: Collection[str]) -> str:
    depth = _depth(lines[0])
    if depth == 2 and _are_people(lines):
        said = "\n".join(f'<p style="margin:0 0 .5em">{escape(line[4:])}</p>' for line in lines if line)
        return f'<div style="margin:0 0 1em;padding-left:12px;border-left:3px solid #8888">\n{said}\n</div>\n'
    if depth == 2:
        said = "<br>\n".join(escape(line[4:]) for line in "\n".join(lines).rstrip().split("\n"))
        return f'<blockquote style="margin:0 0 1em;padding-left:12px;border-left:3px solid #8888">\n{said}\n</blockquote>\n'
    inside = [_choice(line, links) if depth else _linked(line, links) for line in lines if line]
    if depth:
        return "".join(f'<p style="margin:0 0 {"1em" if line is inside[-1] else ".35em"} 12px">{line}</p>\n' for line in inside)
    return "".join(f'<p style="margin:0 0 1em">{line}</p>\n' for line in inside)


def _are_people(lines: list[str]) -> bool:
    """Somebody on each line, but perhaps the last: they are not run together."""
    said = [line for line in lines if line]
    return len(said) > 1 and sum("@" in line for line in said) >= len(said) - 1


def _choice(line: str, links: Collection[str]) -> str:
    pressed = PRESSED.fullmatch(line)
    if pressed and pressed["link"] in links:
        return f'<a href="{escape(pressed["link"])}" style="{PRESSABLE}">{escape(pressed["words"])}</a>'
    found = CHOICE.fullmatch(line)
    if not found:
        return _linked(line.strip(), links)
    return f"<strong>{_unbroken(found['what'])}</strong> – {_linked(found['means'], links)}"


def _linked(line: str, links: Collection[str]) -> str:
    """Our own links can be pressed; what others have written stays words."""
    parts, end = list[str](), 0
    for found in ADDRESS.finditer(line):
        parts.append(_unbroken(line[end : found.start()]))
        parts.append(f'<a href="{escape(found[0])}">{escape(found[0])}</a>' if found[0] in links else escape(found[0]))
        end = found.end()
    return "".join((*parts, _unbroken(line[end:])))


def _unbroken(words: str) -> str:
    """Words for HTML: the hyphen of an address is no place to break it."""
    parts, end = list[str](), 0
    for found in UNBROKEN.finditer(words):
        kept = escape(found[0])
        parts += [escape(words[end : found.start()]), f'<span style="white-space:nowrap">{kept}</span>' if len(kept) <= LONGEST_UNBROKEN else kept]
        end = found.end()
    return "".join((*parts, escape(words[end:])))

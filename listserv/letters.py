"""Letters to people: one template for all languages, worded in the language of who reads it."""

import re
import textwrap
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from listserv import i18n
from listserv.mail import letterhtml
from listserv.mail.listrules import Asks
from listserv.resources import folder
from listserv.rules import SAID, WORDS

# Of paragraphs; and of lines that stand in columns, which are broken only where they must be.
WIDTH, WIDEST = 72, 78
TITLE = re.compile(r"[„“][^„“”\n]{1,40}”")
GLUE = "\x00"
# Of somebody's words in one letter: mailboxes refuse what is too large, and then nobody hears of it.
MOST_QUOTED = 20_000
GOES_ON = i18n.N_("[…] The text is longer: only its beginning fits into this letter.")


@dataclass(frozen=True, slots=True)
class Words:
    """A letter's subject, its plain text, and the same as HTML."""

    subject: str
    body: str
    html: str = ""


@cache
def environment(language: str) -> Environment:
    """The templates of all letters in one language. A fact that is missing is an error, never an empty place."""
    env = Environment(  # nosec B701: plain text; its HTML is made by mail/letterhtml.py
        loader=FileSystemLoader(folder("templates") / "letters"),
        extensions=["jinja2.ext.i18n"],
        undefined=StrictUndefined,
        trim_blocks=True,
        autoescape=False,
    )
    env.install_gettext_translations(i18n.translations(language), newstyle=True)  # type: ignore[attr-defined]
    env.policies["ext.i18n.trimmed"] = True
    env.filters["quoted"] = lambda text: quoted(_beginning(text, i18n.translations(language).gettext(GOES_ON)))
    env.filters["set_off"] = partial(set_off, language=language)
    env.filters["moment"] = lambda moment, zone: i18n.moment_in_words(moment, language, zone)
    env.filters["number"] = lambda count: i18n.number(count, language)
    env.globals["button"] = button
    env.globals |= {"mailbox": mailbox, "language": language, "reason_words": WORDS, "rule_said": partial(_rule_said, language), "long_date": i18n.long_date}
    return env


def _rule_said(language: str, asks: str, value: str) -> str:
    """What a rule of the list's own asks, with its value."""
    return i18n.translations(language).gettext(SAID[Asks(asks)]) % {"value": value}


def _beginning(text: str, note: str) -> str:
    """As much of the text as goes into a letter, and a line that says so where there is more."""
    text = text.strip()
    if len(text) <= MOST_QUOTED:
        return text
    cut = max(text.rfind("\n", MOST_QUOTED // 2, MOST_QUOTED), text.rfind(" ", MOST_QUOTED // 2, MOST_QUOTED))
    return f"{text[: cut if cut > 0 else MOST_QUOTED].rstrip()}\n\n{note}"


def quoted(text: str) -> str:
    """Somebody's words, word for word, set off by an indent."""
    return "\n".join(f"    {line}".rstrip() for line in text.strip().splitlines())


def set_off(text: str, language: str = "") -> str:
    """A sentence of the list's own, word for word, in lines of its own; how long they are is seen to where they are shown."""
    return quoted("\n".join(f"{letterhtml.FLOWS}{i18n.tight(line, language)}" if line else "" for line in text.strip().splitlines()))


def mailbox(name: str, email: str) -> str:
    """`Anna Nowa <anna@…>`, or the address alone."""
    return f"{name} <{email}>" if name and name != email else email


def button(link: str, words: str) -> str:
    """A link of the program's own in a line of its own; in HTML these words can be pressed."""
    return f"  {letterhtml.BUTTON}{words}{letterhtml.BUTTON}{link}"


def render(letter: str, language: str, **facts: Any) -> Words:
    """The letter in one language. Raises jinja2.UndefinedError for a missing fact."""
    env = environment(language)
    subject = env.get_template(f"{letter}/subject.txt").render(facts)
    subject = " ".join(subject.split(" ")).strip().replace("\n", " ")
    text = tidy(env.get_template(f"{letter}/body.txt").render(facts))
    return Words(subject, wrap(letterhtml.without_buttons(text)), letterhtml.page(text, subject, language, letterhtml.our_links(facts)))


def tidy(body: str) -> str:
    """No spaces at the end of lines, and never two empty lines."""
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+$", "", body, flags=re.MULTILINE).strip("\n"))


def wrap(text: str) -> str:
    """Paragraphs at 72 columns, choices at 78; what is set off (addresses, quoted letters) stays as it is."""
    lines = [_indented(line) if line.startswith(" ") else _fill(line) for line in text.split("\n")]
    return "\n".join(lines) + "\n"


def _indented(line: str) -> str:
    """What may be replied, in a line of its own, goes on further in when it is long; what is set off deeper is not ours."""
    line = line.rstrip()
    if line.startswith(f"    {letterhtml.FLOWS}"):
        return textwrap.fill(line.replace(letterhtml.FLOWS, ""), WIDTH, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)
    if line.startswith("    ") or len(line) <= WIDEST:
        return line
    return textwrap.fill(line, WIDEST, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)


def _fill(line: str) -> str:
    """A paragraph in lines: a short quoted title stays on one, and no line begins with a dash."""
    kept = TITLE.sub(lambda title: title[0].replace(" ", GLUE), line).replace(" –", f"{GLUE}–")
    return textwrap.fill(kept, WIDTH, break_long_words=False, break_on_hyphens=False).replace(GLUE, " ")


@cache
def names() -> tuple[str, ...]:
    """Every letter there is."""
    return tuple(sorted(place.name for place in (folder("templates") / "letters").iterdir() if place.is_dir()))

"""Letters to people: one template for all languages, worded in the language of who reads it."""

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from listserv import i18n
from listserv.resources import folder
from listserv.rules import WORDS

WIDTH = 72
TITLE = re.compile(r"[„“][^„“”\n]{1,40}”")
GLUE = "\x00"


@dataclass(frozen=True, slots=True)
class Words:
    """A letter's subject and plain-text body."""

    subject: str
    body: str


@cache
def environment(language: str) -> Environment:
    """The templates of all letters in one language. A fact that is missing is an error, never an empty place."""
    env = Environment(
        loader=FileSystemLoader(folder("templates") / "letters"),
        extensions=["jinja2.ext.i18n"],
        undefined=StrictUndefined,
        trim_blocks=True,
        autoescape=False,
    )
    env.install_gettext_translations(i18n.translations(language), newstyle=True)  # type: ignore[attr-defined]
    env.policies["ext.i18n.trimmed"] = True
    env.filters["quoted"] = quoted
    env.filters["moment"] = lambda moment, zone: i18n.moment_in_words(moment, language, zone)
    env.globals |= {"mailbox": mailbox, "language": language, "reason_words": WORDS, "long_date": i18n.long_date}
    return env


def quoted(text: str) -> str:
    """Somebody's words, word for word, set off by an indent."""
    return "\n".join(f"    {line}".rstrip() for line in text.strip().splitlines())


def mailbox(name: str, email: str) -> str:
    """`Anna Nowa <anna@…>`, or the address alone."""
    return f"{name} <{email}>" if name and name != email else email


def render(letter: str, language: str, **facts: Any) -> Words:
    """The letter in one language. Raises jinja2.UndefinedError for a missing fact."""
    env = environment(language)
    subject = env.get_template(f"{letter}/subject.txt").render(facts)
    body = env.get_template(f"{letter}/body.txt").render(facts)
    return Words(" ".join(subject.split(" ")).strip().replace("\n", " "), wrap(body))


def wrap(body: str) -> str:
    """Paragraphs at 72 columns; indented lines (addresses, quoted letters) stay as they are."""
    text = re.sub(r"\n{3,}", "\n\n", body.strip("\n"))
    lines = [line if line.startswith(" ") else _fill(line) for line in text.split("\n")]
    return "\n".join(lines) + "\n"


def _fill(line: str) -> str:
    """A paragraph in lines: a short quoted title stays on one, and no line begins with a dash."""
    kept = TITLE.sub(lambda title: title[0].replace(" ", GLUE), line).replace(" –", f"{GLUE}–")
    return textwrap.fill(kept, WIDTH, break_long_words=False, break_on_hyphens=False).replace(GLUE, " ")


def names() -> list[str]:
    """Every letter there is."""
    return sorted(place.name for place in (folder("templates") / "letters").iterdir() if place.is_dir())


def gallery() -> Iterator[tuple[str, str, Words]]:
    """Every letter in every language with sample facts: (name, language, words)."""
    from listserv.sample import FACTS  # sample facts are only for looking

    for name in names():
        for language in i18n.LANGUAGES:
            yield name, language, render(name, language, **FACTS)

"""Successes in words: a line each, under headings, for the page, for the draft and for the letter itself."""

from collections.abc import Callable, Sequence
from gettext import NullTranslations
from itertools import groupby

from digests.schedule import listed
from listserv.i18n import N_, long_date, number, translations
from listserv.usecases.milestonewords import markdown
from listserv.usecases.successes import Kind, Success

HEADINGS = {
    Kind.MATERIAL: N_("Conversations that ended in a material"),
    Kind.GOOD: N_("Recommended as good practice"),
    Kind.USED: N_("Materials that others have used"),
    Kind.MEETING: N_("Meetings"),
    Kind.QUESTION: N_("What we asked one another"),
    Kind.ANSWER: N_("Answers worth the wait"),
    Kind.VOICES: N_("New voices, and some that are back"),
    Kind.BACK: N_("New voices, and some that are back"),
}
SUBJECT = N_("What we made together in the school year %(year)s")
OPENING = N_("The school year %(year)s on our list: messages and answers, materials and meetings. Here is some of what came of them.")
CLOSING = N_("Thank you to everybody who asked, answered, shared and came. All of it, with links, stands on this page:")

# How a title or a name is written down; and a title with the page that it leads to.
Plain = Callable[[str], str]
Titled = Callable[[str, str], str]


def year_of(year: int) -> str:
    """`2025/26`."""
    return f"{year}/{(year + 1) % 100:02}"


def grouped(told: Sequence[Success]) -> list[tuple[str, list[Success]]]:
    """By heading (in English, to be translated), in the order in which they stand."""
    return [(heading, list(some)) for heading, some in groupby(told, lambda one: HEADINGS[one.kind])]


def line(one: Success, language: str, *, titled: Titled = lambda title, path: title, plain: Plain = str, quoted: Plain | None = None) -> str:
    """What is told of it, in a sentence; `plain` writes names down, `quoted` the other words of the list."""
    spoken = translations(language)
    facts = {
        "title": titled(one.title or spoken.gettext("(no subject)"), one.path),
        "other": (quoted or plain)(one.other),
        "by": _by(one, plain),
        "num": number(one.count, language),
    }
    facts |= {"of": number(one.of, language), "names": _names(one, spoken, plain), "day": long_date(one.at, language, year=False) if one.at else ""}
    return WORDED[one.kind](one, spoken) % facts


def _by(one: Success, plain: Plain) -> str:
    return f" ({plain(one.names[0])})" if one.names else ""


def _names(one: Success, spoken: NullTranslations, plain: Plain) -> str:
    names = listed([plain(name) for name in one.names], spoken.gettext("%(some)s and %(last)s"))
    if one.more:
        names = spoken.ngettext("%(names)s and %(num)s more", "%(names)s and %(num)s more", one.more) % {"names": names, "num": one.more}
    return names


def _material(one: Success, spoken: NullTranslations) -> str:
    return spoken.gettext("The conversation “%(other)s” ended in a material: “%(title)s”%(by)s.")


def _good(one: Success, spoken: NullTranslations) -> str:
    return spoken.gettext("“%(title)s”%(by)s")


def _used(one: Success, spoken: NullTranslations) -> str:
    return spoken.ngettext("“%(title)s”%(by)s: used by %(num)s person", "“%(title)s”%(by)s: used by %(num)s people", one.count)


def _meeting(one: Success, spoken: NullTranslations) -> str:
    if not one.count:
        return spoken.gettext("%(day)s: “%(title)s”")
    if not one.noted:
        # Nobody wrote down who was there.
        return spoken.ngettext("%(day)s: “%(title)s”, %(num)s person wanted to come", "%(day)s: “%(title)s”, %(num)s people wanted to come", one.count)
    return spoken.ngettext("%(day)s: “%(title)s”, %(num)s person came", "%(day)s: “%(title)s”, %(num)s people came", one.count)


def _question(one: Success, spoken: NullTranslations) -> str:
    if one.other:
        return spoken.ngettext(
            "“%(title)s”: %(num)s person answered; first choice: %(other)s", "“%(title)s”: %(num)s people answered; first choice: %(other)s", one.count
        )
    return spoken.ngettext("“%(title)s”: %(num)s person answered", "“%(title)s”: %(num)s people answered", one.count)


def _answer(one: Success, spoken: NullTranslations) -> str:
    return spoken.ngettext(
        "“%(title)s” had its answer after %(num)s day of silence%(by)s.", "“%(title)s” had its answer after %(num)s days of silence%(by)s.", one.count
    )


def _voices(one: Success, spoken: NullTranslations) -> str:
    return spoken.ngettext("%(num)s person wrote here for the first time: %(names)s.", "%(num)s people wrote here for the first time: %(names)s.", one.count)


def _back(one: Success, spoken: NullTranslations) -> str:
    return spoken.ngettext(
        "%(num)s person wrote again after more than half a year: %(names)s.", "%(num)s people wrote again after more than half a year: %(names)s.", one.count
    )


WORDED: dict[Kind, Callable[[Success, NullTranslations], str]] = {
    Kind.MATERIAL: _material,
    Kind.GOOD: _good,
    Kind.USED: _used,
    Kind.MEETING: _meeting,
    Kind.QUESTION: _question,
    Kind.ANSWER: _answer,
    Kind.VOICES: _voices,
    Kind.BACK: _back,
}


def source(told: Sequence[Success], year: int, language: str, page: str) -> str:
    """The letter to the list, as the source of an issue (Markdown); `page`: the address of the whole list."""
    spoken = translations(language)
    base = page.partition("successes")[0]

    def titled(title: str, path: str) -> str:
        return f"[{markdown(title)}]({base}{path})" if path else markdown(title)

    parts = [spoken.gettext(OPENING) % {"year": year_of(year)}]
    for heading, some in grouped(told):
        parts.append(f"## {spoken.gettext(heading)}")
        parts.append("\n".join(f"- {line(one, language, titled=titled, plain=markdown)}" for one in some))
    return "\n\n".join([*parts, f"{spoken.gettext(CLOSING)}\n<{page}>"])

"""What came of a survey, in words: the post in its thread, as text with bars of characters and as HTML with bars to be drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from textwrap import wrap
from zoneinfo import ZoneInfo

from jinja2 import Environment

from listserv import letters, templating
from listserv.i18n import HARD_SPACE, N_, number, translations
from listserv.usecases.figurewords import percent, period
from listserv.usecases.surveycounts import Line, Tally, bar

# Of sentences in one mail, in characters: the page has all of them.
MOST_SAID = 20_000
# The widest line of names and sentences.
LINE = 66
HOW_RANKED = N_("The first of %(count)s is worth %(first)s points, the next one less, and so on; what is not named is worth none.")
TIED = N_("Equal: %(names)s.")


@dataclass(frozen=True, slots=True)
class Results:
    """A survey that is over, as everybody is told of it."""

    title: str
    tallies: tuple[Tally, ...]
    # People who were asked, and who answered.
    asked: int
    answered: int
    opened: datetime
    closed: datetime
    anonymous: bool = False
    # So few anonymous answers that none is shown.
    few: bool = False
    url: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """The same as a mail's subject, text and HTML."""

    subject: str
    text: str
    html: str


def worded(results: Results, language: str, zone: str) -> Post:
    """The post that tells the list."""
    env = _environment(language)
    facts = {"results": results, "language": language, "zone": zone, "said": said_within(results.tallies)}
    facts["summary"] = summary(results, language, zone)
    text = letters.wrap(letters.tidy(env.get_template("results.txt").render(facts)))
    html = env.get_template("results.html").render(facts)
    spoken = translations(language)
    return Post(spoken.gettext("Results: %(title)s") % {"title": results.title}, text, html)


def _environment(language: str) -> Environment:
    env = templating.environment("surveys", language)
    env.policies["ext.i18n.trimmed"] = True
    env.filters["number"] = lambda count: number(count, language)
    env.filters["decimal"] = lambda value: decimal(value, language)
    env.globals |= {
        "amount": lambda tally, line: amount(tally, line, language),
        "notes": lambda tally: notes(tally, language),
        "drawn": lambda tally: drawn(tally, language),
    }
    env.globals |= {"sentence": sentence, "width": width}
    return env


def summary(results: Results, language: str, zone: str) -> str:
    """`23 of 45 people who were asked answered (51%), from 2 to 16 March 2026.`"""
    spoken, here = translations(language), ZoneInfo(zone)
    days = period(results.opened.astimezone(here).date(), results.closed.astimezone(here).date(), language)
    if not results.answered:
        return spoken.gettext("Nobody answered (%(days)s).") % {"days": days}
    told = spoken.ngettext("%(num)s person answered", "%(num)s people answered", results.answered) % {"num": number(results.answered, language)}
    if results.asked >= results.answered:
        told = spoken.ngettext("%(wrote)s of %(num)s person who was asked answered", "%(wrote)s of %(num)s people who were asked answered", results.asked) % {
            "wrote": number(results.answered, language),
            "num": number(results.asked, language),
        }
        told += f" ({percent(results.answered / results.asked)})"
    return spoken.gettext("%(told)s, %(days)s.") % {"told": told, "days": days}


def amount(tally: Tally, line: Line, language: str) -> str:
    """`12 (52%)`; of what was ranked `84 points`."""
    spoken, count = translations(language), number(line.count, language)
    if tally.asked.kind == "ranked":
        return spoken.ngettext("%(num)s point", "%(num)s points", line.count) % {"num": count}
    return f"{count}{HARD_SPACE}({percent(line.share)})"


def notes(tally: Tally, language: str) -> tuple[str, ...]:
    """How it was counted, and what is equal: sentences below a question."""
    spoken, kind, found = translations(language), tally.asked.kind, list[str]()
    gettext = spoken.gettext
    if kind == "several":
        found.append(gettext("More than one answer could be chosen, so the shares add up to more than 100%."))
    if tally.none:
        none = spoken.ngettext("%(num)s person chose none of these.", "%(num)s people chose none of these.", tally.none)
        found.append(none % {"num": number(tally.none, language)})
    if kind == "ranked":
        count = len(tally.asked.choices)
        found.append(gettext(HOW_RANKED) % {"count": number(count, language), "first": number(count, language)})
        found += [gettext(TIED) % {"names": "; ".join(group)} for group in tally.tied]
    if tally.average is not None and tally.median is not None:
        told = {"average": decimal(tally.average, language), "median": decimal(tally.median, language)}
        found.append(gettext("On a scale from 1 to 5: average %(average)s, median %(median)s.") % told)
    return tuple(found)


def decimal(value: float, language: str) -> str:
    """`3.8`, `3,8`; whole numbers without a fraction."""
    text = f"{value:.1f}".removesuffix(".0")
    return text.replace(".", ",") if language == "pl" else text


def drawn(tally: Tally, language: str) -> str:
    """Each answer with how many gave it, and below it a bar of characters: all begin at the left, also where letters differ in width."""
    rows = []
    for line in tally.lines:
        name = (f"{line.place}. " if tally.asked.kind == "ranked" else "") + " ".join(line.label.split())
        lines = [*wrap(f"{name}: {amount(tally, line, language)}", LINE), bar(line.share)]
        rows.append("\n".join(f"    {part}" for part in lines if part))
    return "\n\n".join(rows)


def sentence(words: str) -> str:
    """Somebody's words behind a dash, their lines below one another."""
    first, *others = [part for line in words.splitlines() for part in (wrap(line, LINE) or [""])] or [""]
    return "\n".join([f"    – {first}", *(f"      {part}".rstrip() for part in others)])


def width(share: float) -> int:
    """Percent for a drawn bar: something is not nothing."""
    return max(1, round(share * 100)) if share > 0 else 0


def said_within(tallies: Sequence[Tally]) -> dict[int, tuple[str, ...]]:
    """By the question's place, as many sentences as one mail holds."""
    left, found = MOST_SAID, {}
    for place, tally in enumerate(tallies):
        kept = []
        for words in tally.words:
            left -= len(words)
            if left < 0:
                break
            kept.append(words)
        found[place] = tuple(kept)
    return found

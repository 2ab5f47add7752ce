"""Languages: gettext catalogues, the choice of one, and dates and counts as people write them.

English is the source text; every other language is a complete catalogue under `locale/`.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cache
from gettext import GNUTranslations, NullTranslations
from typing import Any
from zoneinfo import ZoneInfo

from listserv.resources import PACKAGE

LANGUAGES = ("en", "pl")
DEFAULT = "en"
# A space that must not break a line: after one-letter words and before units in our own texts.
HARD_SPACE = "\N{NO-BREAK SPACE}"
# Polish does not leave a one-letter word at the end of a line.
LONELY = re.compile(r"(?<!\w)([aiouwz]) (?=\S)", re.IGNORECASE)


def N_(text: str) -> str:
    """Mark a text for translation where it stands and translate it where it is shown."""
    return text


@cache
def translations(language: str) -> NullTranslations:
    """The catalogue of a language; the source texts for English and for a language that we do not have."""
    path = PACKAGE / "locale" / language / "LC_MESSAGES" / "listserv.mo"
    if language == DEFAULT or not path.is_file():
        return NullTranslations()
    with path.open("rb") as file:
        return GNUTranslations(file)


def tight(text: str, language: str) -> str:
    """Text whose one-letter words stay with the word that follows, where its language wants that."""
    return LONELY.sub(rf"\1{HARD_SPACE}", text) if language == "pl" else text


class Sentence(str):
    """An English sentence, as console and log say it, that remembers what it was made of: a page says it in its reader's language."""

    template: str
    facts: Mapping[str, str]


def sentence(template: str, /, **facts: object) -> Sentence:
    """A sentence out of a template marked with N_ and its facts, which may be sentences themselves."""
    return spoken(template.format(**facts), template, **facts)


def spoken(text: str, template: str, /, **facts: object) -> Sentence:
    """A word of the program's own (`held`), told as it is in English and on pages as the template says."""
    made = Sentence(text)
    made.template = template
    made.facts = {name: fact if isinstance(fact, str) else str(fact) for name, fact in facts.items()}
    return made


def told_in(language: str, text: str) -> str:
    """A sentence in a language; what is no Sentence, other people's words among it, as it is."""
    if not isinstance(text, Sentence):
        return text
    return translations(language).gettext(text.template).format(**{name: told_in(language, fact) for name, fact in text.facts.items()})


def taken_apart(text: str) -> Any:
    """A sentence as JSON can keep it."""
    if not isinstance(text, Sentence):
        return text
    return {"text": str(text), "template": text.template, "facts": {name: taken_apart(fact) for name, fact in text.facts.items()}}


def put_together(parts: Any) -> str:
    """What `taken_apart` gave. Raises KeyError or AttributeError where it is something else."""
    if not isinstance(parts, dict):
        return str(parts)
    return spoken(parts["text"], parts["template"], **{name: put_together(fact) for name, fact in parts["facts"].items()})


def choose_language(wanted: Iterable[str], offered: Iterable[str] = LANGUAGES, default: str = DEFAULT) -> str:
    """The first wanted language that is offered; `pl-PL` counts as `pl`."""
    have = tuple(offered)
    for tag in wanted:
        short = tag.replace("_", "-").split("-")[0].lower()
        if short in have:
            return short
    return default


def number(count: int, language: str) -> str:
    """`3037`, `12 345` or `12,345`: in groups from five digits on, and never broken between two lines."""
    if abs(count) < 10_000:
        return str(count)
    from babel.numbers import format_decimal

    return str(format_decimal(count, locale=language))


def long_date(moment: datetime | date, language: str, zone: str = "UTC", *, year: bool = True) -> str:
    """`2 marca 2026` or `2 March 2026`: the day in words, in the reader's zone."""
    from babel.dates import format_date  # 15 MB of locale data: only where a date is worded

    day = moment.astimezone(ZoneInfo(zone)).date() if isinstance(moment, datetime) else moment
    return format_date(day, "d MMMM y" if year else "d MMMM", locale=language).replace(" ", HARD_SPACE, 1)


def weekday(moment: datetime | date, language: str, zone: str = "UTC") -> str:
    """`wtorek` or `Tuesday`."""
    from babel.dates import format_date

    day = moment.astimezone(ZoneInfo(zone)).date() if isinstance(moment, datetime) else moment
    return format_date(day, "EEEE", locale=language)


def weekday_name(number: int, language: str) -> str:
    """The name of a weekday, 0 for Monday."""
    return weekday(date(2026, 3, 2 + number), language)


def clock(moment: datetime, language: str, zone: str = "UTC") -> str:
    """The time of day: `7.00` in Polish, `7:00` in English."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{local.hour}{'.' if language == 'pl' else ':'}{local.minute:02}"


def moment_in_words(moment: datetime, language: str, zone: str = "UTC") -> str:
    """`2 marca 2026, 10.15`."""
    return f"{long_date(moment, language, zone)}, {clock(moment, language, zone)}"

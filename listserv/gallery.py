"""Every letter that the program writes, in every language and every way it can read, with sample facts: to look at, and for the tests."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, UndefinedError, meta
from markupsafe import Markup

from listserv import i18n, letters
from listserv.resources import folder
from listserv.sample import ABSENT, CHOICES, FACTS

# How many ways one letter is shown at most; none has so many.
MOST = 60


@dataclass(frozen=True, slots=True)
class Shown:
    """A letter as its reader finds it. `way` names the facts that differ from the first sample; `html` where it has that form."""

    name: str
    way: str
    language: str
    subject: str
    body: str
    html: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """One set of sample facts for a letter, and the sentences that it brings into sight."""

    changed: Mapping[str, Any]
    sentences: frozenset[str]

    @property
    def label(self) -> str:
        """`decision=refused, words=`: how these facts differ from the samples."""
        return ", ".join(f"{name}={_short(value)}" for name, value in self.changed.items())


def _short(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, (list, tuple)):
        return "+".join(str(part) for part in value if isinstance(part, str)) or str(len(value))
    return str(value)


@dataclass
class _Listener:
    """Stands in for gettext and remembers what it was asked for."""

    heard: set[str] = field(default_factory=set)

    def gettext(self, text: str) -> str:
        self.heard.add(text)
        return text

    def ngettext(self, one: str, many: str, count: int) -> str:
        self.heard.add(one)
        return one if count == 1 else many


@cache
def _listening() -> tuple[Environment, _Listener]:
    listener, env = _Listener(), letters.environment(i18n.DEFAULT).overlay()
    env.install_gettext_callables(listener.gettext, listener.ngettext, newstyle=True)  # type: ignore[attr-defined]
    env.globals = {**env.globals, "language": i18n.DEFAULT}
    return env, listener


@cache
def ways(letter: str) -> tuple[Way, ...]:
    """So many sets of facts that every sentence of the letter is in sight in one of them, as far as the samples reach."""
    first = _way(letter, {})
    found, unseen = [first], sentences(letter) - first.sentences
    for base in found:
        for changed in _neighbours(letter, base.changed):
            if not unseen or len(found) >= MOST:
                return tuple(found)
            way = _way(letter, changed)
            if way.sentences & unseen:
                found.append(way)
                unseen -= way.sentences
    return (*found, *_further(letter, unseen))


def _further(letter: str, unseen: frozenset[str]) -> Iterator[Way]:
    """What only shows where two facts differ at once."""
    for one in _neighbours(letter, {}) if unseen else ():
        for changed in _neighbours(letter, one):
            way = _way(letter, changed)
            if way.sentences & unseen:
                unseen -= way.sentences
                yield way


def facts(changed: Mapping[str, Any]) -> dict[str, Any]:
    """The sample facts, with these."""
    return {name: value for name, value in {**FACTS, **changed}.items() if value is not ABSENT}


def _neighbours(letter: str, changed: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """These facts with one more of them different."""
    for name in sorted(asked_for(letter) & set(CHOICES)):
        for value in CHOICES[name]:
            if name not in changed:
                yield {**changed, name: value}


def _way(letter: str, changed: Mapping[str, Any]) -> Way:
    env, listener = _listening()
    listener.heard.clear()
    try:
        for part in ("subject", "body"):
            env.get_template(f"{letter}/{part}.txt").render(facts(changed))
    except UndefinedError:
        if ABSENT not in changed.values():
            raise
        return Way(changed, frozenset())  # this letter cannot do without
    return Way(changed, frozenset(listener.heard & sentences(letter)))


@cache
def _sources(letter: str, *, parts: bool = False) -> tuple[str, ...]:
    """The letter's templates and those that they include; with `parts` also those whose name is put together as it is worded."""
    env, place = letters.environment(i18n.DEFAULT), folder("templates") / "letters"
    waiting, seen = [f"{letter}/subject.txt", f"{letter}/body.txt"], list[str]()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.append(name)
        for other in meta.find_referenced_templates(env.parse((place / name).read_text("utf-8"))):
            waiting += [other] if other else [f"{letter}/{path.name}" for path in sorted((place / letter).glob("part-*.txt")) if parts]
    return tuple((place / name).read_text("utf-8") for name in seen)


@cache
def asked_for(letter: str) -> frozenset[str]:
    """The facts that a letter names."""
    env = letters.environment(i18n.DEFAULT)
    return frozenset(name for source in _sources(letter, parts=True) for name in meta.find_undeclared_variables(env.parse(source)))


@cache
def sentences(letter: str, *, parts: bool = False) -> frozenset[str]:
    """All that a letter can say of itself; the `parts` that it may be put together from are letters of their own, and shown there."""
    env = letters.environment(i18n.DEFAULT)
    said = (found for source in _sources(letter, parts=parts) for _, _, found in env.extract_translations(source))  # type: ignore[attr-defined]
    # Words that are looked up by a name of theirs are no sentences here.
    first = (found if isinstance(found, str) else found[0] for found in said if found)
    return frozenset(sentence for sentence in first if sentence)


def letters_shown() -> Iterator[Shown]:
    """Every letter in every language, in all its ways; the digests, which have a form of their own, last."""
    for name in letters.names():
        for way in ways(name):
            for language in i18n.LANGUAGES:
                words = letters.render(name, language, **facts(way.changed))
                yield Shown(name, way.label, language, words.subject, words.body, words.html)
    yield from _digests()


def _digests() -> Iterator[Shown]:
    from digests import rendering, schedule
    from listserv.sample.digest import BESIDE, ENTRIES

    def own(name: str, item: int) -> str:
        return "r+dbcdefghijklmnopqrstuvwx@listy.example.org" if name == "reply" else str(FACTS["unsubscribe_url"])

    for when in ("daily 07:00", "weekly mon 07:00", "monthly 1 07:00"):
        for language in i18n.LANGUAGES:
            made = rendering.render(replace(_edition(language, schedule.parse(when), ENTRIES), **BESIDE)).filled(own)
            yield Shown("digest", when, language, made.subject, made.text, made.html)


def _edition(language: str, when: Any, entries: Any) -> Any:
    from digests.entries import Edition

    at = datetime(2026, 3, 3, 7, 0, tzinfo=ZoneInfo(FACTS["zone"]))
    return Edition(FACTS["title"], language, ZoneInfo(FACTS["zone"]), at, when, entries, FACTS["archive_url"], f"{FACTS['url']}/me")


Writing = Callable[[str, str], None]


def write(put: Writing) -> int:
    """Every letter as files, `put(name, text)` each, and a page that shows them; how many letters."""
    shown = list(letters_shown())
    for one, name in zip(shown, _names(shown), strict=True):
        put(f"{name}.txt", f"{one.subject}\n\n{one.body}")
        if one.html:
            put(f"{name}.html", one.html)
    put("index.html", page(shown))
    return len(shown)


def _names(shown: list[Shown]) -> list[str]:
    """`settings.pl`, and from the second way on `settings.2.pl`."""
    names, numbers = [], dict[tuple[str, str], int]()
    for one in shown:
        number = numbers[one.name, one.language] = numbers.get((one.name, one.language), 0) + 1
        names.append(f"{one.name}.{number}.{one.language}" if number > 1 else f"{one.name}.{one.language}")
    return names


def page(shown: list[Shown]) -> str:
    """All of them on one page, as a telephone of 320 pixels shows them."""
    env = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    template = env.from_string((folder("templates") / "letters" / "gallery.html").read_text("utf-8"))
    cards = [{"letter": one, "file": name, "html": _inside(one.html)} for one, name in zip(shown, _names(shown), strict=True)]
    return template.render(cards=cards, names=sorted({one.name for one in shown}))


def _inside(html: str) -> Markup:
    """What stands between <body> and </body>."""
    return Markup(html.partition("<body")[2].partition(">")[2].partition("</body>")[0])  # nosec B704: a letter of ours with sample facts

"""Surveys that are ready to be asked: needs at the start of a school year, a pulse after a meeting, a choice of topics."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from listserv.i18n import N_, translations
from listserv.mail.folding import fold
from listserv.mail.surveykinds import Privacy
from listserv.usecases.surveycounts import Asked

# The priority areas of the example network. A list that has topics of its own is asked about those.
AREAS = (
    N_("Lessons and workshops"),
    N_("Collections and catalogue"),
    N_("The digital library"),
    N_("Law in libraries"),
    N_("Meetings and working together"),
)
# Of a list's own topics: fewer are no choice, and more nobody puts in order.
FEWEST_AREAS, MOST_AREAS = 3, 9


@dataclass(frozen=True, slots=True)
class Template:
    """A survey that is ready: its title, the words above the questions, the questions, and whether the answers are best without names."""

    name: str
    title: str
    intro: str
    questions: tuple[Asked, ...]
    anonymous: bool = False
    # In a list of templates.
    about: str = ""
    days: int = 14


# Where a question offers AREAS, each list has its own; of a scale there is one question for each of them, with `%(area)s` in its words.
NEEDS = Template(
    "needs",
    N_("What do we need this school year?"),
    N_("A new school year begins, and we want to plan it together. Three questions, two minutes. No answer is wrong."),
    (
        Asked(N_("Which areas should we work on, the most important one first?"), "ranked", AREAS),
        Asked(
            N_("What would help you most?"),
            "several",
            (N_("meetings online"), N_("meetings in person"), N_("ready materials"), N_("somebody to ask"), N_("visits to other libraries")),
        ),
        Asked(N_("What do you need that is not here?"), "words"),
    ),
    about=N_("Needs at the start of a school year: areas put in order, ways of helping, and what is missing."),
)
SUPPORT = Template(
    "support",
    N_("Where do we need support this school year?"),
    N_("For each area a number: 1 means “I manage well by myself”, 5 means “I need a lot of support”. A sentence at the end, if you like."),
    (Asked(N_("How much support do you need: %(area)s?"), "scale", AREAS), Asked(N_("What would help you most?"), "words")),
    about=N_("The same with a number from 1 to 5 for each area, easier to answer from a telephone."),
)
PULSE = Template(
    "pulse",
    N_("What did this meeting give me?"),
    N_("One minute after our meeting, without names: your answers tell us what to keep and what to change."),
    (
        Asked(N_("How useful was this meeting for your work?"), "scale", (N_("not at all"), N_("very"))),
        Asked(N_("What did this meeting give me?"), "words"),
        Asked(N_("What should be different next time?"), "words"),
    ),
    anonymous=True,
    about=N_("A pulse after a meeting: a number and two sentences, without names."),
    days=7,
)
TOPICS = Template(
    "topics",
    N_("What shall we talk about next?"),
    N_("We are planning the next meetings. Choose as many topics as you like, and add your own."),
    (Asked(N_("Which topics would you come for?"), "several", AREAS), Asked(N_("Which topic is missing here?"), "words")),
    about=N_("Choosing topics for the next meetings."),
)
TEMPLATES = (NEEDS, SUPPORT, PULSE, TOPICS)
# What people call them, folded.
NAMES = {
    "needs": ("needs", "need", "diagnosis", "needs diagnosis", "potrzeby", "diagnoza", "diagnoza potrzeb"),
    "support": ("support", "needs 1-5", "wsparcie", "potrzeby 1-5"),
    "pulse": ("pulse", "puls", "po spotkaniu", "after a meeting", "spotkanie", "meeting"),
    "topics": ("topics", "topic", "tematy", "temat", "wybor tematow", "choosing topics"),
}
# One word for each, as a letter that lists them says it.
CALLED = {"en": "needs, support, pulse, topics", "pl": "diagnoza, wsparcie, puls, tematy"}


def named(words: str) -> Template | None:
    """The template that people call so, in either language; None where there is no such thing."""
    said = " ".join(fold(words).strip(" .!:„”\"'").split())
    return next((one for one in TEMPLATES if said in NAMES[one.name]), None)


def _spoken(language: str) -> Callable[[str], str]:
    """Sentences in a language as people type them: hard spaces are for letters that are read, and this is one to be read back."""
    gettext = translations(language).gettext
    return lambda text: gettext(text).replace("\N{NO-BREAK SPACE}", " ")


def worded(template: Template, language: str, topics: Sequence[str] = ()) -> Template:
    """The template in a language; of a list with topics of its own (`topics`: their titles) these are the areas."""
    spoken = _spoken(language)
    own = FEWEST_AREAS <= len(topics) <= MOST_AREAS
    areas = tuple(topics) if own else tuple(spoken(area) for area in AREAS)
    questions: list[Asked] = []
    for asked in template.questions:
        text = spoken(asked.text)
        if asked.kind == "scale" and asked.choices is AREAS:
            questions += [Asked(text % {"area": area}, "scale") for area in areas]
        else:
            questions.append(Asked(text, asked.kind, areas if asked.choices is AREAS else tuple(spoken(choice) for choice in asked.choices)))
    return Template(template.name, spoken(template.title), spoken(template.intro), tuple(questions), template.anonymous, spoken(template.about), template.days)


# ---- as a letter --------------------------------------------------------------------------------------------

LABEL, HOW = (
    N_("Question %(number)s:"),
    {
        "one": N_("(Choose one.)"),
        "several": N_("(You can choose several.)"),
        "ranked": N_("(Put them in order.)"),
        "scale": N_("(From 1 to 5.)"),
        "words": N_("(In your own words.)"),
    },
)
ENDS = N_("(From 1 to 5: 1 – %(least)s, 5 – %(most)s.)")
CLOSES = N_("Answers until %(when)s")
PRIVACY = {
    Privacy.ANONYMOUS: N_("The survey is anonymous."),
    Privacy.OPEN: N_("The survey is open: everybody sees who answered what."),
    Privacy.SECRET: N_("The survey is secret."),
}


def text(name: str, language: str, title: str = "", topics: Sequence[str] = ()) -> str | None:
    """The template of that name as a plain letter that `mail.surveywords` reads, its subject in the first line; None where there is none.

    `title` is the list's: an empty one leaves it out.
    """
    template = named(name)
    if template is None:
        return None
    subject, words = as_typed(template, language, topics)
    return _spoken(language)("Subject: %(title)s") % {"title": subject} + f"\n\n{words}"


def as_typed(template: Template, language: str, topics: Sequence[str] = ()) -> tuple[str, str]:
    """The template's title, and the rest of it as a plain letter."""
    made = worded(template, language, topics)
    return made.title, letter(made.intro, made.questions, Privacy.ANONYMOUS if made.anonymous else None, language)


def letter(intro: str, questions: Sequence[Asked], privacy: Privacy | None, language: str, closes: datetime | None = None) -> str:
    """Questions as the plain words of a coordinator: what `mail.surveywords` reads from them are these questions. `closes`: by the clock on the wall."""
    spoken = _spoken(language)
    blocks = [intro.strip()] if intro.strip() else []
    for number, asked in enumerate(questions, 1):
        head = f"{spoken(LABEL) % {'number': number}} {' '.join(asked.text.split())}"
        options = [] if asked.kind == "scale" else [f"{place}) {' '.join(option.split())}" for place, option in enumerate(asked.choices, 1)]
        blocks.append("\n".join([head, *options, _how(asked, language)]))
    blocks += [spoken(PRIVACY[privacy])] if privacy else []
    # In figures: days and hours are read alike in every language.
    blocks += [spoken(CLOSES) % {"when": f"{closes:%Y-%m-%d %H:%M}"}] if closes else []
    return "\n\n".join(blocks) + "\n"


def _how(asked: Asked, language: str) -> str:
    spoken = _spoken(language)
    if asked.kind == "scale" and len(asked.choices) == 2:
        return spoken(ENDS) % {"least": asked.choices[0], "most": asked.choices[1]}
    return spoken(HOW[asked.kind])

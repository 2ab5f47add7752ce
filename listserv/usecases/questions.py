"""What a list asks of applicants, and what they answered: kept with the application, in the words of both."""

import json
from collections.abc import Sequence

from listserv.i18n import LANGUAGES, N_, translations
from listserv.mail import questions
from listserv.store.lists import MailingList
from listserv.store.moderation import Application

LONGEST_NAME = 200
Pairs = tuple[tuple[str, str], ...]
# What stands below the questions in our letters: where a program quotes them without marks, an answer ends there.
BELOW = (
    N_("To reply means to agree to this:"),
    N_("If it was not you, there is nothing to do: without a reply nothing happens."),
    N_("Without a reply the application waits all the same."),
    N_("That yes agrees to this:"),
    N_("Without a reply the moderators read the message all the same."),
)


def of_list(mlist: MailingList) -> tuple[str, ...]:
    """The list's questions, in order."""
    return tuple(mlist.questions.splitlines())


def of_form(mlist: MailingList) -> tuple[str, ...]:
    """What the form asks beside the name, for which it has a field already."""
    return tuple(question for question in of_list(mlist) if not questions.names_only(question))


def from_form(mlist: MailingList, name: str, answers: Sequence[str]) -> Pairs:
    """Every question of the list with what was typed into the form."""
    said = dict(zip(of_form(mlist), (answer.strip() for answer in answers), strict=False))
    return tuple((question, said.get(question, "" if question in said else name.strip())) for question in of_list(mlist))


def pairs(application: Application) -> Pairs:
    """(question, answer) as they were asked; the answer is empty where there is none."""
    return tuple((question, answer) for question, answer in json.loads(application.answers or "[]"))


def keep(application: Application, found: Sequence[tuple[str, str]]) -> None:
    """Keep questions with their answers."""
    application.answers = json.dumps([list(pair) for pair in found], ensure_ascii=False) if found else ""


def unanswered(application: Application) -> tuple[str, ...]:
    """What a letter to the applicant asks. Who has had the form before them is not asked again."""
    return tuple(question for question, answer in pairs(application) if not answer) if application.raw_id else ()


def begin(mlist: MailingList, application: Application, text: str) -> None:
    """Put the list's questions to a new application: its name and its words may answer some already."""
    asked = of_list(mlist)
    if not asked:
        return
    each = questions.read(asked, text, text, asked=False).each
    name = application.name if len(application.name.split()) > 1 else ""
    keep(application, [(question, answer or (name if questions.names_only(question) else "")) for question, answer in zip(asked, each, strict=True)])
    _take_name(application)


def take(application: Application, text: str, words: str) -> str:
    """Take the answers out of a reply; the words that answer no question in particular."""
    said = _read(application, text, words)
    asked = unanswered(application)
    told = () if said.any else questions.in_order(asked, words)
    if not said.any and not told:
        application.name = application.name or questions.introduces(asked, words)[:LONGEST_NAME]
        return words
    found = dict(zip(asked, told or said.each, strict=True))
    keep(application, [(question, answer or found.get(question, "")) for question, answer in pairs(application)])
    _take_name(application)
    return "" if told else said.rest


def _take_name(application: Application) -> None:
    """Whose letter had no name on it, and who has answered what it is."""
    given = (questions.name_in(answer) for question, answer in pairs(application) if questions.names_only(question))
    application.name = application.name or next(filter(None, given), "")[:LONGEST_NAME]


def _read(application: Application, text: str, words: str) -> questions.Answers:
    below = [translations(language).gettext(sentence) for language in LANGUAGES for sentence in BELOW]
    return questions.read(unanswered(application), text, words, below)


def are_answered_by(application: Application, text: str, words: str) -> bool:
    """Is there an answer in this reply to one of the questions that wait, or to all of them in one breath?"""
    return _read(application, text, words).any or questions.introduces(unanswered(application), words) != ""


def add(application: Application, more: Pairs) -> None:
    """Answers that came by the form, beside those that there are."""
    fresh = dict(more)
    known = pairs(application)
    keep(application, [(question, fresh.pop(question, "") or answer) for question, answer in known] + [pair for pair in more if pair[0] in fresh])

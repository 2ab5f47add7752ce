"""What came of a survey as a table for spreadsheets: what was answered how often, and, for those who may see it, by whom."""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy.orm import Session

from listserv.i18n import N_, translations
from listserv.mail.tokens import hide
from listserv.store import ballots
from listserv.store import surveys as rows
from listserv.store.surveys import Question, Survey
from listserv.usecases import surveytold
from listserv.usecases.figurewords import percent
from listserv.usecases.membertables import harmless
from listserv.usecases.surveycounts import SCALE, Tally

# Sentences and people in one file; ballots read at a time.
MOST, AT_ONCE = 100_000, 500
HEADS = (N_("question"), N_("answer"), N_("how many"), N_("share"))
PERSON = N_("person")


def totals(db: Session, survey: Survey, language: str) -> str:
    """A line for each answer; sentences stand in an order that tells nothing."""
    spoken, out = translations(language).gettext, io.StringIO()
    writer = _writer(out, language)
    writer.writerow([spoken(word) for word in HEADS])
    for number, found in enumerate(surveytold.tallies(db, survey, words=MOST), 1):
        writer.writerows(_lines(number, found))
    return _marked(out, language)


def _lines(number: int, found: Tally) -> Iterator[Sequence[Any]]:
    question = f"{number}. {_line(found.asked.text)}"
    for line in found.lines:
        yield *harmless((question, _line(line.label))), line.count, percent(line.share)
    for words in found.words:
        yield *harmless((question, words)), "", ""


def people(db: Session, survey: Survey, language: str) -> str:
    """A line for each person, by name. Not of anonymous surveys: nobody knows it."""
    spoken, out = translations(language).gettext, io.StringIO()
    writer = _writer(out, language)
    writer.writerow(harmless((spoken(PERSON), *(f"{one.number}. {_line(one.text)}" for one in survey.questions))))
    writer.writerows(harmless(cells) for cells in sorted(said_by(db, survey, MOST), key=lambda cells: cells[0].casefold()))
    return _marked(out, language)


def said_by(db: Session, survey: Survey, limit: int) -> list[tuple[str, ...]]:
    """What each person said to each question: their name first. Nothing of anonymous surveys."""
    found: list[tuple[str, ...]] = []
    key, last = b"", survey.is_anonymous
    while not last and len(found) < limit:
        some = ballots.ballots_after(db, survey.id, key, min(AT_ONCE, limit - len(found)))
        votes = ballots.votes_of(db, [one for one, _ in some])
        found += [(name, *(_said(question, votes[one].get(question.id)) for question in survey.questions)) for one, name in some]
        key, last = some[-1][0] if some else b"", len(some) < AT_ONCE
    return found


def _said(question: Question, vote: tuple[str, str] | None) -> str:
    if vote is None:
        return ""
    choices, words = vote
    labels = dict(enumerate(question.choices, 1)) if question.kind != "scale" else {number: f"{number}" for number in SCALE}
    # What is ranked keeps its order.
    chosen = "; ".join(_line(labels.get(number, f"{number}")) for number in rows.numbers(choices))
    return chosen or hide(words) or "–"


def _line(text: str) -> str:
    return " ".join(text.split())


def _writer(out: io.StringIO, language: str) -> Any:
    # As the program's other tables: in Poland a comma stands in numbers.
    return csv.writer(out, delimiter=";" if language == "pl" else ",", lineterminator="\r\n")


def _marked(out: io.StringIO, language: str) -> str:
    return ("\N{ZERO WIDTH NO-BREAK SPACE}" if language == "pl" else "") + out.getvalue()

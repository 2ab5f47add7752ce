"""What a list was asked and what it answered, in the letter with its figures."""

from datetime import date

from sqlalchemy.orm import Session

from listserv.i18n import LANGUAGES, number, translations
from listserv.mail.text import one_line
from listserv.store import surveyresults as more
from listserv.store.lists import MailingList
from listserv.store.surveys import Survey
from listserv.usecases import successresults
from listserv.usecases.figures import DAY, midnight, zone_of
from listserv.usecases.figurewords import percent

# The page has all of them.
MOST = 5


def told(db: Session, mlist: MailingList, first: date, last: date) -> dict[str, tuple[str, ...]]:
    """By language two lines for each survey that was closed in these days: how many answered, and what most of them chose."""
    zone = zone_of(db)
    found = more.closed_between(db, mlist.id, midnight(first, zone), midnight(last + DAY, zone), MOST) if mlist.surveys else ()
    counted = more.answered(db, [one.id for one in found])
    decided = {one.id: successresults.decided(db, one.id, counted.get(one.id, 0)) for one in found}
    return {tongue: tuple(line for one in found for line in _lines(one, counted.get(one.id, 0), decided[one.id], tongue)) for tongue in LANGUAGES}


def _lines(survey: Survey, answered: int, decided: str, tongue: str) -> tuple[str, ...]:
    spoken, title = translations(tongue), one_line(survey.title)
    counts = {"answered": number(answered, tongue), "asked": number(survey.asked, tongue)}
    said = spoken.gettext("answered by %(answered)s of %(asked)s") % counts
    share = f" ({percent(answered / survey.asked)})" if survey.asked >= answered and survey.asked else ""
    best = "; " + spoken.gettext("most chosen: %(what)s") % {"what": one_line(decided)} if decided else ""
    return (f"„{title}”" if tongue == "pl" else f"“{title}”", f"  {said}{share}{best}")

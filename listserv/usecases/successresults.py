"""What a question to everybody has decided, in a few words."""

from sqlalchemy.orm import Session

from listserv.store import surveyresults
from listserv.store import surveys as rows
from listserv.usecases.surveycounts import withheld
from listserv.usecases.surveytold import tallies

# More than so many equal answers decide nothing.
MOST_EQUAL = 2


def decided(db: Session, survey_id: int, answered: int) -> str:
    """What most people chose of its first question that has such an answer; empty where there is none, or it must not be shown."""
    survey = rows.survey_with(db, survey_id)
    if survey is None or withheld(anonymous=survey.is_anonymous, answered=answered, closed=True, decides=False):
        return ""
    # What moderators have hidden where it was told is not told here.
    if survey.told and not surveyresults.thread_shown(db, survey, hidden=False):
        return ""
    best = next((one.best for one in tallies(db, survey, words=0) if one.best), ())
    return ", ".join(best) if len(best) <= MOST_EQUAL else ""

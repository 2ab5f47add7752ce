"""Surveys for tests: asked, answered and closed by the verbs that every door uses."""

from zoneinfo import ZoneInfo

from listserv.mail import surveywords
from listserv.mail.votes import Choice
from listserv.store import surveys as rows
from listserv.store.lists import list_by_name
from listserv.store.members import Member
from listserv.usecases import housekeeping, surveyanswers, surveys
from listserv.usecases.access import Actor, Door

WARSAW = ZoneInfo("Europe/Warsaw")
WORDS = """Dzień dobry,

trzy krótkie pytania.

Pytanie 1: Który obszar?
1) Lekcje
2) Zbiory
3) Prawo
(Proszę wybrać jedną odpowiedź.)

Pytanie 2: Jak było?
(Od 1 do 5: 1 – wcale, 5 – bardzo.)

Pytanie 3: Czego brakuje?
(Własnymi słowami.)
"""


def asked(db, mlist, now, *, subject="Potrzeby", words=WORDS, how="", draft=False):
    """A survey of the list's first coordinator, open unless it is to be a draft."""
    mlist.surveys = True
    owner = db.query(Member).filter_by(list_id=mlist.id, role="owner").first()
    survey = surveys.draft(db, mlist, owner.user_id, surveywords.read(subject, f"{words}\n{how}\n"), now, zone=WARSAW)
    if not draft:
        surveys.send(db, survey, Actor(Door.WEB, owner.user_id, proven=True), now)
    return survey


def answer(db, survey, now, user_id, first=(1,), mark=4, words=""):
    """One person's ballot, and its receipt where there is one."""
    votes = {1: Choice(tuple(first)), 2: Choice((mark,))} | ({3: Choice(words=words)} if words else {})
    return surveyanswers.cast(db, survey, votes, now, user_id=user_id)


def user_of(db, email, name="siecibp"):
    """Whoever has this address on the list."""
    mlist = list_by_name(db, name)
    return next(one.user_id for one in db.query(Member).filter_by(list_id=mlist.id) if one.address.email == email)


def due(site, now):
    """All that the calendar owes."""
    done = 1
    while done:
        with site.writing() as db:
            done = housekeeping.run_due(db, now)


def of(db, survey_id):
    """The survey as it is now."""
    return rows.survey_with(db, survey_id)

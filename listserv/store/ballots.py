"""What was answered to questions to everybody: who has, what stands on each ballot, and how often each thing was said."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from listserv.store.base import slices, table_of
from listserv.store.people import User
from listserv.store.queue import insert_unless_there
from listserv.store.surveys import Ballot, Mark, Question, Survey, Vote

# ---- answers ------------------------------------------------------------------------------------------------


def mark(db: Session, survey_id: int, user_id: int) -> bool:
    """Note that this person has answered; False where they had."""
    made = db.execute(insert_unless_there(db, Mark).returning(Mark.user_id), {"survey_id": survey_id, "user_id": user_id})
    return made.first() is not None


def has_answered(db: Session, survey_id: int, user_id: int) -> bool:
    """Has this person answered?"""
    return db.get(Mark, (survey_id, user_id)) is not None


def ballot_of(db: Session, survey_id: int, user_id: int) -> Ballot | None:
    """This person's ballot; None in an anonymous survey, whoever asks."""
    return db.scalar(select(Ballot).where(Ballot.survey_id == survey_id, Ballot.user_id == user_id))


def ballot_by_key(db: Session, key: bytes) -> Ballot | None:
    """The ballot with the receipt of which this is the hash."""
    return db.get(Ballot, key)


def add_ballot(db: Session, key: bytes, survey_id: int, user_id: int | None) -> None:
    """A ballot on which nothing stands yet."""
    db.execute(insert(Ballot), {"key": key, "survey_id": survey_id, "user_id": user_id})


def put_votes(db: Session, key: bytes, votes: Mapping[int, tuple[str, str]]) -> None:
    """What this ballot says now: (choices, words) by question; what it said to these questions before is no more."""
    db.execute(delete(Vote).where(Vote.ballot == key, Vote.question_id.in_(votes)), execution_options={"synchronize_session": False})
    rows = [{"ballot": key, "question_id": one, "choices": choices, "words": words} for one, (choices, words) in votes.items()]
    db.execute(insert(table_of(Vote)), rows)


def votes_on(db: Session, key: bytes) -> dict[int, Vote]:
    """What stands on a ballot, by question."""
    found = db.scalars(select(Vote).where(Vote.ballot == key).execution_options(populate_existing=True))
    return {one.question_id: one for one in found}


# ---- results ------------------------------------------------------------------------------------------------


def count_answered(db: Session, survey_id: int) -> int:
    """How many people have answered."""
    return db.scalar(select(func.count()).select_from(Mark).where(Mark.survey_id == survey_id)) or 0


def tally(db: Session, question_id: int) -> Sequence[tuple[str, int]]:
    """(choices, how many ballots say exactly this) of a question; empty choices are words."""
    query = select(Vote.choices, func.count()).where(Vote.question_id == question_id).group_by(Vote.choices).order_by(Vote.choices)
    return [(choices, count) for choices, count in db.execute(query)]


def words_said(db: Session, question_id: int, limit: int) -> Sequence[str]:
    """What was answered in words, in an order that tells nothing."""
    query = select(Vote.words).where(Vote.question_id == question_id, Vote.words != "").order_by(Vote.ballot).limit(limit)
    return db.scalars(query).all()


def names_answered(db: Session, survey_id: int, limit: int) -> Sequence[str]:
    """The names of those who have answered, by name."""
    query = select(User.name).join(Mark, Mark.user_id == User.id).where(Mark.survey_id == survey_id)
    return db.scalars(query.order_by(User.folded, User.id).limit(limit)).all()


def ballots_after(db: Session, survey_id: int, key: bytes, limit: int) -> Sequence[tuple[bytes, str]]:
    """(key, name of the person) of the next ballots by key; without a name in an anonymous survey."""
    query = select(Ballot.key, User.name).outerjoin(User, User.id == Ballot.user_id).where(Ballot.survey_id == survey_id, Ballot.key > key)
    return [(one, name or "") for one, name in db.execute(query.order_by(Ballot.key).limit(limit))]


def votes_of(db: Session, keys: Collection[bytes]) -> dict[bytes, dict[int, tuple[str, str]]]:
    """(choices, words) of these ballots, by ballot and question."""
    found: dict[bytes, dict[int, tuple[str, str]]] = {key: {} for key in keys}
    columns = Vote.ballot, Vote.question_id, Vote.choices, Vote.words
    for some in slices(keys):
        for ballot, question, choices, words in db.execute(select(*columns).where(Vote.ballot.in_(some))):
            found[ballot][question] = (choices, words)
    return found


# ---- what tells nothing afterwards --------------------------------------------------------------------------


def anew(db: Session, survey: Survey) -> None:
    """Write all that a survey holds anew, in the order of keys that are random: what the order of rows told is no more (PostgreSQL)."""
    if db.get_bind().dialect.name == "sqlite":
        return  # its rows lie in that order
    marks = [{"survey_id": survey.id, "user_id": one} for one in db.scalars(select(Mark.user_id).where(Mark.survey_id == survey.id).order_by(Mark.user_id))]
    columns: Any = (Ballot.key, Ballot.survey_id, Ballot.user_id)
    ballots = [dict(row) for row in db.execute(select(*columns).where(Ballot.survey_id == survey.id).order_by(Ballot.key)).mappings()]
    of_survey = select(Question.id).where(Question.survey_id == survey.id)
    votes_there = select(Vote.ballot, Vote.question_id, Vote.choices, Vote.words).where(Vote.question_id.in_(of_survey))
    votes = [dict(row) for row in db.execute(votes_there.order_by(Vote.ballot, Vote.question_id)).mappings()]
    quiet = {"synchronize_session": False}
    db.execute(delete(Mark).where(Mark.survey_id == survey.id), execution_options=quiet)
    db.execute(delete(Ballot).where(Ballot.survey_id == survey.id), execution_options=quiet)
    for model, rows in ((Mark, marks), (Ballot, ballots), (Vote, votes)):
        for some in slices(rows):
            db.execute(insert(table_of(model)), some)
    db.expire_all()

"""Questions to everybody on a list, and the answers: one person, one ballot.

An anonymous ballot knows no person and no moment. Who has answered stands in a table of its own; neither table keeps the order in
which its rows came: on SQLite they lie in the order of their keys (WITHOUT ROWID), on PostgreSQL all are written anew when the
survey closes (`usecases.surveys.close`). See decision 18.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, false, func, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from listserv.mail import surveykinds
from listserv.mail.surveykinds import Privacy as Privacy
from listserv.store.base import NEVER_AGAIN, Base, Word
from listserv.store.lists import MailingList
from listserv.store.members import Member, Status
from listserv.store.people import Address, User
from listserv.store.queue import Incoming

# What separates the options of a question, of which each is one line; and the choices of a vote.
LINE, COMMA = "\n", ","
# The letter that says what was understood of an anonymous answer: nothing of it stays.
ECHO_UNNAMED = "survey-echo-unnamed"
# No row numbers on SQLite: they would tell in which order rows came.
WITHOUT_ORDER = {"sqlite_with_rowid": False}


QuestionKind = surveykinds.Kind


class SurveyState(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    DISCARDED = "discarded"


class Survey(Base):
    """One or several questions that a coordinator asks everybody on a list."""

    __tablename__ = "survey"
    __table_args__ = (Index("ix_survey_list_id", "list_id", "state"), Index("ix_survey_state", "state", "closes_at"), NEVER_AGAIN)

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("mailing_list.id"))
    # Nobody any more, where the person has been erased.
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    state: Mapped[SurveyState] = mapped_column(Word(SurveyState), default=SurveyState.DRAFT)
    title: Mapped[str] = mapped_column(String(200), default="")
    intro: Mapped[str] = mapped_column(Text, default="")
    privacy: Mapped[Privacy] = mapped_column(Word(Privacy), default=Privacy.SECRET)
    # A draft without one closes so many days after it is sent (usecases.surveys.DAYS).
    closes_at: Mapped[datetime | None]
    made_at: Mapped[datetime]
    # Each change is the next one: a word meant for an older draft does not send a newer one.
    revision: Mapped[int] = mapped_column(default=1, server_default="1")
    # When the letters with the questions began to leave; up to which member they are written (NULL: none is owed); how many.
    sent_at: Mapped[datetime | None]
    asked_upto: Mapped[int | None]
    asked: Mapped[int] = mapped_column(default=0, server_default="0")
    # The same of reminders.
    reminded_at: Mapped[datetime | None]
    reminded_upto: Mapped[int | None]
    closed_at: Mapped[datetime | None]
    # Where the results stand, once they are told.
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("thread.id", ondelete="SET NULL"), index=True)
    told: Mapped[bool] = mapped_column(default=False, server_default=false())
    # The mail that brought the draft.
    incoming_id: Mapped[int | None] = mapped_column(ForeignKey("incoming.id"))

    mlist: Mapped[MailingList] = relationship()
    asker: Mapped[User | None] = relationship(foreign_keys=asked_by)
    questions: Mapped[list["Question"]] = relationship(order_by="Question.number", cascade="all, delete-orphan", back_populates="survey")

    @property
    def is_anonymous(self) -> bool:
        return self.privacy is Privacy.ANONYMOUS


class Question(Base):
    __tablename__ = "survey_question"
    __table_args__ = (UniqueConstraint("survey_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id", ondelete="CASCADE"))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    kind: Mapped[QuestionKind] = mapped_column(Word(QuestionKind))
    # One a line; of a scale the words at its two ends, or none.
    options: Mapped[str] = mapped_column(Text, default="")

    survey: Mapped[Survey] = relationship(back_populates="questions")

    @property
    def choices(self) -> tuple[str, ...]:
        """The options, the first of which is number 1."""
        return tuple(self.options.split(LINE)) if self.options else ()


class Mark(Base):
    """This person has answered: no moment, and no way to what they said."""

    __tablename__ = "survey_mark"
    __table_args__ = (WITHOUT_ORDER,)

    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True)


class Ballot(Base):
    """What one person answers to a survey. An anonymous one is found by its receipt alone, of which `key` is the hash."""

    __tablename__ = "ballot"
    __table_args__ = (UniqueConstraint("survey_id", "user_id"), WITHOUT_ORDER)

    key: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id", ondelete="CASCADE"))
    # NULL in an anonymous survey, from the beginning.
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)


class Vote(Base):
    """The answer to one question: the numbers of what was chosen ("1,3"; ranked: the first first; a scale: its number), or words."""

    __tablename__ = "vote"
    __table_args__ = (Index("ix_vote_question_id", "question_id", "choices"), WITHOUT_ORDER)

    ballot: Mapped[bytes] = mapped_column(LargeBinary(32), ForeignKey("ballot.key", ondelete="CASCADE"), primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("survey_question.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    choices: Mapped[str] = mapped_column(String(400), default="")
    words: Mapped[str] = mapped_column(Text, default="")

    @property
    def chosen(self) -> tuple[int, ...]:
        """The numbers of what was chosen."""
        return numbers(self.choices)


def numbers(choices: str) -> tuple[int, ...]:
    """A vote's choices as numbers."""
    return tuple(int(one) for one in choices.split(COMMA)) if choices else ()


# ---- surveys ------------------------------------------------------------------------------------------------


def survey_by_id(db: Session, mlist: MailingList, survey_id: int) -> Survey | None:
    """A survey of this list, whatever became of it."""
    return db.scalar(select(Survey).where(Survey.id == survey_id, Survey.list_id == mlist.id))


def survey_with(db: Session, survey_id: int) -> Survey | None:
    """A survey and its list, as they are; others answer it meanwhile."""
    return db.scalar(select(Survey).options(joinedload(Survey.mlist)).where(Survey.id == survey_id))


def locked_survey(db: Session, survey_id: int) -> Survey | None:
    """The survey as it is now; nobody else decides about it, nor answers it, until our transaction ends."""
    query = select(Survey).where(Survey.id == survey_id).with_for_update(of=Survey)
    return db.scalar(query.execution_options(populate_existing=True))


def hold_open(db: Session, survey: Survey) -> None:
    """Whoever would close it waits until our answer is written; many answer at once."""
    db.refresh(survey, ["state", "closes_at"], with_for_update={"read": True, "of": Survey})


def is_known(db: Session, list_id: int, incoming: Incoming) -> bool:
    """Has this mail begun a draft here already: the same bytes, or the same Message-ID?"""
    same = Incoming.raw_id == incoming.raw_id
    if incoming.message_id:
        same = same | (Incoming.message_id == incoming.message_id)
    query = select(Survey.id).join(Incoming, Incoming.id == Survey.incoming_id).where(Survey.list_id == list_id, Incoming.id != incoming.id, same)
    return db.scalar(query.limit(1)) is not None


def surveys_of(db: Session, mlist: MailingList, states: Collection[SurveyState], limit: int = 100) -> Sequence[Survey]:
    """A list's surveys in these states, the newest first."""
    query = select(Survey).where(Survey.list_id == mlist.id, Survey.state.in_(states))
    return db.scalars(query.order_by(Survey.id.desc()).limit(limit)).all()


# What the calendar deals with: of lists on which questions are turned on. What was open waits until they are again.
LIVE = select(Survey).join(MailingList, MailingList.id == Survey.list_id).where(MailingList.surveys, MailingList.closed_at.is_(None))


def to_ask(db: Session, limit: int, *, lock: bool = True) -> Sequence[Survey]:
    """Open surveys of which letters are still to be written, the oldest first; locked, but for whoever only looks."""
    query = LIVE.where(Survey.state == SurveyState.OPEN, Survey.asked_upto.is_not(None)).order_by(Survey.id).limit(limit)
    return db.scalars(query.with_for_update(of=Survey, skip_locked=True) if lock else query).all()


def to_close(db: Session, until: datetime, limit: int, *, lock: bool = True) -> Sequence[Survey]:
    """Open surveys whose time is over by then; locked, but for whoever only looks."""
    query = LIVE.where(Survey.state == SurveyState.OPEN, Survey.closes_at <= until).order_by(Survey.closes_at, Survey.id).limit(limit)
    return db.scalars(query.with_for_update(of=Survey, skip_locked=True) if lock else query).all()


def open_surveys(db: Session, limit: int) -> Sequence[Survey]:
    """All surveys that are open, the oldest first."""
    return db.scalars(LIVE.where(Survey.state == SurveyState.OPEN).order_by(Survey.id).limit(limit)).all()


def untold(db: Session, limit: int, *, lock: bool = True) -> Sequence[Survey]:
    """Closed surveys whose results nobody has been told; locked, but for whoever only looks."""
    query = LIVE.where(Survey.state == SurveyState.CLOSED, ~Survey.told).order_by(Survey.id).limit(limit)
    return db.scalars(query.with_for_update(of=Survey, skip_locked=True) if lock else query).all()


# ---- who is asked -------------------------------------------------------------------------------------------


def members_to_ask(db: Session, survey: Survey, after: int, limit: int, *, unanswered: bool = False) -> Sequence[Member]:
    """The next members who get mail, by number, with person and address; `unanswered`: those alone who have not answered."""
    # `list_id` and the number alone, so that the members are walked through in their order by an index.
    query = select(Member).options(joinedload(Member.user), joinedload(Member.address)).where(Member.list_id == survey.list_id, Member.id > after)
    query = query.where(Member.status == Status.ENABLED)
    if unanswered:
        query = query.where(~select(Mark.user_id).where(Mark.survey_id == survey.id, Mark.user_id == Member.user_id).exists())
    return db.scalars(query.order_by(Member.id).limit(limit)).all()


def count_to_ask(db: Session, list_id: int) -> int:
    """How many people of a list would get a letter now."""
    return db.scalar(select(func.count()).select_from(Member).where(Member.list_id == list_id, Member.status == Status.ENABLED)) or 0


def addresses_of(db: Session, user_id: int) -> Sequence[Address]:
    """All the addresses of one person."""
    return db.scalars(select(Address).where(Address.user_id == user_id)).all()

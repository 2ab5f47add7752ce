"""The same program, where a list makes things together: materials, a meeting, a question, and one without names.

    with rig.traffic(each=0.05, kinds=("post",)):
        …kills…
        rig.wait_for_answers()
"""

import email
import email.policy
import random
import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import func, select

from listserv import links
from listserv.store.archive import Message
from listserv.store.bank import Material, MaterialVersion
from listserv.store.lists import list_by_name
from listserv.store.meetings import Attendee, Meeting, MeetingState
from listserv.store.members import Member, members_of
from listserv.store.queue import Incoming, Letter, State
from listserv.store.surveys import ECHO_UNNAMED, Ballot, Mark, Survey, SurveyState, Vote
from listserv.usecases import meetingletters
from tests.kill.accounts import LIST
from tests.kill.killrig import AT, Rig
from tests.office import Office, aligned, mail
from tests.serving import wait_for

OWNER = "owner@example.org"
QUESTION = "Które tematy wybieramy? (można zaznaczyć kilka)\n1) Robotyka\n2) Regionalia\n3) Promocja\n"
# The letters of the coordinator: whereto, subject, words; which letter shows what was understood.
ASKED = (
    ("meeting", "Spotkanie", "Spotkanie z ekspertem, {day} godz. 16.30, online, liczba miejsc: {seats}\n", "meeting-preview"),
    ("questions", "Tematy", QUESTION, "survey-preview"),
    ("questions", "Tematy bez nazwisk", f"{QUESTION}\nAnonimowo.\n", "survey-preview"),
)
# What the readers say, one after another: of the meeting by a word or by their calendar, and of each question.
COMES = (("BĘDĘ", "yes"), ("ACCEPTED", "yes"), ("DECLINED", "no"), ("MOŻE", "maybe"))
CHOSEN = ("1, 3", "2", "2, 3")
REPLY = """From: {sender}
To: {to}
Subject: Re: Spotkanie
Message-ID: <{id}>
Date: Tue, 03 Mar 2026 10:00:00 +0100
MIME-Version: 1.0
Content-Type: text/calendar; charset=utf-8; method=REPLY

BEGIN:VCALENDAR
PRODID:-//Example//EN
VERSION:2.0
METHOD:REPLY
BEGIN:VEVENT
DTSTART:{starts:%Y%m%dT%H%M%SZ}
UID:{uid}
SEQUENCE:0
ORGANIZER:mailto:{to}
ATTENDEE;PARTSTAT={word}:mailto:{sender}
DTSTAMP:20260303T100000Z
END:VEVENT
END:VCALENDAR
"""


class Together(Rig):
    """Readers post files; the coordinator asks and invites; each reader answers everything once."""

    def _people(self, db, digest_readers):
        super()._people(db, digest_readers)
        mlist = list_by_name(db, LIST)
        mlist.materials = mlist.meetings = mlist.surveys = True
        self.seats = max(1, self.readers // 4)
        self.answered = threading.Event()

    def mail(self, kind):
        """A post brings a file of its own, every third one the file that they all share."""
        id, author, to, raw = super().mail(kind)
        to = f"{LIST}-bank{AT}" if kind == "bank" else to
        message = email.message_from_bytes(raw, policy=email.policy.SMTP)
        words = " ".join(random.randbytes(6).hex() for _ in range(60))
        every_third = kind == "post" and int(id.split(".")[1].split("@")[0]) % 3 == 0
        name, data = ("Regulamin sieci.txt", "Regulamin sieci. " * 20) if every_third else (f"{letters(8)} {letters(8)}.txt", words)
        message.add_attachment(data.encode(), maintype="text", subtype="plain", filename=name)
        return id, author, to, message.as_bytes()

    def _write(self, waiting, stop, each, kinds):
        try:
            self._ask()
            for number, one in enumerate(self._answers()):
                waiting.put(one)
                if number % 4 == 0:
                    waiting.put(("post", *self.mail("post")))
                time.sleep(each)
        finally:
            self.answered.set()
            super()._write(waiting, stop, each, kinds)

    def close(self, number):
        """The coordinator ends one of the two questions."""
        told = wait_for(partial(self._told, number), 30)
        self._say(str(told.mail["Reply-To"]), f"Odp: {told.subject}", "ZAMKNIJ")

    def _told(self, number):
        return next(iter(Office(self.site).letters(to=OWNER, kind="survey-told")[number : number + 1]), None)

    def is_asked(self):
        """Have all letters with the questions been written? Nothing is asked once they are closed."""
        with self.site.reading() as db:
            return all(one.asked and one.asked_upto is None for one in db.scalars(select(Survey)))

    def is_told(self):
        """Has everybody been told what came of both?"""
        with self.site.reading() as db:
            return all(one.told for one in db.scalars(select(Survey)))

    def answer_again(self):
        """An answer without a name whose reader died three times is gone, and its author was asked for it once more: they give it."""
        for letter in Office(self.site).letters(kind="survey-failed"):
            with self.site.reading() as db:
                chosen = next(CHOSEN[at % len(CHOSEN)] for at, one in enumerate(self._readers(db)) if one.address.email == letter.to)
            id, to = f"unnamed.again.{next(self.numbers)}@example.org", str(letter.mail["Reply-To"])
            assert self.submit("unnamed", id, letter.to, to, mail(letter.to, to, "Odp: Tematy", chosen, message_id=f"<{id}>"))

    def wait_for_answers(self):
        """Until all of them are on their way."""
        assert self.answered.wait(120), f"{self.what_waits()}\n{self.said()[-6000:]}"

    def _ask(self):
        """As a coordinator does: write, read what was understood, say that it may go."""
        day = (datetime.now(UTC) + timedelta(days=30)).strftime("%d.%m.%Y")
        shown = []
        for number, (place, subject, words, kind) in enumerate(ASKED, start=1):
            self._say(f"{LIST}-{place}{AT}", subject, words.format(day=day, seats=self.seats))
            shown += wait_for(partial(self._more, kind, shown), 60)
            self._say(str(shown[-1].mail["Reply-To"]), f"Odp: {shown[-1].subject}", "WYŚLIJ")
            wait_for(partial(self._is_sent, number), 60)

    def _say(self, to, subject, words):
        id = f"word.{next(self.numbers)}@example.org"
        assert self.submit("word", id, OWNER, to, aligned(mail(OWNER, to, subject, words, message_id=f"<{id}>")))

    def _more(self, kind, shown):
        self.try_again()
        return [one for one in Office(self.site).letters(to=OWNER, kind=kind) if one.mail["Message-ID"] not in {old.mail["Message-ID"] for old in shown}]

    def _is_sent(self, many):
        self.try_again()
        with self.site.reading() as db:
            surveys = db.scalars(select(Survey.id).where(Survey.state == SurveyState.OPEN)).all()
            return db.scalar(select(func.count()).select_from(Meeting).where(Meeting.state == MeetingState.ANNOUNCED)) + len(surveys) == many

    def _answers(self):
        """(kind, id, sender, recipient, bytes) of what each reader answers."""
        with self.site.reading() as db:
            meeting, surveys = self._there(db)
            for number, member in enumerate(self._readers(db)):
                email, word = member.address.email, COMES[number % len(COMES)][0]
                to, id = meetingletters.answer_address(db, meeting, member), f"comes.{number}@example.org"
                raw = REPLY.format(sender=email, to=to, id=id, starts=meeting.starts_at, uid=meeting.uid, word=word).replace("\n", "\r\n").encode()
                yield "comes", id, email, to, raw if word.isascii() else mail(email, to, "Odp: Spotkanie", word, message_id=f"<{id}>")
                for kind, survey in zip(("named", "unnamed"), surveys, strict=True):
                    to, id = links.token_address(self.settings, links.question_key(self.settings, member.id, survey.id)), f"{kind}.{number}@example.org"
                    yield kind, id, email, to, mail(email, to, "Odp: Tematy", CHOSEN[number % len(CHOSEN)], message_id=f"<{id}>")

    def _there(self, db):
        return db.scalars(select(Meeting)).one(), db.scalars(select(Survey).order_by(Survey.id)).all()

    def _readers(self, db):
        return sorted((one for one in members_of(db, list_by_name(db, LIST)) if one.address.email.startswith("reader")), key=lambda one: one.id)

    # The end.

    def assert_nothing_lost(self):
        """Besides what is true of every mail: each file is one item, everybody was asked once, and counted once."""
        with self.site.reading() as db:
            self._once_asked(db)
            self._once_counted(db)
            self._once_counted_unnamed(db)
        super().assert_nothing_lost()
        with self.site.reading() as db:
            self._once_filed(db)
            self._once_told(db)
            answers = [one for one in db.scalars(select(Incoming)) if one.message_id.startswith(("comes.", "named.", "bank."))]
            # What came once more, because nobody heard that it was taken.
            wrong = [(one.message_id, one.state, one.reasons) for one in answers if one.state is not State.ANSWERED and one.reasons != "double"]
            assert not wrong and {one.message_id for one in answers} == {one.message_id for one in answers if one.state is State.ANSWERED}, wrong

    def _once_asked(self, db):
        everybody = {one.address.email for one in members_of(db, list_by_name(db, LIST))}
        for kind, times in (("meeting-invitation", 1), ("survey-question", 2)):
            assert Counter(db.scalars(select(Letter.to).where(Letter.kind == kind))) == dict.fromkeys(everybody, times), kind

    def _once_counted(self, db):
        meeting, (survey, _) = self._there(db)
        readers = {one.user_id: number for number, one in enumerate(self._readers(db))}
        rows = {one.user_id: one for one in db.scalars(select(Attendee).where(Attendee.meeting_id == meeting.id))}
        assert len(rows) == db.scalar(select(func.count()).select_from(Member).where(Member.list_id == meeting.list_id))
        assert {id: rows[id].said.value for id in readers} == {id: COMES[number % len(COMES)][1] for id, number in readers.items()}
        sits = [one for one in rows.values() if one.said.value == "yes" and one.waiting_since is None]
        assert len(sits) == self.seats
        votes = db.execute(select(Ballot.user_id, Vote.choices).join(Vote, Vote.ballot == Ballot.key).where(Ballot.survey_id == survey.id)).all()
        assert sorted(votes) == sorted((id, CHOSEN[number % len(CHOSEN)].replace(" ", "")) for id, number in readers.items())
        assert Counter(db.scalars(select(Mark.user_id).where(Mark.survey_id == survey.id))) == dict.fromkeys(readers, 1)

    def _once_counted_unnamed(self, db):
        _, (_, survey) = self._there(db)
        readers = self._readers(db)
        assert Counter(db.scalars(select(Mark.user_id).where(Mark.survey_id == survey.id))) == {one.user_id: 1 for one in readers}
        ballots = db.scalars(select(Ballot).where(Ballot.survey_id == survey.id)).all()
        assert len(ballots) == len(readers) and not any(one.user_id for one in ballots)
        votes = db.scalars(select(Vote.choices).join(Ballot, Vote.ballot == Ballot.key).where(Ballot.survey_id == survey.id))
        assert Counter(votes) == Counter(CHOSEN[number % len(CHOSEN)].replace(" ", "") for number in range(len(readers)))
        assert not db.scalars(select(Incoming.id).where(Incoming.message_id.like("unnamed.%"))).all()

    def _gone(self, arrived):
        """The letters that told of an answer without a name: one to each who gave one; the row goes when it has left."""
        there = Office(self.site).letters()
        gone = set(arrived) - {(str(one.mail["Message-ID"]).strip("<>"), one.to) for one in there}
        told = Counter(to for _, to in gone) + Counter(one.to for one in there if one.kind == ECHO_UNNAMED)
        with self.site.reading() as db:
            assert told == {one.address.email: 1 for one in self._readers(db)}, told
        return len(gone)

    def _once_filed(self, db):
        places = db.execute(select(MaterialVersion.message_id, MaterialVersion.material_id, MaterialVersion.name, MaterialVersion.number)).all()
        posts = db.scalars(select(Message.id).where(Message.message_id.like("post.%"))).all()
        assert Counter(one.message_id for one in places if one.message_id) == dict.fromkeys(posts, 1)
        sent = [id for id, kind in self.accepted.items() if kind == "bank"]
        assert sum(one.message_id is None for one in places) == len(sent) == len(db.scalars(select(Letter.id).where(Letter.kind == "bank-filed")).all())
        shared = {one.material_id for one in places if one.name.startswith("Regulamin")}
        own = Counter(one.material_id for one in places if not one.name.startswith("Regulamin"))
        assert len(shared) == 1 and not shared & set(own) and set(own.values()) == {1} and {one.number for one in places} == {1}
        numbers = sorted(db.scalars(select(Material.number)))
        assert numbers == list(range(1, len(shared | set(own)) + 1)), "a number was used twice or lost"


    def _once_told(self, db):
        """What came of a question that is closed stands in one thread, and nothing counts in it any more."""
        closed = db.scalars(select(Survey).where(Survey.state == SurveyState.CLOSED)).all()
        assert all(one.told and one.thread_id for one in closed) and len({one.thread_id for one in closed}) == len(closed)
        assert len(db.scalars(select(Incoming.id).where(Incoming.peer == "survey")).all()) == len(closed)


def letters(many):
    """A word that is no other's."""
    return "".join(random.choices("abcdefghijklmnoprstuwyz", k=many))

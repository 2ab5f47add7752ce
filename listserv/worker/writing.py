"""The lane of single letters: each recorded as soon as it is answered, because a second welcome is worse than a short pause."""

import time
from collections.abc import Callable

import structlog

from listserv import steps
from listserv.relay import Answer, Content, Mail, Relay
from listserv.site import Site
from listserv.usecases import delivery, lettersout
from listserv.worker.copies import SLACK

log = structlog.get_logger()

# Taken up at a time: so few that what is in hand when the worker stops is soon done.
LETTERS = 20
# Seconds before a relay that cannot be reached is asked for again; how often it is really tried is the relay's own affair.
PAUSE = 1.0


class Writing:
    """Takes a few letters up, sends them over one connection, and writes down what became of each."""

    def __init__(self, site: Site, relay: Relay, holder: int, sure: Callable[[], bool] = lambda: True) -> None:
        # `sure`: nobody can have taken over yet what we hold.
        self._site, self._relay, self._holder, self._sure = site, relay, holder, sure
        self._not_before = 0.0
        # What is claimed and not written down, with its answer once there is one: where the database went away, the next step begins with it.
        self._owed: dict[int, tuple[lettersout.LetterToSend, Answer | None]] = {}
        self.stopping = False

    def step(self) -> int:
        """Send a few letters; how many. 0 also where the relay cannot be reached: after a while a sweep tries again."""
        self._settle()
        if time.monotonic() < self._not_before or self._relay.state().name == "open" or not self._sure():
            return 0
        # None is begun so late that another may have it before it is answered.
        until = time.monotonic() + delivery.LEASE.total_seconds() - SLACK
        with self._site.writing() as db:
            taken = lettersout.take_letters(db, self._holder, self._site.now(), LETTERS)
        if taken:
            steps.reached("letters.claimed")
        self._owed = {letter.id: (letter, None) for letter in taken}
        for mail, answer in self._relay.letters([Mail(letter, letter.sender, letter.recipient, Content(letter.raw)) for letter in taken]):
            if not answer.reached:
                self._not_before = time.monotonic() + max(PAUSE, answer.wait)
                break
            steps.reached("letters.sent")
            self._owed[mail.ref.id] = mail.ref, answer
            self._record(mail.ref, answer)
            if self.stopping or not self._sure() or time.monotonic() > until:
                break
        left = len(self._owed)
        self._settle()
        return len(taken) - left

    def _settle(self) -> None:
        """Write down what is owed: answers that the database did not take, and what was not begun."""
        for letter, answer in list(self._owed.values()):
            if answer:
                self._record(letter, answer)
        self._give_back([letter for letter, _ in self._owed.values()])
        self._owed.clear()

    def _record(self, letter: lettersout.LetterToSend, answer: Answer) -> None:
        with self._site.writing() as db:
            lettersout.record_letter(db, letter.id, answer, self._site.now(), self._holder)
        self._owed.pop(letter.id, None)
        steps.reached("letters.recorded")
        if answer.sent:
            log.info("letter", kind=letter.kind, letter=letter.id)
        else:
            log.info("letter not sent", kind=letter.kind, letter=letter.id, code=answer.code, answer=answer.text)

    def _give_back(self, letters: list[lettersout.LetterToSend]) -> None:
        """What was not begun is due at once, for anybody."""
        if not letters:
            return
        with self._site.writing() as db:
            for letter in letters:
                lettersout.record_letter(db, letter.id, None, self._site.now(), self._holder)

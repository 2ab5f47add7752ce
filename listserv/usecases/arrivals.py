"""A mail on its way to its verb, and what became of it: the values that the verbs of incoming mail share."""

from collections.abc import Sequence
from dataclasses import dataclass

from listserv.mail import quotes
from listserv.mail.authentication import Alignment
from listserv.mail.parse import LONGEST_REPLY, Post
from listserv.mail.spam import Spam
from listserv.rules import Action
from listserv.store.queue import Incoming, State
from listserv.usecases.outbox import Cause
from listserv.usecases.posting import Result

STATES = {Action.ACCEPT: State.POSTED, Action.HOLD: State.HELD, Action.REJECT: State.REFUSED, Action.DISCARD: State.DISCARDED}


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail on its way to its verb, with what is known of its sender."""

    incoming: Incoming
    raw: bytes
    post: Post
    alignment: Alignment
    strict: bool = False
    munge: bool = False
    spam: Spam = Spam.NO

    @property
    def cause(self) -> Cause:
        """Why an answer to it is written."""
        return Cause(self.incoming, self.alignment is Alignment.ALIGNED, forged=self.alignment is Alignment.FAILED)

    @property
    def words(self) -> str:
        """What the person wrote now, farewell and name included."""
        return quotes.letter(self.post.text[:LONGEST_REPLY]).strip()

    @property
    def by_a_machine(self) -> bool:
        """Machines are never answered, and never decide (RFC 3834)."""
        return self.post.automatic is not None or not self.incoming.mail_from

    @property
    def sender(self) -> str:
        """The single author's address; empty where there is not exactly one."""
        return self.post.authors[0].address if len(self.post.authors) == 1 else ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The state a mail has reached, and why."""

    state: State
    reasons: Sequence[str] = ()


NOBODY_ANSWERS_MACHINES = Outcome(State.DISCARDED, ("automatic",))


def outcome_of(result: Result) -> Outcome:
    """A verdict as the state of a mail."""
    return Outcome(STATES[result.verdict.action], result.verdict.reasons)

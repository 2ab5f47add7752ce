"""What applications and held posts have in common: one answer for one case, and what waits or has been decided."""

from typing import Literal

from pydantic import Field

from listserv.errors import Conflict
from listserv.store.moderation import Application, Held
from listserv.usecases import docket
from listserv.usecases.docket import Answer
from listserv.usecases.stewards import Steward
from listserv.web.api.models import Sent, Text
from listserv.web.visit import visit

Which = Literal["waiting", "decided", "all"]
LATE = "This has been decided in the meantime."


class Words(Sent):
    """A moderator's own words to whoever is at the other end; empty: none."""

    words: Text = Field("", max_length=5000)


class Question(Sent):
    """What is asked of whoever is at the other end."""

    words: Text = Field(min_length=1, max_length=5000)


def decided(who: Steward, key: str, answer: Answer, words: str = "") -> Held | Application:
    """Give a case this answer; the row as it is now. Raises Conflict where somebody was faster."""
    done = docket.decide(visit().db, who, [key], answer, visit().now, words=words)
    if done.late:
        raise Conflict(LATE)
    visit().db.flush()
    return done.done[0]

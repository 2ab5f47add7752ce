"""One thing that somebody asks a list for."""

from dataclasses import dataclass, field

from listserv.mail.commandwords import Kind
from listserv.mail.daywords import Day


@dataclass(frozen=True, slots=True)
class Command:
    """One thing asked for. A pause has the last day of it, or a weekday (0 is Monday), or a number of days, or none (until further notice).

    `words` is what a command names: what to search for, which thread or topic, the new name, address, language or schedule.
    `unheard`: a day or an hour stands in the mail that could not be used. `later`: a pause was to begin on another day.
    `guessed`: what is named may be a topic, or something else.
    """

    kind: Kind
    until: Day | None = None
    days: int | None = None
    weekday: int | None = None
    words: str = ""
    unheard: bool = field(default=False, compare=False)
    later: bool = field(default=False, compare=False)
    guessed: bool = field(default=False, compare=False)

"""The lanes beside the copies: mails that came in, single letters, the calendar. Each a step, done until nothing is left."""

import asyncio
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import structlog

from listserv.relay import Answer, Content, Mail, Relay
from listserv.site import Site, is_worth_repeating
from listserv.usecases import delivery

if TYPE_CHECKING:
    from listserv.dns import Resolver
    from listserv.store.queue import State
    from listserv.usecases.intake import Prepared, Work

log = structlog.get_logger()

# Taken up at a time: so few that what is in hand when the worker stops is soon done.
MAILS, LETTERS = 10, 20
DIGESTS = 20
FILES = 2
# Seconds before a step that failed as a whole is tried again, and before a relay that cannot be reached is.
PAUSE = 2.0
# How often a mail is tried again at once, because another worker's transaction got in its way.
TOGETHER = 3
BACKOFF = (1, 2, 5, 10, 30, 60)


class Lane:
    """Does one kind of work in a thread of its own. A step returns how much it did."""

    def __init__(self, name: str, step: Callable[[], int], after: Callable[[], None]) -> None:
        self._name, self._step, self._after = name, step, after
        self._thread = ThreadPoolExecutor(1, name)
        self._kicked = asyncio.Event()
        self._stopping = False

    def kick(self) -> None:
        """There may be work."""
        self._kicked.set()

    async def run(self) -> None:
        """Work until `stop`."""
        loop = asyncio.get_running_loop()
        while not self._stopping:
            await self._kicked.wait()
            self._kicked.clear()
            try:
                while not self._stopping and await loop.run_in_executor(self._thread, self._step) > 0:
                    self._after()
            except Exception:
                log.exception("lane failed", lane=self._name)
                await asyncio.sleep(PAUSE)

    def stop(self) -> None:
        """Finish the step in hand, then end."""
        self._stopping = True
        self._kicked.set()

    def close(self) -> None:
        """Let the thread go."""
        self._thread.shutdown()


class Reading:
    """Mails that came in: understood outside of any transaction, answered in one."""

    def __init__(self, site: Site, holder: int, done: Callable[[], None]) -> None:
        self._site, self._holder, self._done = site, holder, done
        self._resolver: Resolver | None = None

    def step(self) -> int:
        """Read a few mails; how many."""
        # Imported with the first mail: an idle worker needs none of what understands mails.
        from listserv.dns import Resolver
        from listserv.usecases import intake

        self._resolver = self._resolver or Resolver(self._site.settings.auth.dns)
        with self._site.writing() as db:
            taken = intake.claim(db, self._site.now(), MAILS, self._holder)
        for work in taken:
            self._read(work, self._resolver)
            self._done()
        return len(taken)

    def _read(self, work: "Work", resolver: "Resolver") -> None:
        from listserv.usecases import intake

        site = self._site
        try:
            with site.reading() as db:
                raw = intake.raw_of(db, work)
            prepared = intake.prepare(work, raw, site.settings, resolver)
            state = self._process(prepared)
            log.info("read", incoming=work.incoming_id, state=str(state))
        except Exception:
            log.exception("mail made trouble", incoming=work.incoming_id)
            with site.writing() as db:
                intake.trouble(db, work.incoming_id, traceback.format_exc(), site.now())

    def _process(self, prepared: "Prepared", left: int = TOGETHER) -> "State":
        from listserv.usecases import intake

        try:
            with self._site.writing() as db:
                return intake.process(db, prepared, self._site.now())
        except Exception as wrong:
            if not left or not is_worth_repeating(wrong):
                raise
        return self._process(prepared, left - 1)


class Writing:
    """Single letters: each recorded as soon as it is answered, because a second welcome is worse than a short pause."""

    def __init__(self, site: Site, relay: Relay, holder: int) -> None:
        self._site, self._relay, self._holder = site, relay, holder
        self._failures, self._not_before = 0, 0.0
        self.stopping = False

    def step(self) -> int:
        """Send a few letters; how many. 0 also where the relay cannot be reached: after a while a sweep tries again."""
        if time.monotonic() < self._not_before:
            return 0
        with self._site.writing() as db:
            taken = delivery.take_letters(db, self._holder, self._site.now(), LETTERS)
        waiting = {letter.id: Mail(letter, letter.sender, letter.recipient, Content(letter.raw)) for letter in taken}
        for mail, answer in self._relay.letters(list(waiting.values())):
            if not answer.reached:
                self._wait(answer)
                break
            self._record(waiting.pop(mail.ref.id).ref, answer)
            if self.stopping:
                break
        for mail in waiting.values():
            self._record(mail.ref, None)
        return len(taken) - len(waiting)

    def _record(self, letter: delivery.LetterToSend, answer: Answer | None) -> None:
        self._failures = 0 if answer else self._failures
        with self._site.writing() as db:
            delivery.record_letter(db, letter.id, answer, self._site.now())
        if answer and answer.sent:
            log.info("letter", kind=letter.kind, letter=letter.id)
        elif answer:
            log.info("letter not sent", kind=letter.kind, letter=letter.id, code=answer.code, answer=answer.text)

    def _wait(self, answer: Answer) -> None:
        self._not_before = time.monotonic() + BACKOFF[min(self._failures, len(BACKOFF) - 1)]
        self._failures += 1
        log.warning("relay", trouble=answer.text)


def read_files(site: Site) -> int:
    """Read a few of the files that were attached, so that their words are found; how many. Each in a process of its own."""
    from listserv.usecases import attachedtexts

    with site.reading() as db:
        if not attachedtexts.are_waiting(db, site.now()):
            return 0
    with site.writing() as db:
        taken = attachedtexts.claim(db, site.now(), FILES)
    for sha256 in taken:
        with site.reading() as db:
            found = attachedtexts.bytes_of(db, sha256)
        said = attachedtexts.read(found)
        with site.writing() as db:
            attachedtexts.keep(db, sha256, said)
        log.info("file", sha256=sha256[:12], characters=len(said.text), trouble=said.trouble)
    return len(taken)


def keep_calendar(site: Site) -> int:
    """Do some of what the calendar owes: digests, the ends of pauses; how much was dealt with."""
    from listserv.usecases import housekeeping

    done = 0
    for part in housekeeping.parts(DIGESTS):
        with site.writing() as db:
            done += part(db, site.now())
    return done

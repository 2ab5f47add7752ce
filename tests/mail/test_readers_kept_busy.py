"""No letter, however it is made, keeps those busy who read words about meetings and questions."""

import time
from datetime import datetime

import pytest

from listserv.errors import Invalid
from listserv.mail import absences, camewords, dateoptions, meetinganswers, meetingwords, surveysays, surveywords, voteparts, votes
from listserv.mail.surveykinds import Kind
from listserv.mail.votes import Ask

HOSTILE = ["1) 1) 1) ", "> 1\n", " \n", "x\ny ", "--\n", "do ", "a@", "a", "będę ", "16.30-", "byli: 1, "]
OPTIONS = tuple(f"opcja {at}" for at in range(30))
READERS = {
    "votes": lambda text: [votes.choose(Ask(1, "Kiedy?", kind, OPTIONS if kind is not Kind.SCALE else ()), text) for kind in Kind],
    "voteparts": lambda text: voteparts.read([Ask(1, "Kiedy?", Kind.ONE, OPTIONS)], f"Kiedy?\n{text}", text, lambda: text[:20_000]),
    "surveywords": lambda text: surveywords.read("Ankieta", text),
    "surveysays": lambda text: surveysays.read(text, "Jan Kowalski"),
    "meetingwords": lambda text: meetingwords.read(text.replace("\n", " "), text, datetime(2026, 3, 3), "Europe/Warsaw"),
    "meetinganswers": lambda text: meetinganswers.read(text, "Jan Kowalski", text),
    "dateoptions": lambda text: (dateoptions.question("Kiedy", text), dateoptions.chosen(text, 5), dateoptions.picked(text, 5)),
    "came": lambda text: camewords.came(text, 30),
    "absences": lambda text: (absences.before(text), absences.beside(f"Jestem na urlopie {text}")),
}


@pytest.mark.sampled(1, each="reader")
@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("before", ["", "Kiedy Państwu pasuje?\n1) "])
def test_no_letter_keeps_a_reader_busy(reader, before):
    for pattern in HOSTILE:
        begun = time.process_time()
        try:
            READERS[reader](before + pattern * (100_000 // len(pattern)))
        except Invalid:
            pass
        assert time.process_time() - begun < 1, pattern

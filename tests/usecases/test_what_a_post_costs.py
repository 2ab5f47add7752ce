"""How often a post asks the database: for so long it holds SQLite's one write lock, and each is a round trip to PostgreSQL."""

import pytest
from sqlalchemy import event

from listserv.usecases import intake

# As it is (SQLite begins with a statement of its own; PostgreSQL locks the list), and one or two for what comes next.
A_NEW_THREAD, AN_ANSWER = 28, 33


@pytest.fixture
def costs(site, monkeypatch):
    """How many statements each mail has taken, from its being understood to its commit."""
    counts, said, process = [], [], intake.process
    note = lambda _c, _k, statement, *_: said.append(" ".join(statement.split()[:3]))  # noqa: E731

    def counted(db, *mail):
        said.clear()
        state = process(db, *mail)
        db.flush()
        counts.append(len(said))
        return state

    monkeypatch.setattr(intake, "process", counted)
    event.listen(site.engine, "before_cursor_execute", note)
    yield counts
    event.remove(site.engine, "before_cursor_execute", note)


def test_a_post_and_an_answer_ask_the_database_no_more_than_they_must(office, costs):
    office.send("halina@example.org", "siecibp", "Pierwsze", message_id="<1@x>")
    office.send("marek@example.org", "siecibp", "Drugie", message_id="<2@x>")
    office.send("halina@example.org", "siecibp", "Odp: Drugie", message_id="<3@x>", in_reply_to="<2@x>")

    assert costs[1] <= A_NEW_THREAD and costs[2] <= AN_ANSWER, costs

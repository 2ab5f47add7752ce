"""What the calendar and `queue ls` ask again and again goes by an index, however large the archive and the list are."""

import pytest
from sqlalchemy import event

from listserv.store import failing, sweeping, trace
from listserv.store.people import Address

QUESTIONS = {
    "whose address nobody asks": (lambda db, now: failing.unasked(db, 100), "ix_member_bouncing"),
    "of whom moderators should hear": (lambda db, now: failing.lists_with_news(db, now), "ix_member_bouncing"),
    "has anything got through": (lambda db, now: failing.got_through(db, Address(id=1, key="a@example.org"), now, now), "ix_outgoing_not_folded"),
    "whose copies can be cleared away": (lambda db, now: sweeping.next_post(db, now), "ix_outgoing_not_folded"),
    "which posts wait": (lambda db, now: trace.waiting_posts(db, 10), "ix_delivery_due"),
}


@pytest.mark.only_sqlite
@pytest.mark.parametrize("question", QUESTIONS)
def test_no_question_goes_through_a_whole_table(db, now, question):
    asked, (ask, index) = [], QUESTIONS[question]
    event.listen(db.get_bind(), "before_cursor_execute", lambda connection, cursor, statement, values, *rest: asked.append((statement, values)))

    ask(db, now)

    driver = db.connection().connection.driver_connection
    plans = [row[3] for statement, values in list(asked) for row in driver.execute(f"EXPLAIN QUERY PLAN {statement}", values)]
    assert any(index in plan for plan in plans), plans
    # Of an index that holds few rows all may be looked at.
    assert [plan for plan in plans if plan.startswith("SCAN") and "ix_" not in plan] == []

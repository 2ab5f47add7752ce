"""How work grows with what it is given, and whether it explodes: bounds that a slow or busy machine does not cross."""

import time

from sqlalchemy import event

TRIES = 5
# SQLite tells of so many steps of its machine at once.
AT_ONCE = 10


def growth(work, small, large):
    """How many times as long `work(large)` takes as `work(small)`: the best of several tries of each, in turn."""
    best = [9.0, 9.0]
    for _ in range(TRIES):
        for place, size in enumerate((small, large)):
            begin = time.process_time()
            work(size)
            best[place] = min(best[place], time.process_time() - begin)
    return best[1] / best[0]


def takes(work, enough):
    """CPU seconds that work takes; measured again while it is more than `enough`, because something else may keep the machine busy."""
    best = 9.0
    for _ in range(TRIES):
        begin = time.process_time()
        work()
        best = min(best, time.process_time() - begin)
        if best < enough:
            break
    return best


class Steps:
    """Counts the steps of SQLite's machine for all that an engine is asked: the same on every machine, however busy it is."""

    def __init__(self, engine):
        self.count, self.statements = 0, []
        event.listen(engine, "before_cursor_execute", self._before)

    def _before(self, connection, cursor, statement, values, context, many):
        connection.connection.driver_connection.set_progress_handler(self._tick, AT_ONCE)
        self.statements.append(statement)

    def _tick(self):
        self.count += AT_ONCE

    def of(self, work):
        """How many steps `work()` takes."""
        self.statements.clear()
        before = self.count
        work()
        return self.count - before

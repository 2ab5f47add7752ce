"""How work grows with what it is given, and whether it explodes: bounds that a slow or busy machine does not cross."""

import time

TRIES = 5


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

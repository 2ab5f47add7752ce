"""How work grows with what it is given: a ratio of CPU times of one moment, which a slow or busy machine does not change."""

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

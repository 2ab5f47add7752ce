"""Read by every Python that has this folder on its path: its wall clock goes wrong by as many seconds as stand in the file that
JUMPING_CLOCK names, whenever they change. Clocks that nobody can put (time.monotonic) go on."""

import os
import threading
import time
from pathlib import Path

FILE = Path(os.environ["JUMPING_CLOCK"])


# How wrong it is, and what makes it so: a forked process goes on from there.
now = {"wrong": 0.0, "travelling": None}


def follow() -> None:
    import time_machine

    while True:
        wanted = float(FILE.read_text() or now["wrong"]) if FILE.exists() else 0.0
        if wanted != now["wrong"]:
            if now["travelling"]:
                now["travelling"].stop()
            now["travelling"] = time_machine.travel(time.time() + wanted) if wanted else None
            if now["travelling"]:
                now["travelling"].start()
            now["wrong"] = wanted
        time.sleep(0.02)


def begin() -> None:
    threading.Thread(target=follow, daemon=True).start()


begin()
# A thread stays behind with the process that forked.
os.register_at_fork(after_in_child=begin)

"""The queue at SQLite's write lock."""

import fcntl
import subprocess
import sys
import threading
import time

from listserv.store import lock
from listserv.store.lock import WriteLock


def test_one_thread_at_a_time_gets_past(tmp_path):
    queue, inside, most = WriteLock(str(tmp_path / "lock")), [], []

    def work():
        for _ in range(50):
            with queue:
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert max(most) == 1 and len(most) == 200


def test_another_process_waits_and_goes_on_as_soon_as_it_may(tmp_path):
    path = str(tmp_path / "lock")
    with open(path, "w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        threading.Timer(0.1, lambda: fcntl.flock(other, fcntl.LOCK_UN)).start()
        begin = time.monotonic()
        with WriteLock(path):
            waited = time.monotonic() - begin

    assert 0.09 < waited < 0.5


def test_a_holder_that_hangs_is_left_to_sqlite(tmp_path, monkeypatch):
    monkeypatch.setattr(lock, "PATIENCE", 0.05)
    path = str(tmp_path / "lock")
    with open(path, "w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        begin = time.monotonic()
        with WriteLock(path):
            waited = time.monotonic() - begin

    assert 0.05 < waited < 1


def test_where_no_file_can_be_made_sqlite_has_to_do(tmp_path):
    queue, passed = WriteLock(str(tmp_path / "missing" / "lock")), 0
    for _ in range(2):
        with queue:
            passed += 1

    assert passed == 2


FORK = """
import os, sys, time, threading
from listserv.store.lock import WriteLock
queue = WriteLock(sys.argv[1])
with queue:
    pass
child = os.fork()
with queue:
    print(time.monotonic(), flush=True)
    time.sleep(0.1)
    print(time.monotonic(), flush=True)
if child:
    os.waitpid(child, 0)
"""


def test_parent_and_child_of_a_fork_queue_like_strangers(tmp_path):
    done = subprocess.run([sys.executable, "-c", FORK, str(tmp_path / "lock")], capture_output=True, text=True, check=True)

    begin, end, other_begin, other_end = map(float, done.stdout.split())
    assert begin < end < other_begin < other_end

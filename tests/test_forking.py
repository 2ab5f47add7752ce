"""Programs that are forked for a test are what they would be, had they been started."""

import os
import signal
import subprocess
import sys
import threading

import pytest

from tests import forking

SHOW = "import os, sys, threading; print(sys.argv, os.getcwd(), os.environ.get('WORD'), threading.active_count(), sys.stdin.read())"


def both(*words, **how):
    """How the same command ends and what it says, started and forked."""
    return [(done.returncode, done.stdout, done.stderr) for done in (start([sys.executable, *words], capture_output=True, text=True, timeout=60, **how) for start in (subprocess.run, forking.run))]


@pytest.mark.parametrize("words", [("-c", SHOW, "a", "b c"), ("-c", "import sys; sys.exit('it cannot')"), ("-c", "print(input(), flush=True); raise SystemExit(7)"), ("-m", "listserv", "no-such-thing")])
def test_it_says_what_it_would_say_and_ends_as_it_would(tmp_path, words):
    started, forked = both(*words, input="hello\n", cwd=tmp_path, env=os.environ | {"WORD": "ż", "PYTHONPATH": str(forking.ROOT)})

    assert forked == started


def test_what_it_throws_is_told_and_its_code_is_1():
    done = forking.run([sys.executable, "-c", "1 / 0"], capture_output=True, text=True)

    assert (done.returncode, done.stderr.splitlines()[-1]) == (1, "ZeroDivisionError: division by zero")


def test_its_threads_and_what_it_does_at_its_end_are_waited_for():
    program = "import atexit, threading, time; atexit.register(print, 'the end'); threading.Thread(target=lambda: (time.sleep(0.1), print('a thread'))).start(); print('begun')"

    assert forking.run([sys.executable, "-c", program], capture_output=True, text=True).stdout == "begun\na thread\nthe end\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_it_can_be_killed_and_how_it_ended_is_heard(number):
    with forking.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True) as process:
        assert os.getsid(process.pid) == process.pid
        assert process.poll() is None
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.01)

        process.send_signal(number)

        assert process.wait(10) == -number
    assert process.poll() == -number


def test_ctrl_c_is_heard():
    with forking.Popen([sys.executable, "-c", "print('ready', flush=True)\nimport time; time.sleep(60)"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGINT)

        assert process.communicate(timeout=10)[1].splitlines()[-1] == "KeyboardInterrupt"


def test_nobody_else_holds_its_files():
    with forking.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as one, forking.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        one.stdin.close()
        other.stdin.close()

        assert one.stdout.read() == b""
        assert (one.wait(10), other.wait(10)) == (1, 1)


def test_several_are_asked_for_at_once():
    codes = []
    threads = [threading.Thread(target=lambda code=code: codes.append(forking.run([sys.executable, "-c", f"raise SystemExit({code})"]).returncode)) for code in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(codes) == list(range(5))


@pytest.mark.skipif(forking.Popen is subprocess.Popen, reason="nothing is forked on this system")
def test_the_process_that_forks_has_no_thread_and_goes_with_the_tests(monkeypatch):
    monkeypatch.setattr(forking, "OPEN", [forking.opened()])
    process = forking.OPEN[0][1]
    forking.run([sys.executable, "-c", ""])

    assert os.listdir(f"/proc/{process.pid}/task") == [str(process.pid)]
    forking.pytest_unconfigure()
    assert process.returncode == 0

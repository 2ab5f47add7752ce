"""What takes mail apart, under attack by a fuzzer that sees which code each input reaches (atheris): a second a target in every run,
ten minutes a target in `make test-long` (LISTSERV_FUZZ_SECONDS says otherwise), there with real mail to begin from, too.

What breaks a target is kept in a file that the failure names; it becomes a mail in tests/mails.
"""

import os
import re
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.corpus.corpus import CORPUS
from tests.fuzz import invariants, shapes
from tests.test_postgres import environment

ROOT = Path(__file__).parents[2]
ATTACK = Path(__file__).with_name("targets.py")
MAILS = sorted((ROOT / "tests" / "mails").glob("*.eml"))
ABSENT = "there is no atheris, so the coverage-guided fuzzing was left out: it comes with the extra dev, on CPython 3.11 to 3.13 on Linux, x86_64"
needs_fuzzer = pytest.mark.skipif(find_spec("atheris") is None, reason=ABSENT)

SHORT = 1
LONG = int(os.environ.get("LISTSERV_FUZZ_SECONDS") or 600)
LARGEST = 16_384
# More than the CPU that an input may take (`invariants.LONGEST`): this is by the clock, on a machine that may be busy.
HANGS = 60
MEGABYTES = 1_024
# What a fuzzer that runs at all has tried within a second, on a machine as busy.
FEWEST = 20
# Real mail to begin from, read where it lies.
BESIDE = {"mail": "A-mime", "bounces": "B-bounces", "quotes": "C-quotes", "html": "F-html"}


def attack(target, seconds, folder, *more):
    """Let the fuzzer run; how many inputs it tried. What breaks the target fails the test."""
    kept = Path(tempfile.mkdtemp(prefix="listserv-fuzz-"))
    done = ran(order(target, seconds, kept, folder, *more))
    return judged(target, kept, done.returncode, done.stdout)


def order(target, seconds, kept, *seeds):
    """The words that `targets.py` takes for one target."""
    options = [f"-max_total_time={seconds}", f"-max_len={LARGEST}", f"-timeout={HANGS}", f"-rss_limit_mb={MEGABYTES}", f"-artifact_prefix={kept}/"]
    return [target, *options, "-print_final_stats=1", *seeds]


def ran(words):
    # The fuzzer counts the memory that its process has ever had, which begins with that of whoever started it: a shell is small.
    command = ["sh", "-c", '"$@"; exit $?', "sh", sys.executable, ATTACK, *words]
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", check=False)


def judged(target, kept, code, words):
    """How many inputs were tried, if none of them broke the target."""
    found = sorted(kept.iterdir())
    if found:
        pytest.fail(told(target, found[0], words), pytrace=False)
    kept.rmdir()
    assert code == 0, words[-4_000:]
    return int(re.search(r"^stat::number_of_executed_units: (\d+)", words, re.MULTILINE)[1])


def told(target, file, words):
    """What the failure says: what broke, where the bytes are, and what to do with them."""
    begins = words.find("=== Uncaught Python exception")
    script = ATTACK.relative_to(ROOT)
    return (
        f"{words[begins if begins >= 0 else -3_000 :][:3_000]}\n\n"
        f"What broke the target {target!r} is kept in {file}\n"
        f"To see it again: python {script} {target} --once {file}\n"
        f"When it is mended, keep it: python {script} {target} --as-mail {file} > tests/mails/NAME.eml, and write beside it in NAME.expect what is to be read."
    )


def planted(folder, target):
    """Seeds, as files."""
    folder.mkdir()
    mails = [path.read_bytes() for path in MAILS] if target in ("mail", "bounces") else []
    for number, seed in enumerate([*shapes.seeds(target), *mails]):
        (folder / str(number)).write_bytes(seed)
    return folder


@needs_fuzzer
def test_a_fuzzer_breaks_nothing_in_a_few_seconds(tmp_path):
    """All targets, one after another: what is read and watched for them is the same, and takes longer than the fuzzing."""
    kept = {target: Path(tempfile.mkdtemp(prefix="listserv-fuzz-")) for target in invariants.TARGETS}
    orders = [order(target, SHORT, kept[target], planted(tmp_path / target, target)) for target in kept]

    done = ran([word for words in orders for word in ("--", *words)][1:])

    parts = re.split(r"^The target (\w+) ended with (-?\d+)\n", done.stdout, flags=re.MULTILINE)
    ended = {target: (words, int(code)) for words, target, code in zip(parts[::3], parts[1::3], parts[2::3], strict=False)}
    assert ended.keys() == kept.keys(), done.stdout[-4_000:]
    for target, (words, code) in ended.items():
        assert judged(target, kept[target], code, words) > FEWEST


@needs_fuzzer
@pytest.mark.long
@pytest.mark.parametrize("target", invariants.TARGETS)
def test_a_fuzzer_breaks_nothing_in_minutes(target, tmp_path):
    real = [CORPUS / BESIDE[target]] if target in BESIDE and CORPUS.is_dir() else []

    assert attack(target, LONG, planted(tmp_path / "seeds", target), *real) > FEWEST


BROKEN = """
import time
def look(data):
    assert b"!" not in data, "it cannot take this"
def wait(data):
    from tests.fuzz import invariants
    invariants.LONGEST = 0.3
    start = time.process_time()
    with invariants.in_time():
        while b"!" in data and time.process_time() < start + 0.5: pass
"""


@needs_fuzzer
@pytest.mark.parametrize(("function", "said"), [("look", "it cannot take this"), pytest.param("wait", "too slow", marks=pytest.mark.long)])
def test_what_breaks_a_target_is_kept_in_a_file_that_the_failure_names(function, said, tmp_path, monkeypatch):
    (tmp_path / "broken_target.py").write_text(BROKEN)
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "a").write_bytes(b"Hello!")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    with pytest.raises(pytest.fail.Exception) as failure:
        attack(f"broken_target:{function}", SHORT, tmp_path / "seeds")

    words = str(failure.value)
    file = Path(re.search(r"is kept in (\S+)", words)[1])
    assert said in words
    assert b"!" in file.read_bytes()
    assert f"--as-mail {file} > tests/mails/NAME.eml" in words


@pytest.mark.parametrize(("required", "code", "words"), [pytest.param("", 0, "not run: 1 test: ", marks=pytest.mark.long), ("1", 1, "FAILED, not run: 1 test: ")])
def test_where_there_is_no_fuzzer_that_is_told(tmp_path, required, code, words):
    (tmp_path / "without.py").write_text("import sys\nsys.modules['atheris'] = None\n")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "without", "-p", "no:cacheprovider", "-k", "few_seconds", "tests/fuzz"]
    environ = environment(PYTHONPATH=f"{tmp_path}:{ROOT}", LISTSERV_REQUIRE_ALL=required)

    done = subprocess.run(command, capture_output=True, text=True, env=environ, cwd=ROOT, check=False)

    assert done.returncode == code, done.stdout
    assert done.stdout.splitlines()[-1] == f"{words}{ABSENT}"


@pytest.mark.parametrize("target", invariants.TARGETS)
def test_what_the_fuzzer_begins_from_breaks_nothing(target):
    for seed in shapes.seeds(target):
        invariants.TARGETS[target](shapes.grown(seed))


@pytest.mark.parametrize("path", MAILS, ids=lambda path: path.stem)
def test_no_mail_that_is_kept_breaks_anything_any_more(path):
    invariants.all_of(path.read_bytes())


LIVE = ["<script>x</script>", '<p onclick="x">', '<img src="http://t.example/x.gif">', '<a href="javascript:x">y</a>', '<p style="background:url(x)">', "</div>x", "<!-- x -->"]


@pytest.mark.parametrize("html", LIVE)
def test_live_html_is_seen(html):
    with pytest.raises(AssertionError):
        invariants._nothing_runs(html)


def test_a_command_without_a_word_of_it_is_seen():
    leave = invariants.orders.Command(invariants.Kind.LEAVE)

    with pytest.raises(AssertionError, match="leave without a word of it"):
        invariants._rests_on_words((leave,), invariants.orders.decision(""), "Dzień dobry")


@pytest.mark.parametrize("target", ["quotes", "html", "commands"])
def test_what_broke_a_target_can_be_kept_as_a_mail(target):
    data = "Subject: Zażółć\nWypisz <b>mnie</b>".encode()

    post = invariants.parsing.parse(shapes.as_mail(target, data))

    assert not post.problems
    assert (post.html or post.text).split("\n")[-1].startswith("Wypisz <b>mnie</b>")
    assert post.subject == ("Zażółć" if target == "commands" else "x")

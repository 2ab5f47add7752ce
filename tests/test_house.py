"""The house itself: walls between the floors, nothing left lying about, and a wheel that holds all it needs."""

import re
import subprocess
import sys
import tomllib
import urllib.request
from email import message_from_bytes, policy
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.serving import ROOT, Served, clean_environment, free_port, wait_for

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
CODE = ("listserv", "digests", "newsletters", "templates", "migrations", "tests", "benchmarks", "deploy", "docs", ".ci")


def run(*command: str | Path) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, env=clean_environment(), cwd="/", check=False, timeout=600)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def test_imports_go_down_only():
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-cache"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=clean_environment(PYTHONPATH=str(ROOT)), check=False)

    assert done.returncode == 0, done.stdout


def test_every_module_has_its_floor():
    floors = re.findall(r"listserv\.(\w+)", " ".join(PROJECT["tool"]["importlinter"]["contracts"][0]["layers"]))

    modules = {path.stem for path in (ROOT / "listserv").iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()}

    assert modules - {"__init__"} == set(floors)


def files():
    for name in CODE:
        # (Pictures hold any bytes.)
        yield from (path for path in (ROOT / name).rglob("*") if path.is_file() and path.suffix != ".png" and "__pycache__" not in path.parts)
    yield from (path for path in ROOT.iterdir() if path.is_file() and path.name != ".coverage")


def test_nothing_is_left_lying_about():
    marks = re.compile("|".join([r"\bTO" + "DO", "FIX" + "ME", r"\bXX" + r"X\b", "NotImplemented" + "Error", "break" + r"point\(", r"\bpd" + r"b\b", "<<<" + "<<<<", ">>>" + ">>>>"]))

    found = [f"{path.relative_to(ROOT)}: {hit[0]}" for path in files() for hit in marks.finditer(path.read_bytes().decode("utf-8", "replace"))]

    assert found == []


def test_constraints_hold_a_version_of_every_dependency_and_name_no_host():
    text = (ROOT / "constraints.txt").read_text("utf-8")
    pinned = {line.split("==")[0] for line in text.splitlines() if "==" in line}
    wanted = [*PROJECT["project"]["dependencies"], *(one for many in PROJECT["project"]["optional-dependencies"].values() for one in many)]

    names = {re.sub(r"[-_.]+", "-", re.split(r"[\[<>=;, ]", one)[0]).lower() for one in wanted}

    assert names <= pinned
    assert "://" not in text


def needed(by, extras=frozenset(), found=None):
    """The installed distributions that this one needs, by what it says of itself; itself is not counted."""
    found = {} if found is None else found
    for wanted in map(Requirement, by.requires or ()):
        meant = wanted.marker is None or any(wanted.marker.evaluate({"extra": extra}) for extra in extras or {""})
        if meant and (wanted.name, *wanted.extras) not in found:
            found[wanted.name, *wanted.extras] = one = metadata.distribution(wanted.name)
            needed(one, wanted.extras, found)
    return found


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The python of an environment with our wheel in it and what that needs, and nothing else; what is installed here is lent, not fetched."""
    place = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", place, ROOT)
    (wheel,) = place.glob("listserv-*.whl")
    run(sys.executable, "-m", "venv", "--without-pip", place / "venv")
    python = place / "venv" / "bin" / "python"
    run(sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "--python", python, "install", "--no-deps", "--no-index", wheel)
    (site,) = (place / "venv" / "lib").glob("python*/site-packages")
    for distribution in needed(metadata.Distribution.at(next(site.glob("listserv-*.dist-info")))).values():
        for top in {file.parts[0] for file in distribution.files if file.parts[0] not in ("..", "__pycache__")}:
            if not (site / top).exists():
                (site / top).symlink_to(distribution.locate_file(top))
    return python


def test_the_wheel_holds_all_it_needs_and_runs_from_anywhere(installed, tmp_path):
    port = free_port()
    listserv = (installed.parent / "listserv", "--data", tmp_path)
    doors = ("--smtp", f"127.0.0.1:{free_port()}", "--lmtp", "", "--web", f"127.0.0.1:{port}")
    run(*listserv, "init", "--domain", "lists.example.org", "--url", f"http://127.0.0.1:{port}", "--language", "pl", *doors)
    run(*listserv, "list", "create", "siecibp", "--title", "Sieć BP", "--archive", "public", "--owner", "alina@example.org")

    run(*listserv, "member", "add", "siecibp", "halina@example.org", "--welcome")
    server = Served(tmp_path, python=str(installed))
    try:
        server.until("listserv ready")
        page = urllib.request.urlopen(f"http://127.0.0.1:{port}/siecibp/").read().decode()
        style = re.search(r'href="(/static/[^"]+\.css[^"]*)"', page)[1]
        assert len(urllib.request.urlopen(f"http://127.0.0.1:{port}{style}").read()) > 1000
        (letter,) = wait_for(lambda: list((tmp_path / "out" / "new").iterdir()))
    finally:
        code = server.end()
        server.watchdog.cancel()

    assert code == 0
    assert "Zaloguj" in page
    subject = message_from_bytes(letter.read_bytes(), policy=policy.default)["Subject"]
    assert subject.replace("\N{NO-BREAK SPACE}", " ") == "„Sieć BP”: zapraszamy"

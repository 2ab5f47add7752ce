"""What the pages tell people to type is there: commands, their options, settings, files of the project and figures' programs."""

import re
import shlex
from functools import cache
from itertools import chain

import click
import pytest

from listserv.cli import cli
from listserv.config import Settings
from listserv.usecases.administration import LIST_SETTINGS
from tests.test_standards_page import ROOT

PAGES = sorted(chain(ROOT.glob("*.md"), (ROOT / "docs").rglob("*.md"), (ROOT / "deploy").rglob("*.md")))
# A command begins a line of an example, or a piece of code within a sentence.
COMMAND = re.compile(r"(?:sudo (?:-u \w+ )?)?listserv (?:--data \S+ )?([a-z][\w-]*(?: [^|#;&·)]*)?)")
SPAN, FILE = re.compile(r"`([^`\n]+)`"), re.compile(r"`((?:benchmarks|tests|deploy|listserv|docs|store|usecases|web|mail)/[\w./-]+\.(?:py|md|conf|cfg|sh|yaml|yml|json|html|txt|css|js))(?:::\w+)?`")
OPTION = re.compile(r"--?[a-zA-Z][\w-]*")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def pieces(text):
    """Code in sentences, and lines of examples."""
    lines = [line for line in text.splitlines() if line.startswith(("    ", "\t"))]
    fenced = [line for block in FENCE.findall(text) for line in block.splitlines()[1:-1]]
    return [*SPAN.findall(FENCE.sub("", text)), *(line.strip() for line in (*lines, *fenced))]


@cache
def commands():
    """(page, words) of each command that somebody could type."""
    found = []
    for page in PAGES:
        for piece in pieces(page.read_text("utf-8")):
            # `listserv ready` is what it prints.
            if (typed := COMMAND.match(piece)) and page.name != "CHANGELOG.md" and typed[1] != "ready":
                found.append((page.relative_to(ROOT).as_posix(), typed[1].split("  ")[0].strip()))
    return sorted(set(found))


def has(command, option):
    return any(option in (*one.opts, *one.secondary_opts) for one in command.params)


def wrong_in(typed):
    """The first word that is no command, or no option of its command; empty where all are."""
    try:
        words = shlex.split(typed.replace("[", " ").replace("]", " "))
    except ValueError:
        words = typed.split()
    command, context = cli, click.Context(cli)
    for word in words:
        if isinstance(command, click.Group) and not word.startswith("-"):
            # `webhook add|ls`, or a word of the sentence around it: only its first matters.
            found = command.get_command(context, word.partition("|")[0].rstrip(",.:"))
            # `import LIST FILE` has no word of its own.
            if found is None and command.name == "import":
                return ""
            if found is None:
                return word
            command = found
        elif OPTION.fullmatch(word.partition("=")[0]) and word not in ("--help", "-h") and not has(command, word.partition("=")[0]):
            return word
    return ""


def test_there_are_enough_of_them():
    assert len(commands()) > 150


def test_every_command_and_option_of_every_page_is_there():
    assert [(page, typed, wrong) for page, typed in commands() if (wrong := wrong_in(typed))] == []


def there(name):
    return any((ROOT / folder / name).exists() for folder in ("", "listserv", "deploy"))


def test_every_file_that_a_page_names_is_there():
    named = {(page.name, name) for page in PAGES if page.name != "CHANGELOG.md" for name in FILE.findall(page.read_text("utf-8"))}

    assert len(named) > 30
    assert [one for one in sorted(named) if not there(one[1])] == []


def keys():
    sections = {name: field.annotation for name, field in Settings.model_fields.items() if hasattr(field.annotation, "model_fields")}
    return {f"{section}.{key}" for section, model in sections.items() for key in model.model_fields}, set(sections)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_setting_that_a_page_names_is_one(page):
    known, sections = keys()
    named = re.findall(r"`([a-z]+\.[a-z_]+)(?: = [^`]*)?`", page.read_text("utf-8"))
    files = re.compile(r"\w+\.(?:py|md|toml|csv|json|html|conf|db|atom|mbox)")

    verbs = {one for one in named if (ROOT / "listserv" / "usecases" / f"{one.partition('.')[0]}.py").exists()}
    assert [one for one in named if one.partition(".")[0] in sections and one not in known | verbs and not files.fullmatch(one)] == []


def test_every_setting_of_a_list_stands_in_the_table():
    table = re.findall(r"^\| (`.+?) \|", (ROOT / "docs" / "running.md").read_text("utf-8"), re.MULTILINE)

    assert set(LIST_SETTINGS) - {key for row in table for key in SPAN.findall(row)} == set()

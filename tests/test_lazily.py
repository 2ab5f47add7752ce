"""Regular expressions that are compiled when first asked."""

import re
import subprocess
import sys

import pytest

from listserv.lazily import compiled


def test_an_expression_that_is_compiled_late_finds_what_it_would_have_found_at_once():
    late, at_once = compiled(r"(?P<word>ko\w+)", re.IGNORECASE), re.compile(r"(?P<word>ko\w+)", re.IGNORECASE)

    text = "Kot, kotka i kos"

    assert late.findall(text) == at_once.findall(text) == ["Kot", "kotka", "kos"]
    assert late.search(text)["word"] == "Kot" and late.match(" kot") is None and late.fullmatch("kos")
    assert late.sub("pies", text) == at_once.sub("pies", text) and late.split("a kot b") == at_once.split("a kot b")
    assert (late.flags, late.groups, late.groupindex) == (at_once.flags, at_once.groups, at_once.groupindex)


def test_an_expression_becomes_part_of_another_without_being_compiled(monkeypatch):
    monkeypatch.setattr(re, "compile", None)

    assert compiled(rf"{compiled('kot').pattern}|pies").pattern == "kot|pies"


def test_an_expression_is_compiled_once_and_then_costs_what_any_other_costs(monkeypatch):
    expression = compiled("kot")
    assert expression.search("kotek")

    monkeypatch.setattr(re, "compile", None)

    assert expression.search("kotek") and expression.fullmatch("kot")
    assert not hasattr(type(expression), "__getattr__")


def test_what_no_expression_has_is_missing_before_and_after():
    expression = compiled("kot")

    with pytest.raises(AttributeError):
        _ = expression.nothing
    expression.search("")
    with pytest.raises(AttributeError):
        _ = expression.nothing


def test_a_mistake_in_an_expression_is_told_when_it_is_asked():
    expression = compiled("(")

    with pytest.raises(re.error):
        expression.search("")


EVERY = """
import gc, importlib, pkgutil, digests, listserv.mail, listserv.words, newsletters
from listserv.lazily import Compiled
for package in (listserv.mail, listserv.words, newsletters, digests):
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")
waiting = [one for one in gc.get_objects() if isinstance(one, Compiled)]
assert len(waiting) > 300, len(waiting)
assert all("search" not in vars(one) for one in waiting)
for one in waiting:
    one.search("")
print("all")
"""


def test_every_expression_of_the_tables_waits_until_it_is_asked_and_can_be_compiled():
    done = subprocess.run([sys.executable, "-c", EVERY], capture_output=True, text=True, check=False)

    assert done.stdout == "all\n", done.stderr


def test_a_command_that_reads_no_mail_loads_no_tables_of_words():
    code = "import sys, listserv.cli.lists; print(*(name for name in sys.modules if name.startswith('listserv.mail.')))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()

    assert not {f"listserv.mail.{name}" for name in ("commandwords", "decisionwords", "wishes", "parse", "html")} & set(loaded)

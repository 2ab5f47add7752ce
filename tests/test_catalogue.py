"""Every sentence in both languages: complete, compiled, and letters that read well."""

import io
import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

from listserv import i18n, letters
from listserv.resources import PACKAGE
from listserv.sample import FACTS

ROOT = PACKAGE.parent
CATALOGUE = PACKAGE / "locale" / "pl" / "LC_MESSAGES" / "listserv.po"


def catalogue(path=CATALOGUE):
    with Path(path).open("rb") as file:
        return read_po(file, locale="pl")


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """All sentences that stand in code and templates now."""
    pot = tmp_path_factory.mktemp("words") / "listserv.pot"
    options = ["-q", "extract", "-F", "pyproject.toml", "-k", "N_", "-k", "pgettext:1c,2", "-k", "npgettext:1c,2,3", "-o", str(pot), "."]
    subprocess.run([sys.executable, "-m", "babel.messages.frontend", *options], check=True, cwd=ROOT)
    return catalogue(pot)


def key(message):
    return message.context, tuple(message.id) if isinstance(message.id, (list, tuple)) else message.id


def test_every_sentence_has_its_polish_and_none_is_stale_or_doubtful(source):
    polish = {key(message): message for message in catalogue() if message.id}

    assert {key(message) for message in source if message.id} == set(polish)
    assert [message.id for message in polish.values() if message.fuzzy] == []
    for message in polish.values():
        forms = message.string if isinstance(message.string, tuple) else (message.string,)
        assert all(forms), message.id
        assert len(forms) == (3 if message.pluralizable else 1), message.id


def test_no_sentence_stands_within_another():
    """In an f-string no version of Python lets the collection find it."""
    hiding = re.compile(r"""\bf(["']).*?\{[^{}"']*\b(?:n?gettext|N_|_)\(["']""")
    found = [f"{path.name}: {line.strip()}" for folder in ("listserv", "digests", "newsletters") for path in (ROOT / folder).rglob("*.py")
             for line in path.read_text("utf-8").splitlines() if hiding.search(line)]
    assert found == []


def test_a_translation_names_the_same_facts():
    for message in catalogue():
        if message.id and not message.pluralizable:
            named = re.findall(r"%\((\w+)\)s", message.id)
            assert sorted(set(named)) == sorted(set(re.findall(r"%\((\w+)\)s", message.string))), message.id


def test_the_compiled_catalogue_is_the_written_one():
    buffer = io.BytesIO()
    write_mo(buffer, catalogue())

    with CATALOGUE.with_suffix(".mo").open("rb") as file:
        compiled = read_mo(file)
    buffer.seek(0)
    again = read_mo(buffer)
    assert {key(m): m.string for m in compiled} == {key(m): m.string for m in again}


def test_one_letter_words_do_not_end_a_line_in_polish():
    loose = re.compile(r"(?<!\w)[aiouwzAIOUWZ] (?=\w)")
    for message in catalogue():
        forms = message.string if isinstance(message.string, tuple) else (message.string,)
        assert not any(loose.search(form) for form in forms if form), message.string


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("name", letters.names())
def test_a_letter_is_short_and_whole(name, language):
    words = letters.render(name, language, **FACTS)

    own = [line for line in words.body.splitlines() if not line.startswith("    ")]
    assert len([line for line in own if line]) <= 25
    assert all(len(line) <= 78 for line in own if "http" not in line and "@" not in line)
    assert words.subject and "\n" not in words.subject and len(words.subject) <= 90
    assert not re.search(r"\{\{|\}\}|\{%|%\(\w+\)s|Undefined", words.body + words.subject)
    assert "\n\n\n" not in words.body


@pytest.mark.parametrize("name", letters.names())
def test_a_polish_letter_is_polish_and_an_english_one_english(name):
    polish, english = (letters.render(name, language, **{**FACTS, "title": "X", "signature": "X"}) for language in ("pl", "en"))

    assert polish.subject != english.subject
    assert polish.body != english.body
    assert not re.search(r"\b(the|this|your|Hello|reply)\b", polish.body.replace("reply.", ""))


def test_a_missing_fact_is_an_error_and_never_an_empty_place():
    with pytest.raises(Exception, match="'title' is undefined"):
        letters.render("welcome", "en")


@pytest.mark.parametrize(
    ("count", "form"), [(1, "wiadomość"), (2, "wiadomości"), (5, "wiadomości"), (12, "wiadomości"), (22, "wiadomości")]
)
def test_polish_plurals_follow_the_number(count, form):
    forms = i18n.translations("pl").ngettext("%(n)s message", "%(n)s messages", count)

    assert forms.replace("\N{NO-BREAK SPACE}", " ") % {"n": count} == f"{count} {form}"


def test_dates_are_worded_as_people_write_them(now):
    assert i18n.moment_in_words(now, "pl", "Europe/Warsaw").replace("\N{NO-BREAK SPACE}", " ") == "3 marca 2026, 10.00"
    assert i18n.weekday(now, "pl", "Europe/Warsaw") == "wtorek"
    assert i18n.choose_language(["pl-PL", "en"]) == "pl"
    assert i18n.choose_language(["de"], default="en") == "en"

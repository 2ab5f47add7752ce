"""The guides tell the truth: their commands run as they stand, say what they say, and their links lead somewhere."""

import re
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote

import pytest

from listserv.mail import meetingwords, successreplies, surveywords
from listserv.mail.commands import commands as commands_of
from listserv.mail.decisions import Answer, decision
from listserv.mail.invited import order
from tests.serving import ROOT, clean_environment, free_port

DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"])
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)
LINK = re.compile(r"\]\(([^)\s]+)\)")
# Commands wait for what they have caused: here until more letters have come out and no further one comes, not for seconds.
QUIET = """
had=0
sleep() {
    before=-1
    for turn in $(seq 60); do
        now=$(ls */out/new 2> /dev/null | wc -l)
        [ "$now" -gt "$had" ] && [ "$now" = "$before" ] && had=$now && return
        [ "$had" = 0 ] && grep -q 'listserv ready' serve.log && [ "$1" = 1 ] && return
        before=$now
        command sleep 1
    done
}
"""


def blocks(page):
    """(kind, text) of each block of code on a page."""
    return [(found[1], found[2]) for found in BLOCK.finditer((DOCS / page).read_text("utf-8"))]


def commands(page):
    return [text for kind, text in blocks(page) if kind == "sh" and "pip install" not in text]


def said_as_promised(said, promised):
    """Every promised line is there, `…` being anything."""
    wanted = [".*".join(re.escape(part) for part in line.split("…")) for line in promised.strip().splitlines()]
    return [line for line in wanted if not re.search(line, said, re.M)]


@pytest.mark.only_sqlite
@pytest.mark.parametrize(
    ("page", "most"), [("start.md", 1), pytest.param("start.md", 99, marks=pytest.mark.long), pytest.param("pl/start.md", 99, marks=pytest.mark.long)]
)
def test_ten_minutes_run_as_they_are_written(tmp_path, page, most):
    program = tmp_path / "bin" / "listserv"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m listserv "$@"\n')
    program.chmod(0o755)
    script, mark = [QUIET], "==== the next block"
    for text in commands(page)[:most]:
        script.append(f"{text}\necho '{mark}'\n")
    ports = {"8025": free_port(), "8080": free_port()}
    doors = {"LISTSERV_SMTP_LISTEN": f"127.0.0.1:{ports['8025']}", "LISTSERV_WEB_LISTEN": f"127.0.0.1:{ports['8080']}", "LISTSERV_LMTP_LISTEN": ""}
    environ = clean_environment(PYTHONPATH=str(ROOT), **doors)
    environ["PATH"] = f"{program.parent}:{environ['PATH']}"
    text = re.sub(r"\b(8025|8080)\b", lambda found: str(ports[found[1]]), "".join(script))

    done = subprocess.run(["timeout", "300", "bash", "-m", "-c", text], cwd=tmp_path, env=environ, capture_output=True, text=True, check=False)

    parts = done.stdout.split(mark)
    told = iter(parts)
    now, broken = "", []
    for kind, block in blocks(page):
        if kind == "sh" and "pip install" not in block:
            if most == 0:
                break
            now, most = next(told), most - 1
        elif kind == "text":
            broken += said_as_promised(now, re.sub(r"\b(8025|8080)\b", lambda found: str(ports[found[1]]), block))
    assert broken == [], done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_both_languages_walk_the_same_way():
    assert [kind for kind, _ in blocks("start.md")] == [kind for kind, _ in blocks("pl/start.md")]


ANSWERS = ("moderators.md", "pl/moderator.md")
@pytest.mark.parametrize("page", ANSWERS)
def test_the_letters_for_a_meeting_and_a_question_are_understood_and_the_words_for_the_yearly_letter_are_heard(page):
    letters, said = dict(blocks(page)), (DOCS / page).read_text("utf-8")

    plan = meetingwords.read("", letters["meeting"], datetime(2026, 3, 3, 9, 0), "Europe/Warsaw")
    asked = surveywords.read("", letters["survey"])

    assert (plan.starts, plan.url[:8]) == (datetime(2026, 3, 12, 16, 30), "https://")
    assert [(question.kind.value, len(question.options)) for question in asked.questions] == [("one", 3)]
    for word in ("SEND", "WITHOUT 3, 5", "NO") if page == "moderators.md" else ("WYŚLIJ", "BEZ 3, 5", "NIE"):
        assert f"`{word}`" in said and successreplies.wanted(word, 9)


SHEETS = ("members.md", "pl/uczestnik.md")
ASKS = re.compile(r"(?:QUESTION|PYTANIE): ")


@pytest.mark.parametrize("page", ANSWERS)
def test_the_words_for_moderators_decide(page):
    """The two tables of answers: applications, and posts that wait."""
    said = re.findall(r"^\| `([^`]+)` \|", (DOCS / page).read_text("utf-8"), re.M)

    unknown = [word for word in said if not ASKS.match(word) and decision(word.replace("…", "we are full / nie ma miejsc")).answer is Answer.OTHER]

    assert len(said) == 10
    assert unknown == []


@pytest.mark.parametrize("page", SHEETS)
def test_the_words_for_members_are_heard(page):
    """Everything in bold capitals but the first lines of a post."""
    words = re.findall(r"\*\*([A-ZĄĆĘŁŃÓŚŹŻ][A-ZĄĆĘŁŃÓŚŹŻ 0-9.]+)\*\*", (DOCS / page).read_text("utf-8"))
    firsts = [word for word in words if word in ("PREVIEW", "PODGLĄD", "ANONYMOUSLY", "ANONIMOWO")]

    deaf = [word for word in words if word not in firsts and not commands_of(f"{word} mapy" if word in ("SEARCH", "SZUKAJ") else word)]

    assert (len(words), len(firsts)) == (14, 2)
    assert deaf == []


@pytest.mark.parametrize("page", ANSWERS)
def test_the_letter_that_invites_people_is_understood(page):
    (letter,) = [text for kind, text in blocks(page) if kind == "text"]

    ordered = order("", letter)

    assert [one.email for one in ordered.people.people] == ["anna@szkola.example.org", "tomasz@biblioteka.example.org"]
    assert ordered.people.people[0].note and ordered.people.note


def slug(heading):
    """The anchor of a heading, as readers of Markdown make it."""
    words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").strip().lower()
    return re.sub(r"[^\w\- ]", "", words).replace(" ", "-")


def anchors(page):
    prose = re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.M | re.S)
    return {slug(found) for found in re.findall(r"^#{1,6} (.+)$", prose, re.M)}


def dead_links(page):
    prose = re.sub(r"^```.*?^```$|^    .*$|`[^`\n]*`", "", page.read_text("utf-8"), flags=re.M | re.S)
    for link in LINK.findall(prose):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = unquote(link).partition("#")
        there = (page.parent / path).resolve() if path else page
        if not there.exists() or (anchor and there.suffix == ".md" and anchor not in anchors(there)):
            yield f"{page.relative_to(ROOT)}: {link}"


def test_every_link_of_the_documentation_leads_somewhere():
    assert [link for page in PAGES for link in dead_links(page)] == []


def test_every_page_of_the_documentation_is_found_from_its_index():
    index = (DOCS / "README.md").read_text("utf-8")

    lost = [page for page in DOCS.rglob("*.md") if "decisions" not in page.parts and page != DOCS / "README.md" and str(page.relative_to(DOCS)) not in index]

    assert lost == []


def test_the_guides_pictures_are_there_and_none_is_heavy():
    used = {Path(link).name for page in PAGES for link in LINK.findall(page.read_text("utf-8")) if link.endswith(".png")}
    guides = {name for name in used if name.startswith("guide-")}

    assert {name for name in guides if not (DOCS / "pictures" / name).exists()} == set()
    assert [name for name in guides if (DOCS / "pictures" / name).stat().st_size > 150_000] == []


@pytest.mark.only_sqlite
@pytest.mark.parametrize("page", ["start.md", "pl/start.md"])
def test_who_waits_for_a_server_that_cannot_begin_does_not_wait_for_ever(tmp_path, page):
    (tmp_path / "serve.log").write_text("listserv: web: web.listen = 127.0.0.1:8080: another program listens there already\n")
    wait = next(line for text in commands(page) for line in text.splitlines() if line.startswith("until "))

    done = subprocess.run(["timeout", "10", "bash", "-c", wait], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 0
    assert "another program" in done.stdout

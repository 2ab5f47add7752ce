"""What was written in the browser is shown as it was meant: with its marks, not with its stars."""

import threading
from datetime import timedelta

import pytest

from listserv.mail import markup
from listserv.store.lists import list_by_name
from listserv.web import marked
from tests import archive_seeds as seeds
from tests.web.readers import app, archive, member, stranger  # noqa: F401

OURS = "0123456789abcdef01234567@lists.example.org"
TEXT = "### Plan\n\nBędzie **jutro**:\n\n- raz\n- [dwa](https://example.org/dwa)\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```\nx = 1\n```\n"
HTML = "<h5>Plan</h5>"


@pytest.fixture
def page(site, archive, member, now):
    def page(text=TEXT, message_id=OURS, html=HTML, name="siecibp", reader=member):
        with site.writing() as db:
            talk = seeds.thread(db, list_by_name(db, name), "Plan", now - timedelta(hours=1))
            talk.say("Ewa Fiszka", "ewa@example.org", text, html=html, message_id=message_id)
            path = f"/{name}/thread/{talk.thread.id}"
        return reader.page(path).partition('<div class="body"')[2].partition('<p class="acts">')[0]

    return page


def test_a_post_from_the_browser_is_shown_with_its_marks_in_its_thread(page):
    shown = page()

    assert "<strong>jutro</strong>" in shown and "**" not in shown
    assert '<a href="https://example.org/dwa" rel="nofollow noopener noreferrer ugc">dwa</a>' in shown
    assert '<div class="table" tabindex="0"><table>' in shown
    assert '<pre tabindex="0"><code>x = 1' in shown
    assert "<h2>Plan</h2>" in shown


@pytest.mark.parametrize("more", [{"message_id": "other.1@client.invalid"}, {"message_id": OURS.replace("lists.", "other.")}, {"message_id": "x" + OURS}, {"html": None}])
def test_other_mails_are_shown_as_the_text_they_are(page, more):
    assert "**jutro**" in page(**more)


def test_quotes_and_signatures_of_such_a_post_are_folded_as_ever(page):
    shown = page("Jan Przypis pisze:\n> *raz*\n\n**dwa**\n\n-- \nEwa\n")

    assert shown.count("<details") == 2
    assert "<strong>dwa</strong>" in shown and "*raz*" in shown


def test_nothing_that_somebody_writes_there_runs(page):
    shown = page("<script>alert(1)</script> **a** [x](javascript:alert(1)) <img src=x onerror=alert(1)>")

    assert "<script" not in shown and "<img" not in shown and 'href="javascript' not in shown


def test_strangers_see_it_with_its_marks_and_without_addresses(page, stranger):
    shown = page("**Piszcie** do ewa@example.org.", name="gazetka", reader=stranger)

    assert "<strong>Piszcie</strong>" in shown and "example.org" not in shown


def test_a_link_to_what_it_is_in_formatted_form_stands_only_where_there_is_another(member, archive, site, now):
    with site.writing() as db:
        talk = seeds.thread(db, list_by_name(db, "siecibp"), "Plan", now)
        talk.say("Ewa Fiszka", "ewa@example.org", TEXT, html=HTML, message_id=OURS)
        talk.say("Jan Przypis", "jan@example.org", "Tak.", html="<p>Tak.</p>")
        path = f"/siecibp/thread/{talk.thread.id}"

    assert member.page(path).count("with formatting") == 1


def test_headings_leave_no_level_out():
    assert marked.shown("# A\n\n### B\n\n###### C") == "<h2>A</h2>\n<h3>B</h3>\n<h4>C</h4>"
    assert marked.shown("#### B") == "<h2>B</h2>"


def test_a_link_that_shows_its_address_is_not_said_twice_on_paper():
    assert '<a class="url" href="https://example.org/x"' in marked.shown("<https://example.org/x>")


def test_several_threads_read_markdown_at_once_without_mixing_it_up():
    wrong = []

    def read(number):
        text = f"[{number}]\n\n" + f"- **{number}**\n\n| {number} | b |\n|---|---|\n| {number} | 2 |\n\n" * 20
        alone = markup.to_html(text)
        wrong.extend(number for _ in range(5) if markup.to_html(text) != alone or str(number) not in alone)

    threads = [threading.Thread(target=read, args=(number,)) for number in range(1000, 1006)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []

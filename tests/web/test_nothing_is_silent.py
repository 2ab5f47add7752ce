"""Pages that say what they know: where a topic is written to, that a draft waits, what a search did not understand."""

import re
from datetime import timedelta

from listserv.store.lists import list_by_name
from tests import archive_seeds as seeds
from tests.findable import say
from tests.web.readers import app, archive, hidden, member, signed_in, stranger, words  # noqa: F401

NEW = "/siecibp/new"


def save(member, **fields):
    html = member.page(NEW)
    return member.post(NEW, data={"form": hidden(html, "form"), "key": hidden(html, "key"), "save": "1", **fields})


def test_a_topics_page_and_its_form_say_where_it_is_written_to(member, archive):
    for path in ("/siecibp/topic/lekcje", f"{NEW}?topic=lekcje"):
        assert 'href="mailto:siecibp+lekcje@lists.example.org"' in member.page(path), path
    for path in ("/siecibp/", NEW, f"{NEW}?topic=nothing"):
        assert "siecibp+" not in member.page(path), path


def test_a_draft_says_that_it_is_one_and_can_be_thrown_away_above_the_form(member, site, archive):
    assert "This is a draft" not in words(member.page(NEW)) and "1 draft" not in words(member.page("/siecibp/"))
    assert "This is a draft" not in words(save(member, subject="Nowe", text="Słowa").text)

    page = member.page(NEW)
    said = page.partition('<p class="notice"><b>This is a draft.')[2].partition("</p>")[0]
    assert "<time " in said and 'form="composer" name="discard"' in said and 'id="composer"' in page
    assert re.search(r'<a class="small" href="/me">1 draft</a>', member.page("/siecibp/").replace("\N{NO-BREAK SPACE}", " "))
    assert "1 draft" not in words(signed_in_as_jan(member, site).page("/siecibp/"))
    member.post(NEW, data={"form": hidden(page, "form"), "discard": "1"})
    assert "This is a draft" not in words(member.page(NEW))


def signed_in_as_jan(member, site):
    return signed_in(member.application, site, "jan@example.org")


def test_members_find_how_the_mail_comes_and_strangers_nothing_of_it(member, stranger, archive):
    assert '<a class="small" href="/me/list/siecibp">How the mail comes</a>' in member.page("/siecibp/")
    assert "How the mail comes" not in stranger.page("/gazetka/")


def test_what_is_new_can_be_marked_as_read_where_it_is_announced(member, site, archive, now):
    with site.writing() as db:
        thread = seeds.thread(db, list_by_name(db, "siecibp"), "Świeże", now)
        thread.say("Jan", "jan@example.org", "Nowe słowa.")
        number = thread.thread.id
    page = member.page(f"/siecibp/thread/{number}")

    head = page.partition('<a class="fresh"')[2].partition("</p>")[0]
    assert '<button class="plain" form="read">Mark as read</button>' in head and page.count('id="read"') == 1
    upto = hidden(page, "upto")
    assert member.post(f"/siecibp/thread/{number}/read", data={"form": hidden(page, "form"), "upto": upto}, headers={"Accept": "text/html"}).status_code == 303
    assert 'form="read"' not in member.page(f"/siecibp/thread/{number}")


def test_a_search_says_what_it_did_not_understand(member, archive):
    asked = {
        "przed:jutro": "The date “jutro” was not understood. One can write, for instance, przed:2026-03.",
        "ma:obrazek": "“obrazek” cannot be asked for in this way, only files: ma:załącznik.",
        "has:picture": "only files: has:attachment.",
        "od:": "Behind “od:” something has to follow, without a space.",
        "w:kuchni": "“kuchni” is no thread.",
        "topic:foo": "There is no topic “foo”. There are: Lekcje",
    }
    for text, said in asked.items():
        assert said in words(member.page("/siecibp/search", query_string={"q": text})), text
    assert 'href="/siecibp/search?q=topic%3Alekcje"' in member.page("/siecibp/search?q=topic:foo")
    assert "unclear" not in member.page("/siecibp/search?q=qqqqqq+przed:2026-03+topic:lekcje")


def test_topics_of_lists_that_one_may_not_read_are_not_named(stranger, archive):
    page = stranger.page("/search?q=topic:foo")

    assert "There is no topic “foo”." in words(page) and "Lekcje" not in page
    # A topic that is there, and one that is not, are told alike by whoever may see neither.
    other = stranger.page("/search?q=topic:lekcje")
    assert words(other).replace("lekcje", "foo") == words(page)


def test_nothing_that_was_typed_is_markup(member, archive):
    for text in ("przed:<b>x</b>", "topic:<script>x", "ma:<i>"):
        assert not re.search(r"<(b>x|script>x|i>\W)", member.page("/siecibp/search", query_string={"q": text}).partition("<main")[2])


def test_an_answer_after_a_rename_does_not_say_its_subject_and_no_first_word_answers_a_later_one(member, site, archive, now):
    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        late = say(db, mlist, now - timedelta(hours=1), "Późniejszy", "Najpierw to.")
        answer = say(db, mlist, now, "Re: Późniejszy", "Tak.", to=late)
        early = say(db, mlist, now - timedelta(hours=5), "Wcześniejszy", "Dużo wcześniej.", to=late)
        assert early.thread_id == late.thread_id == answer.thread_id
        late.sent_at, early.sent_at = now - timedelta(hours=1), now - timedelta(hours=5)
        late.thread.subject = "Nowy tytuł"
        number = late.thread_id
    page = member.page(f"/siecibp/thread/{number}")
    told = {
        found[0]: words(" ".join(re.findall(r'<p class="re">.*?</p>', found[1], re.S)))
        for found in re.findall(r'<article class="post[^>]*id="m(\d+)(.*?)</article>', page, re.S)
    }

    # The earliest was brought under the later one by a join: it answers nothing. Answers after a rename have turned to no other subject.
    assert told[str(early.id)] == "subject: Wcześniejszy"
    assert told[str(late.id)] == ""
    assert told[str(answer.id)].startswith("in answer to:") and "subject" not in told[str(answer.id)]

"""What is new to a member, on pages and by buttons; a page that is looked at moves no mark."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from listserv.store.lists import list_by_name
from listserv.store.positions import ListPosition, ThreadPosition
from tests import archive_seeds as seeds
from tests.conftest import add
from tests.web.readers import app, archive, hidden, member, signed_in, stranger, words  # noqa: F401

LIST = "/siecibp/"
SCRIPT = {"X-Requested-With": "fetch"}
FORM = {"Accept": "text/html,application/xhtml+xml"}


@pytest.fixture
def told(member, archive, site, now):
    """After Ewa has signed in: two answers in the old thread, and a new one."""
    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        talk = seeds.thread(db, mlist, "Nowy wątek", now - timedelta(minutes=30))
        talk.say("Zofia Lektura", "zofia@example.org", "Co tam?", minutes=1)
        talk.say("Jan Przypis", "jan@example.org", "Nic.", to=talk.messages[0], minutes=1)
        return talk.thread.id, [message.id for message in talk.messages]


def marks(site):
    with site.reading() as db:
        lists = db.execute(select(ListPosition.list_id, ListPosition.seq).order_by(ListPosition.list_id)).all()
        return [tuple(row) for row in lists], [tuple(row) for row in db.execute(select(ThreadPosition.thread_id, ThreadPosition.seq))]


def send(browser, path, where, headers, **fields):
    token = hidden(browser.page(where), "form")
    return browser.post(path, data={"form": token, **fields}, headers=headers)


def test_a_list_says_what_is_new_and_leads_to_the_first_of_it(member, told):
    thread, messages = told

    page = member.page(LIST)

    assert f'href="/siecibp/thread/{thread}#m{messages[0]}"' in page
    assert re.findall(r'<li class="thread hang( new)?', page) == [" new", "", ""]
    assert "2 new messages in 1 thread. " in words(page) and "2 new Nothing new below" in words(page)
    assert "Unread 1" in words(page)


def test_a_thread_marks_what_is_new_and_leads_to_the_first_of_it(member, told):
    thread, messages = told

    page = member.page(f"/siecibp/thread/{thread}")

    assert f'<a class="fresh" href="#m{messages[0]}">2 new: go to the first</a>' in page
    assert re.findall(r'<article class="post hang d\d new" id="m(\d+)" data-seq="(\d+)"', page) == [(str(messages[0]), "5"), (str(messages[1]), "6")]
    assert re.search(rf'<form class="read" id="read" method="post" action="/siecibp/thread/{thread}/read" data-upto="6">', page)
    assert hidden(page, "upto") == "6"


def test_looking_changes_nothing(member, told, site):
    before = marks(site)

    for path in (LIST, f"{LIST}?only=unread", f"/siecibp/thread/{told[0]}", "/", "/me"):
        member.page(path)

    assert marks(site) == before


def test_without_a_script_a_button_marks_a_thread_and_comes_back_to_it(member, told, site):
    thread, _ = told
    path = f"/siecibp/thread/{thread}"

    answer = send(member, f"{path}/read", path, FORM, upto=6)

    assert (answer.status_code, answer.headers["Location"]) == (303, path)
    page = member.page(path)
    assert 'class="fresh"' not in page and 'class="read"' not in page
    assert "You have read everything." in words(member.page(f"{LIST}?only=unread"))


def test_a_script_is_answered_without_a_page(member, told, site):
    path = f"/siecibp/thread/{told[0]}"
    token = hidden(member.page(path), "form")

    for headers, upto in ((SCRIPT | FORM, 5), ({"Accept": "*/*"}, 6)):
        answer = member.post(f"{path}/read", data={"form": token, "upto": upto}, headers=headers)
        assert (answer.status_code, answer.data) == (204, b"")

    assert 'class="fresh"' not in member.page(path)


def test_one_button_marks_a_whole_list(member, told, site):
    answer = send(member, "/siecibp/read", LIST, FORM, upto=hidden(member.page(LIST), "upto"))

    assert (answer.status_code, answer.headers["Location"]) == (303, LIST)
    assert 'class="thread hang new"' not in member.page(LIST)
    assert marks(site)[1] == []


def test_the_way_back_is_the_same_page_of_the_thread_and_never_elsewhere(member, told):
    path = f"/siecibp/thread/{told[0]}"

    answer = send(member, f"{path}/read", path, FORM | {"Referer": "https://evil.example/"}, upto=1, page="2", flat="1", next="https://evil.example/")
    odd = send(member, f"{path}/read", path, FORM, upto="many", page="//evil.example", flat="")

    assert answer.headers["Location"] == f"{path}?page=2&flat=1"
    assert odd.headers["Location"] == f"{path}?flat=1"


def test_a_form_from_elsewhere_moves_no_mark(member, told, site):
    before = marks(site)

    assert member.post(f"/siecibp/thread/{told[0]}/read", data={"upto": "6"}, headers=SCRIPT).status_code == 400
    assert member.post("/siecibp/read", data={"upto": "6"}).status_code == 400

    assert marks(site) == before


def test_the_front_page_and_my_own_say_how_much_is_new(member, told):
    assert "2 new" in words(member.page("/"))
    assert "2 new" in words(member.page("/me"))


def test_strangers_see_no_marks_and_may_ask_for_threads_without_an_answer(stranger, archive, site, now):
    with site.writing() as db:
        talk = seeds.thread(db, list_by_name(db, "gazetka"), "Czy ktoś wie?", now)
        talk.say("Jan Przypis", "jan@example.org", "?")

    page = stranger.page("/gazetka/")
    only = stranger.page("/gazetka/?only=unanswered")

    assert "Without an answer 1" in words(page) and "Unread" not in words(page) and "fresh" not in page
    assert re.findall(r'<li class="thread.*?<a [^>]*>([^<]*)', only, re.DOTALL) == ["Czy ktoś wie?"]
    assert 'href="/gazetka/?only=unanswered" aria-current="page"' in only
    assert "read" not in re.findall(r'<form class="(\w+)"', stranger.page(f"/gazetka/thread/{archive.threads['gazetka']}"))


def test_pages_of_a_filter_keep_it(member, archive, site, now):
    with site.writing() as db:
        for number in range(30):
            seeds.thread(db, list_by_name(db, "siecibp"), f"Pytanie {number}", now - timedelta(minutes=number)).say("Jan Przypis", "jan@example.org", "?")

    page = member.page(f"{LIST}?only=unread")

    assert 'href="/siecibp/?page=2&only=unread"' in page.replace("&amp;", "&")
    assert page.count('<li class="thread hang new') == 25
    assert member.page(f"{LIST}?only=unread&page=2").count('<li class="thread hang new') == 5
    assert "Nothing new below" not in page


def test_moderators_see_whose_words_are_all_hidden(app, member, archive, site, now):
    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        talk = seeds.thread(db, mlist, "Reklama", now)
        talk.say("Zofia Lektura", "zofia@example.org", "Tanio.").hidden_at = now
        add(db, mlist, "mod@example.org", now, role="moderator")
        for row in db.execute(select(seeds.Message).where(seeds.Message.user_id == archive.users["Zofia Lektura"])).scalars():
            row.hidden_at = now
    path = f"/siecibp/person/{archive.users['Zofia Lektura']}"

    member.page(path, status=404)
    page = words(signed_in(app, site, "mod@example.org").page(path))

    assert "Reklama" in page and page.count("Hidden.") == 2

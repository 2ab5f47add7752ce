"""The moderators' tools in the browser."""

import re

import pytest
from sqlalchemy import select

from listserv.store.archive import Message, Thread
from listserv.store.lists import list_by_name
from listserv.store.members import Role, member_of
from listserv.usecases.access import CONSOLE
from listserv.usecases.journal import note
from tests.web.readers import app, archive, member, signed_in, stranger, words  # noqa: F401  (fixtures)


@pytest.fixture
def moderator(app, site, archive):
    with site.writing() as db:
        member_of(db, list_by_name(db, "siecibp"), archive.users["Zofia Lektura"]).role = Role.MODERATOR
        # The seeds put their messages into rows; threads are computed from what the mails say.
        for row in db.scalars(select(Message)):
            row.refs = db.get(Message, row.parent_id).message_id if row.parent_id else ""
    return signed_in(app, site, "zofia@example.org")


@pytest.fixture
def at(archive):
    return f"/siecibp/thread/{archive.threads['lekcje']}"


def hash_of(site, email, subject="Scenariusze lekcji"):
    with site.reading() as db:
        found = select(Message.hash).join(Thread, Thread.id == Message.thread_id).where(Message.author_email == email, Thread.subject == subject)
        return db.scalar(found.order_by(Message.id))


def test_only_moderators_have_tools(site, moderator, member, stranger, at):
    jan = hash_of(site, "jan@example.org")
    paths = (f"{at}/tools", f"/siecibp/message/{jan}/tools", "/siecibp/moderate/topics", "/siecibp/moderate/hidden")
    for path in paths:
        assert moderator.page(path)
        for other in (member, stranger):
            other.page(path, 404)
    assert "Put the thread in order" in words(moderator.page(at))
    assert "Put the thread in order" not in words(member.page(at))
    for path in (f"{at}/tools", f"/siecibp/message/{jan}/tools", "/siecibp/moderate/topics"):
        assert member.send(path, page="/me", do="lock").status_code == 404


def test_every_form_and_link_leads_back_to_its_own_page(site, moderator, at):
    jan = hash_of(site, "jan@example.org")
    for place in (f"{at}/tools", f"/siecibp/message/{jan}/tools"):
        pages = [moderator.page(place)]
        pages += [moderator.send(place, do=do, words="mam", number="1", target=at).get_data(as_text=True) for do in ("hide", "words", "file", "delete")]
        for html in pages:
            actions = set(re.findall(r'<form[^>]* method="post" action="([^"]*)"', html))
            assert actions <= {place, "/sign-out"} and (actions or "no such" in html)
            for link in set(re.findall(r'href="(/siecibp[^"#]*)', html)):
                assert moderator.get(link).status_code == 200, link
    assert f'action="{at}/tools"' in moderator.page(at)


def test_lock_pin_rename_and_move(moderator, member, at):
    for do, seen in (("lock", "Closed"), ("pin", "Pinned")):
        assert moderator.send(f"{at}/tools", do=do).location.endswith(f"/tools?done={do}")
        assert seen in words(member.page(at))
        again = moderator.send(f"{at}/tools", do=do)
        assert again.status_code == 409 and "already" in words(again.get_data(as_text=True))
    moderator.send(f"{at}/tools", do="rename", title="Scenariusze <b>i</b> karty")
    moderator.send(f"{at}/tools", do="move", topic="")

    page = member.page(at)
    assert "Scenariusze &lt;b&gt;i&lt;/b&gt; karty" in page and "/topic/lekcje" not in page
    wrong = moderator.send(f"{at}/tools", do="rename", title="x" * 201)
    assert wrong.status_code == 400 and "x" * 201 in wrong.get_data(as_text=True)
    assert moderator.send(f"{at}/tools", do="move", topic="nie-ma").status_code == 400
    assert moderator.send(f"{at}/tools", do="nonsense").status_code == 404


def test_a_thread_is_hidden_after_a_question_and_shown_again(moderator, member, at):
    asked = moderator.send(f"{at}/tools", do="hide")
    assert "3 messages disappear" in words(asked.get_data(as_text=True))
    assert member.page(at)

    moderator.send(f"{at}/tools", do="hide", sure="yes", reason="kłótnia")

    member.page(at, 404)
    assert "Scenariusze" not in member.page("/siecibp/")
    assert "Only moderators see this thread" in words(moderator.page(at))
    assert "kłótnia" in words(moderator.page("/siecibp/moderate/journal"))
    moderator.send(f"{at}/tools", do="show")
    assert member.page(at)


def test_a_message_is_hidden_with_its_raw_form_and_its_attachments(site, moderator, member, at):
    jan = hash_of(site, "jan@example.org")
    place = f"/siecibp/message/{jan}"
    assert "its answers stay" in words(moderator.page(f"{place}/tools"))

    moderator.send(f"{place}/tools", do="hide", sure="yes", reason="")

    for path in (place, f"{place}/raw", f"{place}/attachment/1", f"{place}?html=1"):
        member.page(path, 404)
        assert moderator.get(path).status_code == 200
    assert "Ja mam" not in member.page(at)
    assert "Only moderators see this message" in words(moderator.page(at))
    assert place in moderator.page("/siecibp/moderate/hidden")
    moderator.send(f"{place}/tools", do="show")
    assert "Ja mam" in member.page(at)


def test_split_and_join(site, moderator, member, at, archive):
    jan = hash_of(site, "jan@example.org")
    asked = moderator.send(f"/siecibp/message/{jan}/tools", do="split", title="Karty pracy")
    assert "its 1 answer" in words(asked.get_data(as_text=True)) and 'value="Karty pracy"' in asked.get_data(as_text=True)

    answer = moderator.send(f"/siecibp/message/{jan}/tools", do="split", title="Karty pracy", sure="yes")

    new = answer.location.partition("/tools")[0]
    assert "Karty pracy" in words(member.page(new)) and "Ja mam" not in member.page(at)
    assert f'{new.removeprefix("https://lists.example.org")}"' in member.page(at) and "has moved: Karty pracy" in words(member.page(at))
    wrong = moderator.send(f"{new}/tools", do="join", target="999999")
    assert wrong.status_code == 400 and "no such thread" in words(wrong.get_data(as_text=True))
    asked = moderator.send(f"{new}/tools", do="join", target=f"https://lists.example.org{at}?page=1")
    assert "becomes a part of: Scenariusze lekcji" in words(asked.get_data(as_text=True))
    moderator.send(f"{new}/tools", do="join", target=at, sure="yes")
    assert member.get(new).status_code == 301
    assert "Ja mam" in member.page(at)


def test_words_are_blacked_out_after_a_page_that_says_where(site, moderator, member, at):
    ewa = hash_of(site, "ewa@example.org")
    tools = f"/siecibp/message/{ewa}/tools"
    missing = moderator.send(tools, do="words", words="czegoś takiego nie ma")
    assert missing.status_code == 400 and "czegoś takiego nie ma" in missing.get_data(as_text=True)
    asked = words(moderator.send(tools, do="words", words="ma scenariusze", everywhere="yes").get_data(as_text=True))
    assert "in 2 messages" in asked and "cannot be called back" in asked

    moderator.send(tools, do="words", words="ma scenariusze", everywhere="yes", sure="yes", reason="prośba")

    assert "ma scenariusze" not in member.page(at) and "Kto ███?" in member.page(at)
    assert "ma scenariusze" not in member.page(f"/siecibp/message/{ewa}/raw")


def test_an_attachment_the_text_and_the_whole_message_go(site, moderator, member, at):
    jan, tools = hash_of(site, "jan@example.org"), f"/siecibp/message/{hash_of(site, 'jan@example.org')}/tools"
    assert "karty pracy – łąka.pdf" in words(moderator.send(tools, do="file", number="1").get_data(as_text=True))
    moderator.send(tools, do="file", number="1", sure="yes")
    assert b"karty" not in member.get(f"/siecibp/message/{jan}/attachment/1").data
    assert member.get(f"/siecibp/message/{jan}/attachment/2").data == b"<script>alert(1)</script>"
    assert moderator.send(tools, do="file", number="7").status_code == 400
    moderator.send(tools, do="body", sure="yes")
    assert "Ja mam" not in member.page(at)
    moderator.send(tools, do="delete", sure="yes")
    member.page(f"/siecibp/message/{jan}", 404)
    assert "Dziękuję" in member.page(at)


def test_topics_are_added_described_ordered_and_removed(moderator, member, at):
    page = "/siecibp/moderate/topics"
    wrong = moderator.send(page, slug="Łąka!", title="Łąka", description="")
    assert wrong.status_code == 400 and 'value="Łąka!"' in wrong.get_data(as_text=True)
    assert moderator.send(page, slug="lekcje", title="Znowu", description="").status_code == 409
    moderator.send(page, slug="#TIK", title="Tablety", description="Sprzęt i programy")
    assert member.page("/siecibp/topic/tik")
    moderator.send(f"{page}/tik", page=page, do="up", title="Tablety", description="")
    listed = moderator.page(page)
    assert listed.index("#tik") < listed.index("#lekcje")
    moderator.send(f"{page}/tik", page=page, do="change", title="Tablety i programy", description="Nowy opis")
    assert "Tablety i programy" in member.page("/siecibp/") and "Nowy opis" in moderator.page(page)
    assert moderator.send(f"{page}/tik", page=page, do="change", title=" ", description="").status_code == 400
    nameless = moderator.send(page, slug="nowy", title=" ", description="").get_data(as_text=True)
    assert re.search(r'id="new-title"[^>]*aria-describedby="wrong"[^>]*><p class="wrong" id="wrong">A topic needs a title', nameless)
    asked = moderator.send(f"{page}/lekcje", page=page, do="remove")
    assert "1 thread stays" in words(asked.get_data(as_text=True))
    moderator.send(f"{page}/lekcje", page=page, do="remove", sure="yes")
    member.page("/siecibp/topic/lekcje", 404)
    assert member.page(at)


def test_a_thread_of_another_list_has_no_tools_here(moderator, archive):
    moderator.page(f"/siecibp/thread/{archive.threads['gazetka']}/tools", 404)
    moderator.page(f"/siecibp/message/{archive.hashes['letter']}/tools", 404)


def test_strangers_at_a_public_archive_do_not_see_what_is_hidden_nor_learn_of_it(site, app, archive, stranger):
    boss = signed_in(app, site, "zofia@example.org")
    place = f"/gazetka/message/{archive.hashes['letter']}"
    boss.send(f"{place}/tools", do="hide", sure="yes", reason="")
    assert stranger.get(place).status_code == 404
    assert stranger.get(place).get_data(as_text=True).replace(place, "X") == stranger.get("/gazetka/message/" + "A" * 32).get_data(as_text=True).replace(
        "/gazetka/message/" + "A" * 32, "X"
    )
    assert "Piszcie na" not in stranger.page(f"/gazetka/thread/{archive.threads['gazetka']}").replace("&gt; Piszcie", "")


def journal(moderator, **more):
    """Each entry of the journal, in words, newest first, and where its title leads."""
    page = moderator.page("/siecibp/moderate/journal", **more)
    entries = re.findall(r'<li class="thread hang">(.*?)</li>', page, re.DOTALL)
    return [(words(one), re.search(r'<p><a href="([^"]+)"', one)) for one in entries]


def test_every_entry_about_a_thread_or_a_message_names_it_and_leads_there(site, moderator, at, archive):
    message = f"/siecibp/message/{hash_of(site, 'jan@example.org')}"
    for do in ("lock", "pin"):
        moderator.send(f"{at}/tools", do=do)
    moderator.send(f"{at}/tools", do="move", topic="")
    moderator.send(f"{at}/tools", do="move", topic="lekcje")
    moderator.send(f"{message}/tools", do="words", words="mam", reason="prośba autora", sure="yes")
    moderator.send(f"{message}/tools", do="hide", sure="yes")

    found = journal(moderator)

    assert all(link and link[1] in (at, message) for _, link in found[:6])
    assert all("Scenariusze lekcji" in said for said, _ in found[:6])
    said = " | ".join(one for one, _ in found)
    assert "part of a message taken out" in said and "words; prośba autora" in said
    assert "topic: Lekcje i warsztaty" in said


def test_a_joined_thread_is_told_without_arrows(site, moderator, at, archive):
    other, number = archive.threads["klucz"], at.rpartition("/")[2]
    moderator.send(f"{at}/tools", do="join", target=str(other), sure="yes")

    ((said, link), *_) = journal(moderator)
    assert f"from the thread: no. {number}" in said and "→" not in said and "Kto ma klucz?" in said
    assert link[1] == f"/siecibp/thread/{other}"
    assert f'href="{at}">no. {number}' in moderator.page("/siecibp/moderate/journal")


@pytest.mark.parametrize(
    ("what", "detail", "said"),
    [
        ("list-set", "archive=members language=pl", "Who reads the archive: only members; Language: polski"),
        ("list-set", "title=a language=b max_size=10485760", "Title: a; Language: b; Largest message, in MB: 10 MB"),
        ("list-set", "something else", "something else"),
        ("member-set", "schedule=weekly mon,thu 07:00 status=enabled", "When digests come: on Mondays and Thursdays at 7:00; State: gets mail"),
        ("member-set", "name=", "Name: –"),
        ("member-removed", "ewa@example.org me", "ewa@example.org; on their own page"),
        ("member-removed", "ewa@example.org Na własną prośbę.", "ewa@example.org; Na własną prośbę."),
        ("history-imported", "1 messages from mbox", "1 message; mbox"),
        ("topic-added", "lekcje", "Lekcje i warsztaty"),
        ("topics-ordered", "lekcje dawne", "Lekcje i warsztaty, dawne"),
        ("topic-removed", "dawne: Dawne sprawy, 3 threads", "Dawne sprawy"),
        ("message-redacted", "attachment 2", "attachment no. 2"),
        ("thread-split", "nonsense", "nonsense"),
        ("held-refused", "Dziękujemy, nie.", "Dziękujemy, nie."),
    ],
)
def test_what_the_journal_notes_for_machines_is_said_in_words(site, moderator, archive, now, what, detail, said):
    with site.writing() as db:
        note(db, CONSOLE, what, mlist=list_by_name(db, "siecibp"), now=now, detail=detail)

    assert f" {said} " in journal(moderator)[0][0].replace("at the console", " ") + " "


def test_readers_of_a_closed_thread_are_told_why_nobody_answers(site, moderator, member, at):
    assert "closed this thread" not in member.page(at)
    moderator.send(f"{at}/tools", do="lock")

    assert "Moderators have closed this thread. A new one can be begun: new thread" in words(member.page(at))
    assert 'href="/siecibp/new">new thread' in member.page(at)

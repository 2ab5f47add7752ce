"""The newsletter in the browser: read as a blog, written as a draft, seen exactly as it will be mailed, sent once."""

import io
import re
from base64 import b64encode
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from listserv.store.archive import Message
from listserv.store.issues import Issue, IssueState, SourceKind, Template, issue_by_id
from listserv.store.lists import Kind, list_by_name
from listserv.store.members import Role, member_by_key
from listserv.store.queue import Letter, Outgoing, raw_bytes
from listserv.usecases import hiding, issuepress, issues, redacting, stewards
from listserv.usecases.access import Actor, Door
from tests.conftest import add
from tests.web.readers import app, archive, hidden, member, signed_in, stranger, words  # noqa: F401
from tests.web.world import PNG

TEXT = "Dzień dobry {imię|Państwu},\n\n## Scenariusze\n\n**Cztery** nowe.\n"


@pytest.fixture
def coordinator(app, site, archive, now):
    with site.writing() as db:
        add(db, list_by_name(db, "siecibp"), "alina@example.org", now, role="owner", name="Alina Zakładka")
    return signed_in(app, site, "alina@example.org")


@pytest.fixture
def zofia(app, site, archive):
    """Another coordinator: of the public list she is one already."""
    with site.writing() as db:
        member_by_key(db, list_by_name(db, "siecibp"), "zofia@example.org").role = Role.MODERATOR
    return signed_in(app, site, "zofia@example.org")


def sent(site, name, subject, at, *, by="alina@example.org", images=(), text=TEXT):
    """An issue that has gone out."""
    with site.writing() as db:
        mlist = list_by_name(db, name)
        user = member_by_key(db, mlist, by).user_id
        issue = issues.draft(db, mlist, user, issues.Words(subject, text, SourceKind.MARKDOWN, Template.NEWS, images=images), at)
        issues.send(db, issue, Actor(Door.WEB, user, proven=True), at)
        return issue.id, issue.message.thread_id, issue.message.hash


def draft_of(site):
    with site.reading() as db:
        return db.scalars(select(Issue).order_by(Issue.id.desc())).first()


def begin(coordinator, **fields):
    """A draft through the form; the path of its page."""
    answer = coordinator.send("/siecibp/news/new", subject="Numer 1", text=TEXT, **fields)
    assert answer.status_code == 303, words(answer.text)
    return answer.headers["Location"].partition("?")[0]


def press(browser, path, **fields):
    """A button of the page that shows the issue."""
    page = browser.page(f"{path}/preview")
    return browser.post(f"{path}/preview", data={"form": hidden(page, "form"), "revision": hidden(page, "revision"), **fields})


def test_the_blog_tells_issues_newest_first_and_drafts_to_coordinators_alone(coordinator, member, stranger, site, now):
    for number in range(27):
        sent(site, "siecibp", f"Numer {number:02}", now - timedelta(days=30 - number))
    begin(coordinator)
    page = words(member.page("/siecibp/news/"))

    assert page.index("Numer 26") < page.index("Numer 02") and "Numer 01" not in page
    assert "Numer 01" in words(member.page("/siecibp/news/?page=2"))
    assert "On its way" not in page and "copies" not in page
    mine = words(coordinator.page("/siecibp/news/"))
    assert "On its way Numer 1 draft" in mine and "0 visits" in mine
    assert "Dzień dobry Państwu, Scenariusze Cztery nowe." in mine
    stranger.page("/siecibp/news/", 404)
    member.page("/siecibp/news/?page=3", 404)


def test_links_lead_there_where_there_are_issues_or_one_may_write_them(coordinator, member, site, now):
    assert 'href="/siecibp/news/"' not in member.page("/siecibp/")
    assert 'href="/siecibp/news/"' in coordinator.page("/siecibp/")
    sent(site, "siecibp", "Numer 1", now)
    for path in ("", "people/", "month/"):
        assert 'href="/siecibp/news/"' in member.page(f"/siecibp/{path}")


def test_an_issue_is_read_in_its_thread_with_the_issues_around_it(coordinator, member, site, now):
    made = [sent(site, "siecibp", f"Numer {number}", now - timedelta(days=9 - number)) for number in range(3)]
    page = member.page(f"/siecibp/thread/{made[1][1]}")

    assert "Issue of the newsletter" in words(page)
    around = [re.search(rf'<a rel="{rel}" href="/siecibp/thread/(\d+)"', page)[1] for rel in ("prev", "next")]
    assert [int(number) for number in around] == [made[2][1], made[0][1]]
    # As it was mailed, not as its text twin.
    assert "<strong>Cztery</strong>" in page and "====" not in page
    assert f"/siecibp/message/{made[1][2]}/style.css" in page
    answer = member.get(f"/siecibp/news/{made[1][0]}")
    assert answer.status_code == 404
    assert coordinator.get(f"/siecibp/news/{made[1][0]}").headers["Location"] == f"/siecibp/thread/{made[1][1]}"


def test_what_moderators_hide_or_take_out_is_gone_from_the_blog_the_feed_and_the_picture(coordinator, member, stranger, site, now):
    picture = issues.NewImage("okładka.png", "image/png", PNG)
    number, thread, hash = sent(site, "siecibp", "Numer 1", now, images=(picture,), text=f"{TEXT}\n\n![okładka](okładka.png)\n\ntajemnica\n")
    source = re.search(r'src="https://lists\.example\.org(/siecibp/news/picture/[^"]+)"', member.page(f"/siecibp/thread/{thread}"))[1]
    shown = stranger.get(source)
    assert (shown.status_code, shown.data, shown.headers["Cross-Origin-Resource-Policy"]) == (200, PNG, "cross-origin")
    assert stranger.get(source.replace("siecibp", "gazetka")).status_code == 404
    with site.writing() as db:
        who = stewards.steward(db, "siecibp", Actor(Door.WEB, db.get(Issue, number).author_id, proven=True))
        message = db.scalars(select(Message).where(Message.hash == hash)).one()
        redacting.redact(db, who, message, redacting.Wish(("tajemnica",)), "", now)
    for path in (f"/siecibp/thread/{thread}", "/siecibp/news/", "/siecibp/news/feed.atom"):
        assert "tajemnica" not in member.get(path).text, path

    with site.writing() as db:
        hiding.hide_message(db, who, db.get(Message, message.id), "", now)
    assert stranger.get(source).status_code == 404
    assert "Numer 1" not in member.page("/siecibp/news/") + member.get("/siecibp/news/feed.atom").text


def test_the_feed_holds_issues_and_nothing_else(coordinator, member, site, now):
    _, _, hash = sent(site, "siecibp", "Numer 1", now)
    feed = member.get("/siecibp/news/feed.atom")

    assert feed.content_type.startswith("application/atom+xml")
    assert feed.text.count("<entry>") == 1 and hash in feed.text and "Numer 1" in feed.text


def test_nobody_but_coordinators_comes_near_a_draft(coordinator, member, stranger, site):
    path = begin(coordinator)
    for rest in ("", "/preview", "/mail"):
        for reader in (member, stranger):
            reader.page(f"{path}{rest}", 404)
    assert member.get("/siecibp/news/new").status_code == 404
    token = hidden(member.page("/me/profile"), "form")
    for rest in ("", "/preview"):
        assert member.post(f"{path}{rest}", data={"form": token, "subject": "x", "text": "x", "do": "send", "revision": "1"}).status_code == 404
    assert draft_of(site).state is IssueState.DRAFT
    # Under the name of a list where one is nobody special.
    assert coordinator.get(path.replace("siecibp", "gazetka")).status_code == 404


def test_what_cannot_be_kept_comes_back_as_it_was_typed(coordinator, site):
    answer = coordinator.send(
        "/siecibp/news/new", subject="Numer", text="Witaj {nazwisko|ktoś}", kind="plain", template="cards", topic="lekcje", joined_from="2026-01-01"
    )

    assert answer.status_code == 400
    page = answer.text
    assert "Witaj {nazwisko|ktoś}</textarea>" in page and 'value="Numer"' in page and 'value="2026-01-01"' in page
    for chosen in ("kind-plain", "template-cards", "topic-lekcje"):
        assert re.search(rf'id="{chosen}"[^>]*checked', page), chosen
    assert "There is no field" in words(page)
    assert draft_of(site) is None


def test_a_form_that_is_sent_twice_makes_one_draft(coordinator, site):
    paths = {begin(coordinator) for _ in range(2)}

    with site.reading() as db:
        assert db.query(Issue).count() == 1 == len(paths)


def test_two_coordinators_at_once_lose_nothing(coordinator, zofia, site):
    path = begin(coordinator)
    first, second = (browser.page(path) for browser in (coordinator, zofia))
    fields = {"subject": "Numer 1", "kind": "markdown", "template": "letter"}
    kept = zofia.post(path, data={**fields, "form": hidden(second, "form"), "revision": hidden(second, "revision"), "text": "Słowa Zofii."})
    assert kept.status_code == 303

    met = coordinator.post(path, data={**fields, "form": hidden(first, "form"), "revision": hidden(first, "revision"), "text": "Słowa Aliny."})
    assert met.status_code == 409
    assert "Słowa Aliny.</textarea>" in met.text and "<pre" in met.text and "Słowa Zofii." in met.text
    assert draft_of(site).source == "Słowa Zofii."

    # Having seen both, she decides.
    again = {**fields, "form": hidden(met.text, "form"), "revision": hidden(met.text, "revision"), "text": "Słowa obu."}
    assert coordinator.post(path, data=again).status_code == 303
    assert draft_of(site).source == "Słowa obu."
    # The very same words from an old page are no conflict.
    assert zofia.post(path, data={**again, "form": hidden(second, "form"), "revision": "1"}).status_code == 303


def test_nobody_sends_what_they_have_not_seen(coordinator, zofia, site):
    path = begin(coordinator)
    seen = coordinator.page(f"{path}/preview")
    zofia.send(path, subject="Numer 1", text="Inne słowa.", revision=hidden(zofia.page(path), "revision"))
    answer = coordinator.post(f"{path}/preview", data={"form": hidden(seen, "form"), "revision": hidden(seen, "revision"), "do": "send"})

    assert answer.status_code == 409
    assert "Please look again" in words(answer.text) and "Inne słowa." in answer.text
    assert draft_of(site).state is IssueState.DRAFT


def test_the_preview_is_the_mail_and_may_do_nothing(coordinator, site):
    path = begin(coordinator, do="preview").removesuffix("/preview")
    page, mail = coordinator.get(f"{path}/preview"), coordinator.get(f"{path}/mail")

    assert "frame-src 'self'" in page.headers["Content-Security-Policy"] and "unsafe" not in page.headers["Content-Security-Policy"]
    assert page.text.count("<iframe") == page.text.count(" sandbox ") == 2
    policy = mail.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and policy.endswith("sandbox") and "script-src" not in policy and "frame-ancestors 'self'" in policy
    assert "Dzień dobry Alina," in words(mail.text) and "Dzień dobry Alina," in page.text
    with site.reading() as db:
        issue = issue_by_id(db, list_by_name(db, "siecibp"), draft_of(site).id)
        assert mail.text == issuepress.made(db, issue, "Alina Zakładka").html


def test_it_goes_to_everybody_once_however_often_the_button_is_pressed(coordinator, site):
    path = begin(coordinator)
    assert "Send to 4 people" in words(coordinator.page(f"{path}/preview"))
    page = coordinator.page(f"{path}/preview")
    button = {"form": hidden(page, "form"), "revision": hidden(page, "revision"), "do": "send"}
    answers = [coordinator.post(f"{path}/preview", data=button) for _ in range(3)]

    assert [(answer.status_code, answer.headers["Location"]) for answer in answers] == [(303, "/siecibp/news/?done=sent")] * 3
    with site.reading() as db:
        assert db.query(Outgoing).count() == 1
    assert "Sent. The issue is on its way" in words(coordinator.page("/siecibp/news/?done=sent"))
    late = coordinator.post(path, data={**button, "subject": "Za późno", "text": "Moje słowa."})
    assert late.status_code == 409 and "Moje słowa.</textarea>" in late.text and 'action="/siecibp/news/new"' in late.text


def test_it_goes_at_a_time_and_the_plan_can_be_taken_back(coordinator, site, now):
    path = begin(coordinator)
    page = coordinator.page(f"{path}/preview")
    # A Tuesday in March: the next Friday morning in Warsaw.
    assert 'value="2026-03-06T08:00"' in page and "on Friday, 6 March, at 8:00" in words(page)
    assert press(coordinator, path, do="plan", ready="2026-03-06T08:00").status_code == 303
    issue = draft_of(site)
    assert (issue.state, issue.at.isoformat(), issue.local) == (IssueState.SCHEDULED, "2026-03-06T07:00:00+00:00", False)
    assert "planned on Friday, 6 March, at 8:00" in words(coordinator.page("/siecibp/news/"))

    # Looked at and kept as it is, it stays planned; a new word takes the plan back.
    same = coordinator.page(path)
    fields = {"form": hidden(same, "form"), "revision": hidden(same, "revision"), "subject": "Numer 1", "text": TEXT, "kind": "markdown", "template": "letter"}
    assert coordinator.post(path, data={**fields, "replies": "thread", "language": "pl"}).status_code == 303
    assert draft_of(site).state is IssueState.SCHEDULED
    assert press(coordinator, path, do="plan", day="2026-03-09", clock="7.30", local="yes").status_code == 303
    assert (draft_of(site).local, draft_of(site).clock) == (True, "2026-03-09T07:30")
    assert press(coordinator, path, do="unplan").status_code == 303
    assert draft_of(site).state is IssueState.DRAFT

    for wrong in ({"day": "jutro", "clock": "8"}, {"day": "2026-03-01", "clock": "8:00"}):
        answer = press(coordinator, path, do="plan", **wrong)
        assert answer.status_code == 400 and 'role="alert"' in answer.text
    assert draft_of(site).state is IssueState.DRAFT


def test_a_trial_goes_to_oneself_alone(coordinator, site):
    path = begin(coordinator)
    assert press(coordinator, path, do="try").status_code == 303

    with site.reading() as db:
        letter = db.scalars(select(Letter).order_by(Letter.id.desc())).first()
        assert letter.to == "alina@example.org"
        assert b"text/html" in raw_bytes(db, letter.raw_id)
        assert db.query(Outgoing).count() == 0


def test_it_is_thrown_away_after_a_question(coordinator, site):
    path = begin(coordinator)
    assert press(coordinator, path, do="discard").status_code == 200
    assert draft_of(site).state is IssueState.DRAFT
    assert press(coordinator, path, do="discard", sure="yes").headers["Location"] == "/siecibp/news/?done=discarded"
    assert draft_of(site).state is IssueState.DISCARDED
    coordinator.page(path, 404)
    # Who was still writing on it loses nothing.
    late = coordinator.post(path, data={"form": hidden(coordinator.page("/siecibp/news/new"), "form"), "subject": "Numer 1", "text": "Moje słowa.", "revision": "1"})
    assert late.status_code == 409
    assert "Somebody has thrown this draft away." in words(late.text) and "Moje słowa.</textarea>" in late.text


def test_pictures_come_with_the_form_and_go_again(coordinator, site):
    def upload(path, name, kind="image/png", **more):
        page = coordinator.page(path)
        fields = {"form": hidden(page, "form"), "revision": hidden(page, "revision"), "subject": "Numer 1", "text": TEXT, "kind": "markdown", **more}
        return coordinator.post(path, data={**fields, **({"image": (io.BytesIO(PNG if kind == "image/png" else b"MZ"), name, kind)} if name else {})}, content_type="multipart/form-data")

    path = upload("/siecibp/news/new", "okładka.png").headers["Location"].partition("?")[0]
    assert "![what it shows](okładka.png)" in words(coordinator.page(path))
    assert f"data:image/png;base64,{b64encode(PNG).decode()}" in coordinator.page(f"{path}/mail")
    assert upload(path, "druga.png", do="attach").status_code == 303
    wrong = upload(path, "program.exe", "application/octet-stream", text="Nowe słowa.")
    assert wrong.status_code == 400 and "Nowe słowa.</textarea>" in wrong.text
    assert upload(path, "", drop="1").status_code == 303
    with site.reading() as db:
        assert [image.name for image in db.query(Issue).one().images] == ["druga.png"]


def test_whom_it_reaches_is_said_before_it_goes(coordinator, site):
    path = begin(coordinator, role="owner", do="count")
    page = words(coordinator.page(path))

    assert "people who coordinate the list , 1 person" in page
    assert draft_of(site).segment == "role:owner"
    assert "Send to 1 person" in words(coordinator.page(f"{path}/preview"))
    nobody = coordinator.send(path, subject="Numer 1", text=TEXT, topic="lekcje", revision=hidden(coordinator.page(path), "revision"))
    assert nobody.status_code == 303
    page = coordinator.page(f"{path}/preview")
    assert "Nobody would get it." in words(page) and 'value="send"' not in page


def test_words_come_back_when_the_session_has_ended(app, coordinator, site, clock):
    path, page = begin(coordinator), coordinator.page("/siecibp/news/new")
    clock.move(hours=13)
    for where in ("/siecibp/news/new", path):
        lost = coordinator.post(where, data={"form": hidden(page, "form"), "subject": "Numer 2", "text": "Długie\nsłowa.", "template": "cards", "revision": "1"})
        assert lost.status_code == 400
        assert "Długie\nsłowa.</textarea>" in lost.text and 'name="template" value="cards"' in lost.text
        assert f'action="{where}"' in lost.text


def test_a_newsletters_own_page_begins_with_its_issues(app, stranger, site, archive, now):
    with site.writing() as db:
        list_by_name(db, "gazetka").kind = Kind.NEWSLETTER
    assert "Pytania do" in stranger.page("/gazetka/"), "nothing was sent yet: its threads"
    sent(site, "gazetka", "Numer 1", now, by="zofia@example.org")
    page = stranger.page("/gazetka/")

    assert "Numer 1" in page and "Pytania do" not in page
    assert "Pytania do" in stranger.page("/gazetka/?only=threads")
    zofia = signed_in(app, site, "zofia@example.org")
    assert 'href="/gazetka/news/new"' in zofia.page("/gazetka/") and "Write to everyone" not in words(zofia.page("/gazetka/"))
    assert "into the issue" not in words(zofia.page("/gazetka/news/new")), "its readers do not write to everybody"


def test_the_blog_asks_the_database_as_often_for_many_issues_as_for_two(coordinator, stranger, site, now):
    def count():
        statements = []
        coordinator.page("/siecibp/news/")
        event.listen(site.engine, "before_cursor_execute", lambda _c, _k, statement, *_: statements.append(statement))
        coordinator.page("/siecibp/news/")
        return len(statements)

    for number in range(2):
        sent(site, "siecibp", f"Numer {number}", now - timedelta(days=40 - number))
    few = count()
    for number in range(2, 20):
        sent(site, "siecibp", f"Numer {number}", now - timedelta(days=40 - number))
    assert count() <= few <= 16


def test_a_topic_that_is_no_more_does_not_shut_the_draft_away(coordinator, site, now):
    path = begin(coordinator, topic="lekcje")
    with site.writing() as db:
        issue = db.scalars(select(Issue)).one()
        issue.segment = "topic:dawny"
    page = coordinator.page(f"{path}/preview")
    assert "There is no topic" in words(page) and 'value="send"' not in page
    assert "not understood" in words(coordinator.page(path))


def test_a_public_blog_tells_others_of_itself_and_a_private_one_does_not(app, coordinator, stranger, site, now):
    for name, by in (("gazetka", "zofia@example.org"), ("siecibp", "alina@example.org")):
        sent(site, name, "Numer 1", now, by=by)
    page = stranger.page("/gazetka/news/")
    assert '<link rel="canonical" href="https://lists.example.org/gazetka/news/">' in page
    assert 'href="https://lists.example.org/gazetka/news/feed.atom"' in page
    assert "canonical" not in coordinator.page("/siecibp/news/")


def test_copies_that_have_not_left_are_stopped_by_a_button(coordinator, member, site, now):
    number, _, _ = sent(site, "siecibp", "Numer 1", now)
    page = coordinator.page("/siecibp/news/")
    assert 'value="stop"' in page and 'value="stop"' not in member.page("/siecibp/news/")
    for said in ("done=stopped&left=0", "done=late"):
        answer = coordinator.post(f"/siecibp/news/{number}/preview", data={"form": hidden(page, "form"), "do": "stop"})
        assert answer.headers["Location"].endswith(said)
    with site.reading() as db:
        assert db.scalars(select(Outgoing)).one().upto is None
    assert 'value="stop"' not in coordinator.page("/siecibp/news/")


def test_who_can_read_an_issue_for_a_part_of_the_list_is_said_before_it_goes(coordinator, member, site):
    path = begin(coordinator, role="moderator")
    assert "coordinators alone" in words(coordinator.page(f"{path}/preview"))
    assert press(coordinator, path, do="send").headers["Location"].endswith("done=apart")
    assert "Numer 1" not in member.page("/siecibp/news/") + member.page("/siecibp/")
    coordinator.send("/siecibp/news/new", subject="Numer 2", text=TEXT, wrote="never")
    assert "Everybody on the list can read its page" in words(coordinator.page(f"/siecibp/news/{draft_of(site).id}/preview"))


def test_what_a_form_cannot_mean_chooses_nobody(coordinator, site):
    for field in ({"role": "admin"}, {"reads": "xx"}, {"wrote": "perhaps"}, {"template": "poster"}, {"kind": "odt"}, {"replies": "nobody"}):
        assert coordinator.send("/siecibp/news/new", subject="Numer 1", text=TEXT, **field).status_code == 400
    with site.reading() as db:
        assert db.query(Issue).count() == 0


def test_on_a_newsletter_one_answers_those_who_write_it(app, zofia, member, site, now):
    _, thread, _ = sent(site, "gazetka", "Wydanie", now, by="zofia@example.org")
    with site.writing() as db:
        list_by_name(db, "gazetka").kind = Kind.NEWSLETTER
    for reader in (zofia, member):
        page = reader.page(f"/gazetka/thread/{thread}")
        assert "mailto:moderator_gazetka@" in page and f"/gazetka/thread/{thread}/reply" not in page
    # Whoever has the address of the form is told that nothing goes out from there.
    assert "/gazetka/news/new" in zofia.page("/gazetka/new") and 'name="text"' not in zofia.page("/gazetka/new")


@pytest.mark.parametrize(("chose", "told"), [(False, False), (True, True)])
def test_pictures_are_to_be_chosen_again_only_by_whoever_chose_some(coordinator, chose, told):
    page = coordinator.page("/siecibp/news/new")
    fields = {"form": hidden(page, "form"), "subject": "Numer 1", "text": "Dzień dobry {imię},", "do": "preview"}
    more = {"image": (io.BytesIO(PNG), "druga.png", "image/png")} if chose else {}

    answer = coordinator.post("/siecibp/news/new", data={**fields, **more}, content_type="multipart/form-data")

    assert answer.status_code == 400 and "Not kept." in words(answer.text)
    assert ("Pictures have to be chosen again." in words(answer.text)) is told

"""The pages of those who keep the site: for nobody else there, changed by POST alone, noted, and safe whatever strangers wrote."""

import pytest
from sqlalchemy import func, select

from listserv.errors import Conflict
from listserv.mail.address import name_is_reserved
from listserv.store.base import Base
from listserv.store.erasing import Erasure, Posts
from listserv.store.lists import list_by_name
from listserv.store.members import Member, Role, Status
from listserv.store.people import Browser, User
from listserv.store.queue import Delivery, Incoming, State
from listserv.usecases import apitokens, privacy, sitechecks
from listserv.usecases.access import CONSOLE, Actor, Door
from listserv.usecases.checking import Finding
from listserv.usecases.checking import State as Found
from listserv.web.admin import checks
from tests.web.keepers import EVIL, browser, keeper, letter_of, made_keeper, noted, post_waits, set_aside, trouble, user_at  # noqa: F401
from tests.web.readers import application, hidden, signed_in, words

PAGES = (
    *("", "lists/", "lists/?q=sie", "lists/siecibp", "new-list", "people/", "people/?q=ha", "people/1", "queues/", "queues/incoming", "queues/shunted"),
    *("queues/posts", "queues/letters", "queues/deliveries", "mail/1", "trace", "trace?q=1", "journal", "journal?kind=server&who=0", "journal.csv"),
)
ACTIONS = (
    ("check", {}),
    ("new-list", {"name": "nowa", "title": "Nowa", "language": "pl", "kind": "discussion", "archive": "members", "owner": "kto@example.org"}),
    ("lists/siecibp/owner", {"owner": "halina@example.org"}),
    ("lists/siecibp/close", {"sure": "yes"}),
    *(("people/1", {"do": do, "sure": "yes", "posts": "keep", "address": "1"}) for do in ("name", "release", "erase", "keep", "sign-out", "lift")),
    *(("mail/1", {"do": do, "reason": "spam"}) for do in ("retry", "discard")),
    ("queues/posts", {"number": "1"}),
    ("queues/letters", {"number": "1"}),
)


def counted(site):
    """How many rows each table has."""
    with site.reading() as db:
        return {table.name: db.scalar(select(func.count()).select_from(table)) for table in Base.metadata.sorted_tables if table.name not in ("counter", "saying")}


# ---- who may -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["", "halina@example.org", "mod@example.org", "owner@example.org"])
def test_for_everybody_else_there_is_no_such_page_and_nothing_can_be_done(site, keeper, now, who):
    trouble(site, now)
    other = signed_in(application(site), site, who) if who else application(site).test_client()
    token = hidden(other.page("/me" if who else "/sign-in"), "form")
    before = counted(site)

    for path in PAGES:
        answer, nothing = other.get(f"/admin/{path}"), other.get(f"/niczego/{path.partition('?')[0]}x")
        assert answer.status_code == nothing.status_code == 404, path
        assert words(answer.text) == words(nothing.text), path
    for path, fields in ACTIONS:
        assert other.post(f"/admin/{path}", data={"form": token, **fields}).status_code == 404, path

    assert counted(site) == before


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH"])
def test_no_method_and_no_slash_tells_others_which_of_these_pages_there_are(site, keeper, method):
    stranger, member = application(site).test_client(), signed_in(application(site), site, "halina@example.org")
    for path in ("/admin", "/admin/", "/admin//", "/admin/lists", "/admin/people/1/", "/admin/check", "/admin/lists/siecibp/close", "/admin/journal.csv", "/admin/nowhere"):
        for other in (stranger, member):
            assert other.open(path, method=method).status_code == 404, path
    assert stranger.get("/administrators").headers["Location"] == "/administrators/"  # a list may be called so


def test_no_list_can_be_called_as_these_pages_are():
    assert name_is_reserved("admin")


def test_a_get_changes_nothing(site, browser, now):
    trouble(site, now)
    before = counted(site)
    for path in PAGES:
        assert browser.get(f"/admin/{path}").status_code == 200, path
    for path, _ in ACTIONS:
        assert browser.get(f"/admin/{path}").status_code in (200, 404, 405), path
    assert counted(site) == before


def test_a_form_of_another_site_does_nothing(site, browser, now):
    trouble(site, now)
    before = counted(site)
    for path, fields in ACTIONS:
        assert browser.post(f"/admin/{path}", data=fields).status_code == 400, path
    assert counted(site) == before


def test_administrators_find_the_way_and_others_are_shown_none(site, browser):
    assert 'href="/admin/"' in browser.page("/")
    assert "/admin/" not in signed_in(application(site), site, "owner@example.org").page("/")


def test_a_second_factor_is_asked_for_where_one_is_set_up(site, browser, keeper, monkeypatch):
    from listserv.web import secondfactor

    monkeypatch.setattr(secondfactor, "is_proven", lambda person=None: False)
    monkeypatch.setattr(secondfactor, "to_prove", lambda otherwise="": ("prove yourself", 303))
    for path in PAGES:
        assert browser.get(f"/admin/{path}").text == "prove yourself", path
    assert browser.send("/admin/check", page="/me").text == "prove yourself"
    assert not noted(site, "site-checked")


# ---- what it says --------------------------------------------------------------------------------------------


def test_the_overview_tells_what_waits_who_works_and_how_the_relay_is(site, browser, now):
    trouble(site, now)
    said = words(browser.page("/admin/"))

    assert "mails set aside the first since today, 10:00 1" in said
    assert "It works; but something below wants a look." in said and "All is well." not in said
    assert "It cannot be reached and is left alone for the moment" in said and "3 attempts in a row have failed" in said
    assert "Put off for now, so that others need not wait: slow.example.net" in said and "mail to 7 addresses failed at once" in said
    assert "does all of it; since today, 10:00" in said
    assert "set aside 1 1" in said and "not read yet 1 1" in said


def test_what_is_wrong_is_said_in_words(site, browser, now, clock):
    with site.writing() as db:
        from listserv.store import workers

        workers.enter(db, "worker", 0, now)
    clock.move(minutes=10)
    assert "Nobody works: mail comes in and waits." in words(browser.page("/admin/"))


@pytest.mark.parametrize("path", ["", "people/?q=marek", "queues/", "queues/shunted", "queues/deliveries", "queues/letters", "lists/", "lists/siecibp", "mail/1", "journal"])
def test_whatever_strangers_wrote_is_shown_as_text(site, browser, now, path):
    made = trouble(site, now)
    page = browser.page(f"/admin/{path}".replace("mail/1", f"mail/{made['aside']}"))

    assert "<script>alert" not in page and "<img src=x" not in page
    if path in ("", "mail/1", "queues/letters"):
        assert "&lt;script&gt;alert(1)" in page


def test_a_mail_set_aside_shows_its_traceback_and_its_bytes_and_nothing_is_read(site, browser, now, monkeypatch):
    made = trouble(site, now)
    monkeypatch.setattr("listserv.mail.parse.parse", None)
    page = browser.page(f"/admin/mail/{made['aside']}")

    assert "<pre" in page and "Traceback (most recent call last)" in page and "X-Bell: �]0;x�" in page
    # What turns the writing of a line, or steers a terminal, is not passed on.
    assert "\u202e" not in page and "\x1b" not in page


def test_of_a_large_mail_the_beginning_is_unpacked(site, browser, now):
    with site.writing() as db:
        number = set_aside(db, now, b"Subject: gross\r\n\r\n" + b"x" * 20_000_000)
    page = browser.page(f"/admin/mail/{number}")

    assert len(page) < 60_000 and "19.1 MB more are not shown" in words(page)


def test_a_mail_that_is_not_set_aside_shows_its_life_and_not_its_words(site, browser, now):
    made = trouble(site, now)
    page = browser.page(f"/admin/mail/{made['aside'] + 1}")

    assert "sent to the list" in page and "Slowa" not in page and "Throw" not in page


@pytest.mark.parametrize("which", ["<aside@example.net>", "aside@example.net", "1", "post:1", "letter:1"])
def test_the_life_of_a_mail_is_told_by_id_or_number(site, browser, now, which):
    trouble(site, now)
    assert browser.get("/admin/trace", query_string={"q": which}).text.count('<ol class="events"') == 1


@pytest.mark.parametrize("which", ["nothing@example.net", "post:99", "letter:99", "\x00", EVIL, "post:" + "9" * 30])
def test_what_is_not_there_is_said_so(browser, which):
    answer = browser.get("/admin/trace", query_string={"q": which})
    assert answer.status_code == 200 and "Nothing found." in answer.text and "<script>alert" not in answer.text


@pytest.mark.parametrize("path", ["people/999", "mail/999", "queues/other", "lists/niczego", "lists/?page=99", "nothing"])
def test_what_is_nowhere_is_no_page_for_administrators_either(browser, path):
    assert browser.get(f"/admin/{path}").status_code == 404


@pytest.mark.parametrize("path", ["queues/incoming?after=x", "queues/shunted?after=9-9-9", "people/?q=a&after=-5", "people/?after=99999999999999999999", "journal?below=x", "journal?after=2026-99-01&who=%00&list=%00", "queues/letters?after=" + "9" * 40 + "-1"])
def test_addresses_that_mean_nothing_are_passed_over(browser, path):
    assert browser.get(f"/admin/{path}").status_code == 200


def test_each_queue_goes_on_where_its_page_ended(site, browser, now, monkeypatch):
    from listserv.usecases import sitequeues
    from tests.web.keepers import arrived

    monkeypatch.setattr(sitequeues, "A_PAGE", 2)
    with site.writing() as db:
        for number in range(5):
            arrived(db, now, b"Subject: %d\r\n\r\n" % number)
            set_aside(db, now, b"Message-ID: <a%d@example.net>\r\n\r\n" % number)
    for kind in ("incoming", "shunted"):
        path, seen = f"/admin/queues/{kind}", []
        while path:
            page = browser.page(path)
            seen += [int(part.partition('"')[0]) for part in page.split('href="/admin/mail/')[1:]]
            path = page.partition('" rel="next"')[0].rpartition('href="')[2] if 'rel="next"' in page else ""
        assert len(seen) == len(set(seen)) == 5, kind


# ---- what is done --------------------------------------------------------------------------------------------


def test_a_mail_set_aside_is_tried_again_or_thrown_away_with_a_reason(site, browser, now):
    made = trouble(site, now)
    path = f"/admin/mail/{made['aside']}"

    assert "Please say why" in browser.send(path, do="discard", reason="  ").text
    assert browser.send(path, do="retry").status_code == 303
    with site.writing() as db:
        assert db.get(Incoming, made["aside"]).state is State.PENDING
        other = set_aside(db, now, b"Message-ID: <b@example.net>\r\n\r\n")
    assert browser.send(f"/admin/mail/{other}", do="discard", reason="loops\r\nfor ever").status_code == 303
    with site.reading() as db:
        assert (db.get(Incoming, other).state, db.get(Incoming, other).due) == (State.DISCARDED, None)
    assert [entry.about_id for entry in noted(site, "retried")] == [made["aside"]]
    assert [(entry.about_id, entry.detail, entry.door) for entry in noted(site, "thrown-away")] == [(other, "loops for ever", "web")]
    late = browser.post(path, data={"form": hidden(browser.page("/admin/"), "form"), "do": "retry"})
    assert late.status_code == 409 and "Somebody was faster" in late.text


def test_what_waits_for_a_later_attempt_is_tried_now(site, browser, now):
    made = trouble(site, now)
    token = hidden(browser.page("/admin/"), "form")

    for kind in ("post", "letter"):
        assert browser.post(f"/admin/queues/{kind}s", data={"form": token, "number": made[kind]}).location.endswith("done=now")
        assert browser.post(f"/admin/queues/{kind}s", data={"form": token, "number": 999}).status_code == 404
    with site.reading() as db:
        due = db.scalar(select(Delivery.due))
    assert due == letter_of(site, made["letter"]).due == int(now.timestamp() * 1000)
    assert {entry.about for entry in noted(site, "retried")} == {"outgoing", "letter"}
    assert browser.post("/admin/queues/posts", data={"form": token, "number": made["post"]}).location.endswith("done=late")


NEW = {"name": "nowa", "title": "Nowa lista", "language": "pl", "kind": "discussion", "archive": "members", "owner": "nowy@example.org"}


def test_a_list_is_made_with_somebody_who_decides(site, browser):
    assert browser.send("/admin/new-list", **NEW).location == "/admin/lists/nowa?done=made"
    with site.reading() as db:
        mlist = list_by_name(db, "nowa")
        member = db.scalars(select(Member).where(Member.list_id == mlist.id)).one()
        assert (mlist.title, member.role, member.address.email) == ("Nowa lista", Role.OWNER, "nowy@example.org")
    assert [entry.user_id for entry in noted(site, "list-created")][-1] is not None


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "9x", "name begins with a letter"),
        ("name", "admin", "would collide"),
        ("name", "x-owner", "would collide"),
        ("name", "siecibp", "of that name already"),
        ("title", "  ", "what people call the list"),
        ("title", "x" * 300, "cannot be used"),
        ("owner", "nobody", "not an e-mail address"),
        ("owner", "siecibp@lists.example.org", "a list decides nothing"),
        ("language", "xx", "cannot be used"),
        ("kind", "other", "cannot be used"),
    ],
)
def test_a_form_that_cannot_be_used_comes_back_with_what_was_typed(site, browser, field, value, said):
    answer = browser.send("/admin/new-list", **(NEW | {field: value}))
    assert answer.status_code == 400 and said in words(answer.text)
    assert 'value="Nowa lista"' in answer.text or field == "title"
    with site.reading() as db:
        assert list_by_name(db, "nowa") is None


def test_a_list_is_closed_after_a_second_question(site, browser):
    asked = browser.send("/admin/lists/siecibp/close", page="/admin/lists/siecibp")
    with site.reading() as db:
        assert asked.status_code == 200 and "Close “Sieć BP”?" in words(asked.text) and list_by_name(db, "siecibp").closed_at is None
    assert browser.send("/admin/lists/siecibp/close", page="/admin/lists/siecibp", sure="yes").status_code == 303
    assert "closed" in words(browser.page("/admin/lists/")) and noted(site, "list-closed")


@pytest.mark.parametrize("email", ["halina@example.org", "ktos@example.org"])
def test_somebody_is_named_who_decides_whether_or_not_they_were_on_the_list(site, browser, email):
    assert browser.send("/admin/lists/siecibp/owner", page="/admin/lists/siecibp", owner=email).status_code == 303
    with site.reading() as db:
        assert db.scalars(select(Member.role).join(User).where(User.id == user_at(db, email).id)).one() is Role.OWNER
    wrong = browser.send("/admin/lists/siecibp/owner", page="/admin/lists/siecibp", owner="niczyj")
    assert wrong.status_code == 400 and 'value="niczyj"' in wrong.text


def test_an_administrator_is_named_and_released_but_never_the_last_one(site, browser, keeper):
    with site.reading() as db:
        halina = user_at(db, "halina@example.org").id
    last = browser.send(f"/admin/people/{keeper}", do="release", sure="yes")
    assert last.status_code == 409 and "Nobody else keeps this server" in words(last.text)
    assert browser.send(f"/admin/people/{keeper}", do="erase", posts="keep", sure="yes").status_code == 409

    asked = browser.send(f"/admin/people/{halina}", do="name")
    assert asked.status_code == 200 and "Make Halina Okładka an administrator?" in words(asked.text)
    with site.reading() as db:
        assert not db.get(User, halina).administrator
    assert browser.send(f"/admin/people/{halina}", do="name", sure="yes").status_code == 303
    assert browser.send(f"/admin/people/{keeper}", do="release", sure="yes").status_code == 303
    with site.reading() as db:
        assert db.get(User, halina).administrator and not db.get(User, keeper).administrator
    assert [entry.about_id for what in ("administrator-named", "administrator-released") for entry in noted(site, what)] == [halina, keeper]
    assert browser.get("/admin/").status_code == 404


def test_of_two_administrators_who_are_both_about_to_go_one_stays(site, browser, keeper, now):
    with site.writing() as db:
        second = made_keeper(db, "siecibp", now, "second@example.org")
        privacy.ask(db, second, Posts.KEEP, Actor(Door.WEB, second, proven=True), now)

    with site.writing() as db, pytest.raises(Conflict):
        privacy.ask(db, keeper, Posts.KEEP, Actor(Door.WEB, keeper, proven=True), now)
    answer = browser.send(f"/admin/people/{keeper}", do="release", sure="yes")
    assert answer.status_code == 409 and "First name another administrator" in words(answer.text)
    assert browser.send(f"/admin/people/{second}", do="release", sure="yes").status_code == 303
    answer = browser.send("/me/data/erase", page="/me/data", posts="keep", sure="yes")
    assert answer.status_code == 409 and "First name another administrator" in words(answer.text)


def test_a_person_is_signed_out_erased_and_kept(site, browser, now):
    signed_in(application(site), site, "halina@example.org")
    with site.reading() as db:
        halina = user_at(db, "halina@example.org").id
    with site.writing() as db:
        _, secret = apitokens.issue(db, user_at(db, "halina@example.org"), apitokens.Wanted("skrypt"), CONSOLE, now)
    path = f"/admin/people/{halina}"

    assert "signed in on 1 device" in words(browser.page(path))
    assert browser.send(path, do="sign-out").status_code == 303
    assert "seven days" in words(browser.send(path, do="erase", posts="remove").text)
    assert browser.send(path, do="erase", posts="remove", sure="yes").status_code == 303
    with site.reading() as db:
        assert db.scalar(select(func.count()).select_from(Browser).where(Browser.user_id == halina)) == 0
        assert apitokens.caller(db, secret, now) is None
        assert db.scalars(select(Erasure)).one().user_id == halina
    assert "will be erased on 10 March 2026" in words(browser.page(path))
    assert browser.send(path, do="keep").status_code == 303
    with site.reading() as db:
        assert db.scalars(select(Erasure)).all() == []
    assert noted(site, "signed-out-by-administrator") and noted(site, "erasure-asked") and noted(site, "erasure-stopped")


def test_the_last_one_who_decides_on_a_list_is_not_erased(site, browser):
    with site.reading() as db:
        owner, moderator = user_at(db, "owner@example.org").id, user_at(db, "mod@example.org").id
    with site.writing() as db:
        db.scalars(select(Member).where(Member.user_id == moderator)).one().role = Role.MEMBER
    answer = browser.send(f"/admin/people/{owner}", do="erase", posts="keep", sure="yes")
    assert answer.status_code == 409 and "Sieć BP" in words(answer.text)


def test_a_pause_because_of_bounces_is_lifted(site, browser, now):
    made = trouble(site, now)
    with site.reading() as db:
        marek = user_at(db, "marek@example.org").id
    path = f"/admin/people/{marek}"

    assert "Nothing is sent since" in words(browser.page(path))
    assert browser.send(path, do="lift", address=made["address"]).status_code == 303
    with site.reading() as db:
        member = db.scalars(select(Member).where(Member.user_id == marek)).one()
        assert (member.status, member.bounce_score, member.last_bounce_at) == (Status.ENABLED, 0, None)
    assert browser.send(path, do="lift", address=made["address"]).status_code == 409
    assert browser.send(path, do="lift", address=1).status_code == 404
    assert browser.send(path, do="something").status_code == 400


# ---- people and journal --------------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", ["halina", "okładka", "OKLADKA hal", "halina@example.org", "ina@exa"])
def test_people_are_found_by_a_piece_of_name_or_address(browser, asked):
    page = browser.get("/admin/people/", query_string={"q": asked}).text
    assert "Halina Okładka" in page and "Marek" not in page


@pytest.mark.parametrize("asked", ["%", "_", "x" * 300, "'; --", "\x00ab", EVIL])
def test_signs_that_mean_something_to_a_database_are_letters(browser, asked):
    answer = browser.get("/admin/people/", query_string={"q": asked})
    assert answer.status_code == 200 and "Halina" not in answer.text


def test_people_come_in_pages(site, browser, monkeypatch):
    from listserv.usecases import sitepeople

    monkeypatch.setattr(sitepeople, "A_PAGE", 2)
    first = browser.page("/admin/people/?q=example.org")
    following = first.partition('" rel="next"')[0].rpartition('href="')[2].replace("&amp;", "&")
    assert first.count("<h2>") == 2 and browser.page(following).count("<h2>") == 2


def test_the_journal_is_filtered_by_list_person_kind_words_and_days(site, browser, keeper, now):
    browser.send("/admin/new-list", **NEW)
    browser.send("/admin/people/1", do="sign-out")

    def entries(query):
        return browser.page(f"/admin/journal?{query}").count('<li class="thread hang">')

    assert entries("list=nowa") == 3
    assert entries("who=admin@example.org") == entries(f"who={keeper}") == 4
    assert entries("kind=people") == 1 and entries("kind=server") == 0
    assert entries("q=nowy@example") == 1
    assert entries("after=2026-03-03&list=nowa") == 3 and entries("before=2026-03-02") == 0
    page = browser.page("/admin/journal?list=niema&who=niczyj@example.org")
    assert "There is no list of that name." in page and "Nobody here has this address." in page


def test_the_journal_goes_back_page_by_page(site, browser, monkeypatch):
    from listserv.store import sitejournal as rows
    from listserv.usecases import sitejournal

    monkeypatch.setattr(sitejournal, "A_PAGE", 3)
    monkeypatch.setattr(rows, "STRETCH", 4)
    path, seen = "/admin/journal?kind=members", 0
    while path:
        page = browser.page(path)
        seen += page.count('<li class="thread hang">')
        path = page.partition('" rel="next"')[0].rpartition('href="')[2].replace("&amp;", "&") if 'rel="next"' in page else ""
    assert seen == 5


def test_the_journal_as_a_table_harms_no_spreadsheet(site, browser, now):
    made = trouble(site, now)
    browser.send(f"/admin/mail/{made['aside']}", do="discard", reason="=1+1")
    answer = browser.get("/admin/journal.csv?kind=server")

    lines = answer.text.removeprefix("\N{BYTE ORDER MARK}").splitlines()
    assert lines[0] == "at,list,who,door,what,about,detail" and lines[1].endswith("thrown-away,,'=1+1") and len(lines) == 2
    assert "attachment" in answer.headers["Content-Disposition"]


# ---- check ---------------------------------------------------------------------------------------------------


def test_a_check_is_asked_for_and_its_result_kept(site, browser, monkeypatch):
    printed = '[{"what": "relay", "state": "bad", "found": "refused <b>", "mend": "start it"}]'
    begun = []
    monkeypatch.setattr(checks, "begin", begun.append)

    assert browser.send("/admin/check", page="/admin/").status_code == 303
    assert begun == [site] and "A check is at work since" in words(browser.page("/admin/"))
    assert browser.send("/admin/check", page="/me").status_code == 303 and begun == [site]
    checks.run(site, lambda settings: printed)
    assert "broken relay : refused <b> → start it" in words(browser.page("/admin/"))
    assert len(noted(site, "site-checked")) == 1


def test_a_check_that_hangs_or_breaks_says_so(site, browser, now, clock):
    import subprocess

    def hangs(settings):
        raise subprocess.TimeoutExpired("check", 1)

    for ask, said in ((hangs, "took longer than it may"), (lambda settings: "no json", "could not be begun")):
        with site.writing() as db:
            sitechecks.begin(db, CONSOLE, site.now())
        checks.run(site, ask)
        assert said in words(browser.page("/admin/"))
    with site.writing() as db:
        sitechecks.begin(db, CONSOLE, site.now())
    clock.move(minutes=4)
    assert "took longer than it may" in words(browser.page("/admin/"))


def test_the_result_outlives_what_processes_say_of_themselves(site, now, clock):
    from listserv.store import counters

    with site.writing() as db:
        sitechecks.begin(db, CONSOLE, now)
        sitechecks.end(db, [Finding("relay", Found.GOOD, "smtp://")], now)
        counters.say(db, {"relay": "away"}, now)
    with site.writing() as db:
        counters.forget_sayings(db, clock.move(days=30))
        assert sitechecks.last(db, clock()).findings[0].what == "relay" and counters.sayings(db, "relay", now) == []


def test_who_is_on_no_list_is_said_to_be_on_none(site, browser, keeper, now):
    with site.writing() as db:
        db.add(User(name="Nikt Jeszcze", administrator=True, created_at=now))
    page = words(browser.page("/admin/people/"))

    assert "Nikt Jeszcze" in page and "on no list" in page and "on 0 lists" not in page

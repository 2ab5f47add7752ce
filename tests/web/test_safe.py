"""What attackers try: foreign forms on every route, stolen and planted keys, other hosts, smuggled lines, too much of everything."""

import http.client
import io
import json
import re
import socket
import threading
import time
from datetime import timedelta

import pytest

from listserv.store.archive import Message
from listserv.store.lists import list_by_name
from listserv.store.members import Member
from listserv.store.people import Token, User
from listserv.usecases import apitokens, limits, signin
from listserv.usecases.access import CONSOLE
from listserv.web import create_app, letterstyle, serve, uploads
from listserv.web.forms import FROM_ANYWHERE
from tests import archive_seeds as seeds
from tests.conftest import add
from tests.databases import contents
from tests.web.readers import HOME, Reader, app, archive, hidden, letters, link_in, member, signed_in, stranger, words  # noqa: F401

# ---- forms ---------------------------------------------------------------------------------------------------


def posts(app):
    """Every route that takes a POST, with something that is there in each of its places."""
    made = []
    for rule in app.url_map.iter_rules():
        # Programs send no forms, and are asked in tests/web/api.
        if "POST" in rule.methods and not rule.endpoint.startswith("api."):
            made.append((rule.endpoint, rule))
    return sorted(made, key=lambda one: one[1].rule)


def fitting(rule, site, archive):
    """An address of a route at which a POST would do something."""
    with site.reading() as db:
        member_id = db.query(Member).order_by(Member.id).first().id
    values = {
        "name": "siecibp",
        "thread_id": archive.threads["lekcje"],
        "message_hash": archive.hashes["answer"],
        "member_id": member_id,
        "slug": "lekcje",
        "token": "x" + "a" * 24,
        "key": "h1",
        "number": 1,
        "user_id": archive.users["Ewa Fiszka"],
        "issue_id": 1,
        "hook_id": 1,
        "kind": "shunted",
        "material": 1,
        "version": 1,
        "meeting_number": 1,
        "survey_id": 1,
    }
    missing = rule.arguments - values.keys()
    assert not missing, f"{rule.rule}: say in this test what may stand there: {missing}"
    return re.sub(r"<(?:[^<>:]*:)?(\w+)>", lambda found: str(values[found[1]]), rule.rule)


@pytest.fixture
def owner(app, site, archive, now):
    """Somebody who may do everything."""
    with site.writing() as db:
        added = add(db, list_by_name(db, "siecibp"), "owner@example.org", now, role="owner", name="Alina Zakładka")
        db.get(User, added.user_id).administrator = True
    return signed_in(app, site, "owner@example.org")


def test_every_form_needs_its_token_and_without_it_nothing_changes(app, site, archive, owner):
    fields = {
        "email": "ewa@example.org",
        "subject": "x",
        "text": "x",
        "words": "x",
        "people": "nowa@example.org",
        "do": "approve",
        "title": "y",
        "slug": "y",
        "pattern": "x@example.org",
    }
    # What comes from forms of other sites can only ask whoever has an address (test_news_signup.py).
    routes = [one for one in posts(app) if one[0] != FROM_ANYWHERE]
    before = contents(site.engine)

    for endpoint, rule in routes:
        address = fitting(rule, site, archive)
        for more in ({}, {"form": "0" * 40}, {"form": ""}, {"List-Unsubscribe": "One-Click", "x": "1"}):
            assert owner.post(address, data={**fields, **more}).status_code == 400, endpoint
        assert owner.post(address, data=b"{}", content_type="application/json").status_code == 400, endpoint
        assert owner.post(address, data={**fields, "file": (io.BytesIO(b"x"), "x.txt")}, content_type="multipart/form-data").status_code == 400, endpoint
    assert len(routes) > 20
    assert contents(site.engine) == before


def test_only_the_one_click_is_obeyed_without_a_token_and_a_sign_up_form_of_another_site_fills_ours(app, site, archive, owner):
    one_click = {"List-Unsubscribe": "One-Click"}
    let_in = [endpoint for endpoint, rule in posts(app) if owner.post(fitting(rule, site, archive), data=one_click).status_code != 400]

    assert let_in == [FROM_ANYWHERE, "unsubscribe.act"]


def test_no_get_changes_anything(app, site, archive, owner):
    known = {
        "path": "x",
        "address": "siecibp@lists.example.org",
        "file": "x",
        "year": "2026",
        "month": "3",
        "day": "3",
        "number": "3",
        "name": "siecibp",
        "slug": "lekcje",
    }
    known |= {
        "message_hash": archive.hashes["answer"],
        "thread_id": archive.threads["lekcje"],
        "user_id": archive.users["Ewa Fiszka"],
        "member_id": 1,
        "issue_id": 1,
        "digest_id": 1,
        "kind": "shunted",
        "key": "h1",
        "token": "x" + "a" * 24,
        "material": 1,
        "version": 1,
        "meeting_number": 1,
        "survey_id": 1,
    }
    owner.get("/me")  # the browser's day of use is noted once
    before = contents(site.engine)

    for rule in app.url_map.iter_rules():
        if "GET" in rule.methods and not rule.endpoint.startswith("api."):
            # A month's number has two digits.
            whole = rule.rule.replace("<int(fixed_digits=2):number>", "03")
            answer = owner.get(re.sub(r"<(?:[^<>:]*:)?(\w+)>", lambda found: str(known[found[1]]), whole))
            answer.data  # noqa: B018  (streamed ones end only then)
            answer.close()
            assert answer.status_code < 500, rule.rule
    assert contents(site.engine) == before


# ---- sessions ------------------------------------------------------------------------------------------------


def test_signing_in_gives_a_new_key_and_a_planted_one_is_worth_nothing(app, site, archive):
    browser = app.test_client()
    browser.set_cookie("__Host-listserv-session", "planted", domain="lists.example.org")
    with site.writing() as db:
        path = signin.link_for(db, "ewa@example.org", site.now()).removeprefix(HOME)
    assert browser.send(path).status_code == 303
    key = browser.get_cookie("__Host-listserv-session", domain="lists.example.org").value

    assert key != "planted" and len(key) >= 32
    other = app.test_client()
    other.set_cookie("__Host-listserv-session", "planted", domain="lists.example.org")
    assert other.get("/me").status_code == 303


def test_signing_in_again_ends_the_old_key(app, site, archive, member):
    old = member.get_cookie("__Host-listserv-session", domain="lists.example.org").value
    with site.writing() as db:
        path = signin.link_for(db, "ewa@example.org", site.now()).removeprefix(HOME)
    member.send(path)

    thief = app.test_client()
    thief.set_cookie("__Host-listserv-session", old, domain="lists.example.org")
    assert thief.get("/me").status_code == 303
    assert member.get("/me").status_code == 200


def test_signing_out_ends_the_key_and_empties_the_cache(app, member, archive):
    old = member.get_cookie("__Host-listserv-session", domain="lists.example.org").value
    answer = member.send("/sign-out", "/me")

    assert answer.headers["Clear-Site-Data"] == '"cache"'
    thief = app.test_client()
    thief.set_cookie("__Host-listserv-session", old, domain="lists.example.org")
    assert thief.get("/me").status_code == 303


def test_a_session_ends_by_itself(app, site, archive, member, clock):
    clock.move(hours=12, minutes=1)
    assert member.get("/me").status_code == 303


def test_keys_are_kept_as_hashes_alone(site, archive, member):
    key = member.get_cookie("__Host-listserv-session", domain="lists.example.org").value

    for rows in contents(site.engine).values():
        assert not any(key in str(row) or key.encode() in [value for value in row if isinstance(value, bytes)] for row in rows)


def test_every_cookie_is_locked(app, site, archive):
    browser = app.test_client()
    given = browser.get("/sign-in").headers.getlist("Set-Cookie")
    with site.writing() as db:
        path = signin.link_for(db, "ewa@example.org", site.now()).removeprefix(HOME)
    given += browser.send(path).headers.getlist("Set-Cookie")

    assert len(given) >= 3
    for cookie in given:
        assert cookie.startswith("__Host-listserv-"), cookie
        assert all(word in cookie for word in ("; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/")) and "Domain=" not in cookie, cookie


# ---- where a page leads --------------------------------------------------------------------------------------

ELSEWHERE = (
    "https://evil.example.net/",
    "//evil.example.net/",
    "/\\evil.example.net/",
    "/\t/evil.example.net",
    "http:evil.example.net",
    "javascript:alert(1)",
    "/%0d%0aX-Evil: 1",
    "evil",
)


@pytest.mark.sampled(4)
@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_no_link_of_ours_leads_to_another_site_after_signing_in(app, site, archive, wanted):
    browser = app.test_client()
    browser.send("/sign-in", email="ewa@example.org", next=wanted)
    answer = browser.send(link_in(letters(site)[-1][1]))

    assert answer.status_code == 303
    assert re.fullmatch(r"/[^/\\\s]?[^\\\s]*", answer.headers["Location"]), answer.headers["Location"]
    assert "X-Evil" not in answer.headers


@pytest.mark.sampled(4)
@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_no_door_sends_who_is_signed_in_to_another_site(member, wanted):
    answer = member.get("/sign-in", query_string={"next": wanted})

    assert answer.status_code == 303
    assert answer.headers["Location"] == "/me" or answer.headers["Location"].startswith("/%0d%0a")
    assert "X-Evil" not in answer.headers


HOSTS = ("evil.example.net", "evil.example.net:443", "lists.example.org.evil.example.net", "x y", '"><script>')


@pytest.mark.sampled(4)
@pytest.mark.parametrize("host", HOSTS)
def test_a_wrong_host_is_answered_and_not_believed(stranger, site, archive, host):
    headers = {"Host": host, "X-Forwarded-Host": "evil.example.net", "Forwarded": "host=evil.example.net"}
    for path in ("/gazetka/", f"/gazetka/thread/{archive.threads['gazetka']}", "/gazetka/feed.atom", "/robots.txt", "/sitemap.xml", "/sign-in", "/niczego/"):
        answer = stranger.get(path, headers=headers)
        assert answer.status_code in (200, 400, 404), path
        assert "evil" not in answer.get_data(as_text=True) and "<script>" not in answer.get_data(as_text=True), path
        assert "evil" not in str(answer.headers), path


def test_a_letter_names_our_own_address_whatever_the_host_says(app, site, archive):
    browser = app.test_client()
    token = hidden(browser.page("/sign-in"), "form")
    key = browser.get_cookie("__Host-listserv-form", domain="lists.example.org").value
    elsewhere = app.test_client(use_cookies=False)
    headers = {"Host": "evil.example.net", "Cookie": f"__Host-listserv-form={key}"}
    assert elsewhere.post("/sign-in", data={"form": token, "email": "ewa@example.org"}, headers=headers).status_code == 200

    text = letters(site)[-1][1]
    assert "https://lists.example.org/sign-in/" in text and "evil" not in text


def test_lines_cannot_be_smuggled_into_a_header(member, archive, site, now):
    with site.writing() as db:
        talk = seeds.thread(db, list_by_name(db, "siecibp"), "x", now)
        row = talk.say("Ewa", "ewa@example.org", "x", files=(("x.txt", "text/plain", b"x"),))
        address = f"/siecibp/message/{row.hash}/attachment/1"
    from listserv.web.threads import disposition

    for name in ("a\r\nX-Evil: 1.txt", 'a"; filename="b.html', "a\x00\u202egpj.exe", "../../etc/passwd", "", "." * 300):
        said = disposition(name)
        assert re.fullmatch(r"attachment; filename=\"[^\"\r\n\\]+\"; filename\*=UTF-8''[\w.~%-]+", said), said
        assert "/" not in said.split("''")[1] and "%2F" not in said
    answer = member.get(address)
    assert answer.headers["Content-Disposition"].startswith("attachment; ")


# ---- what may be kept, seen, run -----------------------------------------------------------------------------


def test_downloads_are_never_shown_as_pages_of_ours(member, archive):
    for path in (f"/siecibp/message/{archive.hashes['answer']}/attachment/{number}" for number in (1, 2)):
        answer = member.get(path)
        assert answer.headers["Content-Disposition"].startswith("attachment; ")
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "html" not in answer.headers["Content-Type"]


def test_private_pages_are_kept_by_nobody_on_the_way(member, archive):
    for path in ("/siecibp/", f"/siecibp/thread/{archive.threads['lekcje']}", "/me", f"/siecibp/message/{archive.hashes['answer']}/raw", "/siecibp/feed.atom"):
        headers = member.get(path).headers
        assert "private" in headers["Cache-Control"] or "no-store" in headers["Cache-Control"], path
        assert "public" not in headers["Cache-Control"], path


def test_browsers_are_told_to_come_by_https_alone(stranger, site, archive):
    assert stranger.get("/gazetka/").headers["Strict-Transport-Security"] == "max-age=31536000"
    site.settings = site.settings.model_copy(update={"site": site.settings.site.model_copy(update={"url": "http://lists.example.org"})})
    assert "Strict-Transport-Security" not in create_app(site).test_client().get("/gazetka/").headers


def test_no_page_allows_anything_within_itself(stranger, archive):
    for path in ("/gazetka/", f"/gazetka/message/{archive.hashes['letter']}?html=1", "/sign-in", "/niczego/"):
        assert "unsafe" not in stranger.get(path).headers["Content-Security-Policy"], path


def test_a_formatted_letters_styles_come_as_a_sheet_for_those_who_may_read_it(stranger, member, site, archive, now):
    html = '<p style="color:#ff0000">a</p><p style="color:#ff0000" data-s="7">b style="color:blue"</p><p style="font-family:&quot;Arial&quot;">c</p>'
    with site.writing() as db:
        rows = [seeds.thread(db, list_by_name(db, name), "Kolory", now).say("Ewa", "ewa@example.org", "x", html=html) for name in ("siecibp", "gazetka")]
        private, public = [f"/{row.thread.mlist.name}/message/{row.hash}" for row in rows]
    page, sheet = stranger.page(f"{public}?html=1"), stranger.get(f"{public}/style.css")

    assert sheet.headers["Content-Type"] == "text/css; charset=utf-8"
    assert sheet.text == '.foreign [data-s="0"] {\ncolor:#ff0000\n}\n.foreign [data-s="1"] {\nfont-family:"Arial"\n}\n'
    assert f'href="{public}/style.css"' in page
    assert '<p data-s="0">a</p>' in page and " style=" not in page.replace('b style="color:blue"', "")
    stranger.page(f"{private}/style.css", 404)
    stranger.page(f"/gazetka/message/{archive.hashes['reader']}/style.css", 404)
    member.page(f"{private}/style.css")


@pytest.mark.parametrize("style", ["color:red}*{display:none", "color:red</style><script>", "x:@import 'y'", "a:\\7d"])
def test_a_style_that_would_leave_its_rule_makes_none(style):
    assert letterstyle.rules(f'<p style="{style}">') == ""


def test_a_page_of_an_error_says_nothing_of_the_inside(app, site, archive, monkeypatch):
    from listserv.usecases import forums

    monkeypatch.setattr(forums, "forum", lambda *_, **__: (_ for _ in ()).throw(RuntimeError("secret-of-the-tests /etc/x")))
    answer = app.test_client().get("/gazetka/")

    assert answer.status_code == 500
    for word in ("secret", "RuntimeError", "Traceback", "listserv/", "sqlalchemy", "/etc/x"):
        assert word not in answer.get_data(as_text=True), word
    assert "Server" not in answer.headers


# ---- too much ------------------------------------------------------------------------------------------------


def test_who_asked_too_often_is_told_when_it_works_again(stranger, site, archive, clock):
    clock.move(minutes=48)
    for _ in range(signin.PER_NETWORK):
        with site.writing() as db:
            limits.within(db, "sign-in from", limits.network_of("127.0.0.1"), clock(), signin.HOUR, signin.PER_NETWORK)
    answer = stranger.send("/sign-in", email="ewa@example.org")

    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "720"
    assert "Please try again in 12 minutes." in words(answer.text)
    clock.move(minutes=12)
    assert stranger.send("/sign-in", email="ewa@example.org").status_code == 200


def test_limits_know_nobody(site, archive, now):
    with site.writing() as db:
        limits.within(db, "sign-in for", "ewa@example.org", now, timedelta(hours=1), 5)
    rows = contents(site.engine)["tally"]

    assert rows and not any("ewa" in str(row) for row in rows)


def test_one_link_is_good_once_even_when_two_use_it_at_once(site, archive):
    with site.writing() as db:
        path = signin.link_for(db, "ewa@example.org", site.now()).removeprefix(HOME)
    came, apps = [], [create_app(site) for _ in range(4)]

    def enter(app):
        app.test_client_class = Reader
        came.append(app.test_client().send(path).status_code)

    threads = [threading.Thread(target=enter, args=(app,)) for app in apps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(came)[0] == 303 and came.count(303) == 1
    with site.reading() as db:
        assert db.query(Token).filter(Token.spent_at.is_not(None)).count() == 1


@pytest.fixture
def served(site, archive):
    site.settings = site.settings.model_copy(update={"web": site.settings.web.model_copy(update={"listen": "127.0.0.1:0"})})
    server = serve.Server(site)
    thread = threading.Thread(target=server.serve)
    thread.start()
    yield server
    server.stop()
    thread.join(20)


def sent(server, head, body=b""):
    """What the server answers to these bytes; empty where it just hangs up."""
    with socket.create_connection(server.address, timeout=20) as line:
        line.sendall(head)
        try:
            line.sendall(body)
            return line.recv(65536)
        except (ConnectionResetError, BrokenPipeError):
            return b""


def posted(size, cookie=""):
    return f"POST /siecibp/new HTTP/1.1\r\nHost: x\r\n{cookie}Content-Type: application/octet-stream\r\nContent-Length: {size}\r\n\r\n".encode()


def test_only_who_is_signed_in_may_send_files(site, served, member):
    key = member.get_cookie("__Host-listserv-session", domain="lists.example.org").value
    size = uploads.LARGEST_FORM + 10
    body = b"x" * size

    assert sent(served, posted(size)).startswith(b"HTTP/1.1 413")
    assert sent(served, posted(size, "Cookie: __Host-listserv-session=planted\r\n")).startswith(b"HTTP/1.1 413")
    assert b" 413 " not in sent(served, posted(size, f"Cookie: __Host-listserv-session={key}\r\n"), body)[:20]
    huge = site.settings.smtp.max_size + uploads.AROUND + 1
    assert sent(served, posted(huge, f"Cookie: __Host-listserv-session={key}\r\n")).startswith(b"HTTP/1.1 413")


def test_a_program_with_a_token_may_send_files_too(site, served, archive):
    with site.writing() as db:
        secret = apitokens.issue(db, db.get(User, archive.users["Zofia Lektura"]), apitokens.Wanted("tests", ("write",)), CONSOLE, site.now())[1]
    words = {"subject": "Plik", "text": "W załączniku.", "attachments": [{"name": "a.bin", "content": "QUFB" * (uploads.LARGEST_FORM // 3)}]}
    body = json.dumps(words).encode()
    head = "POST /api/v1/lists/siecibp/messages HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"

    for key, status in ((secret, "202"), (f"{secret[:-1]}{'A' if secret[-1] != 'A' else 'B'}", "413")):
        lines = f"{head}Authorization: Bearer {key}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        assert whole(served, lines, body).startswith(f"HTTP/1.1 {status}")


def whole(server, head, body=b""):
    """The whole answer, however much of the body was still to be sent."""
    with socket.create_connection(server.address, timeout=20) as line:
        line.sendall(head + body)
        answer = b""
        while more := line.recv(65536):
            answer += more
    return answer.decode()


@pytest.mark.parametrize(("language", "said"), [("pl", "To za dużo naraz"), ("en", "That was too much at once")])
def test_what_is_too_large_is_answered_by_our_own_page_even_while_it_is_still_being_sent(served, language, said):
    size = 3 * uploads.LARGEST_FORM
    head = posted(size, f"Accept-Language: {language}\r\n")

    answer = whole(served, head, b"x" * size)

    assert answer.startswith("HTTP/1.1 413") and f'<html lang="{language}"' in answer and said in answer
    assert "Content-Security-Policy" in answer and "generated by" not in answer


def test_what_is_too_large_in_pieces_is_answered_so_too(served):
    head = b"POST /sign-in HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    piece = b"%x\r\n%s\r\n" % (1 << 18, b"x" * (1 << 18))

    assert "<h1>To za dużo naraz</h1>" in whole(served, head, piece * 6)


def test_a_program_reads_a_problem_where_it_has_sent_too_much(served):
    size = 30 * uploads.LARGEST_FORM
    answer = whole(served, posted(size).replace(b"/siecibp/new", b"/api/v1/lists/siecibp/threads"), b"x" * (4 * uploads.LARGEST_FORM))

    assert answer.startswith("HTTP/1.1 413") and "application/problem+json" in answer
    assert json.loads(answer.partition("\r\n\r\n")[2])["status"] == 413


def test_whoever_never_ends_sending_what_was_refused_is_hung_up_on(served, monkeypatch):
    monkeypatch.setattr(uploads, "LINGER", 0.5)
    with socket.create_connection(served.address, timeout=20) as line:
        line.sendall(posted(3 * uploads.LARGEST_FORM))
        while line.recv(65536):
            pass
        ended, deadline = False, time.monotonic() + 15
        while not ended and time.monotonic() < deadline:
            try:
                line.sendall(b"x")
                time.sleep(0.1)
            except OSError:
                ended = True
    assert ended and not [one for one in served.server.active_channels.values() if getattr(one, "until", 0)]


def test_a_head_without_end_is_refused(served):
    # Who is still sending when the line is closed may not get to read why.
    assert sent(served, b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"x" * serve.LARGEST_HEAD + b"\r\n\r\n")[8:12] in (b" 431", b"")


def test_a_request_that_comes_drop_by_drop_is_ended(served, monkeypatch):
    monkeypatch.setattr(serve, "SLOWEST", 0.5)
    with socket.create_connection(served.address, timeout=20) as line:
        line.sendall(posted(1000))
        ended, deadline = False, time.monotonic() + 15
        while not ended and time.monotonic() < deadline:
            try:
                line.sendall(b"x")
                time.sleep(0.1)
            except OSError:
                ended = True
    assert ended


def test_while_some_dawdle_others_are_answered(served):
    lines = [socket.create_connection(served.address, timeout=20) for _ in range(50)]
    for line in lines:
        line.sendall(b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nx")
    begin = time.monotonic()
    connection = http.client.HTTPConnection(*served.address, timeout=10)
    connection.request("GET", "/gazetka/")
    answer = connection.getresponse()
    assert answer.status == 200 and answer.read()
    connection.close()
    assert time.monotonic() - begin < 5
    for line in lines:
        line.close()


def test_two_requests_in_one_are_not_smuggled_past(served):
    both = b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /evil HTTP/1.1\r\n\r\n"
    answer = sent(served, both)
    assert answer.startswith(b"HTTP/1.1 400") and answer.count(b"HTTP/1.1 ") == 1


def test_a_message_that_is_hidden_is_told_to_nobody_but_its_moderators(stranger, member, site, archive, now):
    with site.writing() as db:
        db.query(Message).filter_by(hash=archive.hashes["answer"]).one().hidden_at = now
    for rest in ("", "?html=1", "/raw", "/attachment/1", "/style.css"):
        assert member.get(f"/siecibp/message/{archive.hashes['answer']}{rest}").status_code == 404, rest
    assert "Ja mam." not in member.page(f"/siecibp/thread/{archive.threads['lekcje']}")

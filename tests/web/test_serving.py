"""The embedded server: from the first connection to the last answer in hand."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from textwrap import dedent

import pytest

from listserv.errors import Conflict, Invalid
from listserv.web.serve import Server
from tests import forking
from tests.serving import wait_for
from tests.web.readers import archive  # noqa: F401


@pytest.fixture
def server(site):
    site.settings = site.settings.model_copy(update={"web": site.settings.web.model_copy(update={"listen": "127.0.0.1:0"})})
    server = Server(site)
    server.thread = threading.Thread(target=server.serve)
    server.thread.start()
    yield server
    server.stop()
    server.thread.join(10)
    assert not server.thread.is_alive()


def ask(server, path):
    connection = http.client.HTTPConnection(*server.address, timeout=10)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def test_it_answers(server):
    status, body = ask(server, "/healthz")

    assert status == 200
    assert body.startswith(b'{"status":"ok","version":"')


def test_at_the_end_nobody_is_waited_for_who_still_sends_what_was_refused(server):
    """The answer is out, the line is to be closed as soon as they hear it: just then the server ends."""
    with socket.create_connection(server.address, timeout=20) as line:
        line.sendall(b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n" + b"x" * 600_000)
        (channel,) = wait_for(lambda: tuple(one for one in server.server.active_channels.values() if one.request and one.request.body_bytes_received >= 600_000))
        body = channel.request.get_body_stream()
        channel.lingers = True

        server.stop()
        server.thread.join(10)

        assert channel.socket is None and body.closed
        assert line.recv(100) == b""


def test_it_finishes_the_answer_in_hand(site, server, monkeypatch):
    from listserv.usecases import forums

    begun = threading.Event()

    def slow(*_):
        begun.set()
        time.sleep(0.4)
        return ()

    monkeypatch.setattr(forums, "front", slow)
    answers = []
    thread = threading.Thread(target=lambda: answers.append(ask(server, "/")[0]))
    thread.start()
    assert begun.wait(10)
    server.stop()
    thread.join(10)

    assert answers == [200]


def test_a_port_in_use_is_one_clear_sentence(site):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        where = f"127.0.0.1:{taken.getsockname()[1]}"
        site.settings = site.settings.model_copy(update={"web": site.settings.web.model_copy(update={"listen": where})})

        with pytest.raises(Conflict) as refusal:
            Server(site)

    assert str(refusal.value) == f"web.listen = {where}: another program listens there already"


def test_an_address_that_is_not_ours_is_one_clear_sentence(site):
    site.settings = site.settings.model_copy(update={"web": site.settings.web.model_copy(update={"listen": "192.0.2.1:8080"})})

    with pytest.raises(Invalid, match=r"^web\.listen = 192\.0\.2\.1:8080: cannot listen there"):
        Server(site)


def test_sigterm_ends_the_process_with_nothing_to_say(site, settings):
    program = """
        import sys
        from pathlib import Path
        from listserv.config import Settings
        from listserv.site import Site
        from listserv.web.serve import run
        settings = Settings.model_validate({"site": {"secret": "x"}, "web": {"listen": "127.0.0.1:0"}, "data": Path(sys.argv[1])})
        run(Site(settings), lambda: print("ready", flush=True))
    """
    root = str(Path(__file__).parents[2])
    environ = {**os.environ, "PYTHONPATH": root}
    command = [sys.executable, "-c", dedent(program), str(settings.data)]
    with forking.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environ, text=True) as process:
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        assert process.stderr.read() == ""


def test_healthz_says_503_when_the_database_does_not_answer(site, dbms, maker):
    if dbms == "sqlite":
        (site.settings.data / "listserv.sqlite3").write_bytes(b"this is no database, whatever its name says" * 100)
    else:
        maker.remove(site.settings.database_url)
    site.settings = site.settings.model_copy(update={"web": site.settings.web.model_copy(update={"listen": "127.0.0.1:0"})})
    from listserv.web import create_app

    answer = create_app(site).test_client().get("/healthz")

    assert answer.status_code == 503
    assert answer.json["status"] == "database"


def test_a_page_says_that_it_is_not_our_fault_while_the_database_is_away(site, dbms, maker, caplog):
    from listserv.web import create_app

    browser = create_app(site).test_client()
    site.close()
    if dbms == "sqlite":
        (site.settings.data / "listserv.sqlite3").unlink()
        (site.settings.data / "listserv.sqlite3").mkdir()
    else:
        maker.remove(site.settings.database_url)

    answer = browser.get("/siecibp/", headers={"Accept-Language": "pl"})

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert "Nie w tej chwili" in answer.text.replace("\N{NO-BREAK SPACE}", " ") and "To nasz" not in answer.text
    assert "unavailable: GET" in caplog.text and "Traceback" not in caplog.text


def test_static_files_are_kept_forever_under_an_address_that_changes(site):
    from listserv.web import create_app, static

    client = create_app(site).test_client()
    dated, bare = client.get(static.address("forum.css")), client.get("/static/forum.css")

    assert dated.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert bare.headers["Cache-Control"] == "public, no-cache"
    assert dated.headers["Content-Type"] == "text/css; charset=utf-8"
    assert client.get("/static/forum.css", headers={"If-None-Match": bare.headers["ETag"]}).status_code == 304
    assert client.get("/static/icon.svg").headers["Content-Type"] == "image/svg+xml"
    assert client.get("/static/nothing.css").status_code == 404

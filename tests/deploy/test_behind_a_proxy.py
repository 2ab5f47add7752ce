"""deploy/web/nginx.conf as it is, but for ports and certificate, in front of a real `listserv serve`."""

import hashlib
import http.client
import os
import random
import re
import shutil
import ssl
import subprocess
from http.cookies import SimpleCookie
from types import SimpleNamespace
from urllib.parse import urlencode, urlsplit

import pytest

from listserv import config, links
from listserv.site import utc_now
from listserv.store.lists import list_by_name
from listserv.store.members import member_of
from listserv.store.people import address_by_key
from listserv.usecases import administration, signin
from listserv.usecases.access import CONSOLE
from tests.conftest import add
from tests.office import Office, mail
from tests.serving import ROOT, Served, answers, free_port, wait_for
from tests.web.readers import hidden

pytestmark = pytest.mark.only_sqlite
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
HOST = "lists.example.org"
AROUND = """
daemon off;
{user}
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/listserv.conf;
}}
"""


@pytest.fixture
def archive(site, network):
    """A public list with a large attachment in its archive; the settings of a site behind one proxy."""
    data = random.Random(7).randbytes(3_000_000)
    with site.writing() as db:
        mlist = administration.create_list(db, administration.NewList("gazeta", "Gazeta", archive="public"), CONSOLE, site.now())
        add(db, mlist, "halina@example.org", site.now())
        leaving = member_of(db, mlist, address_by_key(db, "halina@example.org").user_id).id
    import email.policy
    from email import message_from_bytes

    message = message_from_bytes(mail("halina@example.org", f"gazeta@{HOST}", "Plik"), policy=email.policy.SMTP)
    message.add_attachment(data, maintype="application", subtype="octet-stream", filename="plik.bin")
    Office(site).deliver(b"Authentication-Results: mx.example.org; dmarc=pass header.from=example.org\r\n" + message.as_bytes(), f"gazeta@{HOST}")
    port = free_port()
    web = site.settings.web.model_copy(update={"listen": f"127.0.0.1:{port}", "proxies": 1})
    settings = site.settings.model_copy(update={"web": web})
    (settings.data / config.FILE).write_text(config.commented(settings))
    return SimpleNamespace(data=data, port=port, leaving=links.unsubscribe_url(settings, leaving), folder=settings.data)


@pytest.fixture
def nginx(archive, tmp_path):
    """The two ports of a running nginx: TLS, and without."""
    if not NGINX:
        pytest.skip("there is no nginx: install Debian's package nginx-light")
    folder = tmp_path / "nginx"
    folder.mkdir()
    key, certificate, tls, plain = folder / "key.pem", folder / "certificate.pem", free_port(), free_port()
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", f"/CN={HOST}",
                    "-keyout", key, "-out", certificate], check=True, capture_output=True)  # fmt: skip
    text = (ROOT / "deploy" / "web" / "nginx.conf").read_text()
    text = re.sub(r"listen \[::\].*;", "", text).replace("listen 443", f"listen 127.0.0.1:{tls}").replace("listen 80", f"listen 127.0.0.1:{plain}")
    text = text.replace("127.0.0.1:8080", f"127.0.0.1:{archive.port}")
    text = re.sub(r"/etc/letsencrypt\S+fullchain.pem", str(certificate), re.sub(r"/etc/letsencrypt\S+privkey.pem", str(key), text))
    (folder / "listserv.conf").write_text(text)
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder, user="user root;" if os.getuid() == 0 else ""))
    command = [NGINX, "-p", folder, "-c", folder / "nginx.conf", "-e", folder / "error.log"]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True)
    assert checked.returncode == 0 and "test is successful" in checked.stderr, checked.stderr
    served = Served(archive.folder, "--only", "web")
    served.until("listserv ready")
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: answers(tls) and answers(plain))
        yield SimpleNamespace(tls=tls, plain=plain, folder=folder, served=served)
    finally:
        process.terminate()
        process.wait(20)
        served.end()
        served.watchdog.cancel()


def ask(port, method, path, body=None, *, tls=True, **headers):
    headers = {"Host": HOST, "Accept-Language": "en"} | {name.replace("_", "-"): value for name, value in headers.items()}
    kind = http.client.HTTPSConnection if tls else http.client.HTTPConnection
    more = {"context": ssl._create_unverified_context()} if tls else {}
    connection = kind("127.0.0.1", port, timeout=20, **more)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        answer.body = answer.read()
        return answer
    finally:
        connection.close()


def signed_in(port, site):
    """The cookies of a browser that has followed a link to sign in."""
    with site.writing() as db:
        # By the server's clock, not by the one that stands still.
        link = urlsplit(signin.link_for(db, "halina@example.org", utc_now())).path
    page = ask(port, "GET", link)
    cookies = SimpleCookie(page.headers["Set-Cookie"])
    held = "; ".join(f"{name}={one.value}" for name, one in cookies.items())
    form = {"Content_Type": "application/x-www-form-urlencoded", "Origin": f"https://{HOST}", "Cookie": held}
    entered = ask(port, "POST", link, urlencode({"form": hidden(page.body.decode(), "form")}), **form)
    assert entered.status == 303, entered.body
    return "; ".join(f"{name}={one.value}" for line in entered.headers.get_all("Set-Cookie") for name, one in SimpleCookie(line).items())


def test_pages_buttons_and_files_come_through_nginx(nginx, archive, site):
    page = ask(nginx.tls, "GET", "/gazeta/")
    assert page.status == 200 and b"Plik" in page.body
    # Nothing on it names another scheme, host or port.
    inside = re.findall(rb'https?://[^"/\s<]+', page.body)
    assert {place for place in inside if b"127.0.0.1" in place or place.startswith(b"http://")} == set()
    assert page.headers["Strict-Transport-Security"]
    assert "Secure" in ask(nginx.tls, "GET", "/sign-in").headers["Set-Cookie"]
    # Where it sends browsers is the site's own address.
    moved = ask(nginx.tls, "GET", "/gazeta")
    assert moved.status in (301, 302, 303, 307, 308) and moved.headers["Location"].removeprefix(f"https://{HOST}") == "/gazeta/"

    cookie = signed_in(nginx.tls, site)
    thread = re.search(rb'href="(/gazeta/thread/\d+)', page.body)[1].decode()
    file = re.search(rb'href="(/gazeta/message/[^"]+/attachment/\d+)"', ask(nginx.tls, "GET", thread, Cookie=cookie).body)[1].decode()
    got = ask(nginx.tls, "GET", file, Cookie=cookie)
    assert got.status == 200 and got.headers["Content-Encoding"] is None
    assert hashlib.sha256(got.body).digest() == hashlib.sha256(archive.data).digest()

    # What a provider's machine sends for the button beside a sender's name (RFC 8058 section 3.2).
    leaving = urlsplit(archive.leaving).path
    done = ask(nginx.tls, "POST", leaving, "List-Unsubscribe=One-Click", Content_Type="application/x-www-form-urlencoded")
    assert done.status == 200
    with site.reading() as db:
        assert member_of(db, list_by_name(db, "gazeta"), address_by_key(db, "halina@example.org").user_id) is None

    # Without TLS: there, and a POST stays one.
    elsewhere = ask(nginx.plain, "POST", f"{leaving}?x=1", "List-Unsubscribe=One-Click", tls=False)
    assert (elsewhere.status, elsewhere.headers["Location"]) == (308, f"https://{HOST}{leaving}?x=1")
    # More than any mail may have does not come as far as us; what is said of it does.
    refused = ask(nginx.tls, "POST", "/sign-in", None, Content_Length=str(28 << 20))
    assert refused.status == 413 and b"<h1>That was too much at once</h1>" in refused.body
    problem = ask(nginx.tls, "POST", "/api/v1/lists/gazeta/threads", None, Content_Length=str(28 << 20))
    assert (problem.status, problem.headers["Content-Type"]) == (413, "application/problem+json")
    assert ask(nginx.tls, "GET", "/metrics").status == 200
    assert ask(nginx.tls, "GET", "/healthz").body.startswith(b'{"status":')

    # What a browser makes up of itself is not believed: what nginx saw is what listserv hears.
    page = ask(nginx.tls, "GET", "/gazeta", X_Forwarded_Host="evil.example.net", X_Forwarded_Proto="http", X_Forwarded_For="203.0.113.1")
    assert "evil" not in page.headers["Location"] and not page.headers["Location"].startswith("http://")


def test_while_listserv_starts_anew_nginx_says_so_and_when_to_come_back(nginx):
    nginx.served.process.terminate()
    nginx.served.process.wait(20)

    for path in ("/gazeta/", "/api/v1/lists"):
        answer = ask(nginx.tls, "GET", path)
        assert (answer.status, answer.headers["Retry-After"], answer.headers["Content-Type"]) == (503, "60", "text/html; charset=utf-8")
        assert "<h1>Not at the moment</h1>" in answer.body.decode() and "Proszę spróbować za kilka minut" in answer.body.decode()

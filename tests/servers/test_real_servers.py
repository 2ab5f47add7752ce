"""Real mail servers in front, behind and at the end of the line, set up by what `listserv check --postfix` prints."""

import re
import shutil
import sqlite3
import subprocess
from contextlib import closing

import dkim
import pytest

from tests.servers import dkimchecks, listheaders
from tests.servers.conftest import DOMAIN, LIST, PEOPLE, mail
from tests.serving import wait_for


def ask(system, query):
    """A question to the site's database."""
    with closing(sqlite3.connect(system.data / "listserv.sqlite3")) as db:
        return db.execute(query).fetchall()


def post(system, name, subject, **how):
    """One of the people writes to the list from outside, and Postfix takes it."""
    code, said = system.swaks(LIST, f"{name}@{DOMAIN}", mail(name, subject, **how), outside=True)
    assert code == 0, said


def test_a_post_goes_all_the_way_and_every_copy_has_a_sender_of_its_own(system):
    post(system, "anna", "Zebranie w maju")

    copies = [system.delivered(name, b"Zebranie w maju") for name in PEOPLE]
    abroad = wait_for(lambda: next((one for one in system.sink.mails if b"Zebranie w maju" in one.data), None))
    senders = {re.search(rb"^Return-Path: <(.*)>", copy)[1].decode() for copy in copies} | {abroad.sender}
    assert len(senders) == 4
    assert all(re.fullmatch(r"r\+[a-z2-7]+@lists\.example\.org", sender) for sender in senders)
    assert abroad.recipient == "dorota@elsewhere.example.org"
    assert all("Dzień dobry.".encode() in copy for copy in copies)
    assert [listheaders.problems(raw) for raw in (*copies, abroad.data)] == [[]] * 4


def test_what_the_last_server_refuses_comes_back_and_is_a_bounce_of_that_member(system):
    """Dovecot refuses one of several; Postfix's own report comes from the null sender to the copy's address."""
    post(system, "basia", "Kogo nie ma")

    wait_for(lambda: ask(system, "SELECT 1 FROM bounce"), 30)
    found = ask(system, "SELECT DISTINCT email, permanent, status FROM bounce")
    assert found == [(f"nobody-there@{DOMAIN}", 1, "5.1.1")]
    assert ask(system, "SELECT DISTINCT mail_from FROM incoming WHERE rcpt LIKE 'r+%'") == [("",)]
    assert system.delivered("celina", b"Kogo nie ma")


def test_an_address_that_is_none_of_ours_is_refused_while_the_sender_waits(system):
    code, said = system.swaks("nolist@lists.example.org", f"anna@{DOMAIN}", mail("anna", "Do nikogo"), outside=True)

    assert code != 0
    assert "550 5.1.1" in said


def test_nobody_relays_through_it_to_elsewhere(system):
    code, said = system.swaks("somebody@elsewhere.example.org", f"anna@{DOMAIN}", mail("anna", "Dalej"), outside=True)

    assert code != 0
    assert "Relay access denied" in said


def test_while_we_are_away_postfix_keeps_the_mail(system):
    """Of an address that it has known before; to others it says 450, and the sender's server keeps it."""
    post(system, "celina", "Zanim wyjdziemy")
    system.stop()
    told = len(system.postfix.log)
    try:
        post(system, "celina", "Kiedy nikogo nie ma")
        wait_for(lambda: "Connection refused" in system.postfix.log[told:])
    finally:
        system.start()

    system.postfix.deliver_now()
    assert system.delivered("anna", b"Kiedy nikogo nie ma")


def test_when_we_have_trouble_of_our_own_postfix_tries_again(system):
    told = len(system.postfix.log)
    with closing(sqlite3.connect(system.data / "listserv.sqlite3")) as db:
        db.execute("ALTER TABLE incoming RENAME TO out_of_order")
        db.commit()
        try:
            post(system, "anna", "Mimo awarii")
            wait_for(lambda: re.search(r"status=deferred .*said: 451", system.postfix.log[told:]), 30)
        finally:
            db.execute("ALTER TABLE out_of_order RENAME TO incoming")
            db.commit()

    system.postfix.deliver_now()
    assert system.delivered("basia", b"Mimo awarii")
    assert len([one for one in system.dovecot.mails("basia") if b"Mimo awarii" in one]) == 1


def test_addresses_and_subjects_in_any_script_go_through(system):
    system.command("member", "add", "siecibp", "łucja@elsewhere.example.org")
    sender = f"anna@{DOMAIN}"
    raw = mail("anna", "utf8").replace(b"Subject: utf8", "Subject: Żółta łódź".encode())
    try:
        code, said = system.swaks(LIST, sender, raw, outside=True)
        assert code == 0, said
        [copy] = wait_for(lambda: [one for one in system.sink.mails if one.recipient == "łucja@elsewhere.example.org"])
        assert "SMTPUTF8" in copy.parameters
        assert "Żółta łódź".encode() in copy.data or b"=?utf-8?" in copy.data.lower()
    finally:
        system.command("member", "remove", "siecibp", "łucja@elsewhere.example.org")


@pytest.mark.skipif(not dkimchecks.is_there(), reason=dkimchecks.ABSENT)
def test_the_authors_signature_and_ours_hold_behind_three_servers(system):
    raw = mail("anna", "Podpisane")
    theirs = dkim.sign(raw, b"test", DOMAIN.encode(), system.key, include_headers=[b"from", b"to", b"subject", b"date", b"message-id"])

    post(system, "anna", "Podpisane", more=theirs)

    for name in PEOPLE:
        copy = system.delivered(name, b"Podpisane")
        # Debian's Mail::DKIM knows RSA alone; dkimpy knows both.
        found = dkimchecks.by_perl(copy, system.names.address.split(":")[1])
        assert (found[f"{DOMAIN}/test"], found["lists.example.org/listserv"]) == ("pass", "pass")
        assert dkimchecks.by_python(copy, system.names) == [True] * 3
        # RFC 8058 section 4: both must be signed.
        assert {"list-unsubscribe", "list-unsubscribe-post", "list-id", "from"} <= listheaders.signed_fields(copy, "lists.example.org")


NEOMUTT = """
set folder = "{folder}"
set spoolfile = "{folder}"
set mbox_type = Maildir
set auto_subscribe = yes
set editor = "sh -c 'printf \\"Odpowiadam.\\\\n\\" >> \\"$1\\"' --"
set sendmail = "{folder}/../sendmail"
set use_envelope_from = no
set from = "basia@{domain}"
set realname = "Basia"
set autoedit = yes
set fast_reply = yes
set include = no
set copy = no
set quit = yes
set sort = reverse-date-received
set header_cache = ""
"""


@pytest.mark.skipif(not shutil.which("neomutt"), reason="there is no neomutt: install Debian's package")
def test_neomutts_list_reply_goes_to_the_list(system, tmp_path):
    """It knows the list by its List-Post alone."""
    post(system, "anna", "Pytanie do listy")
    box = tmp_path / "box"
    for part in ("cur", "new", "tmp"):
        (box / part).mkdir(parents=True)
    (box / "new" / "1.mail").write_bytes(system.delivered("basia", b"Pytanie do listy"))
    (tmp_path / "sendmail").write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/args\ncat > {tmp_path}/letter.part && mv {tmp_path}/letter.part {tmp_path}/letter\n')
    (tmp_path / "sendmail").chmod(0o755)
    (tmp_path / "rc").write_text(NEOMUTT.format(folder=box, domain=DOMAIN))

    keys = "push '<first-entry><list-reply><send-message><quit>'"
    command = f"neomutt -n -F {tmp_path}/rc -f {box} -e \"{keys}\""
    environ = {"TERM": "xterm", "PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"}
    # script(1) gives it a terminal.
    subprocess.run(["script", "-qec", command, "/dev/null"], env=environ, stdin=subprocess.DEVNULL, capture_output=True, timeout=30)

    letter = wait_for(lambda: (tmp_path / "letter").exists() and (tmp_path / "letter").read_text())
    assert re.search(rf"^To: .*{re.escape(LIST)}", letter, re.M)
    assert not re.search(r"^(?:To|Cc): .*anna@", letter, re.M)
    assert LIST in (tmp_path / "args").read_text()
    assert f"In-Reply-To: <Pytanie.do.listy@{DOMAIN}>" in letter

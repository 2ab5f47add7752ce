"""The bytes of mails and what they carry."""

import re
from datetime import timedelta
from urllib.parse import unquote

import pytest

from listserv.store.lists import list_by_name
from listserv.web.threads import disposition
from tests import archive_seeds as seeds
from tests.web.readers import app, archive, member, signed_in, stranger  # noqa: F401


def test_a_member_gets_the_exact_bytes_as_a_download(member, archive):
    answer = member.get(f"/siecibp/message/{archive.hashes['answer']}/raw")

    assert answer.status_code == 200
    assert answer.data.startswith(b"From: Jan Przypis <jan@example.org>\n")
    assert answer.headers["Content-Type"] == "text/plain"
    assert answer.headers["Content-Disposition"].startswith(f'attachment; filename="{archive.hashes["answer"]}.eml"')
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_bytes_of_a_public_archive_are_for_members_only_because_they_hold_addresses(app, site, stranger, member, archive):
    path = f"/gazetka/message/{archive.hashes['letter']}/raw"

    stranger.page(path, 404)
    member.page(path, 404)
    assert signed_in(app, site, "zofia@example.org").get(path).status_code == 200


def test_an_attachment_is_a_download_under_its_own_name(member, archive):
    answer = member.get(f"/siecibp/message/{archive.hashes['answer']}/attachment/1")

    assert answer.data == b"%PDF-1.4 karty"
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    name = re.fullmatch(r"attachment; filename=\"karty pracy _ __ka\.pdf\"; filename\*=UTF-8''(.+)", answer.headers["Content-Disposition"])[1]
    assert unquote(name) == "karty pracy – łąka.pdf"


def test_an_attachment_that_could_run_is_only_bytes(member, archive):
    answer = member.get(f"/siecibp/message/{archive.hashes['answer']}/attachment/2")

    assert answer.data == b"<script>alert(1)</script>"
    assert answer.headers["Content-Type"] == "application/octet-stream"


@pytest.mark.parametrize("number", ["0", "3", "99999999999999999999", "x", "-1"])
def test_an_attachment_that_is_not_there_is_not_found(member, archive, number):
    member.page(f"/siecibp/message/{archive.hashes['answer']}/attachment/{number}", 404)


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("plan.pdf", "plan.pdf"),
        ('a"b\r\nX-Evil: 1.pdf', "a_b_X-Evil_ 1.pdf"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("C:\\dane\\plan.doc", "C_dane_plan.doc"),
        ("żółw.txt", "____.txt".replace("____", "___w")),
        ("exe.\u202efdp", "exe._fdp"),
        (" . ", "file"),
        ("100%.txt", "100_.txt"),
    ],
)
def test_a_name_cannot_leave_its_header(name, plain):
    assert disposition(name).startswith(f"attachment; filename=\"{plain}\"; filename*=UTF-8''")
    assert "\n" not in disposition(name)


def test_pictures_of_a_letter_are_shown_in_their_places(member, archive, site, now):
    from email.message import EmailMessage

    from listserv.mail.parse import parse
    from listserv.store.archive import keep_body
    from listserv.store.queue import keep_raw

    mail = EmailMessage()
    mail["From"], mail["Message-ID"] = "Ewa <ewa@example.org>", "<picture@client.invalid>"
    mail.set_content("Obrazek.")
    mail.add_alternative('<p>Obrazek: <img src="cid:image001.png@01DA.5E6F" alt="mapa"><img src="cid:gone@x" alt="brak"></p>', subtype="html")
    mail.get_payload()[1].add_related(b"\x89PNG", "image", "png", cid="<image001.png@01DA.5E6F>", filename="mapa.png")
    with site.writing() as db:
        talk = seeds.thread(db, list_by_name(db, "siecibp"), "Obrazek", now - timedelta(hours=1))
        row = talk.say("Ewa", "ewa@example.org", "Obrazek.", message_id="picture@client.invalid")
        row.raw_id, row.has_html = keep_raw(db, mail.as_bytes()).id, True
        keep_body(db, row.raw_id, "Obrazek.", parse(mail.as_bytes()).html)
        path = f"/siecibp/message/{row.hash}"

    page = member.page(f"{path}?html=1")

    assert f'src="{path}/attachment/1"' in page
    assert "cid:" not in page
    assert "brak" in page
    assert member.get(f"{path}/attachment/1").data == b"\x89PNG"

"""Attached pictures on their cards: small, made anew, for those who may fetch the file."""

from datetime import timedelta
from email.message import EmailMessage
from io import BytesIO

import pytest
from PIL import Image

from listserv.mail.parse import parse
from listserv.store.archive import Message
from listserv.store.lists import list_by_name
from listserv.store.pages import message_by_hash
from listserv.store.queue import keep_raw
from listserv.usecases import rebuilding
from listserv.usecases.archiving import Arrival, add
from listserv.web import pictures
from tests import archive_seeds as seeds
from tests.web.readers import app, archive, member, signed_in, stranger  # noqa: F401


def picture(size=(600, 300), colour=(200, 30, 30), kind="PNG"):
    made = BytesIO()
    Image.new("RGB", size, colour).save(made, kind)
    return made.getvalue()


@pytest.fixture
def album(monkeypatch):
    """An empty album, and what is decoded for it."""
    painted = []
    paint = pictures.PAINTER.paint
    monkeypatch.setattr(pictures, "ALBUM", pictures.Album())
    monkeypatch.setattr(pictures.PAINTER, "paint", lambda data: (painted.append(len(data)), paint(data))[1])
    return painted


@pytest.fixture
def shown(site, archive, now, album):
    """The addresses of a message with files, on the private list and on the public one."""
    files = (("plan.pdf", "application/pdf", b"%PDF"), ("mapa.png", "image/png", picture()), ("zła.jpg", "image/jpeg", b"no picture"), ("a.svg", "image/svg+xml", b"<svg/>"))
    with site.writing() as db:
        made = {}
        for name in ("siecibp", "gazetka"):
            row = seeds.thread(db, list_by_name(db, name), "Obrazki", now - timedelta(hours=1)).say("Zofia", "zofia@example.org", "Mapa.", files=files)
            made[name] = f"/{name}/message/{row.hash}"
    return made


def test_a_picture_is_shown_small_on_its_card(member, shown):
    page = member.page(shown["siecibp"])
    at = f'{shown["siecibp"]}/attachment/2/thumbnail'

    assert f'<span class="kind"><span>PNG</span><img src="{at}" alt="" loading="lazy" decoding="async"></span>' in page
    answer = member.get(at)
    assert (answer.status_code, answer.mimetype) == (200, "image/webp")
    assert Image.open(BytesIO(answer.data)).size == (480, 240)


def test_its_answer_can_do_nothing_but_be_a_picture_of_this_reader(member, shown):
    answer = member.get(f"{shown['siecibp']}/attachment/2/thumbnail")

    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    again = member.get(f"{shown['siecibp']}/attachment/2/thumbnail", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_picture_is_decoded_once_and_one_that_cannot_be_shown_is_tried_once(member, shown, album):
    for _ in range(3):
        assert member.get(f"{shown['siecibp']}/attachment/2/thumbnail").status_code == 200
        member.page(f"{shown['siecibp']}/attachment/3/thumbnail", 404)

    assert album == [len(picture()), len(b"no picture")]


@pytest.mark.parametrize("number", ["1", "4", "5", "0", "99999999999999999999"])
def test_other_files_have_none(member, shown, number):
    member.page(f"{shown['siecibp']}/attachment/{number}/thumbnail", 404)


def test_who_may_not_fetch_the_file_sees_no_picture_of_it_and_its_card_says_what_it_is(app, site, stranger, member, shown, album):
    page = stranger.page(shown["gazetka"])

    assert "<img" not in page and '<span class="kind">PNG</span>' in page
    for reader in (stranger, member):
        reader.page(f"{shown['gazetka']}/attachment/2/thumbnail", 404)
    stranger.page(f"{shown['siecibp']}/attachment/2/thumbnail", 404)
    assert album == []
    assert signed_in(app, site, "zofia@example.org").get(f"{shown['gazetka']}/attachment/2/thumbnail").status_code == 200


def test_a_picture_that_is_hidden_afterwards_is_gone_though_it_is_in_memory(member, site, now, shown):
    at = f"{shown['siecibp']}/attachment/2/thumbnail"
    etag = member.get(at).headers["ETag"]
    with site.writing() as db:
        message_by_hash(db, list_by_name(db, "siecibp").id, shown["siecibp"][-32:]).hidden_at = now

    member.page(at, 404)
    member.page(at, 404, headers={"If-None-Match": etag})


def test_the_album_holds_so_many_bytes_and_lets_go_what_nobody_asked_for_the_longest():
    album = pictures.Album(most=3 * (pictures.NOTHING + 100))
    for key in "abc":
        album.keep(key, pictures.Thumbnail(b"x" * 100, 1, 1))
    album.find("a")
    album.keep("d", pictures.Thumbnail(b"x" * 100, 1, 1))

    assert [key for key in "abcd" if album.find(key)[0]] == ["a", "c", "d"]
    album.keep("e", None)
    assert album.find("a") == (False, None)
    assert album.find("e") == (True, None)
    assert album.size <= album.most


def letter(*images):
    """A formatted mail whose HTML shows these (content id, bytes), and a file beside."""
    mail = EmailMessage()
    mail["From"], mail["Message-ID"], mail["Subject"] = "Ewa <ewa@example.org>", "<formatted@client.invalid>", "Z obrazkami"
    mail.set_content("Słowa.")
    mail.add_alternative("<p>Słowa.</p>" + "".join(f'<img src="cid:{cid}" alt="{cid}">' for cid, _ in images), subtype="html")
    for cid, data in images:
        mail.get_payload()[1].add_related(data, "image", "png", cid=f"<{cid}>", filename=f"{cid}.png")
    mail.add_attachment(b"%PDF", "application", "pdf", filename="plan.pdf")
    return mail.as_bytes()


def test_pictures_of_the_formatting_are_folded_and_those_in_their_places_are_not_listed_again(member, site, archive, now, album):
    noise = Image.effect_noise((300, 300), 90).convert("RGB")
    large = BytesIO()
    noise.save(large, "PNG")
    raw = letter(("logo", picture((40, 20))), ("photo", large.getvalue()))
    with site.writing() as db:
        row = add(db, list_by_name(db, "siecibp"), Arrival(parse(raw), keep_raw(db, raw).id, now))
        path, numbers = f"/siecibp/message/{row.hash}", {file.name: file.number for file in row.attachments}
    plain, formatted = member.page(path), member.page(f"{path}?html=1")

    folded = plain.partition("1 picture of the formatting")[2].partition("</details>")[0]
    assert "logo.png" in folded and "photo.png" not in folded
    assert plain.index("photo.png") < plain.index("of the formatting") < plain.index("logo.png")
    assert member.get(f"{path}/attachment/{numbers['logo.png']}/thumbnail").status_code == 200
    assert "logo.png" not in formatted and "photo.png" not in formatted
    assert formatted.count('class="file"') == 1 and "plan.pdf" in formatted
    assert f'<img src="{path}/attachment/{numbers["photo.png"]}" alt="photo">' in formatted


def test_of_mails_that_came_before_a_rebuild_learns_which_pictures_are_of_the_formatting(site, archive, now):
    raw = letter(("logo", picture((40, 20))))
    with site.writing() as db:
        row = add(db, list_by_name(db, "siecibp"), Arrival(parse(raw), keep_raw(db, raw).id, now))
        for file in row.attachments:
            file.inline = False
    with site.reading() as db:
        made = rebuilding.some_after(db, None, row.id - 1)
    with site.writing() as db:
        rebuilding.write(db, made)

    with site.reading() as db:
        assert {file.name: file.inline for file in db.get(Message, row.id).attachments} == {"logo.png": True, "plan.pdf": False}

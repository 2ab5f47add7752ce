"""No key is ever passed on: what reaches a list has none of our addresses and links that belong to one person."""

import email
import email.policy
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from urllib.parse import quote

import pytest
from sqlalchemy import select

from listserv import links
from listserv.mail import tokens
from listserv.mail.tokens import Kind
from listserv.store.archive import Message
from listserv.store.lists import list_by_name
from listserv.store.queue import Raw, State, raw_bytes
from listserv.usecases import exporting
from tests.office import aligned, mail
from tests.usecases.steered import ANNA, HALINA, join, member

LIST = "siecibp@lists.example.org"


@pytest.fixture
def key(site, office):
    """A settings address of Anna's, as it stands in her letters."""
    join(site, name="Anna Nowa")
    office.send(ANNA, "siecibp-request", "x", "SETTINGS", proven=True)
    return str(office.letters(to=ANNA)[-1].mail["Reply-To"])


def everywhere(site, office):
    """All bytes in which a post lives: kept, archived, exported, on its way."""
    with site.reading() as db:
        kept = b"".join(raw_bytes(db, message.raw_id) for message in db.scalars(select(Message)))
        exported = b"".join(exporting.mails(db, list_by_name(db, "siecibp")))
        texts = "".join(message.body.text + (message.body.html or "") for message in db.scalars(select(Message)))
    return kept + exported + texts.encode() + b"".join(post.as_bytes() for post in office.posts())


def secret(key):
    return key.split("@")[0].partition("+")[2].encode()


@pytest.mark.parametrize("field", ["To", "Cc", "Reply-To", "Mail-Followup-To"])
def test_an_answer_to_everybody_takes_our_own_address_out_of_its_fields(site, office, key, field):
    to = f'{LIST}, "Sieć BP" <{key}>, Halina <{HALINA}>' if field == "To" else LIST
    more = {} if field == "To" else {field.replace("-", "_"): f"{key}, Halina <{HALINA}>"}
    raw = mail(f"Anna Nowa <{ANNA}>", to, "Odp: witamy", "Dziękuję za przyjęcie, pracuję w Bytowie.\n", **more)
    assert secret(key) in raw.replace(b"\r\n ", b"")
    assert office.deliver(aligned(raw), LIST, mail_from=ANNA) is State.POSTED

    assert secret(key) not in everywhere(site, office)
    (post,) = office.posts()
    assert HALINA in str(post[field]) and "pracuję w Bytowie" in post.get_content()
    assert LIST in str(post["To"])


def test_a_mail_to_nobody_but_our_own_address_is_to_the_list(site, office, key):
    office.deliver(aligned(mail(ANNA, key, "Powitanie", "Dzień dobry wszystkim, pracuję w Bytowie.\n")), LIST, mail_from=ANNA)

    assert str(office.posts()[0]["To"]) == LIST
    assert secret(key) not in everywhere(site, office)


@pytest.mark.parametrize("html", [False, True])
def test_keys_in_the_words_are_hidden_and_all_other_words_stay(site, office, key, html):
    one_click = links.unsubscribe_url(site.settings, member(site).id)
    text = f"Tak to wygląda:\n\n> Reply-To: {key}\n> {one_click}\n\nCo Państwo na to?\n"
    office.deliver(aligned(mail(ANNA, LIST, "Pytanie", f"<p>{text}</p>" if html else text, html=html)), LIST, mail_from=ANNA)

    assert secret(key) not in everywhere(site, office)
    assert one_click.rsplit("/", 1)[1].encode() not in everywhere(site, office)
    assert "Co Państwo na to?" in office.posts()[0].get_content()


@pytest.mark.parametrize("kind", ["message", "file"])
def test_a_copy_that_is_attached_loses_its_readers_keys(site, office, key, kind):
    token = tokens.sign(links.signing_key(site.settings), Kind.UNSUBSCRIBE, member(site).id)
    copy = f"List-Unsubscribe: <mailto:r+{token}@lists.example.org>\r\nFrom: x@example.org\r\nSubject: Kopia\r\n\r\nTreść kopii\r\n".encode()
    made = email.message_from_bytes(mail(ANNA, LIST, "Kopia", "Przesyłam.\n"), policy=email.policy.SMTP)
    if kind == "message":
        made.add_attachment(email.message_from_bytes(copy, policy=email.policy.SMTP))
    else:
        made.add_attachment(copy, maintype="application", subtype="octet-stream", filename="kopia.eml")
    office.deliver(aligned(made.as_bytes()), LIST, mail_from=ANNA)

    assert len(office.posts()) == 1
    with site.reading() as db:
        from listserv.mail import clues, parse

        raw = raw_bytes(db, db.scalars(select(Message.raw_id)).one())
        assert token not in clues.tokens_in(raw, parse.parse(raw)) and token.encode() not in raw


def test_the_bytes_that_came_are_gone_and_the_same_mail_is_still_a_double(site, office, key):
    raw = aligned(mail(ANNA, f"{LIST}, {key}", "Powitanie", "Dzień dobry wszystkim, pracuję w Bytowie.\n"))
    office.deliver(raw, LIST, mail_from=ANNA)
    assert office.deliver(raw, LIST, mail_from=ANNA) is State.DISCARDED

    assert len(office.posts()) == 1
    with site.reading() as db:
        assert not [row.id for row in db.scalars(select(Raw)) if b"pracuj" in raw_bytes(db, row.id) and secret(key) in raw_bytes(db, row.id)]


def test_what_only_looks_like_a_key_of_ours_stays(site, office):
    text = "Adres r+abcdefghijklmnopqrst@inny.example.org należy do kogoś innego.\n"
    raw = mail(HALINA, f"{LIST}, r+abcdefghijklmnopqrst@inny.example.org", "Pytanie", text)
    office.deliver(aligned(raw), LIST, mail_from=HALINA)

    assert b"r+abcdefghijklmnopqrst@inny.example.org" in office.posts()[0].as_bytes()
    with site.reading() as db:
        assert raw_bytes(db, db.scalars(select(Message.raw_id)).one()) == aligned(raw)


def test_a_post_that_waits_has_none_either(site, office, key):
    office.deliver(mail("Jan <jan@inny.example.org>", LIST, "Oferta", f"Piszcie na {key}\n"), LIST, mail_from="jan@inny.example.org")

    (asked, _) = office.letters(kind="held-moderator")
    assert secret(key) not in asked.mail.as_bytes()
    office.reply(asked, "TAK")
    assert secret(key) not in everywhere(site, office)


def test_keys_are_hidden_however_a_mail_program_has_written_them_into_links_of_its_own(site, office, key):
    one_click, settings = links.unsubscribe_url(site.settings, member(site).id), key.partition("@")[0].partition("+")[2]
    safe = "https://eur01.safelinks.protection.outlook.example/?url=" + quote(one_click, safe="") + "&data=05%7C02"
    lines = [safe, quote(safe, safe=""), one_click.replace("/", "&#47;"), one_click.replace("://", "-3A__").replace("/", "_"), "mailto:" + quote(key, safe="")]
    lines += [key.replace("@", "&#64;"), f"https://lists.example.org/siecibp/subscribe/{settings}"]
    html = "<p>Tak to wygląda w naszym programie pocztowym, kto z Państwa wie, dlaczego?</p>" + "".join(f'<p><a href="{line}">ten odnośnik</a></p>' for line in lines)
    office.deliver(aligned(mail(ANNA, LIST, "Pytanie", html, html=True)), LIST, mail_from=ANNA)

    kept = everywhere(site, office)
    assert b"wygl" in kept
    assert all(word not in kept.replace(b"=\r\n", b"") for word in (secret(key), one_click.rpartition("/")[2].encode()))


def test_keys_are_hidden_in_a_text_of_two_bytes_a_letter_and_however_many_there_are(site, office, key):
    one_click = links.unsubscribe_url(site.settings, member(site).id).rpartition("/")[2]
    keys = [tokens.sign(links.signing_key(site.settings), Kind.DIGEST_ITEM, member(site).id, number) for number in range(60)]
    raw = MIMEMultipart()
    raw["From"], raw["To"], raw["Subject"], raw["Message-ID"] = ANNA, LIST, "Przegląd", "<wide@x>"
    raw.attach(MIMEText("".join(f"Odpowiedz: r+{one}@lists.example.org\n" for one in keys) + f"https://lists.example.org/unsubscribe/{one_click}\n"))
    wide = MIMEApplication(f"https://lists.example.org/unsubscribe/{one_click}".encode("utf-16"), "octet-stream")
    wide.add_header("Content-Disposition", "attachment", filename="przeglad.txt")
    raw.attach(wide)
    office.deliver(aligned(raw.as_bytes()), LIST, mail_from=ANNA)

    kept = everywhere(site, office)
    assert not [one for one in (*keys, one_click) if one.encode() in kept]
    assert not [part for post in office.posts() for part in post.walk() if one_click in tokens.readable(part.get_payload(decode=True) or b"")]
